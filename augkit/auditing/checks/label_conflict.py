"""The same picture, or nearly, under different labels."""

from collections.abc import Iterator

from augkit.auditing.finding import Finding
from augkit.auditing.groups import DIFFERENCE
from augkit.auditing.kinship import confidence, describe, difference
from augkit.auditing.table import Table


def check(table: Table) -> Iterator[Finding]:
    """Yield each set of pictures that are the same, or nearly, and bear different labels."""
    for members in table.groups.near:
        labels = sorted({label for place in members if (label := table.labels[place]) is not None})
        if len(labels) > 1:
            value = difference(table, members)
            yield Finding(
                check="label-conflict",
                level="error",
                reason=f"{describe(table, members)}, labelled {' and '.join(labels)}",
                advice="Decide which label is right and remove the others; if none is, remove all.",
                files=table.names(members),
                value=value,
                threshold=DIFFERENCE,
                confidence=confidence(value),
                drop=table.names(members),
            )
