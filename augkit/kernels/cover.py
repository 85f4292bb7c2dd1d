"""Parts of a picture covered by grey or by another picture, and two pictures blended."""

from collections.abc import Iterable
from typing import TypeAlias

import cv2

from augkit.kernels import FLOAT, Array, has_alpha, maximum
from augkit.kernels.memory import editable

Rectangle: TypeAlias = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels, as edges."""


def erase(image: Array, rectangles: Iterable[tuple[Rectangle, float]], *, over: bool = False) -> Array:
    """Return the picture with rectangles painted, each with its grey as a fraction of white; alpha is kept."""
    changed = editable(image, over)
    colors = changed[..., :3] if has_alpha(image) else changed
    white = maximum(image)
    for (left, top, right, bottom), fill in rectangles:
        level = min(max(fill, 0.0), 1.0) * white
        colors[top:bottom, left:right] = level if image.dtype == FLOAT else round(level)
    return changed


def blend(image: Array, other: Array, weight: float) -> Array:
    """Return weight * image + (1 - weight) * other, rounded once; pictures of the same shape and dtype."""
    return cv2.addWeighted(image, weight, other, 1.0 - weight, 0.0).reshape(image.shape)


def paste(image: Array, other: Array, rectangle: Rectangle) -> Array:
    """Return the picture with a rectangle of another one of the same shape and dtype in it."""
    left, top, right, bottom = rectangle
    changed = image.copy()
    changed[top:bottom, left:right] = other[top:bottom, left:right]
    return changed
