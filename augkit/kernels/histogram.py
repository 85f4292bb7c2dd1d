"""Tones that hang on the picture itself: stretched to the full range, spread evenly, or that from tile to tile."""

from collections.abc import Sequence

import cv2
import numpy as np

from augkit.kernels import BYTE, Array, channels, has_alpha, in_range, maximum, to_dtype
from augkit.kernels.grey import add_grey, grey_of
from augkit.kernels.memory import empty, target_like
from augkit.kernels.tone import apply_table

_MERGED = 4  # channels that OpenCV is as fast with as with one; it ends at 512
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

    The change of the grey is added to all colours alike, so that hues hold. `limit` is the steepest slope of a tile's
    curve, in units of one level a level; `tiles` their number along each side.
    """
    image = in_range(image) if image.dtype == np.float32 else image
    grey = grey_of(image)
    whole = grey if grey.dtype != np.float32 else np.rint(grey * 65535).astype(np.uint16)
    height, width = whole.shape
    across, down = min(tiles, width), min(tiles, height)
    # A tile must have whole pixels: OpenCV would extend the picture, and fails where that is more than there is.
    bottom, right = -height % down, -width % across
    padded = np.pad(whole, ((0, bottom), (0, right)), "symmetric") if bottom or right else whole
    changed = cv2.createCLAHE(limit, (across, down)).apply(np.ascontiguousarray(padded))[:height, :width]
    if grey.dtype == np.float32:
        return add_grey(image, changed.astype(np.float32) / np.float32(65535) - grey)
    return add_grey(image, cv2.subtract(changed, whole, dtype=cv2.CV_32S if grey.dtype == np.uint16 else cv2.CV_16S))
