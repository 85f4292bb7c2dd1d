"""Pictures of one class that show the same: resized, recompressed, mirrored, slightly changed."""

from collections.abc import Iterator

from augkit.auditing.finding import Finding
from augkit.auditing.groups import DIFFERENCE
from augkit.auditing.kinship import alike, confidence, describe, difference, is_exact
from augkit.auditing.table import Table


def check(table: Table) -> Iterator[Finding]:
    """Yield each set of pictures that are nearly the same, in one class of one split; exact duplicates count as one."""
    repeated = {place for members in table.groups.exact for same in alike(table, members) for place in same[1:]}
    for members in table.groups.near:
        for same in alike(table, [place for place in members if place not in repeated]):
            if not is_exact(table, same):
                value = difference(table, same)
                yield Finding(
                    check="near-duplicate",
                    level="warning",
                    reason=describe(table, same),
                    advice="Keep the best of them, unless it is on purpose, as frames of one film are.",
                    files=table.names(same),
                    value=value,
                    threshold=DIFFERENCE,
                    confidence=confidence(value),
                    drop=table.names(same[1:]),
                )
