"""Pictures on which hardly anything is dark enough to be seen."""

from collections.abc import Iterator

from augkit.auditing.checks.blank import is_blank
from augkit.auditing.finding import Finding
from augkit.auditing.table import Table

LOWEST = 200.0
"""99 % of the pixels are no darker than this, of 255."""


def check(table: Table) -> Iterator[Finding]:
    """Yield each such picture."""
    rows = table.rows
    for place in table.usable:
        row = rows[place]
        if row["low"] > LOWEST and not is_blank(row):
            yield Finding(
                check="bright",
                level="warning",
                reason=f"99 % of its pixels are lighter than {row['low']:.0f} of 255",
                advice="Look whether it is overexposed; what is lost in white can't be brought back.",
                files=table.names([place]),
                value=float(row["low"]),
                threshold=LOWEST,
            )
