"""Kernels for many small pictures at once: (N, H, W, 3), uint8, in; the bytes of one by one out.

What a picture of 32 x 32 costs is calls, not pixels: here there are fewer of them a picture.
"""

import math
from collections.abc import Sequence
from itertools import compress

import cv2
import numpy as np

from augkit.geometry import Matrix, Size
from augkit.kernels import Array
from augkit.kernels.bits import MOST, random_bytes
from augkit.kernels.detail import sharpening
from augkit.kernels.noise import (
    TABLED,
    add_levels,
    gaussian,
    look_up,
    places,
    salt_and_pepper,
    throws,
    tones,
)
from augkit.kernels.normal import byte_tables
from augkit.kernels.warp import BORDERS, FAR, PLAIN_STEP, Frame, frame_for, warp

_MANY_THROWS = MOST // 8  # more come in several pieces
_MARGIN = 1e-6  # so near to a limit, the kernel for one picture decides


def is_small(shape: Sequence[int]) -> bool:
    """Return whether pictures of a batch (N, H, W, C) are so small that calls cost more than pixels."""
    return math.prod(shape[1:]) <= TABLED and min(shape[1:3]) > 1


def warp_many(images: Array, matrix: Matrix, out: Size, border: str, fill: float) -> Array:
    """Return each picture moved by its matrix, whose entries are columns of N numbers, linearly interpolated."""
    count, height, width = images.shape[:3]
    a, b, c, d, e, f = (np.broadcast_to(value, count) for value in matrix[:6])
    steps = np.maximum(np.hypot(d, e), np.hypot(a, b)) / np.abs(a * e - b * d)
    whole = np.abs(a - np.rint(a)) <= _MARGIN
    upright = (b == 0.0) & (d == 0.0)
    near = (np.abs(c) + np.abs(f) + sum(out)) * PLAIN_STEP <= FAR * min(height, width)
    plain = (steps < PLAIN_STEP - _MARGIN) & ~whole & ~upright & near
    white = (fill * 255,) * 4
    moved = np.empty((count, *out, 4), np.uint8)
    flags, edge, size = cv2.INTER_LINEAR, BORDERS[border], (out[1], out[0])
    room, middle, margin = (
        frame_for(images[0], white[0])
        if border == "constant"
        else Frame(middle := np.empty((height, width, 4), np.uint8), middle, 0)
    )
    shift = 0.5 - margin
    rows = np.stack([a, b, (a + b) * shift + c - 0.5, d, e, (d + e) * shift + f - 0.5], axis=1).reshape(-1, 2, 3)
    for image, row, result in compress(zip(images, rows, moved, strict=True), plain.tolist()):
        cv2.cvtColor(image, cv2.COLOR_RGB2RGBA, middle)
        cv2.warpAffine(room, row, size, result, flags, edge, white)
    result = cv2.cvtColor(moved.reshape(count * out[0], out[1], 4), cv2.COLOR_RGBA2RGB).reshape(count, *out, 3)
    for place in np.flatnonzero(~plain).tolist():
        own: Matrix = tuple(float(np.broadcast_to(value, count)[place]) for value in matrix)  # type: ignore[assignment]
        result[place] = warp(images[place], own, out, border=border, fill=fill)
    return result


def pad_many(images: Array, sides: tuple[int, int, int, int], border: str, fill: float) -> Array:
    """Return each picture with a margin of so many pixels at its top, bottom, left and right."""
    top, bottom, left, right = sides
    count, height, width = images.shape[:3]
    shape = (count, height + top + bottom, width + left + right, 3)
    if border == "constant":
        padded = np.full(shape, round(fill * 255), np.uint8)
        padded[:, top : top + height, left : left + width] = images
        return padded
    padded = np.empty(shape, np.uint8)
    for image, result in zip(images, padded, strict=True):
        cv2.copyMakeBorder(image, *sides, BORDERS[border], result)
    return padded


def linear_many(images: Array, gain: Array | float, offset: Sequence[Array | float]) -> Array:
    """Return gain * picture + offset for each, with columns of gains and of offsets for red, green and blue."""
    matrices = np.zeros((len(images), 3, 4))
    for color in range(3):
        matrices[:, color, color] = gain
        matrices[:, color, 3] = offset[color] * 255.0
    changed = np.empty_like(images)
    for image, matrix, result in zip(images, matrices, changed, strict=True):
        cv2.transform(image, matrix, result)
    return changed


def sharpen_many(images: Array, amount: Array) -> Array:
    """Return each picture sharpened by its own amount."""
    changed = np.empty_like(images)
    for image, kernel, result in zip(images, sharpening(amount), changed, strict=True):
        cv2.sepFilter2D(image, -1, kernel, kernel, result, borderType=cv2.BORDER_REFLECT_101)
    return changed


def gaussian_many(images: Array, std: Array, seeds: Sequence[int]) -> Array:
    """Return each picture plus normal noise of its own standard deviation (a fraction of white) and seed."""
    count, size = len(images), math.prod(images.shape[1:])
    one, other = np.zeros((2, count, size), np.int8)
    others = []
    for place, (value, seed) in enumerate(zip(std.tolist(), seeds, strict=True)):
        tables = byte_tables(value * 255.0)
        if tables is None:
            others.append(place)
        else:
            look_up(tables, random_bytes(seed, 2 * size), one[place], other[place])
    changed = add_levels(images.reshape(count, size), np.add(one, other, one)).reshape(images.shape)
    for place in others:
        changed[place] = gaussian(images[place], float(std[place]), seeds[place])
    return changed


def salt_and_pepper_many(images: Array, amount: Array, seeds: Sequence[int]) -> Array:
    """Return each picture with its share of pixels struck."""
    pixels = images.shape[1] * images.shape[2]
    changed = images.copy()
    words, counts = [], []
    for place, (value, seed) in enumerate(zip(amount.tolist(), seeds, strict=True)):
        count = throws(pixels, value, seed) if value < 1.0 else _MANY_THROWS + 1
        if count <= _MANY_THROWS:
            words.append(random_bytes(seed, 8 * count))
            counts.append(count)
        else:
            changed[place] = salt_and_pepper(images[place], value, seed)
            counts.append(0)
    thrown = np.frombuffer(b"".join(words), "<u8")
    struck = places(thrown, pixels) + np.repeat(pixels * np.arange(len(images)), counts)
    changed.reshape(-1, 3)[struck] = tones(thrown, images)
    return changed
