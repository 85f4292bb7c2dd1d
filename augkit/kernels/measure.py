"""Reading pixels: what a kernel has to know of a picture before it changes it."""

from typing import NamedTuple

import cv2
import numpy as np

from augkit.kernels import Array, channels, maximum

LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in grey (ITU-R BT.601), as Pillow and OpenCV have them."""


def mean_luma(image: Array) -> float:
    """Return the mean grey of a picture as a fraction of white; alpha does not count.

    >>> import numpy as np
    >>> mean_luma(np.full((2, 2), 51, np.uint8))
    0.2
    """
    count = channels(image)
    if count in (3, 4):
        red, green, blue = cv2.mean(image)[:3]
        mean = LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue
    elif count == 1:
        mean = cv2.mean(image)[0]
    else:
        mean = float(image.mean(dtype="float64"))
    return mean / maximum(image)


class Tone(NamedTuple):
    """How light, contrasty and sharp a picture is, in levels of 8 bits.

    Attributes
    ----------
    mean, std : float
        Of grey.
    low, high : float
        The grey that 1 % and 99 % of the pixels don't exceed.
    sharpness : float
        Mean size of the Laplacian over the standard deviation of grey: what part of the contrast is fine detail;
        0 for a picture of one grey.
    saturation : float
        Mean of the saturation, 0 to 255.
    """

    mean: float
    std: float
    low: float
    high: float
    sharpness: float
    saturation: float


def measure_tone(rgb: Array) -> Tone:
    """Return the tone of a picture of (H, W, 3) uint8.

    >>> import numpy as np
    >>> measure_tone(np.full((8, 8, 3), 51, np.uint8))
    Tone(mean=51.0, std=0.0, low=51.0, high=51.0, sharpness=0.0, saturation=0.0)
    """
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    mean, std = (float(value.flat[0]) for value in cv2.meanStdDev(grey))
    cumulated = np.cumsum(cv2.calcHist([grey], [0], None, [256], [0, 256]).ravel())
    low, high = np.searchsorted(cumulated, (0.01 * grey.size, 0.99 * grey.size))
    detail = float(cv2.norm(cv2.Laplacian(grey, cv2.CV_16S), cv2.NORM_L1)) / grey.size
    saturation = float(cv2.mean(cv2.cvtColor(rgb, cv2.COLOR_RGB2HSV))[1])
    return Tone(mean, std, float(low), float(high), detail / std if std else 0.0, saturation)


def shrink_to(image: Array, side: int) -> Array:
    """Return a picture whose longer side is at most so many pixels, by averaging; smaller ones as they are."""
    height, width = image.shape[:2]
    scale = side / max(height, width)
    if scale >= 1.0:
        return image
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)
