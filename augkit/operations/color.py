"""Changing each pixel on its own: lines, colour matrices and bent curves, fused into one pass."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from augkit.kernels import Array, channels, has_alpha
from augkit.kernels.measure import LUMA, mean_color
from augkit.kernels.tone import Curve, apply_curve, apply_linear, apply_matrix
from augkit.operations.base import Operation, View

Color: TypeAlias = tuple[float, float, float]
Row: TypeAlias = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Linear:
    """The line gain * x + offset + pivot * m, with m the mean grey of the picture it is applied to.

    `pivot` is None where the line doesn't look at the mean.
    """

    gain: float = 1.0
    offset: Color = (0.0, 0.0, 0.0)
    pivot: float | None = None


@dataclass(frozen=True, slots=True)
class Mix:
    """A colour matrix: three rows of weights for red, green, blue, and an offset as a fraction of white.

    Grey pictures, and those of another number of channels, have no colours to mix and stay as they are.
    """

    rows: tuple[Row, Row, Row]


@dataclass(frozen=True, slots=True)
class Power:
    """The curve x ** exponent, on values clipped to [0, 1]."""

    exponent: float

    def bend(self, values: Array) -> Array:
        """Return the curve at these values."""
        return np.clip(values, 0.0, 1.0) ** self.exponent


@dataclass(frozen=True, slots=True)
class Stairs:
    """The value rounded down to a multiple of a step."""

    step: float

    def bend(self, values: Array) -> Array:
        """Return the curve at these values; a millionth of a step makes up for rounding below."""
        return np.floor(np.clip(values, 0.0, 1.0) / self.step + 1e-6) * self.step


@dataclass(frozen=True, slots=True)
class Fold:
    """The value, or above a threshold its negative."""

    threshold: float

    def bend(self, values: Array) -> Array:
        """Return the curve at these values."""
        return np.where(values > self.threshold, 1.0 - values, values)


Bent: TypeAlias = Power | Stairs | Fold
Step: TypeAlias = Linear | Mix | Bent


@dataclass(frozen=True, slots=True)
class Pointwise(Operation):
    """Changes of each pixel on its own, one after the other, rounded and clipped once at the end.

    What is linear melts into one colour matrix, or a gain and an offset; with a bent curve among them, it is a table.
    """

    steps: tuple[Step, ...]

    def absorb(self, following: Operation) -> Operation | None:
        """Chain the steps where one pass can do them."""
        if not isinstance(following, Pointwise):
            return None
        steps = self.steps + following.steps
        bent = mixed = False
        for step in steps:
            if isinstance(step, Linear):
                if bent and step.pivot is not None:
                    return None  # the mean after a bent curve has to be measured, not computed
            elif isinstance(step, Mix):
                mixed = True
            else:
                bent = True
        if bent and mixed:
            return None  # a table knows one channel only
        return Pointwise(steps)

    def apply_image(self, image: Array, view: View) -> Array:
        """Apply what is linear as a matrix, anything else as a table."""
        colored = channels(image) - has_alpha(image) == 3
        steps = _settle([step for step in self.steps if colored or not isinstance(step, Mix)], image)
        if all(isinstance(step, Linear | Mix) for step in steps):
            rows, offset = _melt(steps)
            if any(isinstance(step, Mix) for step in steps):
                return apply_matrix(image, rows, offset)
            return apply_linear(image, rows[0][0], offset if colored else (_luma(offset),))
        return apply_curve(image, _chain(steps, colored))


def _settle(steps: Sequence[Step], image: Array) -> list[Step]:
    """Return the steps with the mean of the picture, where a line looks at it, put into the line's offset."""
    if not any(isinstance(step, Linear) and step.pivot is not None for step in steps):
        return list(steps)
    mean = mean_color(image)
    settled: list[Step] = []
    for step in steps:
        if isinstance(step, Linear):
            shift = 0.0 if step.pivot is None else step.pivot * _luma(mean)
            step = Linear(step.gain, _color(value + shift for value in step.offset))
            mean = _color(step.gain * value + offset for value, offset in zip(mean, step.offset, strict=True))
        elif isinstance(step, Mix):
            mean = _color(r * mean[0] + g * mean[1] + b * mean[2] + offset for r, g, b, offset in step.rows)
        settled.append(step)
    return settled


def _melt(steps: Sequence[Step]) -> tuple[list[list[float]], Color]:
    """Return settled lines and colour matrices as one: three rows of weights, and the offset."""
    rows, offset = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], (0.0, 0.0, 0.0)
    for step in steps:
        if isinstance(step, Linear):
            rows = [[step.gain * weight for weight in row] for row in rows]
            offset = _color(step.gain * value + more for value, more in zip(offset, step.offset, strict=True))
        elif isinstance(step, Mix):
            columns = list(zip(*rows, strict=True))
            rows = [[r * x + g * y + b * z for x, y, z in columns] for r, g, b, _ in step.rows]
            offset = _color(r * offset[0] + g * offset[1] + b * offset[2] + more for r, g, b, more in step.rows)
    return rows, offset


def _chain(steps: Sequence[Step], colored: bool) -> Curve:
    """Return settled lines and bent curves as one function of values whose last axis is the colour."""

    def chained(values: Array) -> Array:
        for step in steps:
            if isinstance(step, Linear):
                alike = not colored or len(set(step.offset)) == 1
                values = step.gain * values + (_luma(step.offset) if alike else np.array(step.offset))
            elif not isinstance(step, Mix):
                values = step.bend(values)
        return values

    return chained


def _color(values: Iterable[float]) -> Color:
    red, green, blue = values
    return red, green, blue


def _luma(color: Color) -> float:
    return LUMA[0] * color[0] + LUMA[1] * color[1] + LUMA[2] * color[2]
