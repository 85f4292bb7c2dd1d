"""3x3 matrices and what they do to points and boxes.

Coordinates are continuous: x runs from 0 at the left edge of the picture to its width at the right edge, y
from 0 at the top to its height at the bottom; the pixel in row i and column j covers [j, j+1) x [i, i+1).
In these coordinates resizing is a plain scaling, with no half pixels to remember.

A matrix is a tuple of nine floats, row by row: it is hashable, prints as numbers and multiplies in
plain Python, so the last bit does not depend on which BLAS was installed. For many pictures at once, the entries
may be columns of numbers: affine matrices are made and multiplied the same way, to the last bit.
"""

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from augkit.errors import AugkitError
from augkit.seeding import for_each

Matrix: TypeAlias = tuple[float, float, float, float, float, float, float, float, float]
Size: TypeAlias = tuple[int, int]
"""Height and width, in pixels."""
Points: TypeAlias = npt.NDArray[np.float64]

# The depth, 1 at the origin and 0 at the horizon, that nothing goes below.
_HORIZON = 1e-6

_QUARTERS = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))

_EXACT = 1e-9

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
    cos, sin = for_each(_cos_and_sin, degrees, 2)
    return (cos, sin, 0.0, -sin + 0.0, cos, 0.0, 0.0, 0.0, 1.0)


def _cos_and_sin(degrees: float) -> tuple[float, float]:
    if degrees % 90.0 == 0.0:
        return _QUARTERS[int(degrees // 90.0) % 4]
    angle = math.radians(degrees)
    return math.cos(angle), math.sin(angle)


def shearing(x: float, y: float) -> Matrix:
    """Return the matrix that slants upright lines by x degrees and level lines by y degrees, from the top left corner.

    >>> [round(value, 3) for value in shearing(45, 0)[:6]]
    [1.0, 1.0, 0.0, 0.0, 1.0, 0.0]
    """
    across, down = for_each(_tangent, x), for_each(_tangent, y)
    return (1.0, across, 0.0, down, 1.0, 0.0, 0.0, 0.0, 1.0)


def _tangent(degrees: float) -> float:
    return math.tan(math.radians(degrees))


def is_affine(matrix: Matrix) -> bool:
    """Return whether a matrix is surely no perspective, also one of columns or of numbers not known yet."""
    return type(matrix[6]) is type(matrix[7]) is float and matrix[6:] == (0.0, 0.0, 1.0)


def compose(after: Matrix, before: Matrix) -> Matrix:
    """Return the product: first `before`, then `after`.

    >>> compose(translation(1.0, 2.0), scaling(3.0, 4.0))
    (3.0, 0.0, 1.0, 0.0, 4.0, 2.0, 0.0, 0.0, 1.0)
    """
    a, b, c, d, e, f, g, h, i = after
    j, k, l, m, n, o, p, q, r = before  # noqa: E741
    if is_affine(after) and is_affine(before):  # as most are: the same sums without the zeros
        if type(b) is type(d) is float and b == d == 0.0:
            if type(a) is type(e) is float and a == e == 1.0:  # only moves: the same without the products
                return (j, k, l + c, m, n, o + f, 0.0, 0.0, 1.0)
            return (a * j, a * k, a * l + c, e * m, e * n, e * o + f, 0.0, 0.0, 1.0)
        return (
            a * j + b * m, a * k + b * n, a * l + b * o + c,
            d * j + e * m, d * k + e * n, d * l + e * o + f,
            0.0, 0.0, 1.0,
        )  # fmt: skip
    return (
        a * j + b * m + c * p, a * k + b * n + c * q, a * l + b * o + c * r,
        d * j + e * m + f * p, d * k + e * n + f * q, d * l + e * o + f * r,
        g * j + h * m + i * p, g * k + h * n + i * q, g * l + h * o + i * r,
    )  # fmt: skip


def about_center(matrix: Matrix, size: Size) -> Matrix:
    """Return the affine matrix acting about the middle of a picture instead of its top left corner."""
    a, b, c, d, e, f = matrix[:6]
    x, y = size[1] / 2, size[0] / 2
    return (a, b, c + x - a * x - b * y, d, e, f + y - d * x - e * y, 0.0, 0.0, 1.0)


def between_centers(matrix: Matrix, size: Size, out: Size) -> Matrix:
    """Return the matrix acting about the middle of a picture, whose result has its middle in that of `out`."""
    a, b, c, d, e, f, g, h, i = matrix
    x, y = size[1] / 2, size[0] / 2
    moved = (a, b, c - a * x - b * y, d, e, f - d * x - e * y, g, h, i - g * x - h * y)
    return compose(translation(out[1] / 2, out[0] / 2), moved)


def is_size(value: object) -> bool:
    """Return whether this is a height and a width, whole numbers from 1 on."""
    return (
        isinstance(value, tuple | list)
        and len(value) == 2
        and all(isinstance(side, int | np.integer) and side is not True and side >= 1 for side in value)
    )


def is_whole(value: float) -> bool:
    """Return whether a number is a whole one, but for rounding."""
    return abs(value - round(value)) <= _EXACT


def only_pads(matrix: Matrix, size: Size, out: Size) -> bool:
    """Return whether a matrix puts all pixels of a picture, as they are, onto a larger canvas.

    >>> only_pads(translation(1, 2), (3, 4), (5, 6)), only_pads(translation(1, 3), (3, 4), (5, 6))
    (True, False)
    """
    if out[0] * out[1] <= size[0] * size[1] or matrix[6:] != (0.0, 0.0, 1.0) or not all(map(is_whole, matrix)):
        return False
    a, b, left, c, d, top = map(round, matrix[:6])
    if abs(a) + abs(b) != 1 or abs(c) + abs(d) != 1 or a * d == b * c:
        return False
    right, bottom = left + a * size[1] + b * size[0], top + c * size[1] + d * size[0]
    return min(left, right, top, bottom) >= 0 and max(left, right) <= out[1] and max(top, bottom) <= out[0]


def margins(matrix: Matrix, size: Size, out: Size) -> tuple[int, int, int, int] | None:
    """Return how many pixels a matrix that only pads leaves above, below, left and right; None where it turns as well.

    >>> margins(translation(1, 2), (3, 4), (5, 6))
    (2, 0, 1, 1)
    """
    if matrix[:2] + matrix[3:5] != (1.0, 0.0, 0.0, 1.0):
        return None
    left, top = round(matrix[2]), round(matrix[5])
    return top, out[0] - size[0] - top, left, out[1] - size[1] - left


def invert(matrix: Matrix) -> Matrix:
    """Return the inverse matrix.

    >>> invert(scaling(2, 4))[:5]
    (0.5, 0.0, 0.0, 0.0, 0.25)

    Raises
    ------
    AugkitError
        When the matrix squeezes the plane into a line or a point.
    """
    a, b, c, d, e, f = matrix[:6]
    if is_affine(matrix) and (det := a * e - b * d) != 0.0 and math.isfinite(det):  # as most are
        return (
            e / det + 0.0, -b / det + 0.0, (b * f - c * e) / det + 0.0,
            -d / det + 0.0, a / det + 0.0, (c * d - a * f) / det + 0.0,
            0.0, 0.0, 1.0,
        )  # fmt: skip
    adjugate, det = _adjugate(matrix)
    if det == 0.0 or not math.isfinite(det):
        raise AugkitError(f"matrix {matrix} can't be inverted: it squeezes the picture into nothing")
    return tuple(value / det + 0.0 for value in adjugate)  # type: ignore[return-value]


def _adjugate(matrix: Matrix) -> tuple[Matrix, float]:
    """Return the inverse times the determinant, and the determinant."""
    a, b, c, d, e, f, g, h, i = matrix
    x, y, z = e * i - f * h, f * g - d * i, d * h - e * g
    adjugate = (x, c * h - b * i, b * f - c * e, y, a * i - c * g, c * d - a * f, z, b * g - a * h, a * e - b * d)
    return adjugate, a * x + b * y + c * z


def quadrilateral(corners: Sequence[tuple[float, float]], size: Size) -> Matrix:
    """Return the matrix that stretches a convex quadrilateral over a picture of this size (Heckbert 1989, 2.2.3).

    The corners are x, y of the top left, top right, bottom right and bottom left one.

    >>> quadrilateral([(1, 2), (3, 2), (3, 6), (1, 6)], (4, 2)) == translation(-1, -2)
    True
    """
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    dx1, dx2, dx3 = x1 - x2, x3 - x2, x0 - x1 + x2 - x3
    dy1, dy2, dy3 = y1 - y2, y3 - y2, y0 - y1 + y2 - y3
    det = _nonzero(dx1 * dy2 - dx2 * dy1, corners)
    g, h = (dx3 * dy2 - dx2 * dy3) / det, (dx1 * dy3 - dx3 * dy1) / det
    square = (x1 - x0 + g * x1, x3 - x0 + h * x3, x0, y1 - y0 + g * y1, y3 - y0 + h * y3, y0, g, h, 1.0)
    adjugate, det = _adjugate(square)
    matrix, det = compose(scaling(size[1], size[0]), adjugate), _nonzero(det, corners)
    return tuple(value / det + 0.0 for value in matrix)  # type: ignore[return-value]


def _nonzero(det: float, corners: Sequence[tuple[float, float]]) -> float:
    """Return a determinant of corners, which of columns, and of numbers not known yet, is not looked at."""
    if isinstance(det, float | int) and not (det and math.isfinite(det)):
        raise AugkitError(f"corners {list(corners)} can't be stretched over a picture: some of them lie on one line")
    return det


def transform_points(matrix: Matrix, points: npt.ArrayLike) -> Points:
    """Return points (N, 2) moved by the matrix; what lies behind the horizon of a perspective goes far away.

    >>> transform_points(translation(1, 2), [[0, 0], [3, 4]]).tolist()
    [[1.0, 2.0], [4.0, 6.0]]
    """
    xy = np.asarray(points, np.float64).reshape(-1, 2)
    a, b, c, d, e, f, g, h, i = matrix
    x, y = xy[:, 0], xy[:, 1]
    w = np.maximum(g * x + h * y + i, _HORIZON)
    return np.stack([(a * x + b * y + c) / w, (d * x + e * y + f) / w], axis=1)


def transform_boxes(matrix: Matrix, boxes: npt.ArrayLike) -> Points:
    """Return the upright boxes (N, 4: x1, y1, x2, y2) that enclose the moved boxes.

    >>> transform_boxes(rotation(90), [[0, 0, 4, 2]]).tolist()
    [[0.0, -4.0, 2.0, 0.0]]
    """
    corners = np.asarray(boxes, np.float64).reshape(-1, 4)[:, [[0, 1], [2, 1], [2, 3], [0, 3]]]
    if matrix[6] or matrix[7]:
        corners = np.concatenate([corners, _at_horizon(matrix, corners)], axis=1)
    moved = transform_points(matrix, corners).reshape(corners.shape)
    return np.concatenate([moved.min(axis=1), moved.max(axis=1)], axis=1)


def _at_horizon(matrix: Matrix, corners: Points) -> Points:
    """Return for each side of each quadrilateral (N, 4, 2) the point just before the horizon, or its first corner."""
    g, h, i = matrix[6:]
    ends = np.roll(corners, -1, axis=1)
    depth, far = (g * xy[..., 0] + h * xy[..., 1] + i - 2 * _HORIZON for xy in (corners, ends))
    crosses = (depth > 0) != (far > 0)
    part = np.divide(depth, depth - far, out=np.zeros_like(depth), where=crosses)
    return corners + part[..., None] * (ends - corners)


def transform_ellipses(matrix: Matrix, boxes: npt.ArrayLike) -> Points:
    """Return the upright boxes (N, 4) that enclose the moved ellipses inside the boxes.

    A turned object seldom reaches the corners of its box, so this is nearer to it than `transform_boxes`. The extent
    of a conic is read off its dual (Hartley and Zisserman 2004, 2.2.3).

    >>> transform_ellipses(rotation(45), [[-1, -1, 1, 1]]).round(6).tolist()
    [[-1.0, -1.0, 1.0, 1.0]]
    """
    x1, y1, x2, y2 = np.asarray(boxes, np.float64).reshape(-1, 4).T
    x, y, rx, ry = (x1 + x2) / 2, (y1 + y2) / 2, (x2 - x1) / 2, (y2 - y1) / 2
    # The dual conic is S - m m', with S of the two half axes and m the middle; all of it moved by the matrix.
    rows = np.array(matrix).reshape(3, 3)
    middle = np.stack([x, y, np.ones_like(x)], axis=1) @ rows.T
    axes = np.stack([rx[:, None] * rows[:, 0], ry[:, None] * rows[:, 1]], axis=1)
    dual = np.einsum("nki,nkj->nij", axes, axes) - middle[:, :, None] * middle[:, None, :]
    if (dual[:, 2, 2] >= 0).any():  # it reaches over the horizon of a perspective
        return np.where((dual[:, 2, 2] >= 0)[:, None], transform_boxes(matrix, boxes), _extent(dual))
    return _extent(dual)


def _extent(dual: Points) -> Points:
    """Return x1, y1, x2, y2 of what is inside dual conics (N, 3, 3)."""
    white = np.where(dual[:, 2, 2] >= 0, -1.0, dual[:, 2, 2])
    middle = dual[:, :2, 2] / white[:, None]
    squares = np.stack([dual[:, 0, 0], dual[:, 1, 1]], axis=1) / white[:, None]
    reach = np.sqrt(np.maximum(middle**2 - squares, 0.0))
    return np.concatenate([middle - reach, middle + reach], axis=1)


def clip_boxes(boxes: Points, size: Size) -> tuple[Points, npt.NDArray[np.float64]]:
    """Return the boxes cut to the picture, and how much of the area of each that leaves (N): 0 to 1.

    What is thinner than a millionth of a pixel is left by rounding, and has no area.

    >>> clip_boxes(np.array([[0, 0, 4, 4], [-3, 0, 1, 4], [4, 0, 5, 4]]), (4, 4))[1].tolist()
    [1.0, 0.25, 0.0]
    """
    height, width = size
    clipped = np.clip(boxes, 0.0, [width, height, width, height])
    sides, whole = clipped[:, 2:] - clipped[:, :2], boxes[:, 2:] - boxes[:, :2]
    part = np.zeros(len(boxes))
    np.divide(sides.prod(axis=1), whole.prod(axis=1), out=part, where=(sides > _THIN).all(axis=1))
    return clipped, part


_THIN = 1e-6  # pixels
