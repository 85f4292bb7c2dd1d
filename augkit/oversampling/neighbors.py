"""Nearest neighbours among rows: exact, in blocks, never all distances at once."""

import math
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from augkit.errors import AugkitError

Array = npt.NDArray[Any]
Rows = npt.NDArray[np.int64]

_BLOCK = 1 << 22  # distances at once: 16 MB, which the last cache may hold
_LEAST = 256  # rows at once: thinner products wait for memory
_GROUP = 32
_SLICE = 4096  # rows that are float64 at once
_ROUNDING = 2.0**-24  # of a float32, relative


def nearest(X: Array, k: int, *, of: Rows, among: Rows) -> Rows:
    """Return the k nearest rows among some rows, for each of some rows, nearest first; a row is not its own neighbour.

    Distances are Euclidean, by float32 matrix products of centred and scaled rows, and once more in float64 for those
    rows whose nearest are too alike for float32 to tell.

    Parameters
    ----------
    X : array (n, d)
    k : int
        At most one less than there are rows to choose from.
    of, among : arrays of int
        Row numbers without repetition; `among` is sorted and holds all of `of`.

    Returns
    -------
    array (len(of), k)
        Row numbers of X.

    >>> nearest(np.array([[0.0], [1.0], [3.0], [7.0]]), 2, of=np.array([0, 3]), among=np.arange(4)).tolist()
    [[1, 2], [2, 1]]
    """
    data, middle, scale = _in_reach(X[among])
    lengths = np.einsum("ij,ij->i", data, data)
    own = np.searchsorted(among, of)
    found = np.empty((len(of), k), np.int64)
    unsure = [np.empty(0, np.int64)]
    at_once = max(_LEAST, _BLOCK // len(data))
    for first in range(0, len(own), at_once):
        part = own[first : first + at_once]
        # Squares of distances up to the length of the asking row, which doesn't change their order.
        with np.errstate(invalid="ignore"):  # some BLAS say so of lanes that they don't return; no sum in reach can be
            distances = (data[part] * np.float32(-2)) @ data.T
        distances += lengths
        distances[np.arange(len(part)), part] = np.inf
        places = _smallest(distances, min(k + 1, len(data) - 1))
        found[first : first + at_once] = places[:, :k]
        smallest = np.take_along_axis(distances, places, axis=1)
        # Each is off by some roundings of the squared lengths, by more of them the more columns are added up, and so is
        # what it is compared with; of rows near each other, lengths are alike.
        errors = 2 * (16 + math.sqrt(data.shape[1])) * _ROUNDING * lengths[part]
        doubtful = np.flatnonzero(np.diff(smallest, axis=1).min(axis=1, initial=np.inf) <= errors)
        limits = smallest[doubtful, k - 1] + errors[doubtful]
        near, is_all = _within(distances[doubtful], limits, min(4 * k + 32, len(data) - 1))
        sure = doubtful[is_all]
        found[first + sure] = _ranked(X, among, part[sure], near[is_all], scale, k)
        unsure.append(first + doubtful[~is_all])
    again = np.concatenate(unsure)
    for first in range(0, len(again), at_once // 2):  # float64 takes twice the room
        some = again[first : first + at_once // 2]
        found[some] = _sorted_smallest(_exact_squares(X, among, own[some], middle, scale), k)
    return among[found]


def _within(distances: Array, limits: Array, most: int) -> tuple[Rows, npt.NDArray[np.bool_]]:
    """Return places of the `most` nearest, in order of place, and whether all within each row's limit are there."""
    if not len(distances):
        return np.empty((0, most), np.int64), np.empty(0, bool)
    near = _smallest(distances, most)
    is_all = np.take_along_axis(distances, near[:, -1:], axis=1)[:, 0] > limits
    return np.sort(near, axis=1), is_all | (most == distances.shape[1] - 1)


def _ranked(X: Array, among: Rows, asked: Rows, near: Rows, scale: float, k: int) -> Rows:
    """Return the k nearest of a few candidates for each row, by differences in float64; of equal ones, the first."""
    found = np.empty((len(asked), k), np.int64)
    at_once = max(1, _BLOCK // (near.shape[1] * X.shape[1]))
    for first in range(0, len(asked), at_once):
        part = slice(first, first + at_once)
        gaps = np.subtract(X[among[near[part]]], X[among[asked[part]], None], dtype=np.float64) * scale
        order = np.einsum("ijk,ijk->ij", gaps, gaps).argsort(axis=1, kind="stable")[:, :k]
        found[part] = np.take_along_axis(near[part], order, axis=1)
    return found


def _exact_squares(X: Array, among: Rows, asked: Rows, middle: Array, scale: float) -> Array:
    """Return squares of distances as above, in float64, from some of the rows to all."""
    own = (X[among[asked]] - middle) * scale
    squares = np.empty((len(asked), len(among)))
    for first in range(0, len(among), _SLICE):
        rows = (X[among[first : first + _SLICE]] - middle) * scale
        squares[:, first : first + _SLICE] = np.einsum("ij,ij->i", rows, rows) - 2.0 * (own @ rows.T)
    squares[np.arange(len(asked)), asked] = np.inf
    return squares


def _in_reach(rows: Array) -> tuple[Array, Array, float]:
    """Return rows centred and within [-1, 1], as float32, which keeps neighbours; their middle, and the scale.

    Large offsets would drown the distances; squares of numbers beyond 1e19 or below 1e-23 don't fit float32.
    """
    middle = rows.mean(axis=0, dtype=np.float64)
    data = rows - (middle.astype(np.float32) if rows.dtype == np.float32 else middle)
    _, exponent = math.frexp(max(data.max(), -data.min()))
    scale = math.ldexp(1.0, -max(exponent, int(np.finfo(data.dtype).minexp)))  # a power of two: nothing is rounded
    data *= scale
    return data.astype(np.float32, copy=False), middle, scale


def _smallest(values: Array, k: int) -> Rows:
    """Return where the k smallest values of each row are, smallest first.

    A row is cut into groups first: the k smallest values lie in the k groups with the smallest minima. Taking minima
    runs at the speed of memory, partitioning doesn't.
    """
    count, width = values.shape
    groups = width // _GROUP
    if groups <= 2 * k:
        return _sorted_smallest(values, k)
    minima = values[:, : groups * _GROUP].reshape(count, _GROUP, groups).min(axis=1)
    chosen = np.argpartition(minima, k - 1, axis=1)[:, :k]
    places = (chosen[:, None, :] + np.arange(_GROUP)[:, None] * groups).reshape(count, -1)
    rest = np.broadcast_to(np.arange(groups * _GROUP, width), (count, width % _GROUP))
    places = np.concatenate([places, rest], axis=1)
    among = _sorted_smallest(np.take_along_axis(values, places, axis=1), k)
    return np.take_along_axis(places, among, axis=1)


def _sorted_smallest(values: Array, k: int) -> Rows:
    chosen = np.argpartition(values, k - 1, axis=1)[:, :k]
    order = np.argsort(np.take_along_axis(values, chosen, axis=1), axis=1, kind="stable")
    return np.take_along_axis(chosen, order, axis=1)


def search(searcher: Any, X: Array, k: int, *, of: Rows, among: Rows) -> Rows:
    """Return what `nearest` does, as found by a searcher with scikit-learn's `fit` and `kneighbors`.

    A searcher that knows fewer rows may return places of -1; those are filled with the nearest that it found.
    """
    searcher.fit(X[among])
    places = np.asarray(searcher.kneighbors(X[of], n_neighbors=k + 1, return_distance=False), np.int64)
    own = np.searchsorted(among, of)[:, None]
    wanted = (places != own) & (places >= 0)
    # Those that are wanted first, in their order; of duplicates, a searcher may have left out the row itself.
    order = np.argsort(~wanted, axis=1, kind="stable")[:, :k]
    found = np.take_along_axis(places, order, axis=1)
    missing = ~np.take_along_axis(wanted, order, axis=1)
    found = np.where(missing, found[:, :1], found)
    return among[np.where(found < 0, own, found)]


class FaissNeighbors:
    """A searcher by faiss (``pip install augkit[ann]``), for `k_neighbors`.

    For hundreds of thousands of rows, where an approximate index is many times faster than an exact search.

    Parameters
    ----------
    n_neighbors : int
        One more than the neighbours to use, as in imbalanced-learn: a row counts as its own neighbour.
    index : str
        What faiss calls an index factory string: "Flat" is exact, "HNSW32" or "IVF256,Flat" are approximate.

    Examples
    --------
    >>> from augkit.oversampling.smote import SMOTE
    >>> SMOTE(k_neighbors=FaissNeighbors(6, index="HNSW32")).k_neighbors.n_neighbors
    6
    """

    def __init__(self, n_neighbors: int = 6, *, index: str = "Flat") -> None:
        self.n_neighbors = n_neighbors
        self.index = index
        self._built: Any = None

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters, as scikit-learn's `clone` asks for them."""
        return {"n_neighbors": self.n_neighbors, "index": self.index}

    def set_params(self, **parameters: Any) -> Self:
        """Change parameters."""
        for name, value in parameters.items():
            if name not in self.get_params():
                raise AugkitError(f"FaissNeighbors has no parameter {name!r}; it has n_neighbors and index")
            setattr(self, name, value)
        return self

    def fit(self, X: Array) -> Self:
        """Build the index over rows."""
        try:
            import faiss
        except ImportError:
            raise AugkitError("FaissNeighbors needs faiss: pip install augkit[ann]") from None
        rows = np.ascontiguousarray(X, np.float32)
        self._built = faiss.index_factory(rows.shape[1], self.index)
        self._built.train(rows)
        self._built.add(rows)
        return self

    def kneighbors(self, X: Array, n_neighbors: int | None = None, return_distance: bool = True) -> Any:
        """Return the places of the nearest rows, after their distances if these are asked for."""
        squares, places = self._built.search(np.ascontiguousarray(X, np.float32), n_neighbors or self.n_neighbors)
        return (np.sqrt(squares), places) if return_distance else places
