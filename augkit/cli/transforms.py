"""``augkit transforms``."""

from typing import Annotated

import typer

from augkit.cli.output import console, print_json


def command(
    as_json: Annotated[bool, typer.Option("--json", help="Print them as one JSON list.")] = False,
) -> None:
    """List the transforms and their options."""
    from augkit.recipes import describe_transforms

    described = describe_transforms()
    if as_json:
        print_json(described)
        return
    from rich import box
    from rich.table import Table

    table = Table("transform", "what it does", "options and defaults", box=box.SIMPLE_HEAD, show_lines=False)
    family = ""
    for transform in described:
        if family and transform["family"] != family:
            table.add_section()
        family = transform["family"]
        options = "  ".join(f"{key}={_short(value)}" for key, value in transform["options"].items() if key != "p")
        table.add_row(transform["name"], transform["summary"], options)
    console().print(table)
    console().print("Every transform also takes p, the probability that it happens (default 1).")


def _short(value: object) -> object:
    """Return an option as a table can show it: of transforms, their names."""
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return f"[{', '.join(name for item in value for name in item)}]"
    return value
