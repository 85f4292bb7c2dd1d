"""3x3 matrices and what they do to points and boxes.

Coordinates are continuous: x runs from 0 at the left edge of the picture to its width at the right edge, y
from 0 at the top to its height at the bottom; the pixel in row i and column j covers [j, j+1) x [i, i+1).
In these coordinates resizing is a plain scaling, with no half pixels to remember.

A matrix is a tuple of nine floats, row by row: it is hashable, prints as numbers and multiplies in
plain Python, so the last bit does not depend on which BLAS was installed.
"""

import math
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from augkit.errors import AugkitError

Matrix: TypeAlias = tuple[float, float, float, float, float, float, float, float, float]
Size: TypeAlias = tuple[int, int]
"""Height and width, in pixels."""
Points: TypeAlias = npt.NDArray[np.float64]

IDENTITY: Matrix = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)


def translation(x: float, y: float) -> Matrix:
    """Return the matrix that moves by x pixels to the right and y pixels down."""
    return (1.0, 0.0, x, 0.0, 1.0, y, 0.0, 0.0, 1.0)


def scaling(x: float, y: float) -> Matrix:
    """Return the matrix that stretches by x horizontally and y vertically, from the top left corner."""
    return (x, 0.0, 0.0, 0.0, y, 0.0, 0.0, 0.0, 1.0)


def rotation(degrees: float) -> Matrix:
    """Return the matrix that turns anticlockwise, as seen, about the top left corner.

    Multiples of 90 degrees are exact.

    >>> rotation(90)[:6]
    (0.0, 1.0, 0.0, -1.0, 0.0, 0.0)
    """
    quarter, rest = divmod(degrees, 90.0)
    if rest == 0.0:
        cos, sin = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[int(quarter) % 4]
    else:
        cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return (cos, sin, 0.0, -sin + 0.0, cos, 0.0, 0.0, 0.0, 1.0)


def shearing(x: float, y: float) -> Matrix:
    """Return the matrix that slants upright lines by x degrees and level lines by y degrees, from the top left corner.

    >>> [round(value, 3) for value in shearing(45, 0)[:6]]
    [1.0, 1.0, 0.0, 0.0, 1.0, 0.0]
    """
    return (1.0, math.tan(math.radians(x)), 0.0, math.tan(math.radians(y)), 1.0, 0.0, 0.0, 0.0, 1.0)


def compose(after: Matrix, before: Matrix) -> Matrix:
    """Return the product: first `before`, then `after`.

    >>> compose(translation(1, 2), scaling(3, 4))
    (3.0, 0.0, 1.0, 0.0, 4.0, 2.0, 0.0, 0.0, 1.0)
    """
    a, b, c, d, e, f, g, h, i = after
    j, k, l, m, n, o, p, q, r = before  # noqa: E741
    return (
        a * j + b * m + c * p, a * k + b * n + c * q, a * l + b * o + c * r,
        d * j + e * m + f * p, d * k + e * n + f * q, d * l + e * o + f * r,
        g * j + h * m + i * p, g * k + h * n + i * q, g * l + h * o + i * r,
    )  # fmt: skip


def about_center(matrix: Matrix, size: Size) -> Matrix:
    """Return the matrix acting about the middle of a picture instead of its top left corner."""
    return between_centers(matrix, size, size)


def between_centers(matrix: Matrix, size: Size, out: Size) -> Matrix:
    """Return the matrix acting about the middle of a picture, whose result has its middle in that of `out`."""
    there = translation(-size[1] / 2, -size[0] / 2)
    return compose(translation(out[1] / 2, out[0] / 2), compose(matrix, there))


def invert(matrix: Matrix) -> Matrix:
    """Return the inverse matrix.

    >>> invert(scaling(2, 4))[:5]
    (0.5, 0.0, 0.0, 0.0, 0.25)

    Raises
    ------
    AugkitError
        When the matrix squeezes the plane into a line or a point.
    """
    a, b, c, d, e, f, g, h, i = matrix
    x, y, z = e * i - f * h, f * g - d * i, d * h - e * g
    det = a * x + b * y + c * z
    if det == 0.0 or not math.isfinite(det):
        raise AugkitError(f"matrix {matrix} can't be inverted: it squeezes the picture into nothing")
    inverse = (
        x,
        c * h - b * i,
        b * f - c * e,
        y,
        a * i - c * g,
        c * d - a * f,
        z,
        b * g - a * h,
        a * e - b * d,
    )
    return tuple(value / det + 0.0 for value in inverse)  # type: ignore[return-value]


def transform_points(matrix: Matrix, points: npt.ArrayLike) -> Points:
    """Return points (N, 2) moved by the matrix.

    >>> transform_points(translation(1, 2), [[0, 0], [3, 4]]).tolist()
    [[1.0, 2.0], [4.0, 6.0]]
    """
    xy = np.asarray(points, np.float64).reshape(-1, 2)
    a, b, c, d, e, f, g, h, i = matrix
    x, y = xy[:, 0], xy[:, 1]
    w = g * x + h * y + i
    return np.stack([(a * x + b * y + c) / w, (d * x + e * y + f) / w], axis=1)


def transform_boxes(matrix: Matrix, boxes: npt.ArrayLike) -> Points:
    """Return the upright boxes (N, 4: x1, y1, x2, y2) that enclose the corners of the moved boxes.

    >>> transform_boxes(rotation(90), [[0, 0, 4, 2]]).tolist()
    [[0.0, -4.0, 2.0, 0.0]]
    """
    corners = np.asarray(boxes, np.float64).reshape(-1, 4)[:, [0, 1, 2, 1, 2, 3, 0, 3]]
    moved = transform_points(matrix, corners).reshape(-1, 4, 2)
    return np.concatenate([moved.min(axis=1), moved.max(axis=1)], axis=1)


def clip_boxes(boxes: Points, size: Size) -> tuple[Points, npt.NDArray[Any]]:
    """Return the boxes cut to the picture, and which of them (N, bool) still have an area."""
    height, width = size
    clipped = np.clip(boxes, 0.0, [width, height, width, height])
    return clipped, (clipped[:, 2] > clipped[:, 0]) & (clipped[:, 3] > clipped[:, 1])
