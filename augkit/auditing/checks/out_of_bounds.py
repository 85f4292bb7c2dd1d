"""Annotated boxes outside their picture, or without area."""

from collections.abc import Iterator

from augkit.auditing.finding import Finding
from augkit.auditing.table import Table


def check(table: Table) -> Iterator[Finding]:
    """Yield each picture with boxes that can't be."""
    for image_id, reason in table.boxes:
        yield Finding(
            check="out-of-bounds",
            level="error",
            reason=reason,
            advice="Correct the annotation: such a box gives a loss without end, or none at all.",
            files=(image_id,),
            confidence=1.0,
        )
