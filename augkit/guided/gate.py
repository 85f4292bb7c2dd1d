"""The gate: whether features tell the classes apart well enough to lead anything."""

from typing import Any

import numpy as np
import numpy.typing as npt

from augkit.features.hog import Floats
from augkit.oversampling.neighbors import nearest

LEAST_ACCURACY = 0.45
_MOST_JUDGED = 10_000  # rows, evenly taken


def neighbor_accuracy(rows: Floats, labels: npt.NDArray[Any]) -> float:
    """Return how often the nearest other row has the same label: leave-one-out, the mean over classes.

    The mean over classes, since in a lopsided set the largest class alone would make the share of all rows look good.
    Classes of one row are left out. Of many rows, 10,000 are judged, evenly taken.

    >>> neighbor_accuracy(np.array([[0.0], [1.0], [1.1], [9.0], [9.1]]), np.array(list("aabbb")))
    0.5833333333333333
    """
    step = -(-len(rows) // _MOST_JUDGED)
    rows, labels = rows[::step], labels[::step]
    everything = np.arange(len(rows))
    if len(rows) < 2:
        return 0.0
    hits = labels[nearest(rows, 1, of=everything, among=everything)[:, 0]] == labels
    known, counts = np.unique(labels, return_counts=True)
    shares = [hits[labels == label].mean() for label in known[counts > 1]]
    return float(np.mean(shares)) if shares else 0.0
