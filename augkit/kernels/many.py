"""Kernels for many small pictures at once: (N, H, W, 3), uint8, in; the bytes of one by one out.

What a picture of 32 x 32 costs is calls, not pixels: here there are fewer of them a picture.
"""

import math
from collections.abc import Sequence
from itertools import compress
from typing import Any

import cv2
import numpy as np
import stringzilla

from augkit.geometry import Matrix, Size
from augkit.kernels import Array, Fill, jitted, to_dtype
from augkit.kernels.bits import MOST, random_bytes
from augkit.kernels.detail import MIDDLE, TIE, sharpening
from augkit.kernels.frames import frame_for, paint
from augkit.kernels.memory import editable, empty
from augkit.kernels.noise import (
    COUNT_WORDS,
    MANY_THROWS,
    TABLED,
    add_signed,
    gaussian,
    likely_throws,
    look_up,
    mean_throws,
    places,
    poisson_numbers,
    salt_and_pepper,
    strike,
)
from augkit.kernels.normal import byte_tables_of
from augkit.kernels.tone import exact_line
from augkit.kernels.warp import BORDERS, FAR, PLAIN_STEP, beyond, warp

_LEVELS = np.arange(256, dtype=np.float32)
_NEARLY_ALL = 1.0 - 2.0**-53  # of all pixels, the logarithm of the rest is finite
_CACHED = 1 << 17  # values of many pictures, of which noise is made and added while they are in the cache
_MARGIN = 1e-6  # so near to a limit, the kernel for one picture decides


def is_small(shape: Sequence[int]) -> bool:
    """Return whether pictures of a batch (N, H, W, C) are so small that calls cost more than pixels."""
    return math.prod(shape[1:]) <= TABLED and min(shape[1:3]) > 1


def mean_colors(images: Array) -> Any:
    """Return `mean_color` of each picture as three columns."""
    kernels, sums = jitted(), np.zeros((len(images), 3), np.int64)
    if kernels is not None:
        kernels.add_up(_rows(images), sums)
    else:
        sums[:] = [cv2.sumElems(image)[:3] for image in images]
    return sums.T / (255.0 * images.shape[1] * images.shape[2])


def _rows(images: Array) -> Array:
    """Return pictures (N, H, W, 3) in one piece as (N, H, 3 * W)."""
    return images.reshape(*images.shape[:2], -1)


def warp_many(images: Array, matrix: Matrix, out: Size, border: str, fill: Fill) -> Array:
    """Return each picture moved by its affine matrix, of columns of N numbers, linearly interpolated."""
    count, height, width = images.shape[:3]
    entries = np.empty((6, count))
    for place in range(6):
        entries[place] = matrix[place]
    a, b, c, d, e, f = entries
    steps = np.maximum(np.hypot(d, e), np.hypot(a, b)) / np.abs(a * e - b * d)
    whole = np.abs(a - np.rint(a)) <= _MARGIN
    upright = (b == 0.0) & (d == 0.0)
    near = (np.abs(c) + np.abs(f) + sum(out)) * PLAIN_STEP <= FAR * min(height, width)
    plain = (steps < PLAIN_STEP - _MARGIN) & ~whole & ~upright & near
    white = beyond(images[0], fill)
    moved = empty((count, *out, 4), np.uint8)
    flags, edge, size = cv2.INTER_LINEAR, BORDERS[border], (out[1], out[0])
    if border == "constant":
        room, middle, margin = frame_for((height, width), white)
    else:
        room = middle = np.empty((height, width, 4), np.uint8)
        margin = 0
    shift = 0.5 - margin
    rows = np.stack([a, b, (a + b) * shift + c - 0.5, d, e, (d + e) * shift + f - 0.5], axis=1).reshape(-1, 2, 3)
    for image, row, result in compress(zip(images, rows, moved, strict=True), plain.tolist()):
        cv2.cvtColor(image, cv2.COLOR_RGB2RGBA, middle)
        cv2.warpAffine(room, row, size, result, flags, edge, white)
    done = empty((count, *out, 3), np.uint8)
    cv2.cvtColor(moved.reshape(count * out[0], out[1], 4), cv2.COLOR_RGBA2RGB, done.reshape(count * out[0], out[1], 3))
    for place in np.flatnonzero(~plain).tolist():
        own: Matrix = (*entries[:, place].tolist(), 0.0, 0.0, 1.0)
        done[place] = warp(images[place], own, out, border=border, fill=fill)
    return done


def pad_many(images: Array, sides: tuple[int, int, int, int], border: str, fill: Fill) -> Array:
    """Return each picture with a margin of so many pixels at its top, bottom, left and right."""
    top, bottom, left, right = sides
    count, height, width = images.shape[:3]
    shape = (count, height + top + bottom, width + left + right, 3)
    padded = empty(shape, np.uint8)
    if border == "constant":
        paint(padded, beyond(images[0], fill))
        padded[:, top : top + height, left : left + width] = images
        return padded
    for image, result in zip(images, padded, strict=True):
        cv2.copyMakeBorder(image, *sides, BORDERS[border], result)
    return padded


def linear_many(images: Array, gain: Array | float, offset: Sequence[Array | float]) -> Array:
    """Return gain * picture + offset for each, with columns of gains and of offsets for red, green and blue."""
    lines = np.empty((4, len(images)), np.float32)
    for row, value in zip(lines, exact_line(gain, *(np.multiply(one, 255.0) for one in offset)), strict=True):
        row[:] = value
    changed, kernels = empty(images.shape, np.uint8), jitted()
    if kernels is not None:
        kernels.linear(_rows(images), lines, _rows(changed))
    elif (lines[1] == lines[2]).all() and (lines[1] == lines[3]).all():
        _look_up(images, lines, changed)
    else:
        matrices = np.zeros((len(images), 3, 4))
        for color in range(3):
            matrices[:, color, color], matrices[:, color, 3] = lines[0], lines[1 + color]
        for image, matrix, result in zip(images, matrices, changed, strict=True):
            cv2.transform(image, matrix, result)
    return changed


def _look_up(images: Array, lines: Array, changed: Array) -> None:
    """Fill in what pictures in one piece are by lines that treat all colours alike, by a table for each."""
    count, size = len(images), images[0].size
    tables = to_dtype(lines[0][:, None] * _LEVELS + lines[1][:, None], images).tobytes()
    source = images.data.cast("B")
    for place, result in enumerate(changed.reshape(count, size)):
        start, table = place * size, tables[256 * place : 256 * place + 256]
        stringzilla.translate(source, table, start=start, end=start + size, out=result)


def sharpen_many(images: Array, amount: Array) -> Array:
    """Return each picture sharpened by its own amount."""
    changed, side = empty(images.shape, np.uint8), sharpening(amount).astype(np.float32)
    kernels = jitted()
    if kernels is not None:
        kernels.sharpen(_rows(images), side, _rows(changed))
        return changed
    weights = np.stack([-side, 1 + 2 * side, -side], axis=1)
    for image, kernel, result in zip(images, weights, changed, strict=True):
        cv2.sepFilter2D(image, -1, kernel, kernel, result, MIDDLE, TIE)
    return changed


def gaussian_many(images: Array, std: Array, seeds: Sequence[int]) -> Array:
    """Return each picture plus normal noise of its own standard deviation (a fraction of white) and seed."""
    count, size = len(images), math.prod(images.shape[1:])
    if 2 * size > MOST:  # pictures that were small once
        return np.stack([gaussian(image, *values) for image, *values in zip(images, std.tolist(), seeds, strict=True)])
    changed = empty(images.shape, np.uint8)
    colors, result, tables = images.reshape(count, size), changed.reshape(count, size), byte_tables_of(std * 255.0)
    most = max(1, _CACHED // size)
    noise, more = empty((2, min(most, count), size), np.int8)
    for first in range(0, count, most):
        some = slice(first, first + most)
        for pair, seed, one, other in zip(tables[some], seeds[some], noise, more, strict=False):
            if pair is None:
                one[:] = other[:] = 0
            else:
                look_up(pair, random_bytes(seed, 2 * size), one, other)
        total = np.add(noise, more, noise)[: count - first]
        add_signed(colors[some], total, result[some])
    for place, pair in enumerate(tables):
        if pair is None:
            changed[place] = gaussian(images[place], float(std[place]), seeds[place])
    return changed


def salt_and_pepper_many(images: Array, amount: Array, seeds: Sequence[int], *, over: bool = False) -> Array:
    """Return each picture with its share of pixels struck; written over the given ones, if they may be."""
    pixels = images.shape[1] * images.shape[2]
    means = mean_throws(np.minimum(amount, _NEARLY_ALL), pixels)
    few = means < MANY_THROWS
    means = np.where(few, means, 0.0)
    most = likely_throws(float(means.max()))
    raw = b"".join([random_bytes(seed, 8 * (COUNT_WORDS + most)) for seed in seeds])
    words = np.frombuffer(raw, "<u8").reshape(len(images), COUNT_WORDS + most)
    numbers = poisson_numbers(means, words[:, 0], most)
    few &= numbers < most
    numbers[~few] = 0
    thrown = words[:, COUNT_WORDS:][np.arange(most) < numbers[:, None]]
    changed = editable(images, over)
    struck = places(thrown, pixels) + np.repeat(pixels * np.arange(len(images)), numbers)
    strike(changed.reshape(-1, 3), struck, thrown)
    for place in np.flatnonzero(~few).tolist():
        changed[place] = salt_and_pepper(images[place], float(amount[place]), seeds[place])
    return changed
