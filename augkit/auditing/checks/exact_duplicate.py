"""Pictures of one class with the same bytes or the same pixels."""

from collections.abc import Iterator

from augkit.auditing.finding import Finding
from augkit.auditing.kinship import alike
from augkit.auditing.table import Table


def check(table: Table) -> Iterator[Finding]:
    """Yield each set of pictures that are the same, in one class of one split."""
    for members in table.groups.exact:
        for same in alike(table, members):
            files = {table.rows["file"][place].tobytes() for place in same}
            what = "the same file" if len(files) == 1 and table.root else "the same pixels"
            yield Finding(
                check="exact-duplicate",
                level="warning",
                reason=f"{what}, {len(same)} times",
                advice="Keep one: the others weigh it more than the rest and tell a network nothing.",
                files=table.names(same),
                value=0.0,
                threshold=0.0,
                confidence=1.0,
                drop=table.names(same[1:]),
            )
