"""Kernels for many small pictures at once: (N, H, W, 3), uint8, in; the bytes of one by one out.

What a picture of 32 x 32 costs is calls, not pixels: here there are fewer of them a picture.
"""

import math
from collections.abc import Sequence

import cv2
import numpy as np

from augkit.geometry import Matrix, Size
from augkit.kernels import Array
from augkit.kernels.noise import TABLED, chances, deviation_before_rounding, expected_words, inverse_normal, stream
from augkit.kernels.warp import BORDERS, PLAIN_STEP, warp

_MARGIN = 1e-6  # so near to a limit, the kernel for one picture decides


def is_small(shape: Sequence[int]) -> bool:
    """Return whether pictures of a batch (N, H, W, C) are so small that calls cost more than pixels."""
    return math.prod(shape[1:]) <= TABLED and min(shape[1:3]) > 1


def warp_many(images: Array, matrix: Matrix, out: Size, border: str, fill: float) -> Array:
    """Return each picture moved by its matrix, whose entries are columns of N numbers, linearly interpolated."""
    count, height, width = images.shape[:3]
    a, b, c, d, e, f = (np.broadcast_to(value, count) for value in matrix[:6])
    det = a * e - b * d
    inverse = np.stack([e, -b, b * f - c * e, -d, a, c * d - a * f], axis=1) / det[:, None] + 0.0
    a, b, c, d, e, f = inverse.T
    steps = np.maximum(np.hypot(a, d), np.hypot(b, e))
    whole = np.abs(matrix[0] - np.rint(matrix[0])) <= _MARGIN
    plain = (steps < PLAIN_STEP - _MARGIN) & ~whole
    rows = np.stack([a, b, (a + b) / 2 + c - 0.5, d, e, (d + e) / 2 + f - 0.5], axis=1).reshape(-1, 2, 3)
    sources = cv2.cvtColor(images.reshape(count * height, width, 3), cv2.COLOR_RGB2RGBA)
    sources = sources.reshape(count, height, width, 4)
    moved = np.empty((count, *out, 4), np.uint8)
    white = (fill * 255,) * 4
    flags, edge, size = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, BORDERS[border], (out[1], out[0])
    for place in np.flatnonzero(plain).tolist():
        cv2.warpAffine(sources[place], rows[place], size, moved[place], flags, edge, white)
    result = cv2.cvtColor(moved.reshape(count * out[0], out[1], 4), cv2.COLOR_RGBA2RGB).reshape(count, *out, 3)
    for place in np.flatnonzero(~plain).tolist():
        own: Matrix = tuple(float(np.broadcast_to(value, count)[place]) for value in matrix)  # type: ignore[assignment]
        result[place] = warp(images[place], own, out, border=border, fill=fill)
    return result


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


def gaussian_many(images: Array, std: Array, seeds: Sequence[int]) -> Array:
    """Return each picture plus normal noise of its own standard deviation (a fraction of white) and seed."""
    count, size = len(images), math.prod(images.shape[1:])
    words = np.empty((count, -(-size // 4)), "<u8")
    for row, seed in zip(words, seeds, strict=True):
        row[:] = stream(seed).random_raw(len(row))
    noise = cv2.LUT(np.ascontiguousarray(words.view("<u2")[:, :size]), inverse_normal())
    sigma = [deviation_before_rounding(value * 255.0) for value in std.tolist()]
    noise *= np.array(sigma, np.float32)[:, None]
    return cv2.add(images.reshape(count, size), noise, dtype=cv2.CV_8U).reshape(images.shape)


def salt_and_pepper_many(images: Array, amount: Array, seeds: Sequence[int]) -> tuple[Array, list[int]]:
    """Return each picture with its share of pixels struck, and which pictures were not done.

    Those are few: in them, or at a share of 0 or 1, the gaps drawn do not reach the end.
    """
    size = images.shape[1] * images.shape[2]
    usual = (amount > 0.0) & (amount < 1.0)
    most = max((expected_words(size, p) for p in amount[usual].tolist()), default=1)
    words = np.empty((len(images), most), np.uint64)
    for row, seed in zip(words, seeds, strict=True):
        row[:] = stream(seed).random_raw(most)
    hits = chances(words, np.where(usual, amount, 0.5)[:, None], size)
    done = usual & (hits[:, -1] >= size)
    inside = (hits < size) & done[:, None]
    places = (hits + size * np.arange(len(images))[:, None])[inside]
    changed = images.copy()
    changed.reshape(-1, 3)[places] = ((words[inside] & 1) * np.uint8(255)).astype(np.uint8)[:, None]
    return changed, np.flatnonzero(~done).tolist()
