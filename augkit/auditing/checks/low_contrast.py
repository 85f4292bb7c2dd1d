"""Pictures whose shades lie close together."""

from collections.abc import Iterator

from augkit.auditing.checks.blank import is_blank
from augkit.auditing.finding import Finding
from augkit.auditing.table import Table

SPREAD = 40.0
"""Between the 1 % darkest and the 1 % lightest pixels lie fewer of 255 levels."""


def check(table: Table) -> Iterator[Finding]:
    """Yield each such picture."""
    rows = table.rows
    for place in table.usable:
        row = rows[place]
        if row["high"] - row["low"] < SPREAD and not is_blank(row):
            yield Finding(
                check="low-contrast",
                level="info",
                reason=f"its shades span {row['high'] - row['low']:.0f} of 255 levels",
                advice="Stretch its contrast if others of its class have more.",
                files=table.names([place]),
                value=float(row["high"] - row["low"]),
                threshold=SPREAD,
            )
