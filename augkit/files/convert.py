"""Pictures as files and loaders need them: without alpha, of 8 bits, in colour."""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def on_white(image: Array) -> Array:
    """Return an RGBA picture laid on white, as RGB."""
    white = float(np.iinfo(image.dtype).max)
    alpha = image[..., 3:].astype(np.float32) / white
    mixed = image[..., :3] * alpha + white * (1.0 - alpha)
    return np.rint(mixed).astype(image.dtype)


def to_eight_bits(image: Array) -> Array:
    """Return a uint16 picture as uint8."""
    return np.rint(image / 257.0).astype(np.uint8)


def as_rgb(image: Array) -> Array:
    """Return any picture as RGB of 8 bits: alpha is laid on white, grey becomes three channels.

    >>> as_rgb(np.full((1, 1), 257, np.uint16)).tolist()
    [[[1, 1, 1]]]
    """
    if image.dtype == np.uint16:
        image = to_eight_bits(image)
    if image.ndim == 2:
        return np.repeat(image[..., None], 3, axis=2)
    return on_white(image) if image.shape[2] == 4 else image
