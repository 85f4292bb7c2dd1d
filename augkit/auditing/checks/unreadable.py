"""Files that are no picture, or a damaged, truncated or empty one."""

from collections.abc import Iterator

from augkit.auditing.finding import Finding
from augkit.auditing.table import Table


def check(table: Table) -> Iterator[Finding]:
    """Yield each file that could not be decoded."""
    for place, reason in sorted(table.reasons.items()):
        yield Finding(
            check="unreadable",
            level="error",
            reason=reason,
            advice="Fetch it again from where it came, or remove it: many loaders stop at it.",
            files=table.names([place]),
            confidence=1.0,
            drop=table.names([place]),
        )
