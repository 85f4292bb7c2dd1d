"""EOS: toward the nearest enemies, for features that a network has learned."""

from typing import Any

import numpy as np

from augkit.oversampling.base import Oversampler, Parents, warn
from augkit.oversampling.neighbors import Array, Rows


class EOS(Oversampler):
    """New rows between a row and its nearest enemies, neighbours of other classes (Dablain et al., 2022).

    Expansive oversampling is made for the features in front of a network's last layer, which is then refitted: a rare
    class spreads wider in the features of new pictures than in those of training, and this makes room for it.

    Parameters
    ----------
    sampling_strategy, random_state, k_neighbors
        As in `SMOTE`; neighbours are those among all rows. A class of which no row has an enemy among them is done as
        by `SMOTE`, with a warning.

    Attributes
    ----------
    parents_, sampling_strategy_
        As in `SMOTE`.

    Examples
    --------
    >>> X = np.array([[0.0], [1.0], [2.0], [2.4], [3.1], [4.0], [5.0]])
    >>> sampler = EOS(random_state=0, k_neighbors=2)
    >>> labels = sampler.fit_resample(X, [0, 0, 0, 1, 1, 1, 1])[1]
    >>> sampler.parents_.rows.tolist(), sampler.parents_.neighbors.tolist()  # from 2.0 to 2.4
    ([2], [3])
    """

    looks_around_by = "k_neighbors"

    def __init__(self, *, sampling_strategy: Any = "auto", random_state: Any = None, k_neighbors: Any = 10) -> None:
        super().__init__(sampling_strategy=sampling_strategy, random_state=random_state, k_neighbors=k_neighbors)

    def draw_parents(self, X: Array, y: Array, members: Rows, around: Rows, count: int, rng: Any) -> Parents:
        """Return parents of which the second is an enemy: first the row is drawn, then one of its enemies."""
        label = y[members[0]]
        is_enemy = y[around] != label
        enemies = is_enemy.sum(axis=1)
        exposed = np.flatnonzero(enemies)
        if not len(exposed):
            warn(f"class {label} has no enemy among its neighbours: it is oversampled as by SMOTE")
            return self._draw_within(X, y, members, members, count, rng)
        drawn = exposed[rng.randint(low=0, high=len(exposed), size=count)]
        which = np.floor(rng.uniform(size=count) * enemies[drawn]).astype(np.int64)
        first = np.argsort(~is_enemy, axis=1, kind="stable")  # enemies before friends, nearest first
        return Parents(members[drawn], around[drawn, first[drawn, which]], rng.uniform(size=count))
