"""Files and folders that are no pictures of a class."""

from collections.abc import Iterator

from augkit.auditing.finding import Finding
from augkit.auditing.table import Table


def check(table: Table) -> Iterator[Finding]:
    """Yield the strays, those with the same reason together."""
    by_reason: dict[str, list[str]] = {}
    for image_id, reason in table.strays:
        by_reason.setdefault(reason, []).append(image_id)
    for reason, ids in sorted(by_reason.items()):
        yield Finding(
            check="stray-file",
            level="info",
            reason=f"{len(ids)} of no use to a training: {reason}",
            advice="Look whether a picture is among them that belongs into a class folder.",
            files=tuple(ids),
            value=float(len(ids)),
            threshold=0.0,
        )
