"""How many copies: pure arithmetic, exact to the file."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from augkit.errors import AugkitError, whole_number


@dataclass(frozen=True)
class Amount:
    """How large the classes shall become.

    Parameters
    ----------
    kind : {"balance", "copies", "factor"}
        balance: every class up to `value`, which is "max", "median" or a number; copies: `value` copies of each
        image; factor: every class to `value` times its size, rounded to the nearest whole number.
    value : "max", "median", int or float
    """

    kind: str
    value: str | float

    @classmethod
    def of(
        cls,
        *,
        balance: str | int | None = None,
        per_class: int | None = None,
        copies: int | None = None,
        factor: float | None = None,
    ) -> "Amount":
        """Return the amount that one of the options asks for; without any, balance to the largest class."""
        given = {"balance": balance, "per-class": per_class, "copies": copies, "factor": factor}
        chosen = {name: value for name, value in given.items() if value is not None}
        if len(chosen) > 1:
            raise AugkitError(f"choose one of {', '.join(f'--{name}' for name in chosen)}: each says how many")
        name, value = next(iter(chosen.items()), ("balance", "max"))
        if name == "balance":
            return cls("balance", _balance(value))
        if name == "factor":
            if isinstance(value, str) or not math.isfinite(value) or value < 1:
                raise AugkitError(f"--factor must be a number of at least 1, got {value!r}")
            return cls("factor", float(value))
        least = 1 if name == "per-class" else 0
        return cls("copies" if name == "copies" else "balance", whole_number(f"--{name}", value, least))

    def totals(self, sizes: Mapping[str, int]) -> dict[str, int]:
        """Return how many files each class shall have; never fewer than it has.

        >>> Amount("balance", "max").totals({"cat": 5, "dog": 2})
        {'cat': 5, 'dog': 5}
        >>> Amount("factor", 1.5).totals({"cat": 5, "dog": 2})
        {'cat': 8, 'dog': 3}
        """
        return {name: max(size, self._total(size, sizes)) if size else 0 for name, size in sizes.items()}

    def _total(self, size: int, sizes: Mapping[str, int]) -> int:
        if self.kind == "copies":
            return size * (1 + int(self.value))
        if self.kind == "factor":
            return math.floor(size * float(self.value) + 0.5)
        present = [count for count in sizes.values() if count]
        if self.value == "max":
            return max(present)
        if self.value == "median":
            return math.floor(statistics.median(present) + 0.5)
        return int(self.value)

    def __str__(self) -> str:
        return {"copies": f"{self.value} copies of each image", "factor": f"{self.value} times"}.get(
            self.kind, f"balance to {self.value}"
        )


def _balance(value: str | float) -> str | int:
    if value in ("max", "median"):
        return str(value)
    try:
        number = int(str(value))
    except ValueError:
        number = 0
    if number < 1:
        raise AugkitError(f"--balance must be max, median or a whole number of at least 1, got {value!r}")
    return number


def spread(ids: Sequence[str], copies: int, seed: int) -> dict[str, int]:
    """Return how many copies each image gets: as even as can be, the odd ones by lot.

    The lots depend on seed and image alone, so that taking an unusable image out only ever adds to the others.

    >>> sorted(spread(["a", "b", "c"], 7, seed=0).values())
    [2, 2, 3]
    """
    if not ids:
        return {}
    each, odd = divmod(copies, len(ids))
    lucky = set(sorted(ids, key=lambda image_id: _lot(image_id, seed))[:odd]) if odd else set()
    return {image_id: each + (image_id in lucky) for image_id in ids}


def _lot(image_id: str, seed: int) -> bytes:
    return blake2b(b"lot %d " % seed + image_id.encode("utf-8", "surrogateescape"), digest_size=16).digest()
