"""Random numbers as a hash: a function of (seed, image id, copy), not a stream with state.

The numbers are the same with one worker or sixty-four, in any order, after a resume and under any numpy version;
uniform ones are the same on any machine, normal ones up to the last bit of its logarithm. BLAKE2b in
counter mode gives eight 53-bit uniforms a digest.
"""

import itertools
import math
import operator
import os
import struct
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import blake2b
from statistics import NormalDist
from typing import Any, Self, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import stringzilla

from augkit.errors import AugkitError

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])

Key: TypeAlias = tuple[str, int] | tuple[str, int, int]
"""Image id, copy, and which attempt at it (0 when left out)."""


@cache
def _unpack(count: int) -> Callable[[bytes], tuple[int, ...]]:
    """Return what makes so many numbers of bytes."""
    return struct.Struct(f"<{count}Q").unpack


_EIGHT_WORDS = _unpack(8)


_own_key = stringzilla.Aes256CtrKey(os.urandom(32))  # of this process, which asks the system but once
_calls = itertools.count()


def _take_another_key() -> None:
    global _own_key
    _own_key = stringzilla.Aes256CtrKey(os.urandom(32))


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_take_another_key)


@cache
def _zeros(count: int) -> bytes:
    return bytes(8 * count)


TO_UNIT = 2.0**-53
"""What makes 53 bits a fraction of 1."""

_normal_at = NormalDist().inv_cdf
_WITHIN = (2.0**-54, 1.0 - TO_UNIT)  # a range without 0 and 1, whose quantiles are infinite


Span: TypeAlias = tuple[str, float, float]
"""The name of a number, the low end of its range, and how wide that is."""


class Derived:
    """What is drawn by way of uniform numbers, be they floats, columns of them, or numbers not known yet."""

    __slots__ = ()

    def uniform(self, low: float = 0.0, high: float = 1.0) -> Any:
        """Return a number, uniform between low and high."""
        raise NotImplementedError

    def integer(self, low: float, high: float) -> Any:
        """Return a whole number from low to high, both included, each as likely as the other."""
        first = math.ceil(low)
        return first + for_each(math.floor, self.uniform() * (math.floor(high) - first + 1))

    def normal(self, mean: float = 0.0, std: Any = 1.0) -> Any:
        """Return a number, normal with the given mean and standard deviation, by the quantile (Wichura 1988)."""
        return mean + std * for_each(_normal_at, self.uniform(*_WITHIN))


def _root_of(seed: int, key: Key | None) -> bytes:
    """Return what is hashed for a seed and a key; without a key, nothing.

    Raises
    ------
    AugkitError
        When the key is no pair of a text and a whole number.
    """
    if key is None:
        return b""
    if type(key) is tuple and len(key) == 2:  # as keys are, nearly always
        name, copy = key
        if type(name) is str and type(copy) is int:
            return _root(seed, name, copy)
    try:
        image_id, *numbers = key
        if isinstance(image_id, str) and 1 <= len(numbers) <= 2:
            return _root(seed, image_id, *map(operator.index, numbers))
    except (TypeError, ValueError):
        pass
    raise AugkitError(f"key must be (text, whole number), for example ('cat/001.jpg', 3); got {key!r}")


def _root(seed: int, image_id: str, copy: int, attempt: int = 0) -> bytes:
    # The numbers hold no space, so no two keys can read alike. Names that are no UTF-8 keep their bytes.
    try:
        name = image_id.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # halves of characters, as names may have them on Windows
        name = image_id.encode("utf-8", "surrogatepass")
    return b"%d %d %d " % (seed, copy, attempt) + name


class Draws(Derived):
    """The random numbers of one copy of one image; the only maker of randomness in augkit.

    Parameters
    ----------
    seed : int
        The user's seed.
    image_id : str
        What names the image: in a folder, its path relative to the dataset root in POSIX form.
    copy : int
        Which copy of the image, counted from 1.
    attempt : int
        Which try at this copy: a draw that repeats an earlier copy is drawn again.

    Examples
    --------
    >>> draws = Draws(7, "cat/001.jpg", 3)
    >>> draws.uniform(-15, 15) == Draws(7, "cat/001.jpg", 3).uniform(-15, 15)
    True
    >>> Draws(7, "1", 0).uniform() == Draws(8, "0", 0).uniform()
    False
    """

    __slots__ = ("_block", "_root", "_words")

    def __init__(self, seed: int, image_id: str, copy: int, attempt: int = 0) -> None:
        self._root = _root(seed, image_id, copy, attempt)
        self._words: list[int] = []
        self._block = 0

    @classmethod
    def of(cls, seed: int, key: Key | None) -> Self:
        """Return the random numbers of a seed and a key; without a key, numbers like no others.

        Raises
        ------
        AugkitError
            When the key is no pair of a text and a whole number.
        """
        draws = cls.__new__(cls)
        draws._root, draws._words, draws._block = _root_of(seed, key), [], 0
        return draws

    @classmethod
    def ahead(cls, seed: int, key: Key, blocks: int) -> tuple[int, ...]:
        """Return the words of the first blocks of eight, the first one last: for who knows how many will be needed."""
        root = blake2b(_root_of(seed, key)).digest()
        digests = [blake2b(root + block.to_bytes(8, "little")).digest() for block in range(blocks - 1, 0, -1)]
        return _unpack(8 * blocks)(b"".join([*digests, root][:blocks]))

    @staticmethod
    def fresh(count: int) -> tuple[int, ...]:
        """Return so many words, like no others: for a picture that has no key.

        AES-256 in counter mode under a key of this process's own takes less time than asking the system
        (benchmarks/kernels.py).
        """
        return _unpack(count)(_own_key.xor(_zeros(count), next(_calls).to_bytes(12, "little")))

    def bits(self) -> int:
        """Return 53 random bits as an int."""
        if not self._words:
            self._refill()
        return self._words.pop() >> 11

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """Return a float, uniform between low and high; high itself comes by rounding alone."""
        words = self._words
        if not words:
            self._refill()
        return low + (high - low) * ((words.pop() >> 11) * TO_UNIT)

    def uniforms(self, spans: Sequence[Span]) -> dict[str, Any]:
        """Return numbers by their names, each uniform in its own range."""
        words, drawn = self._words, {}
        for name, low, width in spans:
            if not words:
                self._refill()
            drawn[name] = low + width * ((words.pop() >> 11) * TO_UNIT)
        return drawn

    def _refill(self) -> None:
        """Hash the key; for more than eight numbers, what that gave and a count."""
        if self._block:
            digest = blake2b(self._root + self._block.to_bytes(8, "little")).digest()
        else:
            digest = self._root = blake2b(self._root or os.urandom(16)).digest()
        self._words.extend(_EIGHT_WORDS(digest))
        self._block += 1

    def chance(self, p: float) -> bool:
        """Return True with probability p; no number is used up when p settles it."""
        return p >= 1.0 or (p > 0.0 and self.uniform() < p)

    def choice(self, options: Sequence[T]) -> T:
        """Return one of the options, each as likely as the other."""
        return options[int(self.uniform() * len(options))]

    def beta(self, alpha: float) -> float:
        """Return a float of the beta distribution with both parameters alpha: one gamma's share of two."""
        one, other = self.gamma(alpha), self.gamma(alpha)
        return one / (one + other) if one + other > 0.0 else float(self.chance(0.5))  # too small for floats: an end

    def gamma(self, shape: float) -> float:
        """Return a float of the gamma distribution with this shape and scale 1 (Marsaglia and Tsang 2000)."""
        if shape < 1.0:
            return self.gamma(shape + 1.0) * self.uniform() ** (1.0 / shape)
        d = shape - 1.0 / 3.0
        while True:
            x = self.normal()
            v = (1.0 + x / math.sqrt(9.0 * d)) ** 3
            if v > 0.0 and math.log(1.0 - self.uniform()) < 0.5 * x * x + d - d * v + d * math.log(v):
                return d * v


Column: TypeAlias = npt.NDArray[Any]
"""One number for each of many pictures."""


class ManyDraws(Derived):
    """The random numbers of many pictures at once: each method returns a column of what `Draws` would return for each.

    Parameters
    ----------
    seed : int
    keys : sequence of keys
        One a picture, or None for one that gets numbers like no others.

    Examples
    --------
    >>> keys = [("a.jpg", 1), ("b.jpg", 1)]
    >>> ManyDraws(7, keys).uniform().tolist() == [Draws.of(7, key).uniform() for key in keys]
    True
    """

    def __init__(self, seed: int, keys: Sequence[Key | None]) -> None:
        self._source = _Words(seed, keys)
        self.rows = np.arange(len(keys))

    def when(self, p: float) -> "ManyDraws":
        """Return the random numbers of those, `rows`, to whom something happens that has probability p."""
        if p >= 1.0:
            return self
        some = object.__new__(ManyDraws)
        some._source = self._source
        some.rows = self.rows[self.uniform() < p] if p > 0.0 else self.rows[:0]
        return some

    def bits(self) -> Column:
        """Return 53 random bits each."""
        source = self._source
        place = source.take(self.rows)
        return source.words[place]

    def uniform(self, low: float = 0.0, high: float = 1.0) -> Column:
        """Return floats, uniform between low and high."""
        source = self._source
        place = source.take(self.rows)
        return low + (high - low) * source.units[place]

    def uniforms(self, spans: Sequence[Span]) -> dict[str, Any]:
        """Return columns by their names, each uniform in its own range."""
        source, drawn = self._source, {}
        for name, low, width in spans:
            place = source.take(self.rows)
            drawn[name] = low + width * source.units[place]
        return drawn


class _Words:
    """The words of many pictures (words, pictures), and how many of them each has used; one number, while all do alike.

    `units` are the same words as fractions of 1.
    """

    def __init__(self, seed: int, keys: Sequence[Key | None]) -> None:
        self.count = len(keys)
        self.roots: list[bytes] = []
        if any(key is not None for key in keys):
            self.roots = [blake2b(_root_of(seed, key) or os.urandom(16)).digest() for key in keys]
        self.words = self.block(0)
        self.units = self.words * TO_UNIT
        self.used = 0
        self.each: Column | None = None

    def take(self, rows: Column) -> Any:
        """Return where the next word of some pictures stands: in which row, and if need be, in which columns."""
        if self.each is None and len(rows) == self.count:
            place, self.used = self.used, self.used + 1
            self.reach(place)
            return place
        if self.each is None:
            self.each = np.full(self.count, self.used)
        places = self.each[rows]
        self.each[rows] = places + 1
        self.reach(int(places.max(initial=0)))
        return places, rows

    def reach(self, place: int) -> None:
        while place >= len(self.words):
            more = self.block(len(self.words) // 8)
            self.words = np.concatenate([self.words, more])
            self.units = np.concatenate([self.units, more * TO_UNIT])

    def block(self, number: int) -> Column:
        """Return the eight words of a block (8, pictures), in the order in which `Draws` takes them."""
        if not self.roots:  # nobody can ask for these again; the system takes ten times as long for so many
            digests = stringzilla.Aes256CtrKey(os.urandom(32)).xor(bytes(64 * self.count), bytes(12))
        elif number:
            tail = number.to_bytes(8, "little")
            digests = b"".join([blake2b(root + tail).digest() for root in self.roots])
        else:
            digests = b"".join(self.roots)
        words = np.frombuffer(digests, "<u8").reshape(-1, 8)
        return np.ascontiguousarray(words[:, ::-1].T) >> np.uint64(11)


_OF_COLUMNS: dict[Callable[..., Any], Callable[[Column], Column]] = {
    math.sqrt: np.sqrt,
    math.floor: lambda values: np.floor(values).astype(np.int64),
}


def of_columns(columns: Callable[[Column], Column]) -> Callable[[F], F]:
    """Return a decorator for functions of a number: of a column, `for_each` gets the same values by this one.

    It is for what numpy computes to the same last bit: square roots, rounding, sums and products.
    """

    def remember(function: F) -> F:
        _OF_COLUMNS[function] = columns
        return function

    return remember


def for_each(function: Callable[[Any], Any], values: Any, results: int = 1) -> Any:
    """Return a function's value, or of a column the values: those of Python's own math, to the last bit.

    A function with several results yields as many columns. Numbers not known yet (`augkit.tracing`) have a method for
    it.
    """
    if type(values) is float:
        return function(values)
    if isinstance(values, np.ndarray):
        if function in _OF_COLUMNS:
            return _OF_COLUMNS[function](values)
        columns = np.array(list(map(function, values.tolist())))
        return columns if results == 1 else columns.reshape(-1, results).T
    return values.of_each(function, results) if hasattr(values, "of_each") else function(values)
