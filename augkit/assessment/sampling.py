"""Which pictures are looked at where there are many, and how they are cut into folds."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from augkit.assessment.estimate import Codes, Pictures
from augkit.seeding import Draws

MOST = 1500
"""Pictures looked at, if there are more."""
FEWEST = 20
"""Sources that a class must have to be judged: five in each fold. What is never recognized has nothing to lose."""
FOLDS = 4
REPEATS = 2


def choose(labels: Sequence[str], ids: Sequence[str], most: int, seed: int) -> list[int]:
    """Return the places of up to so many pictures, as evenly from the classes as can be, in their order.

    A class always gets twice as many as it needs to be judged, if it has them. Which ones is settled by lot.

    >>> choose(["a"] * 90 + ["b"] * 10, [str(number) for number in range(100)], 40, seed=0)[-10:]
    [90, 91, 92, 93, 94, 95, 96, 97, 98, 99]
    """
    by_class: dict[str, list[int]] = {}
    for place, label in enumerate(labels):
        by_class.setdefault(label, []).append(place)
    sizes = np.array([len(places) for places in by_class.values()])
    each = bisect_right(range(len(labels) + 1), most, key=lambda count: int(np.minimum(sizes, count).sum())) - 1
    each = max(each, 2 * FEWEST)
    chosen: list[int] = []
    for places in by_class.values():
        lots = places if len(places) <= each else sorted(places, key=lambda place: _draw_lot(seed, ids[place]))
        chosen.extend(lots[:each])
    return sorted(chosen)


def too_small(labels: Sequence[str], sources: Sequence[str]) -> list[str]:
    """Return the classes that have too few sources to be judged, sorted."""
    found = Counter(label for label, _ in set(zip(labels, sources, strict=True)))
    return sorted(label for label, count in found.items() if count < FEWEST)


def cut(pictures: Pictures, seed: int) -> list[Codes]:
    """Return which pictures each fold holds out: 2 x 4 folds with alike shares of classes; no source is in two."""
    folds: list[Codes] = []
    rows = np.zeros((len(pictures.labels), 1))
    for repeat in range(REPEATS):
        splitter = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=_draw_lot(seed, f"fold {repeat}") % 2**32)
        folds.extend(held_out for _, held_out in splitter.split(rows, pictures.labels, pictures.groups))
    return folds


def _draw_lot(seed: int, name: str) -> int:
    return Draws(seed, name, 0).bits()
