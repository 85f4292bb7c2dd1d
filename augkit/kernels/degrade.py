"""What a camera and a file take away: JPEG compression, and detail lost to few pixels."""

import cv2
import numpy as np

from augkit.jpeg import decode_jpeg
from augkit.kernels import BYTE, FLOAT, Array, channels, in_range, maximum, to_dtype
from augkit.kernels.alpha import with_alpha_of, without_alpha
from augkit.kernels.memory import target_like
from augkit.kernels.warp import resize

_LONGEST = 65488  # pixels in blocks of 16, for a side of a JPEG; a file's side may have 12 more


def jpeg(image: Array, quality: int) -> Array:
    """Return the picture as a JPEG of this quality (1 to 100) shows it; alpha is kept.

    JPEG has 8 bits: pictures of another dtype are rounded to 256 levels on the way. Channels that are no colours are
    compressed each on its own.
    """
    if image.dtype != BYTE:
        white = maximum(image)
        small = np.rint((in_range(image) if image.dtype == FLOAT else image) * (255.0 / white)).astype(BYTE)
        return with_alpha_of(image, to_dtype(jpeg(small, quality) * (white / 255.0), image))
    count = channels(image)
    if count in (1, 3):
        return _compress(image, quality)
    if count == 4:
        return with_alpha_of(image, _compress(without_alpha(image), quality))
    return np.dstack([_compress(image[..., i], quality) for i in range(count)])


def _compress(image: Array, quality: int) -> Array:
    height, width, *colors = image.shape
    if height > _LONGEST or width > _LONGEST:
        axis = 0 if height > _LONGEST else 1
        parts = np.split(image, range(_LONGEST, image.shape[axis], _LONGEST), axis)
        return np.concatenate([_compress(part, quality) for part in parts], axis)
    data = cv2.cvtColor(image, cv2.COLOR_RGB2BGR, target_like(image)) if colors else np.ascontiguousarray(image)
    _, data = cv2.imencode(".jpg", data, (cv2.IMWRITE_JPEG_QUALITY, quality))
    return decode_jpeg(data, (height, width), colored=bool(colors))


def downscale(image: Array, factor: float) -> Array:
    """Return the picture averaged down to a fraction of its size and stretched to its old size; alpha is kept."""
    height, width = image.shape[:2]
    small = (max(1, round(height * factor)), max(1, round(width * factor)))
    if small == (height, width):
        return image.copy()
    reduced = resize(image, small, cv2.INTER_AREA)
    return with_alpha_of(image, resize(reduced, (height, width), cv2.INTER_LINEAR))
