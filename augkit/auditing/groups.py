"""Which pictures are the same, or nearly: by their bytes and pixels, their perceptual hash, and their small views."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from augkit.kernels.fingerprint import mirrored_hash

Array = npt.NDArray[Any]

HASH_BITS = 10
"""At most so many of 64 bits differ between the hashes of near duplicates."""
DIFFERENCE = 0.06
"""One minus the correlation of their views is at most this: CIFAR pictures that were resized, recompressed or mirrored
stay below, and no two others do (benchmarks/audit.py)."""
_FLAT = 3.0  # views of a smaller standard deviation hold noise only: hash and correlation say nothing of them
_AT_ONCE = 1 << 22  # hashes compared at once


@dataclass(frozen=True)
class Near:
    """Two pictures that are nearly the same: their places, how much they differ, whether one is mirrored."""

    first: int
    second: int
    difference: float
    mirrored: bool


@dataclass(frozen=True)
class Groups:
    """Pictures that belong together, by their places.

    Parameters
    ----------
    exact : list of list of int
        Pictures with the same pixels; each list sorted, with two members or more.
    near : list of list of int
        What near duplicates and exact ones together connect; each list sorted, with two members or more.
    links : list of Near
        Between the first members of exact groups, or pictures that are alone.
    """

    exact: list[list[int]]
    near: list[list[int]]
    links: list[Near]

    def within(self, members: Iterable[int]) -> list[Near]:
        """Return the links between these members."""
        own = set(members)
        return [link for place in own for link in self._by_first.get(place, ()) if link.second in own]

    @cached_property
    def _by_first(self) -> dict[int, list[Near]]:
        found: dict[int, list[Near]] = defaultdict(list)
        for link in self.links:
            found[link.first].append(link)
        return dict(found)


def find_groups(rows: Array) -> Groups:
    """Return which of the usable pictures are the same, or nearly.

    Hashes are compared block by block, views only where hashes are close: memory does not grow with the square
    of the number of pictures.
    """
    by_pixels: dict[bytes, list[int]] = defaultdict(list)
    for place in np.flatnonzero(rows["usable"]):
        by_pixels[rows["pixels"][place].tobytes()].append(int(place))
    exact = [members for members in by_pixels.values() if len(members) > 1]
    firsts = np.array([members[0] for members in by_pixels.values()], np.intp)
    links = list(_near_links(rows, firsts))
    linked = [*exact, *([link.first, link.second] for link in links)]
    return Groups(exact, connect(linked), links)


def connect(groups: Iterable[Iterable[int]]) -> list[list[int]]:
    """Return the groups with those that share a member made one, sorted.

    >>> connect([[1, 2], [5, 6], [2, 3]])
    [[1, 2, 3], [5, 6]]
    """
    parents: dict[int, int] = {}

    def root(member: int) -> int:
        parents.setdefault(member, member)
        while parents[member] != member:
            parents[member] = parents[parents[member]]
            member = parents[member]
        return member

    for group in groups:
        first, *others = group
        for other in others:
            parents[root(other)] = root(first)
    found: dict[int, list[int]] = defaultdict(list)
    for member in sorted(parents):
        found[root(member)].append(member)
    return sorted(found.values())


def _near_links(rows: Array, places: Array) -> Iterator[Near]:
    views = rows["view"]
    places = np.array([place for place in places if views[place].std() >= _FLAT], np.intp)
    hashes = rows["hash"][places]
    mirrored = np.array([mirrored_hash(int(code)) for code in hashes], np.uint64)
    for first, second, is_mirrored in _close(hashes, mirrored):
        one = views[places[first]]
        difference = _difference(one[:, ::-1] if is_mirrored else one, views[places[second]])
        if difference <= DIFFERENCE:
            yield Near(int(places[first]), int(places[second]), difference, is_mirrored)


def _close(hashes: Array, mirrored: Array) -> Iterator[tuple[int, int, bool]]:
    """Yield places of hashes that are close: first before second, and whether the first is to be mirrored."""
    count = len(hashes)
    step = max(1, _AT_ONCE // max(count, 1))
    for start in range(0, count, step):
        later = hashes[start:]
        for is_mirrored, ours in ((False, hashes), (True, mirrored)):
            block = ours[start : start + step, None]
            firsts, seconds = np.nonzero(np.bitwise_count(block ^ later[None]) <= HASH_BITS)
            for first, second in zip(firsts.tolist(), seconds.tolist(), strict=True):
                if first < second:
                    yield start + first, start + second, is_mirrored


def _difference(one: Array, other: Array) -> float:
    """Return one minus the correlation of two views."""
    return 1.0 - float(np.corrcoef(one.ravel(), other.ravel())[0, 1])
