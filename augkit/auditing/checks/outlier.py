"""Pictures unlike all others: nothing in the data set is near their features."""

from collections.abc import Iterator

import numpy as np

from augkit.auditing.finding import Finding
from augkit.auditing.table import Table

NEIGHBOURS = 5
SPANS = 3.0
"""The mean distance to the nearest neighbours is so many interquartile ranges above the upper quartile (Tukey)."""
_FEWEST = 50


def check(table: Table) -> Iterator[Finding]:
    """Yield each picture that is far from its nearest neighbours, the farthest first."""
    if len(table.usable) < _FEWEST:
        return
    from sklearn.neighbors import NearestNeighbors

    # Brute force in blocks: exact, and its memory does not grow with the square of the number of pictures.
    neighbours = NearestNeighbors(n_neighbors=NEIGHBOURS, algorithm="brute").fit(table.features)
    distances = neighbours.kneighbors()[0].mean(axis=1)
    lower, median, upper = np.percentile(distances, (25, 50, 75))
    threshold = float(upper + SPANS * (upper - lower))
    for number in np.argsort(-distances, kind="stable"):
        if distances[number] <= threshold:
            return
        yield Finding(
            check="outlier",
            level="info",
            reason=f"{distances[number] / median:.1f} times as far from its nearest neighbours as the median picture",
            advice="Look whether it belongs here: rare pictures are precious, strange ones are not.",
            files=table.names([table.usable[number]]),
            value=float(distances[number]),
            threshold=threshold,
        )
