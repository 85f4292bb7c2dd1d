"""SMOTE, and Borderline-SMOTE, which starts from the rows that are in danger."""

import numbers
from typing import Any, ClassVar

import numpy as np
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions

from augkit.oversampling.base import Oversampler, Parents, warn
from augkit.oversampling.neighbors import Array, Rows


class SMOTE(Oversampler):
    """New rows on the lines between the rows of a class and their nearest neighbours in it (Chawla et al., 2002).

    Parameters
    ----------
    sampling_strategy : str, float, dict, list or callable
        As in imbalanced-learn; "auto" brings every class to the size of the largest.
    random_state : int, RandomState or None
    k_neighbors : int or searcher
        Neighbours to choose from; a class of k rows or fewer uses fewer, with a warning, and a class of one is copied.
        A searcher has `fit`, `kneighbors` and `n_neighbors`, one more than the neighbours to use, like scikit-learn's
        `NearestNeighbors` or `FaissNeighbors`.

    Attributes
    ----------
    parents_ : Parents
        Row, neighbour and step of every new row.
    sampling_strategy_ : dict
        New rows by class.

    Examples
    --------
    >>> sampler = SMOTE(random_state=0, k_neighbors=1)
    >>> X, y = sampler.fit_resample(np.array([[0.0], [1.0], [5.0], [6.0], [7.0]]), [0, 0, 1, 1, 1])
    >>> len(X), y, sampler.parents_.rows.tolist(), sampler.parents_.neighbors.tolist()
    (6, [0, 0, 1, 1, 1, 0], [0], [1])
    """

    def draw_parents(self, X: Array, y: Array, members: Rows, around: Rows, count: int, rng: Any) -> Parents:
        """Return parents drawn evenly from the class and its neighbours."""
        return self._draw_within(X, y, members, members, count, rng)


class BorderlineSMOTE(Oversampler):
    """SMOTE from rows in danger: half or more of their neighbours, not all, are of other classes (Han et al., 2005).

    Parameters
    ----------
    sampling_strategy, random_state, k_neighbors
        As in `SMOTE`.
    m_neighbors : int or searcher
        Neighbours that tell whether a row is in danger.
    kind : {"borderline-1", "borderline-2"}
        The first goes to neighbours in the class. The second goes to the nearest rows of any class, and at most half
        the way to those of others. A class of which no row is in danger is done as by `SMOTE`, with a warning.

    Attributes
    ----------
    parents_, sampling_strategy_
        As in `SMOTE`.

    Examples
    --------
    >>> X = np.array([[0.0], [1.0], [2.0], [2.4], [3.1], [4.0], [5.0]])
    >>> sampler = BorderlineSMOTE(random_state=0, k_neighbors=2, m_neighbors=2)
    >>> labels = sampler.fit_resample(X, [0, 0, 0, 1, 1, 1, 1])[1]
    >>> sampler.parents_.rows.tolist()  # the row at 2.0
    [2]
    """

    looks_around_by = "m_neighbors"

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **Oversampler._parameter_constraints,
        "m_neighbors": [Interval(numbers.Integral, 1, None, closed="left"), HasMethods(["fit", "kneighbors"])],
        "kind": [StrOptions({"borderline-1", "borderline-2"})],
    }

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        k_neighbors: Any = 5,
        m_neighbors: Any = 10,
        kind: str = "borderline-1",
    ) -> None:
        super().__init__(sampling_strategy=sampling_strategy, random_state=random_state, k_neighbors=k_neighbors)
        self.m_neighbors = m_neighbors
        self.kind = kind

    def draw_parents(self, X: Array, y: Array, members: Rows, around: Rows, count: int, rng: Any) -> Parents:
        """Return parents of which the first is in danger."""
        label = y[members[0]]
        enemies = (y[around] != label).mean(axis=1)
        danger = members[(enemies >= 0.5) & (enemies < 1)]
        if not len(danger):
            warn(f"class {label} has no row in danger: it is oversampled as by SMOTE")
            return self._draw_within(X, y, members, members, count, rng)
        if self.kind == "borderline-1":
            return self._draw_within(X, y, members, danger, count, rng)
        k = min(self._count(self.k_neighbors), len(X) - 1)
        parents = self._draw_toward(X, np.arange(len(X)), k, danger, count, rng)
        halfway = np.where(y[parents.neighbors] == label, 1.0, 0.5)
        return parents._replace(steps=parents.steps * halfway)
