"""What is found of a transform, and the rule that makes a verdict of it."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from augkit.assessment.estimate import Estimate
from augkit.kernels import Array
from augkit.transforms.base import Transform
from augkit.transforms.plain import to_plain

KEEP, WARN, DROP, UNSURE = "keep", "warn", "drop", "can't tell"

# Chosen on 53 cases of 7 image sets by what each transform cost a small CNN (benchmarks/assess.py shows the misses).
AGREES = 0.85
DROP_BELOW = -3.0
WARN_BELOW = -1.0
SWAPPED_ABOVE = 0.2
LOST_BELOW = 0.5


@dataclass(frozen=True)
class ClassFinding:
    """What is found of one class: own agreement, and the dry run's effect in points of its accuracy."""

    agreement: Estimate
    effect: Estimate | None = None


@dataclass(frozen=True)
class Swap:
    """Two classes that a transform turns into each other.

    Parameters
    ----------
    one, other : str
    share : float
        Of the pictures of either class, so many more than of the untouched ones come to lie beside the other's.
    """

    one: str
    other: str
    share: float


@dataclass(frozen=True)
class Case:
    """A picture that looks like another class once it is augmented.

    Parameters
    ----------
    id, label : str
        Of the picture.
    claimed_by, claimed_as : str
        Id and class of the picture that its augmented copy is nearest to.
    pictures : (array, array, array)
        The original, its augmented copy, and the neighbour that claims it.
    """

    id: str
    label: str
    claimed_by: str
    claimed_as: str
    pictures: tuple[Array, Array, Array] = field(repr=False, compare=False)


@dataclass(frozen=True)
class Verdict:
    """What is said of one transform.

    Parameters
    ----------
    transform : Transform
        As it was judged: with its own ranges, always happening.
    verdict : {"keep", "warn", "drop", "can't tell"}
    reason : str
    agreement : Estimate or None
        The share of augmented pictures whose nearest picture of another source is of their own class, every class
        counting alike, in proportion to that of the untouched pictures.
    effect : Estimate or None
        What augmented copies do to a linear head, in points of balanced accuracy on clean held-out pictures. None where
        agreement alone says enough.
    classes : dict of ClassFinding
    swaps : tuple of Swap
    cases : tuple of Case
        The worst ones.
    """

    transform: Transform
    verdict: str
    reason: str
    agreement: Estimate | None = None
    effect: Estimate | None = None
    classes: Mapping[str, ClassFinding] = field(default_factory=dict)
    swaps: tuple[Swap, ...] = ()
    cases: tuple[Case, ...] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        """Name of the transform in recipes."""
        return self.transform.name()

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "transform": to_plain(self.transform),
            "verdict": self.verdict,
            "reason": self.reason,
            "agreement": _plain(self.agreement, 4),
            "effect": _plain(self.effect, 2),
            "swaps": [dataclasses.asdict(swap) for swap in self.swaps],
            "classes": {
                label: {"agreement": _plain(found.agreement, 4), "effect": _plain(found.effect, 2)}
                for label, found in self.classes.items()
            },
            "cases": [
                {"id": case.id, "label": case.label, "claimed_by": case.claimed_by, "claimed_as": case.claimed_as}
                for case in self.cases
            ],
        }


def _plain(estimate: Estimate | None, digits: int) -> list[float] | None:
    return None if estimate is None else estimate.rounded(digits)


def decide(agreement: float, effect: float | None) -> str:
    """Return the verdict.

    >>> decide(0.9, None), decide(0.5, 0.2), decide(0.5, -2.0), decide(0.5, -7.0)
    ('keep', 'keep', 'warn', 'drop')
    """
    if agreement >= AGREES or effect is None or effect > WARN_BELOW:
        return KEEP
    return DROP if effect < DROP_BELOW else WARN


def find_swaps(
    names: Sequence[str],
    agreements: Sequence[Estimate],
    clean: npt.NDArray[np.float64],
    augmented: npt.NDArray[np.float64],
) -> tuple[Swap, ...]:
    """Return the pairs of classes that take each other's place, the surest first.

    Both have lost most of their own agreement, and of both a good part has gone to the other.

    Parameters
    ----------
    names : sequence of str
    agreements : sequence of Estimate
        Of each class.
    clean, augmented : arrays (classes, classes)
        As `confusions` returns them.
    """
    moved = augmented - clean
    lost = [place for place, agreement in enumerate(agreements) if agreement.value < LOST_BELOW]
    shares = {(i, j): float(min(moved[i, j], moved[j, i])) for i in lost for j in lost if i < j}
    swaps = [Swap(names[i], names[j], round(share, 4)) for (i, j), share in shares.items() if share > SWAPPED_ABOVE]
    return tuple(sorted(swaps, key=lambda swap: -swap.share))


def explain(verdict: str, agreement: Estimate, effect: Estimate | None, swaps: Sequence[Swap]) -> str:
    """Return the reason of a verdict in one line."""
    if effect is None:
        return f"pictures stay among their own class: agreement {agreement.value:.2f}"
    seen = (
        f"agreement {agreement.value:.2f}, dry run {effect.value:+.1f} points ({effect.low:+.1f} to {effect.high:+.1f})"
    )
    if verdict == KEEP:
        sure = "harmless here" if effect.low >= DROP_BELOW else "no harm seen, though too few pictures to be sure"
        return f"looks different, {sure}: {seen}"
    if verdict == WARN:
        return f"may cost accuracy: {seen}"
    pairs = ", ".join(f"{swap.one} and {swap.other}" for swap in swaps)
    return f"predicted to cost accuracy: {seen}" + (f"; swaps {pairs}" if pairs else "")
