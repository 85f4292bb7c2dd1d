"""Fingerprints: a small view of a picture, and 64 bits of it that survive resizing and recompressing."""

import cv2
import numpy as np

from augkit.kernels import Array, channels, maximum
from augkit.kernels.view import opaque

SIDE = 32
"""Height and width of a view."""
_MIRROR = int.from_bytes(np.packbits(np.tile(np.arange(8) % 2 == 1, 8)).tobytes(), "big")


def to_rgb8(image: Array) -> Array:
    """Return a picture as 8-bit RGB; alpha is laid over grey.

    >>> to_rgb8(np.full((1, 1), 65535, np.uint16)).tolist()
    [[[255, 255, 255]]]
    """
    if image.dtype == np.uint16:
        image = cv2.convertScaleAbs(image, alpha=1 / 257)
    elif image.dtype != np.uint8:
        image = np.rint(np.clip(image / maximum(image), 0.0, 1.0) * 255.0).astype(np.uint8)
    count = channels(image)
    if count == 4:
        return opaque(image)
    if count == 3:
        return image
    return cv2.cvtColor(np.ascontiguousarray(image if image.ndim == 2 else image[..., 0]), cv2.COLOR_GRAY2RGB)


def perceptual_hash(view: Array) -> int:
    """Return 64 bits: the signs of the 8x8 lowest frequencies of a view's grey (after Zauner, 2010).

    Zauner compares with the median; signs do as well, and let the hash of a mirror image be told from a hash.

    >>> view = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    >>> mirrored_hash(perceptual_hash(view)) == perceptual_hash(view[:, ::-1])
    True
    """
    grey = cv2.cvtColor(np.ascontiguousarray(view), cv2.COLOR_RGB2GRAY).astype(np.float32)
    lowest = cv2.dct(grey)[:8, :8] > 0
    return int.from_bytes(np.packbits(lowest).tobytes(), "big")


def mirrored_hash(code: int) -> int:
    """Return the hash that the mirror image has: odd frequencies across change their sign."""
    return code ^ _MIRROR
