"""What all samplers have in common: how many rows each class gets, the parents of each, and the rows themselves."""

import numbers
import warnings
from abc import abstractmethod
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
import numpy.typing as npt
from imblearn.over_sampling.base import BaseOverSampler
from scipy import sparse
from sklearn.base import clone
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import HasMethods, Interval

from augkit.oversampling.neighbors import Array, Rows, nearest, search

_AT_ONCE = 1 << 20  # numbers interpolated at once: what is kept besides input and output stays small


class Parents(NamedTuple):
    """Where synthetic rows lie: ``X[rows] + steps * (X[neighbors] - X[rows])``.

    Attributes
    ----------
    rows, neighbors : arrays of int
        Row numbers of the X that was given.
    steps : array of float
        0 is at the row, 1 at the neighbour.
    """

    rows: Rows
    neighbors: Rows
    steps: Array

    @classmethod
    def copies(cls, rows: Rows) -> Self:
        """Return parents whose children are copies of them."""
        return cls(rows, rows, np.zeros(len(rows)))

    @classmethod
    def joined(cls, parts: "list[Parents]") -> Self:
        """Return the parents of one class after the other."""
        empty = cls.copies(np.empty(0, np.int64))
        return cls(*(np.concatenate(arrays) for arrays in zip(empty, *parts, strict=True)))


class Oversampler(BaseOverSampler):  # type: ignore[misc]
    """A sampler that interpolates between rows; a kind of it says between which (see `draw_parents`)."""

    parents_: Parents
    looks_around_by: ClassVar[str | None] = None  # the option that says how many neighbours among all rows

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **BaseOverSampler._parameter_constraints,
        "k_neighbors": [Interval(numbers.Integral, 1, None, closed="left"), HasMethods(["fit", "kneighbors"])],
    }

    def __init__(self, *, sampling_strategy: Any = "auto", random_state: Any = None, k_neighbors: Any = 5) -> None:
        super().__init__(sampling_strategy=sampling_strategy)
        self.random_state = random_state
        self.k_neighbors = k_neighbors

    def fit_resample(self, X: Any, y: Any, **params: Any) -> Any:
        """Return X and y with synthetic rows after the original ones.

        Parameters
        ----------
        X : array (N, features), (N, H, W), (N, H, W, C), DataFrame or sparse matrix
            Arrays of pictures are flattened, and what comes out has their shape again. Of a sparse matrix a dense one
            is made for a while.
        y : array of N

        Returns
        -------
        X, y
            Of the types and dtypes that were given; whole numbers are rounded.
        """
        if hasattr(X, "iloc") and X.ndim == 2:
            return self._fit_resample_frame(X, y, **params)
        if not isinstance(X, np.ndarray) or X.ndim <= 2:
            return super().fit_resample(X, y, **params)
        resampled, labels = super().fit_resample(X.reshape(len(X), -1), y, **params)
        return resampled.reshape(-1, *X.shape[1:]), labels

    def _fit_resample_frame(self, X: Any, y: Any, **params: Any) -> Any:
        """Do so for a DataFrame; beside columns of other kinds, imbalanced-learn would cut whole numbers off."""
        whole = [place for place, kind in enumerate(X.dtypes) if getattr(kind, "kind", "") in ("i", "u")]
        if len(whole) == X.shape[1]:
            return super().fit_resample(X, y, **params)
        frame = X.copy()
        for place in whole:
            frame.isetitem(place, X.iloc[:, place].astype(np.float64))
        resampled, labels = super().fit_resample(frame, y, **params)
        for place in whole:
            given = X.iloc[:, place].to_numpy()
            made = np.rint(resampled.iloc[len(X) :, place].to_numpy())
            most = float(limit := np.iinfo(given.dtype).max)
            most = np.nextafter(most, 0.0) if most > limit else most  # the float beside it may be one too large
            resampled.isetitem(place, np.concatenate([given, np.minimum(made, most).astype(given.dtype)]))
        return resampled, labels

    @abstractmethod
    def draw_parents(self, X: Array, y: Array, members: Rows, around: Rows, count: int, rng: Any) -> Parents:
        """Return the parents of `count` new rows for the class of these members, of which there are at least two.

        `around` has the nearest among all rows for each of the members, if the kind says by what it looks around.
        """

    def _fit_resample(self, X: Any, y: Array, **params: Any) -> tuple[Any, Array]:
        dense = X.toarray() if sparse.issparse(X) else X
        rng = check_random_state(self.random_state)  # one for all classes: none repeats the steps of another
        wanted = {label: count for label, count in self.sampling_strategy_.items() if count}
        around = self._look_around(dense, np.isin(y, list(wanted)))
        parts = [self._draw_class(dense, y, around, label, count, rng) for label, count in wanted.items()]
        self.parents_ = Parents.joined(parts)
        resampled = interpolate(dense, self.parents_)
        labels = np.concatenate([y, np.repeat(np.array(list(wanted), y.dtype), list(wanted.values()))])
        return (type(X)(resampled) if sparse.issparse(X) else resampled), labels

    def _look_around(self, X: Array, asked: npt.NDArray[np.bool_]) -> Rows:
        """Return the nearest among all rows for the rows that are asked for: one search for all classes."""
        if self.looks_around_by is None or not asked.any():
            return np.empty((len(X), 0), np.int64)
        neighbors, rows = getattr(self, self.looks_around_by), np.flatnonzero(asked)
        found = self._find(neighbors, X, self._count(neighbors), of=rows, among=np.arange(len(X)))
        around = np.empty((len(X), found.shape[1]), np.int64)
        around[rows] = found
        return around

    def _draw_class(self, X: Array, y: Array, around: Rows, label: Any, count: int, rng: Any) -> Parents:
        members = np.flatnonzero(y == label)
        if len(members) == 1:
            warn(f"class {label} has a single row: its new rows are copies of it")
            return Parents.copies(np.repeat(members, count))
        return self.draw_parents(X, y, members, around[members], count, rng)

    @staticmethod
    def _count(neighbors: Any) -> int:
        """Return how many neighbours an option asks for; a searcher counts a row itself, too."""
        return int(neighbors if isinstance(neighbors, numbers.Integral) else neighbors.n_neighbors - 1)

    @staticmethod
    def _find(neighbors: Any, X: Array, k: int, *, of: Rows, among: Rows) -> Rows:
        """Return the k nearest rows, by the searcher that an option names or by the exact one."""
        k = min(k, len(among) - 1)
        if isinstance(neighbors, numbers.Integral):
            return nearest(X, k, of=of, among=among)
        return search(clone(neighbors), X, k, of=of, among=among)

    def _neighbors_within(self, label: Any, members: Rows) -> int:
        """Return how many neighbours to look at in a class: fewer, with a warning, where it is small."""
        k, most = self._count(self.k_neighbors), len(members) - 1
        if k > most:
            warn(f"class {label} has {len(members)} rows: k_neighbors is {most} for it, not {k}")
        return min(k, most)

    def _draw_within(self, X: Array, y: Array, members: Rows, bases: Rows, count: int, rng: Any) -> Parents:
        """Return parents between bases, drawn evenly, and their nearest members of the class."""
        return self._draw_toward(X, members, self._neighbors_within(y[members[0]], members), bases, count, rng)

    def _draw_toward(self, X: Array, among: Rows, k: int, bases: Rows, count: int, rng: Any) -> Parents:
        """Return parents between bases, drawn evenly, and one of their k nearest rows among some.

        Numbers are drawn as imbalanced-learn draws them; neighbours are looked for where they were drawn only.
        """
        drawn, columns = np.divmod(rng.randint(low=0, high=len(bases) * k, size=count), k)
        return self._between(X, among, k, bases[drawn], columns, rng.uniform(size=count))

    def _between(self, X: Array, among: Rows, k: int, rows: Rows, columns: Rows, steps: Array) -> Parents:
        """Return parents between rows and their nearest row of this place (column) among some."""
        asked, back = np.unique(rows, return_inverse=True)
        neighbors = self._find(self.k_neighbors, X, k, of=asked, among=among)
        return Parents(rows, neighbors[back, columns], steps)


def interpolate(X: Array, parents: Parents) -> Array:
    """Return X with the rows between these parents after it, in the dtype of X.

    >>> interpolate(np.array([[0.0], [8.0]]), Parents(np.array([0]), np.array([1]), np.array([0.25]))).tolist()
    [[0.0], [8.0], [2.0]]
    """
    whole = np.empty((len(X) + len(parents.rows), X.shape[1]), X.dtype)
    whole[: len(X)] = X
    made = whole[len(X) :]
    floats = X.dtype if np.issubdtype(X.dtype, np.floating) else np.dtype(np.float64)
    at_once = max(1, _AT_ONCE // max(1, X.shape[1]))
    for first in range(0, len(made), at_once):
        part = slice(first, first + at_once)
        start = X[parents.rows[part]].astype(floats, copy=False)
        values = X[parents.neighbors[part]].astype(floats, copy=False)
        values -= start
        values *= parents.steps[part, None].astype(floats)
        values += start
        made[part] = values if floats == X.dtype else np.rint(values)
    return whole


def warn(message: str) -> None:
    """Tell the user what was done otherwise than asked."""
    warnings.warn(message, UserWarning, stacklevel=2)
