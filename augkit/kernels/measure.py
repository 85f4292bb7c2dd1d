"""Reading pixels: what a kernel has to know of a picture before it changes it."""

import cv2

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
