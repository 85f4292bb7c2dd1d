"""Noise from a drawn seed: raw bits of SFC64 through our own tables, the same under every numpy version."""

import math
from functools import cache
from statistics import NormalDist

import cv2
import numpy as np

from augkit.kernels import Array, channels, has_alpha, maximum, to_dtype
from augkit.kernels.memory import empty, empty_like

_LEVELS = 1 << 16
_PIECE = 1 << 16


def gaussian(image: Array, std: float, seed: int, *, shared: bool = False) -> Array:
    """Return the picture plus normal noise, independent for each pixel and channel.

    Parameters
    ----------
    image : array (H, W) or (H, W, C)
    std : float
        Standard deviation as a fraction of white. Integer pictures get whole levels whose mean is 0 and whose
        standard deviation is `std` exactly, also below one level.
    seed : int
        53 bits; the same seed gives the same noise.
    shared : bool
        Whether all colours of a pixel get the same noise.

    Notes
    -----
    Each value takes 16 random bits through the inverse normal distribution, which ends at 4.2 sigma.
    """
    colors = image[..., :3] if has_alpha(image) else image
    shape = colors.shape[:2] if shared else colors.shape
    noise = _field(_table(std * maximum(image), image), seed, shape)
    if shared and colors.ndim == 3:
        noise = np.repeat(noise[..., None], colors.shape[2], axis=2)
    changed = _add_levels(colors, noise) if image.dtype == np.uint8 else to_dtype(colors + noise, image)
    return np.dstack([changed, image[..., 3]]) if has_alpha(image) else changed


def salt_and_pepper(image: Array, amount: float, seed: int) -> Array:
    """Return the picture with each pixel turned white or black with probability amount / 2 each.

    Exact Bernoulli trials at the cost of the hits alone: the gaps between hits are geometric
    (Devroye 1986, X.2).
    """
    changed = empty_like(image)
    np.copyto(changed, image)
    count = image.shape[0] * image.shape[1]
    hits = _bernoulli_positions(count, amount, seed)
    white = (_words(np.random.SFC64(seed ^ 1), len(hits)) & 1).astype(bool)
    flat = changed.reshape(count, channels(image))
    colors = channels(image) - has_alpha(image)
    flat[hits[white], :colors] = int(maximum(image)) if image.dtype != np.float32 else 1.0
    flat[hits[~white], :colors] = 0
    return changed


def _table(std: float, image: Array) -> Array:
    """Return what each 16-bit number stands for: normal quantiles, in whole levels for whole-numbered pictures."""
    if image.dtype == np.float32:
        return _inverse_normal() * np.float32(std)
    levels = np.rint(_inverse_normal() * _deviation_before_rounding(std))
    if image.dtype == np.uint16:
        return levels.astype(np.int32)
    return levels.astype(np.int8 if levels[-1] <= 127 else np.int16)


def _field(table: Array, seed: int, shape: tuple[int, ...]) -> Array:
    """Return an array of table entries, each for 16 raw bits; in pieces, so that raw bits take little memory."""
    field = empty(shape, table.dtype)
    flat = field.reshape(1, -1)
    bits = np.random.SFC64(seed)
    for start in range(0, flat.shape[1], _PIECE):
        count = min(_PIECE, flat.shape[1] - start)
        words = _words(bits, count)[None]
        piece = flat[:, start : start + count]
        if table.itemsize <= 2:
            cv2.LUT(words, table, dst=piece)
        else:
            np.take(table, words, out=piece)
    return field


def _add_levels(colors: Array, noise: Array) -> Array:
    """Return uint8 colours plus whole levels of noise, saturating."""
    colors = np.ascontiguousarray(colors)
    if noise.dtype != np.int8:
        return cv2.add(colors, noise, dst=empty_like(colors), dtype=cv2.CV_8U)
    # Shifted by 128, unsigned saturation is signed saturation; adding int8 takes half the time of int16.
    shifted = np.bitwise_xor(colors, 128, out=empty_like(colors)).view(np.int8)
    total = cv2.add(shifted, noise, dst=shifted).view(np.uint8)
    return np.bitwise_xor(total, 128, out=total)


def _words(bits: np.random.SFC64, count: int) -> Array:
    """Return the next uniform 16-bit numbers."""
    return bits.random_raw(-(-count // 4)).astype("<u8", copy=False).view("<u2")[:count]


@cache
def _inverse_normal() -> Array:
    """Return the normal quantiles of (i + 1/2) / 65536, float32, symmetric about 0."""
    quantile = NormalDist().inv_cdf
    upper = np.array([quantile((i + 0.5) / _LEVELS) for i in range(_LEVELS // 2, _LEVELS)], np.float32)
    return np.concatenate([-upper[::-1], upper])


def _deviation_before_rounding(std: float) -> float:
    """Return the sigma whose normal, rounded to whole numbers, has the standard deviation `std`.

    Rounding adds 1/12 to the variance (Sheppard 1898) where sigma is not small; below, we bisect.
    """
    if std > 1.0:
        return math.sqrt(std * std - 1 / 12)
    if std <= 0.0:
        return 0.0
    low, high = 0.0, 1.5
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if _rounded_variance(middle) < std * std else (low, middle)
    return (low + high) / 2


def _rounded_variance(sigma: float) -> float:
    """Return the variance of round(N(0, sigma)): the sum over k >= 0 of 2 (2k + 1) P(X > k + 1/2)."""
    if sigma == 0.0:
        return 0.0
    return sum((2 * k + 1) * math.erfc((k + 0.5) / sigma / math.sqrt(2)) for k in range(12))


def _bernoulli_positions(count: int, p: float, seed: int) -> Array:
    """Return the numbers below `count` that were hit, each with probability p, ascending."""
    if p <= 0.0:
        return np.empty(0, np.int64)
    if p >= 1.0:
        return np.arange(count)
    raw = np.random.SFC64(seed)
    scale = 1.0 / math.log1p(-p)
    parts, last = [], -1
    while last < count:
        expected = (count - last) * p
        # Four deviations more than expected: a second round is rare.
        uniforms = (raw.random_raw(int(expected + 4 * math.sqrt(expected) + 16)) >> np.uint64(11)) * 2.0**-53
        gaps = np.minimum(np.floor(np.log1p(-uniforms) * scale), count).astype(np.int64) + 1
        parts.append(last + np.cumsum(gaps))
        last = int(parts[-1][-1])
    positions = np.concatenate(parts)
    return positions[: np.searchsorted(positions, count)]
