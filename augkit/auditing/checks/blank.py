"""Pictures of one colour: nothing is on them."""

from collections.abc import Iterator
from typing import Any

from augkit.auditing.finding import Finding
from augkit.auditing.table import Table

SPREAD = 4.0
"""Between the 1 % darkest and the 1 % lightest pixels lie at most so many of 255 levels of grey."""


def is_blank(row: Any) -> bool:
    """Return whether the picture of a row of the table is blank."""
    return bool(row["high"] - row["low"] <= SPREAD and row["std"] <= SPREAD)


def check(table: Table) -> Iterator[Finding]:
    """Yield each such picture."""
    rows = table.rows
    for place in table.usable:
        row = rows[place]
        if is_blank(row):
            yield Finding(
                check="blank",
                level="warning",
                reason=f"one colour, of brightness {row['mean']:.0f} of 255",
                advice="Remove it, or fetch it again.",
                files=table.names([place]),
                value=float(row["high"] - row["low"]),
                threshold=SPREAD,
                drop=table.names([place]),
            )
