"""Pictures on which hardly anything is light enough to be seen."""

from collections.abc import Iterator

from augkit.auditing.checks.blank import is_blank
from augkit.auditing.finding import Finding
from augkit.auditing.table import Table

HIGHEST = 56.0
"""99 % of the pixels are no lighter than this, of 255."""


def check(table: Table) -> Iterator[Finding]:
    """Yield each such picture."""
    rows = table.rows
    for place in table.usable:
        row = rows[place]
        if row["high"] < HIGHEST and not is_blank(row):
            yield Finding(
                check="dark",
                level="warning",
                reason=f"99 % of its pixels are darker than {row['high']:.0f} of 255",
                advice="Lighten it, or let training see such light more often: a recipe with brightness and gamma.",
                files=table.names([place]),
                value=float(row["high"]),
                threshold=HIGHEST,
            )
