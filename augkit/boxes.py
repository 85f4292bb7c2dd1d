"""Boxes and points as they are given, and formats of boxes: what each library means by four numbers."""

import reprlib
from collections.abc import Callable
from typing import Any

import numpy as np

from augkit.errors import AugkitError
from augkit.geometry import Points, Size


def _sides(size: Size) -> Points:
    return np.array([size[1], size[0], size[1], size[0]], np.float64)


def _corners(boxes: Points) -> Points:
    """From x, y, width, height to x1, y1, x2, y2."""
    return np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1)


def _with_sides(boxes: Points) -> Points:
    """From x1, y1, x2, y2 to x, y, width, height."""
    return np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)


# To and from x1, y1, x2, y2 in pixels, as edges.
_TO_VOC: dict[str, Callable[[Points, Size], Points]] = {
    "voc": lambda boxes, size: boxes,
    "coco": lambda boxes, size: _corners(boxes),
    "yolo": lambda boxes, size: (
        _corners(np.concatenate([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, 2:]], axis=1)) * _sides(size)
    ),
    "albumentations": lambda boxes, size: boxes * _sides(size),
}
_FROM_VOC: dict[str, Callable[[Points, Size], Points]] = {
    "voc": lambda boxes, size: boxes,
    "coco": lambda boxes, size: _with_sides(boxes),
    "yolo": lambda boxes, size: _middles(boxes / _sides(size)),
    "albumentations": lambda boxes, size: boxes / _sides(size),
}
FORMATS = tuple(_TO_VOC)
_MEANINGS = {
    "voc": "x1, y1, x2, y2",
    "coco": "x, y, width, height",
    "yolo": "middle x, middle y, width, height",
    "albumentations": "x1, y1, x2, y2",
}
_FAR = 2.0  # times the picture: boxes may reach out of it, but not that far


def _middles(boxes: Points) -> Points:
    """From x1, y1, x2, y2 to middle x, y, width, height."""
    return np.concatenate([(boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]], axis=1)


def as_points(name: str, given: Any, columns: int) -> Points:
    """Return boxes or keypoints as an array of their own, (0, columns) where there are none.

    >>> as_points("keypoints", [], 2).shape
    (0, 2)
    """
    try:
        values = np.array(given, np.float64)
    except (TypeError, ValueError, OverflowError):
        raise AugkitError(
            f"Pipeline: {name} must be rows of {columns} numbers, an array (N, {columns}); got {reprlib.repr(given)}"
        ) from None
    if not values.size:
        return np.empty((0, columns))
    rows = np.atleast_1d(values)
    wrong = np.flatnonzero(~np.isfinite(rows.reshape(len(rows), -1)).all(axis=1))
    if len(wrong):
        raise AugkitError(
            f"Pipeline: {name} must be finite numbers, got {rows[wrong[0]].tolist()} in row {wrong[0]}; "
            f"leave out what is nowhere"
        )
    return values


def from_format(name: str, boxes: Points, size: Size) -> Points:
    """Return boxes (N, 4) of a format as x1, y1, x2, y2 in pixels.

    >>> from_format("yolo", np.array([[0.5, 0.5, 0.2, 0.4]]), (100, 200)).round(9).tolist()
    [[80.0, 30.0, 120.0, 70.0]]
    """
    return _TO_VOC[name](boxes, size)


def checked_boxes(name: str, boxes: Points, size: Size) -> Points:
    """Return boxes of a format as `from_format` does.

    Raises
    ------
    AugkitError
        When one ends before it begins, or fractions are so large that they must be pixels.
    """
    found = from_format(name, boxes, size)
    if name in ("yolo", "albumentations") and len(far := np.flatnonzero((np.abs(boxes) > _FAR).any(axis=1))):
        raise AugkitError(
            f"Pipeline: boxes of the format {name!r} are fractions of the picture, got {boxes[far[0]].tolist()} in row "
            f"{far[0]}; in pixels, they are box_format='voc' or 'coco'"
        )
    if len(turned := np.flatnonzero((found[:, :2] > found[:, 2:]).any(axis=1))):
        raise AugkitError(
            f"Pipeline: boxes of the format {name!r} are {_MEANINGS[name]}, and none ends before it begins; got "
            f"{boxes[turned[0]].tolist()} in row {turned[0]}"
        )
    return found


def to_format(name: str, boxes: Points, size: Size) -> Points:
    """Return boxes x1, y1, x2, y2 in pixels as a format has them.

    >>> to_format("coco", np.array([[80.0, 30.0, 120.0, 70.0]]), (100, 200)).tolist()
    [[80.0, 30.0, 40.0, 40.0]]
    """
    return _FROM_VOC[name](boxes, size)
