"""Whose neighbourhood an augmented picture comes to lie in."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from augkit.assessment.estimate import Codes, Pictures

_AT_ONCE = 1 << 22  # distances: 16 MB

Rows = npt.NDArray[Any]


class Neighbors(NamedTuple):
    """The nearest picture of another source, for each picture.

    Attributes
    ----------
    places : array of int
    margins : array of float
        How much nearer it is than the nearest one of the picture's own class; 0 where it is that.
    """

    places: Codes
    margins: npt.NDArray[np.float32]


def find(rows: Rows, clean: Rows, pictures: Pictures) -> Neighbors:
    """Return which untouched picture of another source each row is nearest to; row i was made of picture i."""
    count = len(clean)
    places, margins = np.empty(count, np.int64), np.empty(count, np.float32)
    lengths = np.einsum("ij,ij->i", clean, clean)
    at_once = max(1, _AT_ONCE // count)
    for first in range(0, count, at_once):
        part = slice(first, first + at_once)
        asking = rows[part]
        squares = lengths - 2 * (asking @ clean.T) + np.einsum("ij,ij->i", asking, asking)[:, None]
        distances = np.sqrt(np.maximum(squares, 0))
        distances[pictures.groups[part, None] == pictures.groups] = np.inf
        places[part] = distances.argmin(axis=1)
        nearest = distances.min(axis=1)
        distances[pictures.labels[part, None] != pictures.labels] = np.inf
        margins[part] = distances.min(axis=1) - nearest
    return Neighbors(places, margins)


def confusions(claimed: Codes, pictures: Pictures) -> npt.NDArray[np.float64]:
    """Return the share of each class (rows) whose nearest neighbour is of each class (columns)."""
    classes = len(pictures.sizes)
    pairs = np.bincount(pictures.labels * classes + claimed, minlength=classes**2).reshape(classes, classes)
    return pairs / pictures.sizes[:, None]
