"""Kernels compiled by numba, where that is installed: the bytes of OpenCV, sooner (benchmarks/kernels.py).

OpenCV is called for one picture at a time, which for 32 x 32 pixels costs more than what it does; and it filters bytes
as floats. All sums here are exact, so there is no telling who has added them up. The first import compiles; what comes
of it is kept on disk.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba import types

from augkit.kernels import Array
from augkit.kernels.detail import TIE

F = TypeVar("F", bound=Callable[..., Any])

_GIVEN, _MADE = types.Array(types.uint8, 3, "C", readonly=True), types.Array(types.uint8, 3, "C")
_COLUMN, _LINES = types.Array(types.float32, 1, "C"), types.Array(types.float32, 2, "C")
_SUMS, _PLACES = types.Array(types.int64, 2, "C"), types.Array(types.int64, 1, "C")
_PLANE = types.Array(types.uint8, 2, "C")
_HALF, _EIGHT = np.uint16(128), np.uint16(8)
_TIE, _ZERO, _ONE, _TWO, _WHITE = np.float32(TIE), np.float32(0.0), np.float32(1.0), np.float32(2.0), np.float32(255.0)
_WHOLE = np.float32(1 << 23)  # floats from there on have no fractions: adding it rounds


def _compiled(*kinds: types.Type) -> Callable[[F], F]:
    """Return a decorator that compiles a function of these types; where nothing can be kept on disk, without that."""

    def compile_it(function: F) -> F:
        try:
            return cast(F, numba.njit([types.void(*kinds)], nogil=True, cache=True)(function))
        except RuntimeError:
            return cast(F, numba.njit([types.void(*kinds)], nogil=True)(function))

    return compile_it


@_compiled(_GIVEN, _COLUMN, _MADE)
def sharpen(images: Array, sides: Array, changed: Array) -> None:
    """Sharpen pictures (N, H, 3 * W), with the weights [-side, 1 + 2 * side, -side] each, both ways; 2 x 2 or more."""
    count, height, width = images.shape
    across = np.empty((height + 2, width), np.float32)
    for number in range(count):
        side = sides[number]
        middle = _ONE + _TWO * side
        for row in range(height):
            source, target = images[number, row], across[row + 1]
            for place in range(3, width - 3):
                pair = np.float32(source[place - 3]) + np.float32(source[place + 3])
                target[place] = middle * np.float32(source[place]) - side * pair
            for color in range(3):  # at the edges, the neighbour inside is mirrored
                last = width - 3 + color
                target[color] = middle * np.float32(source[color]) - side * (_TWO * np.float32(source[color + 3]))
                target[last] = middle * np.float32(source[last]) - side * (_TWO * np.float32(source[last - 3]))
        for place in range(width):
            across[0, place] = across[2, place]
            across[height + 1, place] = across[height - 1, place]
        for row in range(height):
            above, own, below, result = across[row], across[row + 1], across[row + 2], changed[number, row]
            for place in range(width):
                value = middle * own[place] - side * (above[place] + below[place]) + _TIE
                value = min(max(value, _ZERO), _WHITE) + _WHOLE - _WHOLE
                result[place] = np.uint8(np.int32(value))


@_compiled(_GIVEN, _LINES, _MADE)
def linear(images: Array, lines: Array, changed: Array) -> None:
    """Fill in gain * x + offset for pictures (N, H, 3 * W); lines are rows of gains and of offsets for each colour."""
    count, height, width = images.shape
    offset = np.empty(width, np.float32)
    for number in range(count):
        gain = lines[0, number]
        for place in range(width):
            offset[place] = lines[1 + place % 3, number]
        for row in range(height):
            source, result = images[number, row], changed[number, row]
            for place in range(width):
                value = np.float32(source[place]) * gain + offset[place]
                value = min(max(value, _ZERO), _WHITE) + _WHOLE - _WHOLE
                result[place] = np.uint8(np.int32(value))


@_compiled(_GIVEN, _SUMS)
def add_up(images: Array, sums: Array) -> None:
    """Add to the sums (N, 3) of red, green and blue those of pictures (N, H, 3 * W)."""
    count, height, width = images.shape
    total = np.empty(width, np.int32)
    for number in range(count):
        total[:] = 0
        for row in range(height):
            source = images[number, row]
            for place in range(width):
                total[place] += source[place]
        for place in range(width):
            sums[number, place % 3] += total[place]


@_compiled(_PLANE, _PLACES, _PLACES, types.Array(types.uint16, 1, "C"), _PLANE)
def add_weighted(wide: Array, rows: Array, columns: Array, weights: Array, changed: Array) -> None:
    """Fill in the sums of weights, in 256ths, times the values so many rows and columns on, halves rounded up.

    In 16 bits, of which a processor adds twice as many at once as of floats: the weights add up to 256.
    """
    height, width = changed.shape
    total = np.empty(width, np.uint16)
    for row in range(height):
        for place in range(width):
            total[place] = _HALF
        for number in range(len(weights)):
            first = columns[number]
            source, weight = wide[row + rows[number], first : first + width], weights[number]
            for place in range(width):
                total[place] = np.uint16(total[place] + np.uint16(weight * np.uint16(source[place])))
        result = changed[row]
        for place in range(width):
            result[place] = np.uint8(total[place] >> _EIGHT)
