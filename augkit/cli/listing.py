"""Lists of things with a name, a sentence and details: aligned, and no detail broken in two."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from augkit.cli.output import console

_WIDEST = 120  # lines of text that are longer are hard to read, however wide the terminal is


class Entry(NamedTuple):
    """One thing of a list; its details stand below its sentence, as many on a line as there is room for."""

    name: str
    sentence: str
    details: Sequence[str]


def print_listing(groups: Iterable[tuple[str, Sequence[Entry]]]) -> None:
    """Print groups of entries, each under its title if it has one."""
    from rich.table import Table
    from rich.text import Text

    out, groups = console(), list(groups)
    column = 2 + max(len(entry.name) for _, entries in groups for entry in entries) + 2
    width = min(out.width, _WIDEST)
    for title, entries in groups:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(width=column - 2)
        table.add_column(width=max(20, width - column))
        for entry in entries:
            details = "\n".join(_lines(entry.details, max(20, width - column)))
            told = Text(entry.sentence)
            if details:
                told.append(f"\n{details}", "cyan")
            table.add_row(Text(f"  {entry.name}", "bold"), told)
        out.print()
        if title:
            out.print(Text(title, "dim"))
        out.print(table)
    out.print()


def _lines(details: Iterable[str], width: int) -> list[str]:
    """Return the details in lines of a width, two spaces between them.

    >>> _lines(["degrees=[-15, 15]", "factor=[0.85, 1.15]", "shear=[-8, 8]"], 40)
    ['degrees=[-15, 15]  factor=[0.85, 1.15]', 'shear=[-8, 8]']
    """
    lines: list[str] = []
    for detail in details:
        if lines and len(lines[-1]) + 2 + len(detail) <= width:
            lines[-1] += f"  {detail}"
        else:
            lines.append(detail)
    return lines
