"""ADASYN: more new rows where a class is harder to learn."""

from typing import Any

import numpy as np

from augkit.oversampling.base import Oversampler, Parents, warn
from augkit.oversampling.neighbors import Array, Rows


class ADASYN(Oversampler):
    """SMOTE that gives each row as many new ones as it has neighbours of other classes (He et al., 2008).

    The counts add up to what was asked for: what rounding leaves goes to the largest remainders.

    Parameters
    ----------
    sampling_strategy, random_state, k_neighbors
        As in `SMOTE`; the neighbours count in both: among all rows for how hard it is, in the class for where to go. A
        class without neighbours of others is done evenly, with a warning.

    Attributes
    ----------
    parents_, sampling_strategy_
        As in `SMOTE`.

    Examples
    --------
    >>> X = np.array([[0.0], [1.0], [2.0], [2.4], [3.1], [4.0], [5.0], [6.0]])
    >>> sampler = ADASYN(random_state=0, k_neighbors=2)
    >>> labels = sampler.fit_resample(X, [0, 0, 0, 1, 1, 1, 1, 1])[1]
    >>> sampler.parents_.rows.tolist()  # only the row at 2.0 has neighbours of the other class
    [2, 2]
    """

    looks_around_by = "k_neighbors"

    def draw_parents(self, X: Array, y: Array, members: Rows, around: Rows, count: int, rng: Any) -> Parents:
        """Return parents of which the hard ones come more often; neighbours and steps are drawn evenly."""
        label = y[members[0]]
        hardness = (y[around] != label).sum(axis=1)
        if not hardness.any():
            warn(f"class {label} has no neighbour of another class: its rows get new ones evenly")
            hardness = np.ones(len(members))
        rows = np.repeat(members, share(count, hardness))
        k = self._neighbors_within(label, members)
        columns = rng.randint(low=0, high=k, size=count)
        return self._between(X, members, k, rows, columns, rng.uniform(size=count))


def share(count: int, weights: Array) -> Rows:
    """Return whole numbers in proportion to weights that add up to `count`; earlier ones win ties.

    >>> share(7, np.array([1, 2, 1])).tolist()
    [2, 3, 2]
    """
    exact = weights * (count / weights.sum())
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(whole - exact, kind="stable")
    whole[order[: count - int(whole.sum())]] += 1
    return whole
