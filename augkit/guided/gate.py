"""The gate: whether features tell the classes apart well enough to lead anything."""

from typing import Any

import numpy as np
import numpy.typing as npt

from augkit.features.hog import Floats
from augkit.oversampling.neighbors import nearest

LEAST_ACCURACY = 0.45
_MOST_JUDGED = 10_000  # rows


def neighbor_accuracy(rows: Floats, labels: npt.NDArray[Any]) -> float:
    """Return how often the nearest other row has the same label: leave-one-out, the mean over classes.

    The mean over classes, since in a lopsided set the largest class alone would make the share of all rows look good.
    Classes of one row are left out. Of many rows, some 10,000 are judged, as many of each class where there are; their
    neighbours are looked for among all.

    >>> neighbor_accuracy(np.array([[0.0], [1.0], [1.1], [9.0], [9.1]]), np.array(list("aabbb")))
    0.5833333333333333
    """
    if len(rows) < 2:
        return 0.0
    known, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    most = len(rows) if len(rows) <= _MOST_JUDGED else -(-_MOST_JUDGED // len(known))
    members = [np.flatnonzero(codes == code) for code in np.flatnonzero(counts > 1)]
    judged = np.sort(np.concatenate([np.empty(0, np.int64), *(evenly(rows, most) for rows in members)]))
    hits = codes[nearest(rows, 1, of=judged, among=np.arange(len(rows)))[:, 0]] == codes[judged]
    right = np.bincount(codes[judged], hits, len(known))[counts > 1]
    return float(np.mean(right / np.minimum(counts, most)[counts > 1])) if len(right) else 0.0


def evenly(members: npt.NDArray[np.int64], most: int) -> npt.NDArray[np.int64]:
    """Return some of the members, evenly taken; all, if there are no more than that.

    >>> evenly(np.arange(7), 3).tolist()
    [0, 2, 4]
    """
    if len(members) <= most:
        return members
    return members[np.arange(most) * len(members) // most]
