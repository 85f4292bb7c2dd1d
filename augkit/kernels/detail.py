"""Detail: unsharp masking at a small and at a large radius, blur and motion blur."""

import math
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np

from augkit.kernels import (
    BYTE,
    FLOAT,
    MOST_CHANNELS,
    Array,
    by_channels,
    channels,
    has_alpha,
    in_range,
    jitted,
    to_dtype,
)
from augkit.kernels.alpha import with_alpha_of
from augkit.kernels.grey import add_grey, grey_of
from augkit.kernels.memory import empty, target_like
from augkit.seeding import for_each

MIDDLE = (-1, -1)
"""Of a filter, for OpenCV."""
TIE = 2.0**-13
"""Added to sums that are multiples of its double: what lies halfway between two levels is rounded up everywhere."""
_NO_BLUR = 0.15  # below it a neighbour weighs exp(-1 / (2 sigma^2)) < 3e-10: nothing
_DIRECT = 121  # weights of a kernel, from which on OpenCV takes Fourier transforms, of 8 bits and floats
_SHORT = 15  # pixels, up to which a line's weights may well be rounded to 256ths
_WORTH_JIT = 1 << 16  # values of a picture, from which on numba is asked for compiled kernels
_STRIP = 1 << 17  # values of a picture that are filtered as floats at once
_COARSE = 24  # a blur this many times wider than a pixel of the reduced picture costs nothing and loses nothing


def sharpen(image: Array, amount: float, *, over: bool = False) -> Array:
    """Return x + amount * (x - blur(x)) along each axis, blur being the binomial [1 2 1] / 4; flat stays flat.

    Two passes of [-a, 1 + 2a, -a] with a = amount / 4: one separable filter, whose weights sum to 1. Of 8 bits, the
    amount is rounded (`sharpening`).
    """
    if channels(image) > MOST_CHANNELS:
        return by_channels(lambda part: sharpen(part, amount), image)
    side, tie = (sharpening(amount), TIE) if image.dtype == BYTE else (amount / 4, 0.0)
    kernel = np.array((-side, 1 + 2 * side, -side), np.float32)
    kept = target_like(image, over and not has_alpha(image))
    changed = cv2.sepFilter2D(image, -1, kernel, kernel, kept, MIDDLE, tie)
    if image.dtype == FLOAT:
        np.clip(changed, 0.0, 1.0, out=changed)
    return with_alpha_of(image, changed)


def sharpening(amount: Any) -> Any:
    """Return what a neighbour weighs below 0 in sharpening 8 bits, for a number or a column: a quarter of the amount.

    It is rounded to a multiple of 1/64, of 1/32 above an amount of 1, and of 1/16 above 3. Then all sums are exact in
    float32, `TIE` included, and every processor comes to the same pixels, in whatever order it adds.
    """
    parts = 64.0 / (1 + (amount > 1.0)) / (1 + (amount > 3.0))
    return for_each(math.floor, amount * (parts / 4.0) + 0.5) / parts


def local_contrast(image: Array, amount: float, radius: float) -> Array:
    """Return x + amount * (grey - blur(grey)), the blur being Gaussian with sigma = radius * shorter side.

    The detail is taken from the grey of the picture and added to all its colours alike, so that hues hold.
    The blur is so wide that it is done on a reduced picture.
    """
    height, width = image.shape[:2]
    sigma = radius * min(height, width)
    if sigma < 0.5:
        return image.copy()
    image = in_range(image) if image.dtype == np.float32 else image  # else one NaN would blur far and wide
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
    if channels(image) > MOST_CHANNELS:
        return by_channels(lambda part: blur(part, radius), image)
    # Along each axis, weights beyond the outermost pixels make less than half a level of 8 bits, or 1 in 15,000.
    reach = math.ceil((3.1 if image.dtype == np.uint8 else 4.0) * sigma - 0.5)
    kernel = cv2.getGaussianKernel(2 * reach + 1, sigma)
    # Half the time of cv2.GaussianBlur, and rounded once: that one is off by up to 1.5 levels of 8 bits.
    changed = cv2.sepFilter2D(image, -1, kernel, kernel, target_like(image), borderType=cv2.BORDER_REFLECT_101)
    if image.dtype == FLOAT:
        np.clip(changed, 0.0, 1.0, out=changed)  # weights add up to 1 but for a last bit
    return with_alpha_of(image, changed)


def motion_blur(image: Array, length: float, degrees: float) -> Array:
    """Return the picture as seen while it moves along a straight line; alpha is kept.

    The line is `length` times the shorter side long, its angle anticlockwise from level.
    """
    reach = length * min(image.shape[:2])
    if reach < _NO_BLUR:
        return image.copy()
    if channels(image) > MOST_CHANNELS:
        return by_channels(lambda part: motion_blur(part, length, degrees), image)
    kernel = _line(reach, math.radians(degrees))
    if kernel.size >= _DIRECT:
        return with_alpha_of(image, _filtered_in_strips(image, kernel))
    if image.dtype == BYTE and max(kernel.shape) <= _SHORT:
        return with_alpha_of(image, _filtered_bytes(image, _in_256ths(kernel)))
    changed = cv2.filter2D(image, -1, kernel, target_like(image), borderType=cv2.BORDER_REFLECT_101)
    if image.dtype == FLOAT:
        np.clip(changed, 0.0, 1.0, out=changed)
    return with_alpha_of(image, changed)


def _in_256ths(kernel: Array) -> Array:
    """Return whole numbers that add up to 256, in proportion to weights that add up to 1: the largest rests go up.

    So sums are exact in float32 and in 16 bits, and a weight is off by less than 1/256.
    """
    parts = kernel * 256.0
    whole = np.floor(parts)
    rests = (whole - parts).ravel()
    whole.ravel()[rests.argsort(kind="stable")[: round(-rests.sum())]] += 1.0
    return whole


def _filtered_bytes(image: Array, kernel: Array) -> Array:
    """Return a picture of 8 bits under a kernel of 256ths, odd in width and height: exact sums, halves rounded up."""
    kernels = jitted() if image.size >= _WORTH_JIT else None
    if kernels is None:
        half = 1 / 512
        return cv2.filter2D(image, -1, kernel / 256.0, target_like(image), MIDDLE, half, cv2.BORDER_REFLECT_101)
    down, across = kernel.shape[0] // 2, kernel.shape[1] // 2
    wide = cv2.copyMakeBorder(image, down, down, across, across, cv2.BORDER_REFLECT_101)
    changed, count = empty(image.shape, BYTE), channels(image)
    rows, columns = map(np.ascontiguousarray, np.nonzero(kernel))
    weights = kernel[rows, columns].astype(np.uint16)
    kernels.add_weighted(wide.reshape(len(wide), -1), rows, columns * count, weights, changed.reshape(len(changed), -1))
    return changed


def _filtered_in_strips(image: Array, kernel: Array) -> Array:
    """Return the picture under a large kernel with few weights other than 0, which is odd in width and height.

    OpenCV would turn to Fourier transforms, which take several times as long (benchmarks/kernels.py); parts of the
    kernel are small enough. It multiplies floats in half the time it takes for bytes, as long as they are in the cache.
    """
    height, width = image.shape[:2]
    down, across = kernel.shape[0] // 2, kernel.shape[1] // 2
    wide = cv2.copyMakeBorder(image, down, down, across, across, cv2.BORDER_REFLECT_101)
    changed, parts = empty(image.shape, image.dtype), list(_parts_of(kernel))
    most = min(height, max(1, down, _STRIP * height // wide.size))
    strip = empty((most + 2 * down, *wide.shape[1:]), FLOAT)
    total, more = empty((2, *strip.shape), FLOAT)
    for first in range(0, height, most):
        count = min(most, height - first)
        strip[: count + 2 * down] = wide[first : first + count + 2 * down]
        for place, (top, bottom, left, right) in enumerate(parts):
            view = strip[top : count + bottom - 1, left : width + right - 1]
            room = (more if place else total)[: view.shape[0], : view.shape[1]]
            cv2.filter2D(view, -1, kernel[top:bottom, left:right], room, (0, 0))
            if place:
                cv2.add(total[:count, :width], more[:count, :width], total[:count, :width])
        part = changed[first : first + count]
        if image.dtype == BYTE:
            cv2.convertScaleAbs(total[:count, :width], part)
        else:
            part[:] = to_dtype(total[:count, :width], image)
    return changed


def _parts_of(kernel: Array) -> Iterator[tuple[int, int, int, int]]:
    """Yield the top, bottom, left and right of rectangles in a line's kernel that hold all weights other than 0."""
    steep = kernel.shape[0] > kernel.shape[1]
    lines = kernel if steep else kernel.T
    ends = [(int(found[0]), int(found[-1]) + 1) for found in map(np.flatnonzero, lines)]
    first, low, high = 0, *ends[0]
    for place, (left, right) in enumerate([*ends[1:], (-_DIRECT, _DIRECT)], 1):  # the last never fits
        if (max(high, right) - min(low, left)) * (place + 1 - first) < _DIRECT:
            low, high = min(low, left), max(high, right)
            continue
        yield (first, place, low, high) if steep else (low, high, first, place)
        first, low, high = place, left, right


def _line(length: float, angle: float) -> Array:
    """Return the weights of a line through the middle: one step a pixel along its longer extent; odd in both sizes.

    The last pixels weigh as much as the line reaches into them; across, each step is shared by the two pixels beside
    it, so that slanted lines are smooth (Wu 1991).
    """
    x, y = length * math.cos(angle), -length * math.sin(angle)
    steep = abs(y) > abs(x)
    along, across = (y, x) if steep else (x, y)
    half, slope = abs(along) / 2, across / along
    radius = math.ceil(half - 0.5)
    far = math.ceil(radius * abs(slope))
    lines = [[0.0] * (2 * radius + 1) for _ in range(2 * far + 2)]  # the last one is the shadow of whole offsets
    total = 0.0
    for place in range(-radius, radius + 1):
        weight, offset = min(1.0, half - abs(place) + 0.5), place * slope
        low = math.floor(offset)
        lines[far + low][radius + place] = weight * (1 - (offset - low))
        lines[far + low + 1][radius + place] = weight * (offset - low)
        total += weight
    kernel = np.array(lines[:-1]) / total
    return np.ascontiguousarray(kernel.T) if steep else kernel
