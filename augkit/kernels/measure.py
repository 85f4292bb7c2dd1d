"""Reading pixels: what a kernel has to know of a picture before it changes it."""

import math
from collections.abc import Iterable
from typing import NamedTuple

import cv2
import numpy as np

from augkit.errors import AugkitError
from augkit.kernels import Array, Color, channels, in_range, maximum

LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in grey (ITU-R BT.601), as Pillow and OpenCV have them."""
_RED, _GREEN, _BLUE = LUMA


def luma(color: Color) -> float:
    """Return the grey of a colour."""
    red, green, blue = color
    return _RED * red + _GREEN * green + _BLUE * blue


def mean_color(image: Array) -> tuple[float, float, float]:
    """Return the mean red, green and blue as fractions of white; alike where there are no colours, alpha aside.

    NaN counts as 0, and infinity as the end of the range that it lies beyond.

    >>> import numpy as np
    >>> mean_color(np.full((2, 2), 51, np.uint8))
    (0.2, 0.2, 0.2)
    """
    count, white = channels(image), maximum(image)
    if white == 1.0:
        image = np.ascontiguousarray(image)  # sums of floats depend on the order of their terms
    if count in (3, 4):
        red, green, blue, _ = cv2.sumElems(image)  # half the time of cv2.mean
        whole = white * image.shape[0] * image.shape[1]
        mean = red / whole, green / whole, blue / whole
    else:
        mean = ((cv2.mean(image)[0] if count == 1 else float(image.mean(dtype="float64"))) / white,) * 3
    if white == 1.0 and not math.isfinite(sum(mean)):
        return mean_color(in_range(image))
    return mean


class Colors(NamedTuple):
    """The colours of a data set: principal components of RGB, by falling variance, for values in [0, 1].

    `values` are the eigenvalues of the covariance, `vectors[i]` the red, green and blue of the i-th component, 0 where
    there is no variance.
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
    lengths = _rounded(np.maximum(values[::-1], 0.0))
    rows = (
        _turned(_rounded(vector)) if length else (0.0, 0.0, 0.0)
        for length, vector in zip(lengths, vectors.T[::-1], strict=True)
    )
    return Colors(lengths, tuple(rows))


def _turned(vector: tuple[float, float, float]) -> tuple[float, float, float]:
    """Return the vector or its opposite: the lighter one, or of a pure hue that whose first entry is positive."""
    total = round(sum(vector), 4)
    if total < 0.0 or (total == 0.0 and next(filter(None, vector)) < 0.0):
        return -vector[0] + 0.0, -vector[1] + 0.0, -vector[2] + 0.0
    return vector


def _rounded(values: Array) -> tuple[float, float, float]:
    first, second, third = (float(f"{value:.6g}") for value in values.round(9))
    return first + 0.0, second + 0.0, third + 0.0


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
