"""Classes too small for k neighbours, or to be split."""

from collections.abc import Iterator

from augkit.auditing.finding import Finding
from augkit.auditing.table import Table

NEIGHBOURS = 5
"""SMOTE and its kin take so many neighbours of a picture, by default; its class must have one more."""


def check(table: Table) -> Iterator[Finding]:
    """Yield each class that is too small to be oversampled or to be divided into training and test."""
    for split in table.split_names[:1]:
        for name, count in table.counts(split).items():
            if 0 < count <= NEIGHBOURS:
                alone = count < 2
                yield Finding(
                    check="small-class",
                    level="error" if alone else "warning",
                    reason=f"{name} has {count} {'picture' if alone else 'pictures'}: too few "
                    + ("to be split into training and test" if alone else f"for {NEIGHBOURS} neighbours of each"),
                    advice="Find more pictures of it; copies (augkit expand --balance max) help, but show nothing new.",
                    files=table.names([place for place, label in enumerate(table.labels) if label == name]),
                    value=float(count),
                    threshold=float(NEIGHBOURS + 1),
                    confidence=1.0,
                )
