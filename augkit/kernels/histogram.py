"""Tones that depend on the picture itself: stretched to the full range, spread evenly, or that from tile to tile."""

from collections.abc import Sequence

import cv2
import numpy as np

from augkit.kernels import BYTE, Array, channels, has_alpha, in_range, maximum, to_dtype
from augkit.kernels.grey import add_grey, grey_of
from augkit.kernels.memory import empty, target_like
from augkit.kernels.tone import apply_table

_MERGED = 4  # channels that OpenCV is as fast with as with one; it ends at 512
_STRIP = 1 << 16  # pixels that are looked up at once
_TRANSPOSED = 1 << 13  # values of a picture, up to which cv2.transpose is faster than cv2.split and cv2.merge


def stretch(image: Array) -> Array:
    """Return the picture with the darkest value of each colour at black and the brightest at white.

    A colour of one value stays as it is.
    """
    colors = channels(image) - has_alpha(image)
    image = in_range(image) if image.dtype == np.float32 else image
    ends = np.array([cv2.minMaxLoc(plane)[:2] for plane in _planes(image)[:colors]])
    ends = np.where(ends[:, :1] < ends[:, 1:], ends, (0.0, maximum(image)))  # of one value: as it is
    low, high = ends.T

    def stretched(values: Array) -> Array:
        return to_dtype((values - low) * maximum(image) / (high - low), image)

    if image.dtype == np.uint8:
        return apply_table(image, stretched(np.arange(256.0)[:, None]))
    pixels = image.reshape(*image.shape[:2], -1)
    changed = stretched(pixels[..., :colors].astype(np.float64))
    return np.concatenate([changed, pixels[..., colors:]], axis=2).reshape(image.shape)


def equalize(image: Array) -> Array:
    """Return the picture with the levels of each colour spread so that all are equally frequent.

    Level v becomes round((F(v) - F(least)) / (1 - F(least)) * white) with F the share of pixels up to v, as in OpenCV's
    equalizeHist; float pictures count 65,536 levels.
    """
    planes = _planes(image)
    is_byte = image.dtype == BYTE
    for plane in planes[: channels(image) - has_alpha(image)]:
        if is_byte:
            cv2.equalizeHist(plane, plane)
        else:
            plane[:] = _equalized(plane)
    if isinstance(planes, np.ndarray):
        return cv2.transpose(planes).reshape(image.shape)
    return np.stack(planes, axis=2) if len(planes) > _MERGED else cv2.merge(planes, target_like(image))


def _equalized(plane: Array) -> Array:
    plane = in_range(plane) if plane.dtype == np.float32 else plane
    levels = plane if plane.dtype == np.uint16 else np.rint(plane * 65535).astype(np.uint16)
    counts = np.bincount(levels.ravel(), minlength=65536)
    least = int(np.argmax(counts > 0))
    rest = levels.size - counts[least]
    if rest == 0:
        return plane
    shares = (np.cumsum(counts) - counts[least]) / rest
    return to_dtype(np.clip(shares, 0.0, 1.0)[levels] * maximum(plane), plane)


def _planes(image: Array) -> Sequence[Array]:
    """Return the channels of a picture, in other memory than its own: of a small one the rows of an array."""
    count = channels(image)
    if image.size <= _TRANSPOSED:
        return cv2.transpose(image.reshape(-1, count))
    if count > _MERGED:
        return [image[..., channel].copy() for channel in range(count)]
    size, dtype = image.shape[:2], image.dtype
    return cv2.split(np.ascontiguousarray(image), [empty(size, dtype) for _ in range(count)])


def equalize_tiles(image: Array, limit: float, tiles: int) -> Array:
    """Return the picture with the grey of each tile equalised under a limit (Zuiderveld 1994).

    The change of the grey is added to all colours alike, so that hues hold. `tiles` is their number along each side.
    A tile's curve rises by `limit` levels a level at most, or by what one pixel adds where that is more; what was cut
    off is spread over all levels, which adds 1 at most. Levels are counted by 256 bins whatever the dtype: finer ones
    lie between.
    """
    image = in_range(image) if image.dtype == np.float32 else image
    grey = grey_of(image)
    height, width = grey.shape
    across, down = min(tiles, width), min(tiles, height)
    # A tile must have whole pixels: OpenCV would extend the picture, and fails where that is more than there is.
    bottom, right = -height % down, -width % across
    padded = np.pad(grey, ((0, bottom), (0, right)), "symmetric") if bottom or right else grey
    if grey.dtype == BYTE:
        changed = cv2.createCLAHE(limit, (across, down)).apply(np.ascontiguousarray(padded))[:height, :width]
        return add_grey(image, cv2.subtract(changed, grey, dtype=cv2.CV_16S))
    levels = padded * np.float32(255.0 / maximum(grey))
    changed = _between_tiles(levels, _curves(levels, limit, across, down))[:height, :width]
    change = (changed - levels[:height, :width]) * np.float32(maximum(grey) / 255.0)
    return add_grey(image, np.rint(change, out=change) if grey.dtype == np.uint16 else change)  # whole, as hues hold


def _curves(levels: Array, limit: float, across: int, down: int) -> Array:
    """Return the curve of each tile (down, across, 256) as OpenCV computes it for 8 bits, but not rounded."""
    size = (levels.shape[0] // down, levels.shape[1] // across)
    area = size[0] * size[1]
    most = max(int(limit * area / 256), 1)
    curves = np.empty((down, across, 256), np.float32)
    whole = np.rint(levels).astype(np.uint8)
    for row, column in np.ndindex(down, across):
        tile = whole[row * size[0] : (row + 1) * size[0], column * size[1] : (column + 1) * size[1]]
        counts = np.bincount(tile.ravel(), minlength=256)
        each, rest = divmod(int(np.maximum(counts - most, 0).sum()), 256)
        counts = np.minimum(counts, most) + each
        if rest:
            counts[np.arange(rest) * (256 // rest)] += 1
        curves[row, column] = np.cumsum(counts) * (255.0 / area)
    return curves


def _between_tiles(levels: Array, curves: Array) -> Array:
    """Return what the curves of the four nearest tiles make of each level, by the distance to their middles."""
    down, across, _ = curves.shape
    slopes = np.diff(curves, axis=2, append=curves[..., -1:])
    table = (curves + 1j * slopes).astype(np.complex64).ravel()  # both in one look-up
    left, right, to_right = _neighbours(levels.shape[1], across)
    changed = empty(levels.shape, np.float32)
    strip = max(1, _STRIP // levels.shape[1])
    tops, bottoms, to_bottom = (each[:, None] for each in _neighbours(levels.shape[0], down))
    for start in range(0, len(levels), strip):
        rows = slice(start, start + strip)
        bins = levels[rows].astype(np.intp)
        part = levels[rows] - bins
        upper, lower = bins + tops[rows] * (across * 256), bins + bottoms[rows] * (across * 256)
        above, below = (
            table[row + left * 256] * (1 - to_right) + table[row + right * 256] * to_right for row in (upper, lower)
        )
        mixed = above * (1 - to_bottom[rows]) + below * to_bottom[rows]
        changed[rows] = mixed.real + mixed.imag * part
    return changed


def _neighbours(length: int, tiles: int) -> tuple[Array, Array, Array]:
    """Return of each pixel of a side the tiles whose middles are on either side of it, and how near the second is."""
    place = np.arange(length) * np.float32(tiles / length) - np.float32(0.5)
    first = np.floor(place)
    return (
        np.maximum(first, 0).astype(np.intp),
        np.minimum(first + 1, tiles - 1).astype(np.intp),
        (place - first).astype(np.float32),
    )
