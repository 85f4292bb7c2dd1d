"""What the checks for duplicates, leakage and conflicts ask of pictures that belong together."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from augkit.auditing.groups import DIFFERENCE
from augkit.auditing.table import Table


def alike(table: Table, members: Sequence[int]) -> Iterator[list[int]]:
    """Yield those of the members that share split and label, where they are two or more.

    Of augmented copies with one source, the first stands for all: siblings are no duplicates.
    """
    by_place: dict[tuple[str, str | None], list[int]] = defaultdict(list)
    seen: set[tuple[str, str | None, str]] = set()
    for place in members:
        split, label, family = table.splits[place], table.labels[place], table.families.get(place)
        if family is None or (split, label, family) not in seen:
            by_place[split, label].append(place)
            seen.add((split, label, family or ""))
    yield from (same for same in by_place.values() if len(same) > 1)


def families(table: Table) -> list[list[int]]:
    """Return the pictures made of one source, family by family."""
    found: dict[str, list[int]] = defaultdict(list)
    for place, source in sorted(table.families.items()):
        found[source].append(place)
    return list(found.values())


def is_exact(table: Table, members: Sequence[int]) -> bool:
    """Return whether all members have the same pixels."""
    return len({table.rows["pixels"][place].tobytes() for place in members}) == 1


def difference(table: Table, members: Sequence[int]) -> float:
    """Return the largest difference between two near duplicates among the members; 0 for exact ones."""
    return max((link.difference for link in table.groups.within(members)), default=0.0)


def confidence(value: float) -> float:
    """Return how sure a finding of near duplicates is: 1 where they are the same, 0.5 at the threshold."""
    return 1.0 - 0.5 * value / DIFFERENCE


def describe(table: Table, members: Sequence[int]) -> str:
    """Return in what way the members are the same."""
    if is_exact(table, members):
        return "the same pixels"
    links = table.groups.within(members)
    if not links:
        return "an augmented copy and its source, or another copy of it, by the manifest"
    if any(link.mirrored for link in links):
        return "nearly the same picture, mirrored"
    sizes = {(int(table.rows["width"][place]), int(table.rows["height"][place])) for place in members}
    return "nearly the same picture in different sizes" if len(sizes) > 1 else "nearly the same picture"
