"""How notebooks show a pipeline."""

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

from augkit.transforms.base import Transform

_HEAD = ("", "transform", "p", "options")


def as_table(transforms: Iterable[Transform], options: Mapping[str, Any]) -> str:
    """Return steps as an HTML table, those of a choice below it, with the pipeline's options as its caption.

    >>> from augkit import OneOf, Rotate
    >>> "2.1" in as_table([Rotate(), OneOf([Rotate()])], {"seed": 7})
    True
    """
    head = "".join(f'<th style="text-align:left">{name}</th>' for name in _HEAD)
    rows = "".join(
        "<tr>" + "".join(f'<td style="text-align:left">{escape(cell)}</td>' for cell in cells) + "</tr>"
        for cells in _rows(transforms, "")
    )
    return f"<table><caption>Pipeline: {escape(_told(options))}</caption><tr>{head}</tr>{rows}</table>"


def _rows(transforms: Iterable[Transform], above: str) -> Iterator[tuple[str, str, str, str]]:
    for number, step in enumerate(transforms, 1):
        inner = getattr(step, "transforms", ())
        options = {name: value for name, value in step.to_options().items() if name not in ("p", "transforms")}
        place = f"{above}{number}"
        yield place, type(step).__name__, f"{step.p:g}", _told(options)
        yield from _rows(inner, f"{place}.")


def _told(options: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={_plain(value)}" for name, value in options.items() if value is not None)


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"({', '.join(map(_plain, value))})"
    return f"{value:g}" if isinstance(value, float) else str(value)
