"""Policies: random transforms at random strengths, without a recipe to tune."""

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

from augkit.geometry import Size
from augkit.seeding import Draws
from augkit.transforms.affine import Rotate, Shear, Translate
from augkit.transforms.base import Drawn, Number, Range, Transform, span, transform
from augkit.transforms.color import ColorJitter
from augkit.transforms.histogram import AutoContrast, Equalize
from augkit.transforms.sharpness import Sharpness
from augkit.transforms.tone import Posterize, Solarize

_BINS = 30  # strengths are multiples of 1/30, as in both papers
_STILL: dict[str, Number] = {"brightness": 1.0, "contrast": 1.0, "saturation": 1.0, "hue": 0.0, "order": 0}


class _Reach(NamedTuple):
    """How far full strength goes: degrees, a tangent, a share of a side, what a factor of 1 gets more, bits left."""

    rotate: float
    shear: float
    translate: float
    factor: float
    bits: int


# RandAugment's are those of its reference code, with 150 of 331 pixels as a fraction. The wide ones are those of the
# paper, but for the shift, which there is 32 pixels whatever the size.
_USUAL = _Reach(rotate=30.0, shear=0.3, translate=0.45, factor=0.9, bits=4)
_WIDE = _Reach(rotate=135.0, shear=0.99, translate=0.45, factor=0.99, bits=2)


def _lean(strength: float, reach: _Reach) -> float:
    return math.degrees(math.atan(strength * reach.shear))


def _jittered(strength: float, reach: _Reach, name: str) -> Drawn:
    return Drawn(ColorJitter, _STILL | {name: 1.0 + strength * reach.factor})


# What may be done at a strength from -1 to 1; what knows one direction only takes its size.
_OPERATIONS: tuple[Callable[[float, _Reach], Drawn | None], ...] = (
    lambda strength, reach: None,
    lambda strength, reach: Drawn(AutoContrast, {}),
    lambda strength, reach: Drawn(Equalize, {}),
    lambda strength, reach: Drawn(Rotate, {"degrees": strength * reach.rotate}),
    lambda strength, reach: Drawn(Solarize, {"threshold": 1.0 - abs(strength)}),
    lambda strength, reach: _jittered(strength, reach, "saturation"),
    lambda strength, reach: Drawn(Posterize, {"bits": 8 - round(abs(strength) * (8 - reach.bits))}),
    lambda strength, reach: _jittered(strength, reach, "contrast"),
    lambda strength, reach: _jittered(strength, reach, "brightness"),
    lambda strength, reach: Drawn(Sharpness, {"amount": strength * reach.factor}),
    lambda strength, reach: Drawn(Shear, {"x": _lean(strength, reach), "y": 0.0}),
    lambda strength, reach: Drawn(Shear, {"x": 0.0, "y": _lean(strength, reach)}),
    lambda strength, reach: Drawn(Translate, {"x": strength * reach.translate, "y": 0.0}),
    lambda strength, reach: Drawn(Translate, {"x": 0.0, "y": strength * reach.translate}),
)


def _draw_strength(draws: Draws, strengths: Range) -> float:
    low, high = strengths
    return low + (high - low) * draws.integer(0, _BINS) / _BINS


def _draw_one(draws: Draws, strength: float, reach: _Reach) -> Iterator[Drawn]:
    """Yield one of the operations, or nothing for the identity among them."""
    signed = strength if draws.chance(0.5) else -strength
    chosen = draws.choice(_OPERATIONS)(signed, reach)
    if chosen is not None:
        yield chosen


@transform
class TrivialAugment(Transform):
    """Do one operation at one strength, both drawn uniformly: TrivialAugment Wide (Müller and Hutter 2021).

    Nothing, auto-contrast, equalize, rotate, solarize, saturation, posterize, contrast, brightness, sharpness, shear or
    shift along either axis.

    Parameters
    ----------
    strength : (float, float)
        Range of the strength, in 31 steps; the paper has all of 0 to 1.

    Examples
    --------
    >>> import augkit
    >>> print(*augkit.Pipeline([augkit.TrivialAugment()]).draw((32, 32), key=("a.jpg", 2)))
    solarize(threshold=0.466667)
    """

    strength: Range = span(default=(0.0, 1.0), least=0.0, most=1.0)

    @property
    def varies(self) -> bool:
        """Whether no two draws are alike: there are 14 operations at 31 strengths."""
        return False

    def draw_steps(self, draws: Draws, size: Size) -> Iterator[Drawn]:
        """Yield the operation."""
        if draws.chance(self.p):
            yield from _draw_one(draws, _draw_strength(draws, self.strength), _WIDE)


@transform
class RandAugment(Transform):
    """Do some operations, drawn uniformly, at a strength that is the same for all (Cubuk et al. 2020).

    The operations are those of `TrivialAugment`, at the reach of the reference code; signs are drawn for each.

    Parameters
    ----------
    count : (int, int)
        Range of how many operations follow each other; the paper's N.
    strength : (float, float)
        Range of the strength, from 0 to 1; the paper's M out of 30.

    Examples
    --------
    >>> import augkit
    >>> print(*augkit.Pipeline([augkit.RandAugment()]).draw((32, 32), key=("a.jpg", 2)))
    sharpness(amount=-0.27)
    """

    count: Range = span(default=(2, 2), least=0, most=1000, whole=True)
    strength: Range = span(default=(0.3, 0.3), least=0.0, most=1.0)

    @property
    def varies(self) -> bool:
        """Whether no two draws are alike: there are few operations and strengths."""
        return False

    def draw_steps(self, draws: Draws, size: Size) -> Iterator[Drawn]:
        """Yield the operations."""
        if draws.chance(self.p):
            strength = _draw_strength(draws, self.strength)
            for _ in range(draws.integer(*self.count)):
                yield from _draw_one(draws, strength, _USUAL)
