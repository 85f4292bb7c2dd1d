"""Normal noise as tables: quantiles for 16 random bits, and pairs of small tables that add up to a normal."""

import math
from bisect import bisect
from functools import cache, lru_cache
from statistics import NormalDist

import numpy as np

from augkit.kernels import Array

_LEVELS = 1 << 16
_LEAST, _MOST = 2.0, 27.0  # levels: below, whole levels are too few; above, sums would leave the signed byte
_STEP = 1.001  # from one standard deviation to the next
_SHARES = 32


@cache
def inverse_normal() -> Array:
    """Return the normal quantiles of (i + 1/2) / 65536, float32, symmetric about 0."""
    upper = _upper_quantiles(_LEVELS).astype(np.float32)
    return np.concatenate([-upper[::-1], upper])


def _upper_quantiles(count: int) -> Array:
    quantile = NormalDist().inv_cdf
    return np.array([quantile((i + 0.5) / count) for i in range(count // 2, count)])


def byte_tables(std: float) -> tuple[bytes, bytes] | None:
    """Return two tables of 256 signed bytes whose entries at two random places add up to normal noise in whole levels.

    A sum of normals is normal, and bytes are looked up ten times as fast as 16 bits. `std` is the standard deviation
    in levels, which is met to within a thousandth; None where it is below 2 or above 27. The distribution function is
    that of a normal rounded to whole levels to within 0.001 everywhere, and ends above 3.9 sigma.
    """
    if not _LEAST <= std <= _MOST:
        return None
    limits, tables = _pairs()
    return tables[bisect(limits, std)]


def byte_tables_of(stds: Array) -> list[tuple[bytes, bytes] | None]:
    """Return `byte_tables` of many standard deviations."""
    fits = (stds >= _LEAST) & (stds <= _MOST)
    places = np.searchsorted(_limits(), stds, side="right")
    tables = _pairs()[1]
    return [tables[place] if fit else None for place, fit in zip(places.tolist(), fits.tolist(), strict=True)]


@cache
def _limits() -> Array:
    return np.array(_pairs()[0])


@cache
def _pairs() -> tuple[list[float], list[tuple[bytes, bytes]]]:
    """Return the limits between the standard deviations of pairs of tables, ascending, and the pairs.

    All tables that rounding some multiple of the nodes to whole levels can give are known with their moments: one
    between any two multiples at which a rounded node jumps. Of pairs that share the variance in many ways, the one is
    taken whose second, fourth and sixth moments are best, the deviation foremost. Another choice is another noise.
    """
    nodes = _nodes()
    most = _MOST * math.sqrt(0.7) + 1.0
    changes = np.unique(np.concatenate([(np.arange(math.ceil(node * most)) + 0.5) / node for node in nodes]))
    upper = np.rint((changes[1:, None] + changes[:-1, None]) / 2 * nodes)  # between two changes nothing changes
    second, fourth, sixth = ((upper**power).mean(axis=1) for power in (2, 4, 6))
    wanted = np.geomspace(_LEAST, _MOST, math.ceil(math.log(_MOST / _LEAST) / math.log(_STEP)))[:, None] ** 2
    one = np.searchsorted(second, wanted * np.linspace(0.3, 0.5, _SHARES))
    other = np.searchsorted(second, wanted - second[one])
    other -= second[other] - (wanted - second[one]) > (wanted - second[one]) - second[other - 1]
    a, b = second[one], second[other]
    variance = a + b
    kurtosis = (fourth[one] + fourth[other] + 6 * a * b) / variance**2
    hyper = (sixth[one] + sixth[other] + 15 * (fourth[one] * b + a * fourth[other])) / variance**3
    fault = 20 * np.abs(variance / wanted - 1) + np.abs(kurtosis - 3) + 0.3 * np.abs(hyper / 15 - 1)
    rows = np.arange(len(wanted))
    best = fault.argmin(axis=1)
    tables = [row.tobytes() for row in np.concatenate([-upper[:, ::-1], upper], axis=1).astype(np.int8)]
    order = np.argsort(variance[rows, best], kind="stable")
    pairs = [(tables[i], tables[j]) for i, j in zip(one[rows, best][order], other[rows, best][order], strict=True)]
    known = np.sqrt(variance[rows, best][order])
    return ((known[1:] + known[:-1]) / 2).tolist(), pairs


def _nodes() -> Array:
    """Return the upper half of 256 equally likely values with the second and fourth moment of a normal.

    Quantiles, of which the outermost is moved outward until the fourth moment is three times the second one squared:
    with x its square, a quadratic equation.
    """
    nodes = _upper_quantiles(256)
    count = len(nodes)
    second, fourth = (float((nodes[:-1] ** power).sum()) for power in (2, 4))
    a, b, c = 1 - 3 / count, -6 * second / count, fourth - 3 * second**2 / count
    nodes[-1] = math.sqrt((-b + math.sqrt(b * b - 4 * a * c)) / (2 * a))
    return np.asarray(nodes / math.sqrt((nodes**2).mean()))


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
