"""The descriptor that needs no network: shape, colour and layout of a small view."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from augkit.features.hog import Floats, cell_histograms, merge_cells, normalize_blocks
from augkit.kernels import Array
from augkit.kernels.measure import LUMA

SIZE = 32
_CELL = 4
_FLOOR = 0.3
_LEVELS = 4  # of each colour
_THUMBNAIL = 8
# What each part weighs: fine and coarse HOG spread equally, colour and layout half as far (benchmarks/features.py).
_WEIGHTS = (1.0, 3.4, 3.1, 0.65)


def describe(views: Sequence[Array]) -> Floats:
    """Return one row for each (32, 32, 3) view: HOG at cell 4 and 8, colours, and the view at 8 x 8.

    Rows of one view do not depend on the others.

    >>> describe([np.zeros((32, 32, 3), np.uint8)]).shape
    (1, 2344)
    """
    pixels = stack(views)
    fine = cell_histograms(np.sqrt(pixels @ np.array(LUMA, np.float32)), _CELL)
    parts = (
        normalize_blocks(fine, _FLOOR),
        normalize_blocks(merge_cells(fine), 2 * _FLOOR),
        _colors(pixels),
        _thumbnails(pixels),
    )
    return np.concatenate([part * np.float32(weight) for part, weight in zip(parts, _WEIGHTS, strict=True)], axis=1)


def stack(views: Sequence[Array]) -> Floats:
    """Return views as one float32 array in [0, 1]."""
    if all(view.dtype == np.uint8 for view in views):
        return np.stack(views).astype(np.float32) / np.float32(255)
    return np.stack([view / np.float32(255) if view.dtype == np.uint8 else view for view in views])


def _colors(pixels: Floats) -> Floats:
    """Return the square roots of the shares of 4 x 4 x 4 colours (so that distances are Hellinger's)."""
    count = len(pixels)
    levels: npt.NDArray[Any] = np.minimum(pixels * _LEVELS, _LEVELS - 1).astype(np.int64).reshape(count, -1, 3)
    colors = levels @ np.array([_LEVELS**2, _LEVELS, 1])
    bins = _LEVELS**3
    places = colors + np.arange(count)[:, None] * bins
    shares = np.bincount(places.ravel(), minlength=count * bins).reshape(count, bins) / colors.shape[1]
    return np.sqrt(shares, dtype=np.float32, casting="same_kind")


def _thumbnails(pixels: Floats) -> Floats:
    side = SIZE // _THUMBNAIL
    squares = pixels.reshape(len(pixels), _THUMBNAIL, side, _THUMBNAIL, side, 3)
    return squares.mean(axis=(2, 4)).reshape(len(pixels), -1)
