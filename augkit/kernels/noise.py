"""Noise from a drawn seed: random bytes through tables of our own, the same on every machine."""

import math
import struct
from itertools import count
from typing import Any

import cv2
import numpy as np
import stringzilla

from augkit.kernels import BYTE, DEPTHS, FLOAT, Array, channels, in_range, maximum, to_dtype
from augkit.kernels.alpha import with_alpha_of, without_alpha
from augkit.kernels.bits import MOST, random_bytes, random_words
from augkit.kernels.memory import editable, empty, room_like, target_like
from augkit.kernels.normal import byte_tables, deviation_before_rounding, inverse_normal
from augkit.seeding import TO_UNIT, for_each

_SIGNED, _PAIR, _WORD = np.dtype(np.int8), np.dtype("<u2"), np.dtype("<u8")
_TOP, _LOWEST, _LOWEST_OF_WORD = np.uint8(128), np.uint8(1), np.uint64(1)
_PIXEL = np.dtype("V3")
_BLACK_AND_WHITE = np.frombuffer(bytes(3) + b"\xff" * 3, _PIXEL)
_TWO_WORDS = struct.Struct("<2Q").unpack
_TO_PART = 2.0**-64 * (1.0 - 2.0**-52)  # float(2**64 - 1) is 2**64, which would be the place after the last pixel
_PIECE = MOST // 2  # values that are looked up at a time
_WORDS = 1 << 12  # throws at a time; more leave the cache
COUNT_WORDS = 2
"""Words of a seed's stream that tell how many throws follow."""
MANY_THROWS = 40.0
"""Means from which on the number of throws is not drawn by adding up chances."""
TABLED = 1 << 14
"""More numbers than this are looked up in a table made for their standard deviation."""
_LARGE = 1 << 19  # values, of which pictures of more get their noise piece by piece, for the cache
_STRIP = 1 << 14  # of a picture at a time, for the cache
_PHOTONS = 4.0  # on average, from which on they are told from a normal number
_WORTH_TABLE = 1000  # values for each level of a table
_NO_PHOTON = 1e-12  # so faint that counting them changes nothing in float32


def gaussian(image: Array, std: float, seed: int, shared: bool = False, *, over: bool = False) -> Array:
    """Return the picture plus normal noise, independent for each pixel and channel.

    Parameters
    ----------
    image : array (H, W) or (H, W, C)
    std : float
        Standard deviation as a fraction of white. Integer pictures get whole levels whose mean is 0 and whose
        standard deviation is `std` to within a thousandth, also below one level, down to a twentieth of one.
    seed : int
        53 bits; the same seed gives the same noise.
    shared : bool
        Whether all colours of a pixel get the same noise.
    over : bool
        Whether the picture may be written over.

    Notes
    -----
    Each value takes 16 random bits: of 8-bit pictures twice 8, looked up in two tables that add up to a normal
    (`byte_tables`); elsewhere through the inverse normal distribution. Noise ends near 4.2 sigma.
    """
    colors = without_alpha(image)
    tables = byte_tables(std * 255.0) if image.dtype == BYTE else None
    if tables is not None:
        changed = _add_normal_bytes(colors, tables, seed, shared, over)
    else:
        noise = _normal_levels(std * maximum(image), image, seed, colors.shape[:2] if shared else colors.shape)
        if shared and colors.ndim == 3:
            noise = np.repeat(noise[..., None], colors.shape[2], axis=2)
        if image.dtype == FLOAT:
            changed = to_dtype(np.add(colors, noise, out=noise), image)
        else:
            changed = cv2.add(colors, noise, target_like(colors, over), dtype=DEPTHS[colors.dtype])
    return with_alpha_of(image, changed)


def speckle(image: Array, std: float, seed: int, *, over: bool = False) -> Array:
    """Return the picture times 1 plus normal noise, independent for each pixel and channel, rounded once."""
    colors = without_alpha(image)
    if colors.size > TABLED:
        factor = _field(1 + inverse_normal() * np.float32(std), seed, colors.shape)
    else:
        factor = _field(inverse_normal(), seed, colors.shape) * np.float32(std) + 1
    changed = cv2.multiply(colors, factor, room_like(colors, over), dtype=DEPTHS[image.dtype])
    if image.dtype == np.float32:
        np.clip(changed, 0.0, 1.0, out=changed)
    changed = changed.reshape(colors.shape)
    return with_alpha_of(image, changed)


def poisson(image: Array, scale: float, seed: int) -> Array:
    """Return the picture as counted photons show it, of which each is `scale` bright as a fraction of white.

    Each value is Poisson with the old one as its mean; its variance is mean * scale. From 16 random bits each, the
    distribution function is met to within 0.001, and ends above 4 sigma.

    Parameters
    ----------
    image : array (H, W) or (H, W, C)
        uint8, uint16, or float32 in [0, 1].
    scale : float in [0, 1]
    seed : int
        53 bits; the same seed gives the same noise.
    """
    step = scale * maximum(image)
    if step < _NO_PHOTON * maximum(image):
        return image.copy()
    colors = without_alpha(image)
    light = (in_range(colors) if image.dtype == FLOAT else colors).reshape(-1)
    dark = min(math.ceil(_PHOTONS * step), 256)  # of 8 bits, the levels below are told by adding up chances
    table = _photon_table(step, dark) if image.dtype == BYTE and light.size > _WORTH_TABLE * dark else None
    changed = empty(colors.shape, colors.dtype)
    shown = changed.reshape(1, -1)
    for start in range(0, light.size, _STRIP):
        piece = light[start : start + _STRIP]
        means = np.multiply(piece, 1.0 / step, dtype=np.float32)
        words = random_words(seed, means.size, _PAIR, start)
        counts = _many_photons(means, cv2.LUT(words[None], inverse_normal())[0])
        few = np.flatnonzero(piece < dark if image.dtype == BYTE else means < _PHOTONS)
        counts[few] = _few_photons(means[few], words[few]) if table is None else table[piece[few], words[few]]
        cv2.multiply(counts[None], step, shown[:, start : start + _STRIP], dtype=DEPTHS[image.dtype])
    if image.dtype == FLOAT:
        np.clip(changed, 0.0, 1.0, out=changed)
    return with_alpha_of(image, changed)


def _many_photons(means: Array, normals: Array) -> Array:
    """Return the quantiles of Poisson distributions with these means where a normal has its own: from 4 on.

    An expansion in powers of 1 / sqrt(mean), rounded down: the normal asymptotic approximation of Giles (2016,
    Algorithm 955, ACM Transactions on Mathematical Software 42).
    """
    root = np.sqrt(np.maximum(means, np.float32(_PHOTONS)))
    steps = normals / root
    bend = steps * np.float32(1 / 270)
    bend -= np.float32(1 / 72)
    bend *= steps
    bend += np.float32(1 / 6)
    bend *= normals
    bend += root
    bend *= normals
    bend += means
    slope = steps * np.float32(7 / 810)
    slope -= np.float32(1 / 36)
    slope *= steps
    bend += slope
    bend += np.float32(1 / 3) - np.float32(8 / 405) / (root * root)
    return np.floor(bend, out=bend)


def _few_photons(means: Array, words: Array) -> Array:
    """Return quantiles of Poisson distributions of small means, by adding up chances."""
    means, counts = means.astype(np.float64), np.zeros(means.size, np.float32)
    rests, chances = (words + 0.5) * 2.0**-16, np.exp(-means)
    left, number = np.arange(means.size), 0
    while True:
        more = rests >= chances
        left, means, rests, chances = left[more], means[more], rests[more] - chances[more], chances[more]
        if not left.size:
            return counts
        number += 1
        counts[left] = number
        chances *= means / number


def _photon_table(step: float, levels: int) -> Array:
    """Return `_few_photons` of the darkest levels of 8 bits for every word, (levels, 65536)."""
    table = np.empty((levels, 1 << 16), BYTE)
    for level, row in enumerate(table):
        mean = level / step
        chance = below = math.exp(-mean)
        number = start = 0
        while start < row.size:
            end = math.ceil(below * row.size - 0.5)
            row[start:end] = number
            number, start = number + 1, end
            chance *= mean / number
            below += chance
    return table


def salt_and_pepper(image: Array, amount: float, seed: int, *, over: bool = False) -> Array:
    """Return the picture with each pixel turned white or black with probability amount / 2 each.

    Exact Bernoulli trials at the cost of the hits alone: a Poisson number of throws, each of which strikes any pixel,
    leaves each of them unharmed with the probability asked for, independently of all others (Feller 1968, VI.6). Of two
    throws at one pixel the later one counts.
    """
    changed = editable(image, over)
    pixels, count = image.shape[0] * image.shape[1], channels(image)
    flat = changed.reshape(pixels, count)
    if count == 4:
        flat = flat[:, :3]
    if amount >= 1.0:
        for start in range(0, pixels, MOST):
            piece = flat[start : start + MOST]
            piece[:] = _tones(random_words(seed, len(piece), BYTE, start), image)
        return changed
    mean = mean_throws(amount, pixels)
    raw = random_bytes(seed, 8 * min(COUNT_WORDS + likely_throws(mean), _WORDS))
    end = COUNT_WORDS + poisson_number(mean, seed, raw)
    words = np.frombuffer(raw, _WORD)[COUNT_WORDS:end]
    strike(flat, places(words, pixels), words)
    for start in range(len(raw) // 8, end, _WORDS):
        words = random_words(seed, min(end - start, _WORDS), _WORD, start)
        strike(flat, places(words, pixels), words)
    return changed


def mean_throws(amount: Any, pixels: int) -> Any:
    """Return how often to throw on average, for each pixel to be struck with this probability, below 1."""
    return -for_each(math.log1p, -amount) * pixels


def likely_throws(mean: float) -> int:
    """Return how many throws are enough most often: four standard deviations above the mean."""
    return math.ceil(mean + 4.0 * math.sqrt(mean))


def places(words: Array, pixels: int) -> Array:
    """Return for each 64-bit word a pixel, each as likely; the lowest bit, left to `strike`, hardly counts."""
    return (words * (pixels * _TO_PART)).astype(np.int64)


def strike(flat: Array, struck: Array, words: Array) -> None:
    """Make pixels of a picture (pixels, channels) white or black, by the lowest bit of their words."""
    if flat.dtype == BYTE and flat.shape[1] == 3 and flat.flags.c_contiguous:  # a pixel at a time, not a value
        flat.view(_PIXEL)[:, 0][struck] = _BLACK_AND_WHITE.take((words & _LOWEST_OF_WORD).view(np.int64))
    else:
        flat[struck] = _tones(words, flat)


def _tones(words: Array, like: Array) -> Array:
    bits = words.astype(BYTE)[:, None] & _LOWEST
    return np.negative(bits, bits) if like.dtype == BYTE else bits * like.dtype.type(maximum(like))


def poisson_number(mean: float, seed: int, first: bytes) -> int:
    """Return a number with the Poisson distribution: by inversion, or from `MANY_THROWS` on by Hörmann's PTRS (1993).

    The first bytes of the seed's stream are used up, and seldom others, of a stream that is not the one pixels take.
    """
    one, other = _TWO_WORDS(first[:16])
    if mean < MANY_THROWS:
        rest = _to_unit(one)
        number, chance = 0, math.exp(-mean)
        while rest >= chance > 0.0:
            rest -= chance
            number += 1
            chance *= mean / number
        return number
    b = 0.931 + 2.53 * math.sqrt(mean)
    a = -0.059 + 0.02483 * b
    squeeze = 0.9277 - 3.6224 / (b - 2.0)
    for attempt in count():
        u, v = _to_unit(one) - 0.5, _to_unit(other)
        near = 0.5 - abs(u)
        number = math.floor((2.0 * a / near + b) * u + mean + 0.43) if near > 0.0 else -1
        if near >= 0.07 and v <= squeeze:
            break
        if number >= 0 and v > 0.0 and (near >= 0.013 or v <= near):
            scale = math.log(1.1239 + 1.1328 / (b - 3.4)) - math.log(a / (near * near) + b)
            if math.log(v) + scale <= number * math.log(mean) - mean - math.lgamma(number + 1):
                break
        one, other = _TWO_WORDS(random_bytes(seed, 16, 16 * attempt, stream=1))
    return number


def poisson_numbers(means: Array, words: Array, most: int) -> Array:
    """Return for means below `MANY_THROWS` what `poisson_number` does, from a word of each; no more than `most`.

    The same products and differences, one after the other, but for all at once.
    """
    factors = np.empty((len(means), most + 1))
    factors[:, 0] = for_each(math.exp, -means)
    np.divide(means[:, None], np.arange(1, most + 1), out=factors[:, 1:])
    chances = np.multiply.accumulate(factors, axis=1)
    factors[:, 0] = _to_unit(words)
    factors[:, 1:] = chances[:, :-1]
    rests = np.subtract.accumulate(factors, axis=1, out=factors)
    counts = (rests >= chances) & (chances > 0.0)
    counts[:, most] = False
    return counts.argmin(axis=1)


def _to_unit(word: Any) -> Any:
    """Return a 64-bit word, or a column of them, as a number uniform in [0, 1)."""
    return (word >> 11) * TO_UNIT


def _add_normal_bytes(image: Array, tables: tuple[bytes, bytes], seed: int, shared: bool, over: bool) -> Array:
    """Return a picture of 8 bits plus what the tables hold at random places; large ones in pieces, for the cache."""
    changed = room_like(image, over)
    colors, result, alike = image.reshape(1, -1), changed.reshape(1, -1), channels(image) if shared else 1
    size = colors.size // alike
    for start in range(0, size, _LARGE):
        noise = normal_bytes(tables, seed, start, min(size - start, _LARGE))
        if shared:
            noise = np.repeat(noise, alike, axis=1)
        if size <= _LARGE:
            add_signed(colors, noise, result)
        else:
            part = np.s_[:, alike * start : alike * start + noise.size]
            add_signed(colors[part], noise, result[part])
    return changed


def normal_bytes(tables: tuple[bytes, bytes], seed: int, first: int, size: int) -> Array:
    """Return signed bytes (1, size) that the tables hold at random places, from number `first` on, added up."""
    noise, more = empty((1, size), _SIGNED), empty((1, min(size, _PIECE)), _SIGNED)
    for start in range(0, size, _PIECE):
        count = min(_PIECE, size - start)
        one, other = (noise, more) if count == size else (noise[:, start : start + count], more[:, :count])
        look_up(tables, random_bytes(seed, 2 * count, 2 * (first + start)), one, other)
        np.add(one, other, one)
    return noise


def look_up(tables: tuple[bytes, bytes], raw: bytes, one: Array, other: Array) -> None:
    """Fill two arrays of signed bytes with what two tables hold at random places, half of them for each."""
    stringzilla.translate(raw, tables[0], end=one.size, out=one)
    stringzilla.translate(raw, tables[1], start=one.size, out=other)


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
        cv2.LUT(random_words(seed, piece.shape[1], _PAIR, start)[None], table, dst=piece)
    return field


def add_signed(colors: Array, noise: Array, result: Array) -> None:
    """Fill the result with 8 bits plus signed 8 bits, saturating; it may be the colours' own memory.

    All are (rows, columns), for OpenCV takes up to four numbers in a row for a colour.
    Shifted by 128, unsigned saturation is signed saturation; adding int8 takes half the time of int16.
    """
    total = np.bitwise_xor(colors, _TOP, result).view(_SIGNED)
    cv2.add(total, noise, total)
    np.bitwise_xor(result, _TOP, result)
