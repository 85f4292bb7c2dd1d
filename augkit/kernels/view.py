"""A small square view of a picture of any kind, for what looks at pictures rather than changes them."""

import cv2
import numpy as np

from augkit.errors import AugkitError
from augkit.kernels import Array, channels, has_alpha, maximum

_BEHIND = 0.5  # what is seen through a transparent pixel: grey, so that neither black nor white things vanish


def to_view(image: Array, size: int) -> Array:
    """Return the picture as (size, size, 3) RGB: uint8 as it is, every other dtype as float32 in [0, 1].

    Sides are scaled each for itself: nothing is cut away. Alpha is laid over grey.

    >>> to_view(np.full((4, 6), 65535, np.uint16), 2)[0, 0]
    array([1., 1., 1.], dtype=float32)
    """
    if has_alpha(image):
        image = opaque(image)
    elif channels(image) not in (1, 3):
        raise AugkitError(f"image has {channels(image)} channels; expected 1 (grey), 3 (RGB) or 4 (RGBA)")
    height, width = image.shape[:2]
    if (height, width) != (size, size):
        larger = size > height or size > width
        image = cv2.resize(image, (size, size), interpolation=cv2.INTER_LINEAR if larger else cv2.INTER_AREA)
    if image.dtype != np.uint8:
        image = image.astype(np.float32) / np.float32(maximum(image))
    if channels(image) == 1:
        return np.repeat(image.reshape(size, size, 1), 3, axis=2)
    return np.ascontiguousarray(image)


def opaque(image: Array) -> Array:
    """Return the colours of an RGBA picture laid over grey."""
    white = maximum(image)
    colors, alpha = image[..., :3].astype(np.float32), image[..., 3:].astype(np.float32) / np.float32(white)
    mixed = colors * alpha + np.float32(_BEHIND * white) * (1 - alpha)
    return mixed.astype(image.dtype) if image.dtype == np.float32 else np.rint(mixed).astype(image.dtype)
