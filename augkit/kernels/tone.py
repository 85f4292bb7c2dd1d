"""Pointwise changes: a gain and an offset for each channel, a colour matrix, or a table."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from augkit.kernels import Array, channels, has_alpha, maximum, to_dtype
from augkit.kernels.memory import empty_like

Curve = Callable[[Array], Array]
"""From values in [0, 1] (float64, any shape) to values, clipped to [0, 1] afterwards."""


def apply_linear(image: Array, gain: float, offsets: Sequence[float]) -> Array:
    """Return gain * image + offset, rounded once; one offset, or one for each of three colours.

    A diagonal colour matrix: cv2.transform takes a third of the time of three tables (benchmarks/kernels.py).
    """
    count = channels(image)
    colors = count - has_alpha(image)
    matrix = np.eye(count, count + 1)
    matrix[range(colors), range(colors)] = gain
    matrix[:colors, -1] = [offset * maximum(image) for offset in offsets]
    return _multiply(image, matrix)


def apply_matrix(image: Array, rows: Sequence[Sequence[float]]) -> Array:
    """Return the colours of an RGB or RGBA picture multiplied by a 3x4 matrix, rounded once.

    The last column is an offset, as a fraction of white.
    """
    count = channels(image)
    matrix = np.eye(count, count + 1)
    matrix[:3, :3] = [row[:3] for row in rows]
    matrix[:3, -1] = [row[3] * maximum(image) for row in rows]
    return _multiply(image, matrix)


def _multiply(image: Array, matrix: Array) -> Array:
    changed = cv2.transform(image, matrix, dst=empty_like(image))
    return np.clip(changed, 0.0, 1.0, out=changed) if image.dtype == np.float32 else changed


def apply_curves(image: Array, curves: Sequence[Curve]) -> Array:
    """Return the picture with one curve over all channels, or one for each of three colours."""
    if image.dtype == np.float32:
        changed = image.copy()
        view = changed[..., None] if image.ndim == 2 else changed
        for channel in range(channels(image) - has_alpha(image)):
            values = view[..., channel].astype(np.float64)
            view[..., channel] = to_dtype(curves[channel % len(curves)](values), image)
        return changed
    tables = _tables(image, curves)
    if image.dtype == np.uint8 and len(curves) == 1 and not has_alpha(image):  # half the time of three
        return cv2.LUT(image, np.ascontiguousarray(tables[:, :, 0]), dst=empty_like(image))
    if image.dtype == np.uint8:
        return cv2.LUT(image, tables if image.ndim == 3 else tables[:, :, 0], dst=empty_like(image))
    if image.ndim == 2:
        return np.take(tables[0, :, 0], image)
    return np.stack([np.take(tables[0, :, i], image[..., i]) for i in range(image.shape[2])], axis=2)


def _tables(image: Array, curves: Sequence[Curve]) -> Array:
    """Return the curves as a table (1, levels, channels), that of alpha the identity."""
    levels = np.arange(int(maximum(image)) + 1, dtype=np.float64)
    plain = [to_dtype(curve(levels / maximum(image)) * maximum(image), image) for curve in curves]
    count = channels(image)
    table = [plain[i % len(plain)] for i in range(count - has_alpha(image))]
    if has_alpha(image):
        table.append(levels.astype(image.dtype))
    return np.stack(table, axis=1)[None]
