"""Detail: unsharp masking at a small and at a large radius, blur and motion blur."""

import math

import cv2
import numpy as np

from augkit.kernels import Array, channels, with_alpha_of
from augkit.kernels.grey import add_grey, grey_of
from augkit.kernels.memory import empty, empty_like

_NO_BLUR = 0.15  # below it a neighbour weighs exp(-1 / (2 sigma^2)) < 3e-10: nothing
_COARSE = 24  # a blur this many times wider than a pixel of the reduced picture costs nothing and loses nothing


def sharpen(image: Array, amount: float) -> Array:
    """Return x + amount * (x - blur(x)) along each axis, blur being the binomial [1 2 1] / 4; flat stays flat.

    Two passes of [-a, 1 + 2a, -a] with a = amount / 4: one separable filter, whose weights sum to 1.
    """
    side = amount / 4
    kernel = np.array([-side, 1 + 2 * side, -side])
    changed = cv2.sepFilter2D(image, -1, kernel, kernel, dst=empty_like(image), borderType=cv2.BORDER_REFLECT_101)
    if image.dtype == np.float32:
        np.clip(changed, 0.0, 1.0, out=changed)
    return with_alpha_of(image, changed)


def local_contrast(image: Array, amount: float, radius: float) -> Array:
    """Return x + amount * (grey - blur(grey)), the blur being Gaussian with sigma = radius * shorter side.

    The detail is taken from the grey of the picture and added to all its colours alike, so that hues hold.
    The blur is so wide that it is done on a reduced picture.
    """
    height, width = image.shape[:2]
    sigma = radius * min(height, width)
    if sigma < 0.5:
        return image.copy()
    grey = grey_of(image)
    reduce = max(1, int(sigma * 4 / _COARSE))
    small_size = (max(1, width // reduce), max(1, height // reduce))
    small = cv2.resize(grey, small_size, interpolation=cv2.INTER_AREA) if reduce > 1 else grey
    blurred = cv2.GaussianBlur(
        small.astype(np.float32),
        (0, 0),
        sigmaX=sigma * small_size[0] / width,
        borderType=cv2.BORDER_REFLECT_101,
    )
    if reduce > 1:
        target = empty(grey.shape, np.float32)
        blurred = cv2.resize(blurred, (width, height), dst=target, interpolation=cv2.INTER_LINEAR)
    if image.dtype == np.uint8 and channels(image) != 1:
        # Rounding the detail, not the sum, is the same for whole levels and keeps the addition in integers.
        detail = empty(grey.shape, np.int16)
        return add_grey(image, cv2.addWeighted(grey, amount, blurred, -amount, 0.0, dst=detail, dtype=cv2.CV_16S))
    return add_grey(image, amount * (grey - blurred))


def blur(image: Array, radius: float) -> Array:
    """Return the picture under a Gaussian whose sigma is `radius` times the shorter side; alpha is kept."""
    sigma = radius * min(image.shape[:2])
    if sigma < _NO_BLUR:
        return image.copy()
    changed = cv2.GaussianBlur(image, (0, 0), sigmaX=sigma, dst=empty_like(image), borderType=cv2.BORDER_REFLECT_101)
    return with_alpha_of(image, changed)


def motion_blur(image: Array, length: float, degrees: float) -> Array:
    """Return the picture as seen while it moves along a straight line; alpha is kept.

    The line is `length` times the shorter side long, its angle anticlockwise from level. Every point of it is shared by
    the four pixels around it, so that slanted lines are smooth.
    """
    reach = length * min(image.shape[:2])
    if reach < _NO_BLUR:
        return image.copy()
    radius = math.ceil(reach / 2)
    count = 16 * math.ceil(reach)  # points along the line, dense enough for its weights
    along = ((np.arange(count) + 0.5) / count - 0.5) * reach
    x, y = along * math.cos(math.radians(degrees)), -along * math.sin(math.radians(degrees))
    left, top = np.floor(x), np.floor(y)
    kernel = np.zeros((2 * radius + 2, 2 * radius + 2))
    for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
        weight = np.abs(1 - i - (y - top)) * np.abs(1 - j - (x - left))
        np.add.at(kernel, ((radius + top + i).astype(int), (radius + left + j).astype(int)), weight)
    kernel = kernel[:-1, :-1] / count  # the last row and column weigh nothing
    changed = cv2.filter2D(image, -1, kernel, dst=empty_like(image), borderType=cv2.BORDER_REFLECT_101)
    if image.dtype == np.float32:
        np.clip(changed, 0.0, 1.0, out=changed)
    return with_alpha_of(image, changed)
