"""Choices among transforms, settled while drawing: what is drawn is a flat list."""

import dataclasses
import math
from collections.abc import Iterator, Sequence
from typing import Self

import numpy as np

from augkit.errors import AugkitError
from augkit.geometry import Size
from augkit.kernels.measure import Colors
from augkit.seeding import Draws
from augkit.transforms.affine import Rotate, Scale, Translate
from augkit.transforms.base import Drawn, Range, Transform, draw_all, is_number, span, transform
from augkit.transforms.foreign import as_step
from augkit.transforms.noise import GaussianNoise
from augkit.transforms.sharpness import GaussianBlur, Sharpness

_DEEPEST = 30


@transform
class Choice(Transform):
    """A transform made of others.

    Parameters
    ----------
    transforms : sequence of Transform
        Each happens, once it is its turn, with its own p.
    """

    transforms: Sequence[Transform] = dataclasses.field(default=(), kw_only=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        given = self.transforms
        if isinstance(given, Sequence) and not isinstance(given, str):
            given = tuple(map(as_step, given))
        if not isinstance(given, Sequence) or not given or not all(isinstance(step, Transform) for step in given):
            raise AugkitError(f"{type(self).__name__}: transforms must be a list of transforms, got {given!r}")
        object.__setattr__(self, "transforms", tuple(given))
        if _is_too_deep(self):
            raise AugkitError(f"{type(self).__name__}: choices may be nested {_DEEPEST} deep, not deeper")

    @property
    def needs_fit(self) -> bool:
        """Whether one of the transforms has to see the data set's colours."""
        return any(step.needs_fit for step in self.transforms)

    def fitted(self, colors: Colors) -> Self:
        """Return the choice with its transforms fitted."""
        return dataclasses.replace(self, transforms=tuple(step.fitted(colors) for step in self.transforms))


def _is_too_deep(choice: Choice) -> bool:
    level = [choice]
    for _ in range(_DEEPEST):
        parts = {id(step): step for one in level for step in one.transforms if isinstance(step, Choice)}
        level = list(parts.values())
    return bool(level)


@transform
class OneOf(Choice):
    """Do one of several transforms.

    Parameters
    ----------
    transforms : sequence of Transform
        One is chosen; it then happens with its own p.
    weights : sequence of float, optional
        How likely each is chosen, in any unit; all alike by default.

    Examples
    --------
    >>> import augkit
    >>> one = augkit.OneOf([augkit.Rotate(), augkit.Shear()], p=0.5)
    >>> one.transforms
    (Rotate(p=1.0, degrees=(-15.0, 15.0)), Shear(p=1.0, degrees=(-8.0, 8.0)))
    """

    transforms: Sequence[Transform] = dataclasses.field(
        default=(GaussianNoise(), GaussianBlur(), Sharpness()), kw_only=False
    )
    weights: Sequence[float] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.weights is None:
            return
        weights = self.weights.tolist() if isinstance(self.weights, np.ndarray) else self.weights
        if (
            not isinstance(weights, Sequence)
            or len(weights) != len(self.transforms)
            or not all(is_number(weight) and weight >= 0 for weight in weights)
            or not 0.0 < sum(map(float, weights)) < math.inf
        ):
            raise AugkitError(
                f"OneOf: weights must be {len(self.transforms)} numbers from 0 up, one for each transform, not all 0; "
                f"got {weights!r}"
            )
        object.__setattr__(self, "weights", tuple(map(float, weights)))

    @property
    def varies(self) -> bool:
        """Whether every one of the transforms varies."""
        return self.is_certain and all(step.varies for step in self.transforms)

    def draw_steps(self, draws: Draws, size: Size) -> Iterator[Drawn]:
        """Yield what the chosen transform draws."""
        if draws.chance(self.p):
            chosen = draws.choice(self.transforms) if self.weights is None else self._draw_weighted(draws)
            yield from chosen.draw_steps(draws, size)

    def _draw_weighted(self, draws: Draws) -> Transform:
        weights = self.weights or ()
        rest = draws.uniform(0.0, sum(weights))
        for step, weight in zip(self.transforms, weights, strict=True):
            rest -= weight
            if rest < 0:
                return step
        return max(zip(weights, self.transforms, strict=True), key=lambda pair: pair[0])[1]  # the sum was rounded up


@transform
class SomeOf(Choice):
    """Do some of several transforms, none twice, in the order given.

    Parameters
    ----------
    transforms : sequence of Transform
        Each chosen one then happens with its own p.
    count : (int, int)
        Range of how many are chosen; no more than there are.

    Examples
    --------
    >>> import augkit
    >>> some = augkit.SomeOf([augkit.Rotate(), augkit.Shear(), augkit.Brightness()], count=(2, 2))
    >>> len(augkit.Pipeline([some]).draw((32, 32)))
    2
    """

    transforms: Sequence[Transform] = dataclasses.field(
        default=(Rotate(), Translate(), Scale(), GaussianNoise(), Sharpness()), kw_only=False
    )
    count: Range = span(default=(1, 2), least=0, most=1000, whole=True)

    @property
    def varies(self) -> bool:
        """Whether at least one is chosen, and every one varies."""
        return self.is_certain and self.count[0] >= 1 and all(step.varies for step in self.transforms)

    def draw_steps(self, draws: Draws, size: Size) -> Iterator[Drawn]:
        """Yield what the chosen ones draw; which ones is settled one after the other (Knuth, algorithm S)."""
        if draws.chance(self.p):
            yield from draw_all(self._draw_chosen(draws), draws, size)

    def _draw_chosen(self, draws: Draws) -> Iterator[Transform]:
        wanted, left = min(draws.integer(*self.count), len(self.transforms)), len(self.transforms)
        for step in self.transforms:
            if draws.chance(wanted / left):
                wanted -= 1
                yield step
            left -= 1


@transform
class Sequential(Choice):
    """Do several transforms one after the other: under one p, or as one option of a choice.

    Parameters
    ----------
    transforms : sequence of Transform
        Each happens with its own p, in this order.

    Examples
    --------
    >>> import augkit
    >>> both = augkit.Sequential([augkit.Rotate(), augkit.Brightness()], p=0.5)
    >>> pipeline = augkit.Pipeline([both])
    >>> {len(pipeline.draw((8, 8), key=("a", copy))) for copy in range(20)} == {0, 2}
    True
    """

    transforms: Sequence[Transform] = dataclasses.field(default=(Rotate(), Translate(), Scale()), kw_only=False)

    @property
    def varies(self) -> bool:
        """Whether one of them varies."""
        return self.is_certain and any(step.varies for step in self.transforms)

    def draw_steps(self, draws: Draws, size: Size) -> Iterator[Drawn]:
        """Yield what all of them draw."""
        if draws.chance(self.p):
            yield from draw_all(self.transforms, draws, size)
