"""Noise from a drawn seed: random bytes through tables of our own, the same on every machine."""

import math
from collections.abc import Iterator

import cv2
import numpy as np
import stringzilla

from augkit.kernels import Array, channels, has_alpha, in_range, maximum, to_dtype
from augkit.kernels.bits import MOST, random_bytes, random_words
from augkit.kernels.memory import empty, empty_like
from augkit.kernels.normal import byte_tables, deviation_before_rounding, inverse_normal

_PIECE, _WORDS = MOST // 2, MOST // 8
TABLED = 1 << 14
"""More numbers than this are looked up in a table made for their standard deviation."""
_NO_PHOTON = 1e-12  # so faint that counting them changes nothing in float32
_DEPTHS = {np.dtype(np.uint8): cv2.CV_8U, np.dtype(np.uint16): cv2.CV_16U}


def gaussian(image: Array, std: float, seed: int, *, shared: bool = False) -> Array:
    """Return the picture plus normal noise, independent for each pixel and channel.

    Parameters
    ----------
    image : array (H, W) or (H, W, C)
    std : float
        Standard deviation as a fraction of white. Integer pictures get whole levels whose mean is 0 and whose
        standard deviation is `std` to within a thousandth, also below one level.
    seed : int
        53 bits; the same seed gives the same noise.
    shared : bool
        Whether all colours of a pixel get the same noise.

    Notes
    -----
    Each value takes 16 random bits: of 8-bit pictures twice 8, looked up in two tables that add up to a normal
    (`byte_tables`); elsewhere through the inverse normal distribution. Noise ends near 4.2 sigma.
    """
    colors = image[..., :3] if has_alpha(image) else image
    shape = colors.shape[:2] if shared else colors.shape
    tables = byte_tables(std * 255.0) if image.dtype == np.uint8 else None
    if tables is not None:
        noise = empty(shape, np.int8)
        normal_bytes(tables, seed, noise.reshape(-1))
    else:
        noise = _normal_levels(std * maximum(image), image, seed, shape)
    if shared and colors.ndim == 3:
        noise = np.repeat(noise[..., None], colors.shape[2], axis=2)
    changed = add_levels(colors, noise) if image.dtype == np.uint8 else to_dtype(colors + noise, image)
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
    counts = np.random.RandomState(np.random.SFC64(seed)).poisson(light / step)
    changed = to_dtype(counts * step, image)
    return np.dstack([changed, image[..., 3]]) if has_alpha(image) else changed


def salt_and_pepper(image: Array, amount: float, seed: int) -> Array:
    """Return the picture with each pixel turned white or black with probability amount / 2 each.

    Exact Bernoulli trials at the cost of the hits alone: a Poisson number of throws, each of which strikes any pixel,
    leaves each of them unharmed with the probability asked for, independently of all others (Feller 1968, VI.6). Of two
    throws at one pixel the later one counts.
    """
    changed = empty_like(image)
    np.copyto(changed, image)
    pixels = image.shape[0] * image.shape[1]
    flat = changed.reshape(pixels, channels(image))[:, : channels(image) - has_alpha(image)]
    if amount >= 1.0:
        for start in range(0, pixels, MOST):
            piece = flat[start : start + MOST]
            piece[:] = tones(random_words(seed, len(piece), "<u1", start), image)
        return changed
    count = throws(pixels, amount, seed)
    for start in range(0, count, _WORDS):
        words = random_words(seed, min(count - start, _WORDS), "<u8", start)
        flat[places(words, pixels)] = tones(words, image)
    return changed


def throws(pixels: int, amount: float, seed: int) -> int:
    """Return how often to throw at pixels of which each is to be struck with this probability, below 1."""
    return poisson_number(-math.log1p(-amount) * pixels, seed) if amount > 0.0 else 0


def places(words: Array, pixels: int) -> Array:
    """Return for each 64-bit word a pixel, each as likely; the lowest bit has no part in it."""
    return ((words >> np.uint64(11)) * (pixels * 2.0**-53)).astype(np.int64)


def tones(words: Array, image: Array) -> Array:
    """Return white or black, by the lowest bit, (words, 1)."""
    return ((words & words.dtype.type(1)) * image.dtype.type(maximum(image))).astype(image.dtype)[:, None]


def poisson_number(mean: float, seed: int) -> int:
    """Return a number with the Poisson distribution: by inversion, or from 10 on by Hörmann's PTRS (1993)."""
    source = _uniforms(seed)
    if mean < 10.0:
        rest = next(source)
        number, chance = 0, math.exp(-mean)
        while rest >= chance > 0.0:
            rest -= chance
            number += 1
            chance *= mean / number
        return number
    root, log_mean = math.sqrt(mean), math.log(mean)
    b = 0.931 + 2.53 * root
    a = -0.059 + 0.02483 * b
    squeeze, scale = 0.9277 - 3.6224 / (b - 2.0), math.log(1.1239 + 1.1328 / (b - 3.4))
    while True:
        u, v = next(source) - 0.5, 1.0 - next(source)
        near = 0.5 - abs(u)
        number = math.floor((2.0 * a / near + b) * u + mean + 0.43) if near > 0.0 else -1
        if near >= 0.07 and v <= squeeze:
            return number
        if number < 0 or (near < 0.013 and v > near):
            continue
        if math.log(v) + scale - math.log(a / (near * near) + b) <= number * log_mean - mean - math.lgamma(number + 1):
            return number


def _uniforms(seed: int) -> Iterator[float]:
    """Yield numbers uniform in [0, 1), of a stream that is not the one that pixels take."""
    start = 0
    while True:
        for word in random_words(seed, 8, "<u8", start, stream=1).tolist():
            yield (word >> 11) * 2.0**-53
        start += 8


def normal_bytes(tables: tuple[bytes, bytes], seed: int, noise: Array) -> None:
    """Fill an array (n,) of signed bytes with what the tables hold at random places, added up."""
    one, other = tables
    for start in range(0, len(noise), _PIECE):
        piece = noise[start : start + _PIECE]
        count = len(piece)
        raw = random_bytes(seed, 2 * count, 2 * start)
        stringzilla.translate(raw, one, end=count, out=piece)
        more = np.frombuffer(stringzilla.translate(raw, other, start=count), np.int8)
        np.add(piece, more, out=piece)


def _normal_levels(std: float, image: Array, seed: int, shape: tuple[int, ...]) -> Array:
    """Return normal noise of a standard deviation in levels; in whole levels for whole-numbered pictures.

    Those of 8 bits that are small get fractions, which adding rounds: the sum is the same.
    """
    if image.dtype == np.float32:
        return _field(inverse_normal() * np.float32(std), seed, shape)
    sigma = deviation_before_rounding(std)
    kind = np.int32 if image.dtype == np.uint16 else np.int16
    if math.prod(shape) > TABLED:
        return _field(np.rint(inverse_normal() * sigma).astype(kind), seed, shape)
    # A table for this sigma would cost more than what is looked up in it: the same numbers, scaled afterwards.
    field = _field(inverse_normal(), seed, shape)
    np.multiply(field, np.float32(sigma), out=field)
    return field if image.dtype == np.uint8 else np.rint(field).astype(kind)


def _field(table: Array, seed: int, shape: tuple[int, ...]) -> Array:
    """Return an array of table entries, each for 16 random bits."""
    field = empty(shape, table.dtype)
    flat = field.reshape(1, -1)
    for start in range(0, flat.shape[1], _PIECE):
        piece = flat[:, start : start + _PIECE]
        cv2.LUT(random_words(seed, piece.shape[1], "<u2", start)[None], table, dst=piece)
    return field


def add_levels(colors: Array, noise: Array) -> Array:
    """Return uint8 colours plus noise in levels, saturating."""
    colors = np.ascontiguousarray(colors)
    if noise.dtype != np.int8:
        return cv2.add(colors, noise, dst=empty_like(colors), dtype=cv2.CV_8U)
    # Shifted by 128, unsigned saturation is signed saturation; adding int8 takes half the time of int16.
    shifted = np.bitwise_xor(colors, 128, out=empty_like(colors)).view(np.int8)
    total = cv2.add(shifted, noise, dst=shifted).view(np.uint8)
    return np.bitwise_xor(total, 128, out=total)
