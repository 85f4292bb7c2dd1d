"""Pointwise changes: a gain and offsets, a colour matrix, or a table."""

import math
from collections.abc import Callable, Sequence
from functools import cache
from struct import Struct
from typing import Any

import cv2
import numpy as np
import stringzilla

from augkit.kernels import (
    BYTE,
    DEPTHS,
    FLOAT,
    MOST_CHANNELS,
    WHITE,
    Array,
    by_channels,
    channels,
    has_alpha,
    maximum,
    to_dtype,
)
from augkit.kernels.alpha import with_alpha_of
from augkit.kernels.measure import LUMA
from augkit.kernels.memory import editable, room_like, target, target_like
from augkit.seeding import for_each, of_columns

_ALL = np.arange(256, dtype=np.uint8)[:, None]
_LEAST_REACH, _TO_UNITS = 128.0, 3.0 * 2.0**52
_TRANSLATED = 1 << 12  # pictures of so many bytes are looked up by stringzilla in a third of OpenCV's time
_packed = Struct("12d").pack  # of which an array is made in half the time it takes to make one of numbers

Curve = Callable[[Array], Array]
"""From values in [0, 1] (float64, the last axis 1 or the colours) to values from 0 on, clipped to 1 afterwards."""


def apply_linear(image: Array, gain: float, offsets: tuple[float, ...], *, over: bool = False) -> Array:
    """Return gain * image + offset, rounded once; one offset, or one for each of three colours.

    A diagonal colour matrix: cv2.transform takes a third of the time of three tables (benchmarks/kernels.py). For 8
    bits, gain and offset are those of `exact_line`.
    """
    count, white = channels(image), maximum(image)
    if count > MOST_CHANNELS:
        return by_channels(lambda part: apply_linear(part, gain, offsets), image)
    red, green, blue = offsets if len(offsets) == 3 else offsets * 3
    alike, of_bytes = red == green == blue, image.dtype == BYTE
    if alike and gain == -1.0 and red == 1.0 and count != 4 and image.dtype != FLOAT:
        return np.invert(np.ascontiguousarray(image), target_like(image, over))  # faster than cv2.bitwise_not
    red, green, blue = red * white, green * white, blue * white
    if of_bytes:
        gain, red, green, blue = exact_line(gain, red, green, blue)
        if alike and count != 4 and image.nbytes >= _TRANSLATED:
            return apply_table(image, cv2.transform(_ALL, np.array([[gain, red]])), over=over)
    if count == 3:
        weights = _packed(gain, 0.0, 0.0, red, 0.0, gain, 0.0, green, 0.0, 0.0, gain, blue)
        return _multiply(image, np.ndarray((3, 4), float, weights))
    colors = count - has_alpha(image)
    matrix = np.eye(count, count + 1)
    matrix[range(colors), range(colors)] = gain
    matrix[:colors, -1] = (red, green, blue) if len(offsets) == 3 else red
    return _multiply(image, matrix)


def exact_line(gain: Any, red: Any, green: Any, blue: Any) -> tuple[Any, Any, Any, Any]:
    """Return gain and offsets in levels of 8 bits, numbers or columns, so rounded that float32 holds all sums.

    So every processor comes to the same bytes, whether or not it rounds a product before it adds. A line that stays
    within 512 levels is off by 1/64 of one at most. What lies halfway between two levels comes out above.
    """
    half = for_each(_half_unit, _LEAST_REACH + 255.0 * abs(gain) + abs(red) + abs(green) + abs(blue))
    shift = half * _TO_UNITS  # so large that float64 has no digits below a unit
    return gain + shift - shift, red + shift - shift + half, green + shift - shift + half, blue + shift - shift + half


@of_columns(lambda reach: np.ldexp(1.0, np.frexp(reach)[1] - 24))
def _half_unit(reach: float) -> float:
    """Return the power of two of which numbers up to `reach` are fewer than 2 ** 24."""
    return math.ldexp(1.0, math.frexp(reach)[1] - 24)


def apply_matrix(
    image: Array, rows: Sequence[Sequence[float]], offset: Sequence[float], *, over: bool = False
) -> Array:
    """Return the colours of an RGB or RGBA picture multiplied by a 3x3 matrix, rounded once.

    The offset is a fraction of white for each colour.
    """
    if rows[0][0] == LUMA[0] and all(tuple(row) == LUMA for row in rows) and not any(offset):
        return _greyed(image, over)
    white = maximum(image)
    if has_alpha(image):
        colors = [[*row, 0.0, value * white] for row, value in zip(rows, offset, strict=True)]
        return _multiply(image, np.array([*colors, [0.0, 0.0, 0.0, 1.0, 0.0]]))
    (a, b, c), (d, e, f), (g, h, i) = rows
    red, green, blue = offset
    weights = _packed(a, b, c, red * white, d, e, f, green * white, g, h, i, blue * white)
    return _multiply(image, np.ndarray((3, 4), float, weights))


def _greyed(image: Array, over: bool) -> Array:
    """Return an RGB or RGBA picture without its colours."""
    alpha = has_alpha(image)
    kept = target(image.shape[:2], image.dtype)
    grey = cv2.cvtColor(image, cv2.COLOR_RGBA2GRAY if alpha else cv2.COLOR_RGB2GRAY, kept)
    kept = target_like(image, over and not alpha)
    return with_alpha_of(image, cv2.cvtColor(grey, cv2.COLOR_GRAY2RGBA if alpha else cv2.COLOR_GRAY2RGB, kept))


def _multiply(image: Array, matrix: Array) -> Array:
    # In one piece, since the ends of rows are rounded in another way than the rest (uint16, float32).
    # Not over the picture, which takes twice the time.
    changed = cv2.transform(np.ascontiguousarray(image), matrix, target_like(image))
    return np.clip(changed, 0.0, 1.0, out=changed) if image.dtype == FLOAT else changed


def apply_curve(image: Array, curve: Curve, *, over: bool = False) -> Array:
    """Return the picture with a curve over all channels, or with one that tells three colours apart."""
    if image.dtype == FLOAT:
        colors = channels(image) - has_alpha(image)
        values = image.reshape(*image.shape[:2], -1)[..., :colors].astype(np.float64)
        changed = editable(image, over)
        changed.reshape(*image.shape[:2], -1)[..., :colors] = to_dtype(curve(np.clip(values, 0.0, 1.0)), image)
        return changed
    return apply_table(image, table_of(curve, image.dtype), over=over)


def table_of(curve: Curve, dtype: np.dtype[Any]) -> Array:
    """Return the values of a curve for all levels of a whole-numbered dtype, (levels, 1 or colours)."""
    white = WHITE[dtype]
    values = curve(_levels(white))
    if dtype == BYTE:
        return cv2.convertScaleAbs(values, None, white)
    return cv2.multiply(values, white, None, 1.0, DEPTHS[dtype])  # as `to_dtype` rounds and clips, in one step


@cache
def _levels(white: float) -> Array:
    """Return all values of a whole-numbered picture, as fractions of white, (levels, 1)."""
    levels = np.arange(int(white) + 1)[:, None] / white
    levels.flags.writeable = False
    return levels


def apply_table(image: Array, table: Array, *, over: bool = False) -> Array:
    """Return a whole-numbered picture looked up in a table (levels, 1 or colours); alpha is kept."""
    count = channels(image)
    if image.dtype == BYTE and table.shape[1] == 1 and count != 4:
        source = np.ascontiguousarray(image)
        changed = room_like(source, over)
        stringzilla.translate(source.data.cast("B"), table.tobytes(), out=changed)
        return changed
    if image.dtype == BYTE and count <= MOST_CHANNELS:
        if table.shape[1] == 1:
            table = np.repeat(table, 3, axis=1)
        if count == 4:
            table = np.column_stack([table, np.arange(256, dtype=np.uint8)])
        return cv2.LUT(image, np.ascontiguousarray(table)[None], target_like(image, over))
    planes = image.reshape(*image.shape[:2], count)
    changed = np.stack([np.take(table[:, i % table.shape[1]], planes[..., i]) for i in range(count)], axis=2)
    return with_alpha_of(image, changed.reshape(image.shape))
