"""Which pictures an epoch shows, and which copy of each: pure arithmetic over (seed, epoch)."""

import math
import statistics
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from augkit.errors import AugkitError, suggest
from augkit.seeding import Draws

Whole: TypeAlias = npt.NDArray[np.int64]
To: TypeAlias = Literal["max", "median"] | int | Mapping[Any, int]
"""How many of each class an epoch shows."""
Augmented: TypeAlias = Literal["all", "minority"]
"""Whether every picture shown is an augmented copy, or more of them the rarer the class."""


@dataclass(frozen=True, eq=False)
class Group:
    """Pictures that take turns: each epoch shows the next so many of them.

    Parameters
    ----------
    members : array (N,) of int
        Their indices, in the order of their turns.
    shown : int
        How many an epoch shows. After a whole number of rounds all have been shown equally often.
    plain : int
        How many of those are shown as they are.
    """

    members: Whole
    shown: int
    plain: int = 0

    def turns(self, epoch: int) -> Whole:
        """Return index and copy (shown, 2): copies are counted from 1 through all epochs, 0 is the original.

        >>> Group(np.array([7, 8, 9]), shown=2).turns(0).tolist(), Group(np.array([7, 8, 9]), shown=2).turns(1).tolist()
        ([[7, 1], [8, 1]], [[9, 1], [7, 2]])
        """
        rounds, places = np.divmod(epoch * self.shown + np.arange(self.shown), max(len(self.members), 1))
        copies = 1 + rounds
        copies[: self.plain] = 0
        return np.stack([self.members[places], copies], axis=1)


def everything(count: int) -> tuple[Group, ...]:
    """Return the one group of which every epoch shows all."""
    return (Group(np.arange(count), count),)


def balanced(labels: Sequence[Hashable], to: To, augment: Augmented, seed: int) -> tuple[Group, ...]:
    """Return a group for each class, which shows exactly as many as asked for.

    Raises
    ------
    AugkitError
        When there are no labels, or `to` or `augment` says nothing that is known.
    """
    if augment not in ("all", "minority"):
        raise AugkitError(f"augment must be 'all' or 'minority', got {augment!r}")
    sizes = Counter(labels)
    if not sizes:
        raise AugkitError("there are no labels, so there is nothing to balance")
    largest = max(sizes.values())
    members: dict[Hashable, list[int]] = {label: [] for label in sizes}
    for index, label in enumerate(labels):
        members[label].append(index)
    found = []
    for number, (label, shown) in enumerate(totals(sizes, to).items()):
        order = draw_order(Draws(seed, "turns", number), sizes[label])
        # By its share of the largest class: to "max", each original is shown once an epoch, and the rest are copies.
        plain = math.floor(shown * sizes[label] / largest + 0.5) if augment == "minority" else 0
        found.append(Group(np.array(members[label])[order], shown, plain))
    return tuple(found)


def totals(sizes: Mapping[Any, int], to: To) -> dict[Any, int]:
    """Return how many of each class an epoch shows.

    >>> totals({"cat": 5, "dog": 2}, "max"), totals({"cat": 5, "dog": 2}, {"dog": 3})
    ({'cat': 5, 'dog': 5}, {'cat': 5, 'dog': 3})
    """
    if isinstance(to, Mapping):
        for label, count in to.items():
            if label not in sizes:
                alike = [known for known in sizes if str(known) == str(label)]
                hint = f"; did you mean {alike[0]!r}?" if alike else suggest(str(label), map(str, sizes))
                raise AugkitError(f"to: there is no class {label!r}{hint}")
            _check_count(count, 0)
        return {label: int(to.get(label, size)) for label, size in sizes.items()}
    if isinstance(to, str) and to in ("max", "median"):
        whole = max(sizes.values()) if to == "max" else math.floor(statistics.median(sizes.values()) + 0.5)
        return dict.fromkeys(sizes, whole)
    _check_count(to, 1)
    return dict.fromkeys(sizes, int(to))


def _check_count(count: object, least: int) -> None:
    if not isinstance(count, int | np.integer) or isinstance(count, bool) or count < least:
        raise AugkitError(
            f"to must be 'max', 'median', a whole number of at least {least}, or one for each class; got {count!r}"
        )


def draw_epoch(groups: Sequence[Group], epoch: int, draws: Draws | None) -> Whole:
    """Return index and copy (N, 2) of everything that an epoch shows, shuffled if there are draws."""
    rows = np.concatenate([group.turns(epoch) for group in groups])
    return rows if draws is None else rows[draw_order(draws, len(rows))]


def draw_order(draws: Draws, count: int) -> Whole:
    """Return the numbers from 0 to count - 1 in random order."""
    # Raw bits: numpy promises their streams for every version to come, and its shuffles for none.
    return np.argsort(np.random.SFC64(draws.bits()).random_raw(count), kind="stable")
