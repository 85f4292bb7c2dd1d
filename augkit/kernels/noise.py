"""Noise from a drawn seed: raw bits of SFC64 through our own tables, the same under every numpy version."""

import math
import threading
from functools import cache, lru_cache
from statistics import NormalDist
from typing import Any

import cv2
import numpy as np

from augkit.kernels import Array, channels, has_alpha, in_range, maximum, to_dtype
from augkit.kernels.memory import empty, empty_like

_LEVELS = 1 << 16
_PIECE = 1 << 16
TABLED = _LEVELS // 4
"""More numbers than this are looked up in a table made for their standard deviation."""
_LONGEST = 4.3  # quantiles of the table end below
_NO_PHOTON = 1e-12  # so faint that counting them changes nothing in float32
_DEPTHS = {np.dtype(np.uint8): cv2.CV_8U, np.dtype(np.uint16): cv2.CV_16U}


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
    noise = _normal_levels(std * maximum(image), image, seed, colors.shape[:2] if shared else colors.shape)
    if shared and colors.ndim == 3:
        noise = np.repeat(noise[..., None], colors.shape[2], axis=2)
    changed = _add_levels(colors, noise) if image.dtype == np.uint8 else to_dtype(colors + noise, image)
    return np.dstack([changed, image[..., 3]]) if has_alpha(image) else changed


def speckle(image: Array, std: float, seed: int) -> Array:
    """Return the picture times 1 plus normal noise, independent for each pixel and channel, rounded once."""
    colors = np.ascontiguousarray(image[..., :3] if has_alpha(image) else image)
    if colors.size > TABLED:
        factor = _field(1 + inverse_normal() * np.float32(std), seed, colors.shape)
    else:
        factor = _field(inverse_normal(), seed, colors.shape) * np.float32(std) + 1
    changed = cv2.multiply(colors, factor, dtype=cv2.CV_32F if image.dtype == np.float32 else _DEPTHS[image.dtype])
    if image.dtype == np.float32:
        np.clip(changed, 0.0, 1.0, out=changed)
    changed = changed.reshape(colors.shape)
    return np.dstack([changed, image[..., 3]]) if has_alpha(image) else changed


def poisson(image: Array, scale: float, seed: int) -> Array:
    """Return the picture as counted photons show it, of which each is `scale` bright as a fraction of white.

    Each value is Poisson with the old one as its mean; its variance is mean * scale.
    """
    step = scale * maximum(image)
    if step < _NO_PHOTON * maximum(image):
        return image.copy()
    colors = image[..., :3] if has_alpha(image) else image
    light = in_range(colors) if image.dtype == np.float32 else colors
    # RandomState, since its distributions never change; those of numpy's Generator may.
    counts = np.random.RandomState(stream(seed)).poisson(light / step)
    changed = to_dtype(counts * step, image)
    return np.dstack([changed, image[..., 3]]) if has_alpha(image) else changed


def salt_and_pepper(image: Array, amount: float, seed: int) -> Array:
    """Return the picture with each pixel turned white or black with probability amount / 2 each.

    Exact Bernoulli trials at the cost of the hits alone: the gaps between hits are geometric
    (Devroye 1986, X.2).
    """
    changed = empty_like(image)
    np.copyto(changed, image)
    if amount <= 0.0:
        return changed
    flat = changed.reshape(image.shape[0] * image.shape[1], channels(image))
    hits, white = _bernoulli(len(flat), amount, seed)
    flat[hits, : channels(image) - has_alpha(image)] = (white * image.dtype.type(maximum(image)))[:, None]
    return changed


def _normal_levels(std: float, image: Array, seed: int, shape: tuple[int, ...]) -> Array:
    """Return normal noise of a standard deviation in levels; in whole levels for whole-numbered pictures.

    Those of 8 bits that are small get fractions, which adding rounds: the sum is the same.
    """
    if image.dtype == np.float32:
        return _field(inverse_normal() * np.float32(std), seed, shape)
    sigma = deviation_before_rounding(std)
    kind = np.int32 if image.dtype == np.uint16 else np.int8 if _LONGEST * sigma <= 127 else np.int16
    if math.prod(shape) > TABLED:
        return _field(np.rint(inverse_normal() * sigma).astype(kind), seed, shape)
    # A table for this sigma would cost more than what is looked up in it: the same numbers, scaled afterwards.
    field = _field(inverse_normal(), seed, shape)
    np.multiply(field, np.float32(sigma), out=field)
    return field if image.dtype == np.uint8 else np.rint(field).astype(kind)


def _field(table: Array, seed: int, shape: tuple[int, ...]) -> Array:
    """Return an array of table entries, each for 16 raw bits; in pieces, so that raw bits take little memory."""
    field = empty(shape, table.dtype)
    flat = field.reshape(1, -1)
    bits = stream(seed)
    for start in range(0, flat.shape[1], _PIECE):
        count = min(_PIECE, flat.shape[1] - start)
        words = _words(bits, count)[None]
        piece = flat[:, start : start + count]
        cv2.LUT(words, table, dst=piece)
    return field


def _add_levels(colors: Array, noise: Array) -> Array:
    """Return uint8 colours plus noise in levels, saturating."""
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
def inverse_normal() -> Array:
    """Return the normal quantiles of (i + 1/2) / 65536, float32, symmetric about 0."""
    quantile = NormalDist().inv_cdf
    upper = np.array([quantile((i + 0.5) / _LEVELS) for i in range(_LEVELS // 2, _LEVELS)], np.float32)
    return np.concatenate([-upper[::-1], upper])


def deviation_before_rounding(std: float) -> float:
    """Return the sigma whose normal, rounded to whole numbers, has the standard deviation `std`.

    Rounding adds 1/12 to the variance (Sheppard 1898) where sigma is not small; below, we bisect.
    """
    if std > 1.0:
        return math.sqrt(std * std - 1 / 12)
    if std <= 0.0:
        return 0.0
    return _below_one(std)


@lru_cache(1024)
def _below_one(std: float) -> float:
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


def _bernoulli(count: int, p: float, seed: int) -> tuple[Array, Array]:
    """Return the numbers below `count` that were hit, each with probability p, ascending; and a fair bit for each."""
    raw = stream(seed)
    if p >= 1.0:
        return np.arange(count), raw.random_raw(count) & 1
    places, coins, last = [], [], -1
    while last < count:
        words = raw.random_raw(expected_words(count - last, p))
        place = chances(words, p, count)
        place += last + 1
        places.append(place)
        coins.append(words & 1)  # not among the 53 bits that made the gap
        last = int(place[-1])
    hits = np.concatenate(places) if len(places) > 1 else places[0]
    bits = np.concatenate(coins) if len(coins) > 1 else coins[0]
    inside = int(np.searchsorted(hits, count))
    return hits[:inside], bits[:inside]


def expected_words(count: int, p: float) -> int:
    """Return how many gaps to draw among so many trials: four deviations more than needed, so that few lack some."""
    expected = count * p
    return int(expected + 4 * math.sqrt(expected) + 16)


def chances(words: Array, p: Array | float, count: int) -> Array:
    """Return the trials, from 0, that succeed with probability p, by random words (..., n); none past count is meant.

    The gaps between successes are geometric.
    """
    gaps = np.minimum(np.log1p((words >> np.uint64(11)) * -(2.0**-53)) / np.log1p(-p), count).astype(np.int64)
    gaps += 1
    return np.cumsum(gaps, axis=-1) - 1


class _Local(threading.local):
    def __init__(self) -> None:
        self.bits = np.random.SFC64(0)


_local = _Local()


def stream(seed: int) -> np.random.SFC64:
    """Return this thread's generator, begun anew: as its author has it, three words of seed and 12 rounds unseen.

    Setting the state takes a tenth of the time of a new generator (benchmarks/kernels.py). Whoever takes the stream
    must be done with it before the next one is taken.
    """
    bits = _local.bits
    state: Any = {"state": np.array([seed, seed, seed, 1], np.uint64)}
    bits.state = {"bit_generator": "SFC64", "state": state, "has_uint32": 0, "uinteger": 0}
    bits.random_raw(12, output=False)
    return bits
