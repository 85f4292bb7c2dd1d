"""Random bytes from a drawn seed: AES-256 in counter mode, a standard, so the same on every machine and forever."""

from typing import Any

import numpy as np
import stringzilla

from augkit.kernels import Array

_KEY = stringzilla.Aes256CtrKey(bytes(32))  # nothing is secret here: the seed is the nonce, and tells streams apart
_ZEROS = memoryview(bytes(1 << 18))
MOST = len(_ZEROS)
"""Bytes that one call gives."""


def random_bytes(seed: int, count: int, start: int = 0, stream: int = 0) -> bytes:
    """Return bytes from place `start` on of a stream of a seed: FIPS 197 and NIST SP 800-38A.

    Parameters
    ----------
    seed : int
        Up to 64 bits.
    count : int
        Up to `MOST`; more is a ValueError.
    start : int
    stream : int
        Up to 32 bits: of one seed, streams are independent.

    Examples
    --------
    >>> random_bytes(7, 4, start=2) == random_bytes(7, 6)[2:]
    True
    """
    if count > MOST:
        raise ValueError(f"{count} bytes are more than one call gives, {MOST}")
    return _KEY.xor(_ZEROS[:count], (stream << 64 | seed).to_bytes(12, "little"), start)


def random_words(seed: int, count: int, dtype: np.dtype[Any], start: int = 0) -> Array:
    """Return whole numbers of an unsigned little-endian dtype, from the one numbered `start` on; read only."""
    size = dtype.itemsize
    return np.frombuffer(random_bytes(seed, count * size, start * size), dtype)
