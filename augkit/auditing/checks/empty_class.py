"""Class folders without pictures, and classes that a split lacks."""

from collections.abc import Iterator

from augkit.auditing.finding import Finding
from augkit.auditing.table import Table


def check(table: Table) -> Iterator[Finding]:
    """Yield each empty class folder, and each class that one split has and another has not."""
    for folder in table.empty_classes:
        yield Finding(
            check="empty-class",
            level="warning",
            reason=f"the folder {folder} holds no picture",
            advice="Fill or remove it: some loaders count it as a class, and all numbers of classes shift.",
            files=(folder,),
            confidence=1.0,
        )
    for split in table.split_names:
        counts = table.counts(split)
        if any(counts.values()):
            for name in (name for name, count in counts.items() if not count):
                yield Finding(
                    check="empty-class",
                    level="warning",
                    reason=f"{split} has no picture of {name}, other splits have",
                    advice="Give every split pictures of every class, or the numbers of classes differ between them.",
                    value=0.0,
                    threshold=1.0,
                    confidence=1.0,
                )
