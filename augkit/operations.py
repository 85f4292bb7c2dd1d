"""What is done to a sample, as values: each operation knows how to apply itself and which next one it absorbs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from augkit import geometry
from augkit.geometry import Matrix, Size
from augkit.kernels import Array, channels, has_alpha
from augkit.kernels.detail import blur, erase, local_contrast, sharpen
from augkit.kernels.measure import LUMA, mean_luma
from augkit.kernels.noise import gaussian, salt_and_pepper
from augkit.kernels.tone import Curve, apply_curves, apply_linear, apply_matrix
from augkit.kernels.warp import warp, warp_mask
from augkit.sample import Sample

Color: TypeAlias = tuple[float, float, float]
Row: TypeAlias = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class View:
    """How pixels are looked at when they move: the one place for interpolation, border and fill.

    Parameters
    ----------
    interpolation : {"linear", "nearest", "cubic"}
        For pictures; masks are nearest always.
    border : {"reflect", "replicate", "wrap", "constant"}
        What is seen beyond the edge of the picture.
    fill : float in [0, 1]
        The grey of a constant border.
    """

    interpolation: str = "linear"
    border: str = "reflect"
    fill: float = 0.0


class Operation:
    """Something done to a sample; targets other than the picture stay as they are unless it says otherwise."""

    __slots__ = ()

    def absorb(self, following: Operation) -> Operation | None:
        """Return one operation that does both, first this and then the following one, or None."""
        return None

    def apply_image(self, image: Array, view: View) -> Array:
        """Return the new picture."""
        raise NotImplementedError

    def apply(self, sample: Sample, view: View) -> Sample:
        """Return the new sample."""
        return replace(sample, image=self.apply_image(sample.image, view))


def fuse(operations: Iterable[Operation]) -> list[Operation]:
    """Return the operations with neighbours of a kind made one; the order is kept."""
    fused: list[Operation] = []
    for operation in operations:
        both = fused[-1].absorb(operation) if fused else None
        if both is None:
            fused.append(operation)
        else:
            fused[-1] = both
    return fused


@dataclass(frozen=True, slots=True)
class Warp(Operation):
    """Move pixels: a matrix from the edges of the source to a canvas of size `out`.

    A chain of warps is one look at the source, resampled once: what one step cut away, a later one may show.
    """

    matrix: Matrix
    out: Size

    def absorb(self, following: Operation) -> Operation | None:
        """Multiply the matrices."""
        if isinstance(following, Warp):
            return Warp(geometry.compose(following.matrix, self.matrix), following.out)
        return None

    def apply_image(self, image: Array, view: View) -> Array:
        """Resample the picture once, or not at all where whole pixels move."""
        return warp(image, self.matrix, self.out, border=view.border, fill=view.fill, interpolation=view.interpolation)

    def apply(self, sample: Sample, view: View) -> Sample:
        """Move the picture and all its targets."""
        mask, boxes, labels, keypoints = sample.mask, sample.boxes, sample.labels, sample.keypoints
        if mask is not None:
            mask = warp_mask(mask, self.matrix, self.out, border=view.border)
        if boxes is not None:
            boxes, kept = geometry.clip_boxes(geometry.transform_boxes(self.matrix, boxes), self.out)
            boxes = boxes[kept]
            if labels is not None:
                labels = tuple(label for label, keep in zip(labels, kept, strict=True) if keep)
        if keypoints is not None:  # pixel numbers, so half a pixel from the edges that matrices speak of
            keypoints = geometry.transform_points(self.matrix, keypoints + 0.5) - 0.5
        image = self.apply_image(sample.image, view)
        return Sample(image=image, mask=mask, boxes=boxes, labels=labels, keypoints=keypoints)


@dataclass(frozen=True, slots=True)
class Linear:
    """The curve gain * x + offset + mean * m, with m the mean grey of the picture it is applied to."""

    gain: float = 1.0
    offset: Color = (0.0, 0.0, 0.0)
    mean: float = 0.0

    def then(self, following: Linear) -> Linear:
        """Return both as one; the following one's mean is that of the picture after this one."""
        gain, offset, mean = following.gain, following.offset, following.mean
        grey = mean * _luma(self.offset)
        return Linear(
            gain * self.gain,
            tuple(gain * mine + theirs + grey for mine, theirs in zip(self.offset, offset, strict=True)),  # type: ignore[arg-type]
            gain * self.mean + mean * (self.gain + self.mean),
        )

    def offsets(self, image: Array) -> list[float]:
        """Return the offset for each colour of the picture, or one for all where they are the same."""
        shift = self.mean * mean_luma(image) if self.mean else 0.0
        if channels(image) - has_alpha(image) == 3 and len(set(self.offset)) > 1:
            return [value + shift for value in self.offset]
        return [_luma(self.offset) + shift]


@dataclass(frozen=True, slots=True)
class Power:
    """The curve x ** exponent, on values clipped to [0, 1]."""

    exponent: float

    def offsets(self, image: Array) -> list[float]:
        """Return nothing: a power has no offset."""
        return []


@dataclass(frozen=True, slots=True)
class Tone(Operation):
    """Pointwise curves, one after the other, rounded and clipped once at the end."""

    curves: tuple[Linear | Power, ...]

    def absorb(self, following: Operation) -> Operation | None:
        """Chain the curves; lines melt into one line."""
        if not isinstance(following, Tone):
            return None
        curves = list(self.curves)
        for curve in following.curves:
            last = curves[-1]
            if isinstance(curve, Linear) and isinstance(last, Linear):
                curves[-1] = last.then(curve)
            elif isinstance(curve, Linear) and curve.mean:
                return None  # the mean after a bent curve has to be measured, not computed
            else:
                curves.append(curve)
        return Tone(tuple(curves))

    def apply_image(self, image: Array, view: View) -> Array:
        """Apply a line as gain and offset, anything else as a table."""
        offsets = [curve.offsets(image) for curve in self.curves]
        first = self.curves[0]
        if len(self.curves) == 1 and isinstance(first, Linear):
            return apply_linear(image, first.gain, offsets[0])
        colors = max(map(len, offsets)) or 1
        return apply_curves(image, [_chain(self.curves, offsets, color) for color in range(colors)])


def _chain(curves: Sequence[Linear | Power], offsets: Sequence[Sequence[float]], color: int) -> Curve:
    def chained(values: Array) -> Array:
        for curve, offset in zip(curves, offsets, strict=True):
            if isinstance(curve, Linear):
                values = curve.gain * values + offset[color % len(offset)]
            else:
                values = np.clip(values, 0.0, 1.0) ** curve.exponent
        return values

    return chained


@dataclass(frozen=True, slots=True)
class ColorMatrix(Operation):
    """Mix the colours of a picture: three rows of weights for red, green, blue, and an offset as a fraction of white.

    Grey pictures, and those of another number of channels, have no colours to mix and stay as they are.
    """

    rows: tuple[Row, Row, Row]

    def absorb(self, following: Operation) -> Operation | None:
        """Multiply the matrices."""
        if not isinstance(following, ColorMatrix):
            return None
        return ColorMatrix(tuple(_mixed(row, self.rows) for row in following.rows))  # type: ignore[arg-type]

    def apply_image(self, image: Array, view: View) -> Array:
        """Multiply once."""
        if channels(image) not in (3, 4):
            return image.copy()
        return apply_matrix(image, self.rows)


def _mixed(row: Row, rows: tuple[Row, Row, Row]) -> Row:
    """Return the row of the product of two colour matrices."""
    columns = [sum(weight * other[column] for weight, other in zip(row, rows, strict=False)) for column in range(4)]
    return columns[0], columns[1], columns[2], columns[3] + row[3]


def _luma(color: Color) -> float:
    return sum(weight * value for weight, value in zip(LUMA, color, strict=True))


@dataclass(frozen=True, slots=True)
class Sharpen(Operation):
    """Unsharp masking over the nearest pixels."""

    amount: float

    def apply_image(self, image: Array, view: View) -> Array:
        """Filter once."""
        return sharpen(image, self.amount)


@dataclass(frozen=True, slots=True)
class LocalContrast(Operation):
    """Unsharp masking of the grey at a radius given as a fraction of the shorter side."""

    amount: float
    radius: float

    def apply_image(self, image: Array, view: View) -> Array:
        """Add the detail to all colours alike."""
        return local_contrast(image, self.amount, self.radius)


@dataclass(frozen=True, slots=True)
class Blur(Operation):
    """A Gaussian blur whose sigma is a fraction of the shorter side."""

    radius: float

    def absorb(self, following: Operation) -> Operation | None:
        """Add the variances: two Gaussians in a row are one."""
        if isinstance(following, Blur):
            return Blur(math.hypot(self.radius, following.radius))
        return None

    def apply_image(self, image: Array, view: View) -> Array:
        """Filter once."""
        return blur(image, self.radius)


@dataclass(frozen=True, slots=True)
class Erase(Operation):
    """Paint a rectangle: its edges as fractions of width and height, its grey as a fraction of white."""

    left: float
    top: float
    right: float
    bottom: float
    fill: float

    def apply_image(self, image: Array, view: View) -> Array:
        """Paint it, from the nearest whole pixel to the nearest whole pixel."""
        height, width = image.shape[:2]
        across = (round(self.left * width), round(self.right * width))
        down = (round(self.top * height), round(self.bottom * height))
        return erase(image, across[0], down[0], across[1], down[1], self.fill)


@dataclass(frozen=True, slots=True)
class Gaussian(Operation):
    """Additive normal noise from a drawn seed."""

    std: float
    seed: int

    def apply_image(self, image: Array, view: View) -> Array:
        """Add the noise."""
        return gaussian(image, self.std, self.seed)


@dataclass(frozen=True, slots=True)
class Impulse(Operation):
    """Salt and pepper from a drawn seed."""

    amount: float
    seed: int

    def apply_image(self, image: Array, view: View) -> Array:
        """Strike the pixels."""
        return salt_and_pepper(image, self.amount, self.seed)
