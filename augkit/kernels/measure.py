"""Reading pixels: what a kernel has to know of a picture before it changes it."""

from collections.abc import Iterable
from typing import NamedTuple

import cv2
import numpy as np

from augkit.errors import AugkitError
from augkit.kernels import Array, channels, maximum

LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in grey (ITU-R BT.601), as Pillow and OpenCV have them."""


def mean_color(image: Array) -> tuple[float, float, float]:
    """Return the mean red, green and blue as fractions of white; alike where there are no colours, alpha aside.

    >>> import numpy as np
    >>> mean_color(np.full((2, 2), 51, np.uint8))
    (0.2, 0.2, 0.2)
    """
    count, white = channels(image), maximum(image)
    if count in (3, 4):
        red, green, blue, _ = cv2.mean(image)
        return red / white, green / white, blue / white
    mean = (cv2.mean(image)[0] if count == 1 else float(image.mean(dtype="float64"))) / white
    return mean, mean, mean


class Colors(NamedTuple):
    """The colours of a data set: principal components of RGB, by falling variance, for values in [0, 1].

    `values` are the eigenvalues of the covariance, `vectors[i]` the red, green and blue of the i-th component.
    """

    values: tuple[float, float, float]
    vectors: tuple[tuple[float, float, float], ...]


_STRIP = 1 << 18


def measure_colors(images: Iterable[Array]) -> Colors:
    """Return the principal components of all pixels of some pictures, in one pass that keeps sums only.

    Grey pictures count as colours without hue; alpha does not count. Numbers are rounded to six digits, so that they
    are the same on every machine.

    Raises
    ------
    AugkitError
        When there is no picture, or one has channels that are no colours.

    Examples
    --------
    >>> ramp = np.arange(256, dtype=np.uint8).reshape(16, 16, 1) * np.array([1, 0, 0], np.uint8)
    >>> measure_colors([ramp]).vectors[0]
    (1.0, 0.0, 0.0)
    """
    count, sums, squares = 0, np.zeros(3), np.zeros((3, 3))
    for image in images:
        if channels(image) not in (1, 3, 4):
            raise AugkitError(f"colours can be measured of grey, RGB and RGBA pictures, not of shape {image.shape}")
        pixels = image.reshape(-1, channels(image))[:, :3]
        for start in range(0, len(pixels), _STRIP):  # whole numbers in float64: sums without rounding
            strip = pixels[start : start + _STRIP].astype(np.float64)
            strip = np.repeat(strip, 3, axis=1) if strip.shape[1] == 1 else strip
            sums += strip.sum(axis=0) / maximum(image)
            squares += strip.T @ strip / maximum(image) ** 2
        count += len(pixels)
    if not count:
        raise AugkitError("colours can't be measured of no picture at all")
    mean = sums / count
    values, vectors = np.linalg.eigh(squares / count - np.outer(mean, mean))
    rows = [vector * np.sign(vector[np.argmax(np.abs(vector))]) for vector in vectors.T[::-1]]
    return Colors(_rounded(np.maximum(values[::-1], 0.0)), tuple(map(_rounded, rows)))


def _rounded(values: Array) -> tuple[float, float, float]:
    first, second, third = (float(f"{value:.6g}") for value in values.round(9))
    return first + 0.0, second + 0.0, third + 0.0
