"""Pictures of a size that hardly any other has."""

from collections.abc import Iterator

import numpy as np

from augkit.auditing.finding import Finding
from augkit.auditing.table import Table

TIMES = 3.0
"""So many times larger or smaller than the median picture, by the side of a square of the same area."""
COMMON = 0.95
"""Where so many pictures have one size, every other size is odd."""


def check(table: Table) -> Iterator[Finding]:
    """Yield each picture that is much larger or smaller than most, or not of the one size that most have."""
    places = table.usable
    if not len(places):
        return
    widths, heights = table.rows["width"][places].astype(int), table.rows["height"][places].astype(int)
    sides = np.sqrt(widths * heights)
    sizes, counts = np.unique(np.stack([widths, heights]), axis=1, return_counts=True)
    most = counts.argmax()
    usual = sizes[:, most] if counts[most] >= COMMON * len(places) else None
    median = float(np.median(sides))
    for place, width, height, side in zip(places, widths, heights, sides, strict=True):
        times = max(side / median, median / side)
        if times > TIMES or (usual is not None and (width, height) != tuple(usual)):
            than = f"{usual[0]}x{usual[1]}, as most are" if usual is not None else f"about {median:.0f} a side"
            yield Finding(
                check="odd-size",
                level="info",
                reason=f"{width}x{height} pixels instead of {than}",
                advice="Look whether it belongs here: a thumbnail, a crop or another source often looks so.",
                files=table.names([place]),
                value=round(float(times), 3),
                threshold=1.0 if usual is not None else TIMES,
            )
