"""Changing each pixel on its own: lines, colour matrices and bent curves, fused into one pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, ClassVar, NamedTuple, TypeAlias

import numpy as np

from augkit.kernels import FLOAT, Array, Color
from augkit.kernels.measure import luma, mean_color
from augkit.kernels.tone import apply_curve, apply_linear, apply_matrix, apply_table, table_of
from augkit.operations.base import Operation, View, fuse

Row: TypeAlias = tuple[float, float, float, float]


class Linear(NamedTuple):
    """The line gain * x + offset + pivot * m, with m the mean grey of the picture it is applied to.

    `pivot` is None where the line doesn't look at the mean.
    """

    gain: float = 1.0
    offset: Color = (0.0, 0.0, 0.0)
    pivot: float | None = None


class Mix(NamedTuple):
    """A colour matrix: three rows of weights for red, green, blue, and an offset as a fraction of white.

    Grey pictures, and those of another number of channels, have no colours to mix and stay as they are.
    """

    rows: tuple[Row, Row, Row]


@dataclass(frozen=True, slots=True)
class Power:
    """The curve x ** exponent, on values clipped to [0, 1]."""

    exponent: float

    def bend(self, values: Array) -> Array:
        """Return the curve at values in [0, 1]."""
        return values**self.exponent


@dataclass(frozen=True, slots=True)
class Stairs:
    """The value rounded down to a multiple of a step."""

    step: float

    def bend(self, values: Array) -> Array:
        """Return the curve at values in [0, 1]; a millionth of a step makes up for rounding below."""
        return np.floor(values / self.step + 1e-6) * self.step


@dataclass(frozen=True, slots=True)
class Fold:
    """The value, or above a threshold its negative."""

    threshold: float

    def bend(self, values: Array) -> Array:
        """Return the curve at values in [0, 1]."""
        return np.where(values > self.threshold, 1.0 - values, values)


Bent: TypeAlias = Power | Stairs | Fold
Step: TypeAlias = Linear | Mix | Bent


@dataclass(frozen=True, slots=True)
class Pointwise(Operation):
    """Changes of each pixel on its own, one after the other, rounded once at the end.

    What is linear melts into one colour matrix, or a gain and an offset; with a bent curve among them, it is a table.
    What a curve bends is clipped to [0, 1] first.
    """

    makes_new: ClassVar = True
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
        return self._apply(image, over=False)

    def apply_over(self, image: Array, view: View) -> Array:
        """Do so, in place where that is faster."""
        return self._apply(image, over=True)

    def seen_by(self, colored: bool) -> Sequence[Step]:
        """Return the steps that change a picture with colours, or one without."""
        return self.steps if colored else [step for step in self.steps if type(step) is not Mix]

    def _apply(self, image: Array, *, over: bool) -> Array:
        colored = is_colored(image.shape)
        gain, rows, offset, bent = melt(self.seen_by(colored), lambda: mean_color(image))
        if bent:
            return apply_bent(image, gain, offset, bent, over=over)
        if rows is not None:
            return apply_matrix(image, rows, offset, over=over)
        return apply_linear(image, gain, offset if colored else (luma(offset),), over=over)


def apply_bent(image: Array, gain: float, offset: Color, bent: Sequence[Step], *, over: bool = False) -> Array:
    """Return what bent curves, and lines among them, make of gain * picture + offset."""
    steps = bent if gain == 1.0 and offset == (0.0, 0.0, 0.0) else (Linear(gain, offset), *bent)
    only = steps[0]
    if len(steps) == 1 and isinstance(only, Bent):
        if type(only) is Stairs and image.dtype != FLOAT:
            return apply_table(image, _table_of_stairs(only, image.dtype), over=over)
        return apply_curve(image, only.bend, over=over)
    return apply_curve(image, partial(_follow, steps, is_colored(image.shape)), over=over)


@lru_cache(32)  # of 8 numbers of bits and 2 dtypes
def _table_of_stairs(stairs: Stairs, dtype: np.dtype[Any]) -> Array:
    return table_of(stairs.bend, dtype)


def _follow(steps: Sequence[Step], colored: bool, values: Array) -> Array:
    """Return what lines and bent curves make of values in [0, 1] whose last axis is the colour, but nothing below 0."""
    in_range = True
    for step in steps:
        if isinstance(step, Linear):
            alike = not colored or len(set(step.offset)) == 1
            values = step.gain * values + (luma(step.offset) if alike else np.array(step.offset))
            in_range = False
        elif not isinstance(step, Mix):
            values = step.bend(values if in_range else np.minimum(np.maximum(values, 0.0), 1.0))
            in_range = True
    return values if in_range else np.maximum(values, 0.0)


def is_colored(shape: tuple[int, ...]) -> bool:
    """Return whether pictures of this shape have colours: three, and perhaps alpha."""
    return len(shape) == 3 and shape[2] in (3, 4)


def pointwise(changes: Sequence[tuple[Step, ...]]) -> list[Operation]:
    """Return changes, each of one step or more, as operations: no more than passes over the picture are needed."""
    if len(changes) == 1:
        return [Pointwise(changes[0])]
    steps: list[Step] = []
    for change in changes:
        steps += change
    for step in steps:
        if type(step) is not Linear:
            return fuse(map(Pointwise, changes))
    return [Pointwise(tuple(steps))]


Rows: TypeAlias = list[list[float]]


def melt(steps: Sequence[Step], measure: Callable[[], Color]) -> tuple[float, Rows | None, Color, Sequence[Step]]:
    """Return lines and colour matrices as one: a gain, or three rows of weights in its place; and the offset.

    Last comes what could not melt: the steps from the first bent one on. Where a line looks at the mean of what the
    steps before it leave, that is computed from the mean of the picture, which is measured once, if at all. Lines may
    hold columns of numbers, one for each of many pictures.
    """
    gain, rows = 1.0, None
    red = green = blue = 0.0
    mean: Color | None = None
    for place, step in enumerate(steps):
        if type(step) is Linear:
            factor, (r, g, b), pivot = step
            if pivot is not None:
                mean = measure() if mean is None else mean
                shift = pivot * _grey(gain, rows, (red, green, blue), mean)
                r, g, b = r + shift, g + shift, b + shift
            red, green, blue = factor * red + r, factor * green + g, factor * blue + b
            gain *= factor
            rows = rows and [[factor * weight for weight in row] for row in rows]
        elif type(step) is Mix:
            (a, b, c, r), (d, e, f, g), (h, i, j, k) = step.rows
            if rows is not None or gain != 1.0:
                columns = list(zip(*(rows or _diagonal(gain)), strict=True))
                rows = [[m * x + n * y + o * z for x, y, z in columns] for m, n, o, _ in step.rows]
            else:
                rows = [[a, b, c], [d, e, f], [h, i, j]]
            red, green, blue = (
                a * red + b * green + c * blue + r,
                d * red + e * green + f * blue + g,
                h * red + i * green + j * blue + k,
            )
        else:
            return gain, rows, (red, green, blue), steps[place:]
    return gain, rows, (red, green, blue), ()


def _grey(gain: float, rows: Rows | None, offset: Color, color: Color) -> float:
    """Return the grey of what becomes of a colour."""
    red, green, blue = color
    if rows is None:
        return luma((gain * red + offset[0], gain * green + offset[1], gain * blue + offset[2]))
    (a, b, c), (d, e, f), (g, h, i) = rows
    return luma(
        (
            a * red + b * green + c * blue + offset[0],
            d * red + e * green + f * blue + offset[1],
            g * red + h * green + i * blue + offset[2],
        )
    )


def _diagonal(gain: float) -> Rows:
    return [[gain, 0.0, 0.0], [0.0, gain, 0.0], [0.0, 0.0, gain]]
