"""Random numbers as a hash: a function of (seed, image id, copy), not a stream with state.

The numbers are the same with one worker or sixty-four, in any order, after a resume and under any numpy version;
uniform ones are the same on any machine, normal ones up to the last bit of its logarithm and cosine. BLAKE2b in
counter mode gives eight 53-bit uniforms a digest.
"""

import math
import struct
from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")

_EIGHT_WORDS = struct.Struct("<8Q").unpack
_TO_UNIT = 2.0**-53


class Draws:
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

    __slots__ = ("_block", "_key", "_words")

    def __init__(self, seed: int, image_id: str, copy: int, attempt: int = 0) -> None:
        # The numbers hold no space, so no two keys can read alike. Names that are no UTF-8 keep their bytes.
        name = image_id.encode("utf-8", "surrogateescape")
        self._key = blake2b(b"%d %d %d " % (seed, copy, attempt) + name, digest_size=32).digest()
        self._block = 0
        self._words: list[int] = []

    def bits(self) -> int:
        """Return 53 random bits as an int."""
        if not self._words:
            digest = blake2b(self._block.to_bytes(8, "little"), key=self._key).digest()
            self._words = list(_EIGHT_WORDS(digest))
            self._block += 1
        return self._words.pop() >> 11

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """Return a float, uniform between low and high; high itself comes by rounding alone."""
        return low + (high - low) * (self.bits() * _TO_UNIT)

    def normal(self, mean: float = 0.0, std: float = 1.0) -> float:
        """Return a float, normal with the given mean and standard deviation (Box and Muller, 1958)."""
        radius = math.sqrt(-2.0 * math.log(1.0 - self.uniform()))
        return mean + std * radius * math.cos(2.0 * math.pi * self.uniform())

    def chance(self, p: float) -> bool:
        """Return True with probability p; no number is used up when p settles it."""
        return p >= 1.0 or (p > 0.0 and self.uniform() < p)

    def choice(self, options: Sequence[T]) -> T:
        """Return one of the options, each as likely as the other."""
        return options[int(self.uniform() * len(options))]
