"""Pictures much wider or taller than the others."""

from collections.abc import Iterator

import numpy as np

from augkit.auditing.finding import Finding
from augkit.auditing.table import Table

TIMES = 2.0
"""The ratio of width to height is so many times that of the median picture, or its inverse."""


def check(table: Table) -> Iterator[Finding]:
    """Yield each picture of a shape that resizing to the common one would distort."""
    places = table.usable
    if not len(places):
        return
    ratios = table.rows["width"][places] / table.rows["height"][places]
    median = float(np.median(ratios))
    for place, ratio in zip(places, ratios, strict=True):
        times = max(ratio / median, median / ratio)
        if times > TIMES:
            yield Finding(
                check="odd-aspect",
                level="info",
                reason=f"{ratio:.2g} times as wide as high, the median picture is {median:.2g} times",
                advice="Crop or pad it: resized to the common shape it would be distorted.",
                files=table.names([place]),
                value=float(times),
                threshold=TIMES,
            )
