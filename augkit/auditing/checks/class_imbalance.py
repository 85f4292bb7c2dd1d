"""Classes of very different sizes."""

from collections.abc import Iterator

from augkit.auditing.finding import Finding
from augkit.auditing.table import Table

RATIO = 3.0
"""The largest class for training has more than so many times the pictures of the smallest."""


def check(table: Table) -> Iterator[Finding]:
    """Yield one finding if the classes of the training split are lopsided."""
    counts = {name: count for name, count in table.counts(table.split_names[0]).items() if count}
    if len(counts) < 2:
        return
    largest, smallest = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
    ratio = counts[largest] / counts[smallest]
    if ratio > RATIO:
        yield Finding(
            check="class-imbalance",
            level="warning",
            reason=f"{largest} has {counts[largest]:,} pictures, {smallest} {counts[smallest]:,} ({ratio:.3g} : 1)",
            advice="augkit expand SOURCE OUTPUT --balance max makes all as large as the largest; judge by balanced "
            "accuracy, not by accuracy.",
            value=ratio,
            threshold=RATIO,
            confidence=1.0,
        )
