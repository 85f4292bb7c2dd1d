"""A recipe taken apart into the transforms it may do, and put together without some of them."""

import dataclasses
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from augkit.transforms.base import Transform
from augkit.transforms.choice import Choice


def take_apart(transforms: Sequence[Transform]) -> list[Transform]:
    """Return every transform that may happen, choices taken apart, each as if it always did; none twice.

    >>> from augkit import HorizontalFlip, OneOf, Rotate
    >>> take_apart([HorizontalFlip(p=0.5), OneOf([Rotate(), HorizontalFlip()])])
    [HorizontalFlip(p=1.0), Rotate(p=1.0, degrees=(-15.0, 15.0))]
    """
    return list(dict.fromkeys(always(leaf) for leaf in leaves(transforms)))


def leaves(transforms: Sequence[Transform]) -> Iterator[Transform]:
    """Yield the transforms that are no choices, in their order."""
    for step in transforms:
        if isinstance(step, Choice):
            yield from leaves(step.transforms)
        else:
            yield step


def always(step: Transform) -> Transform:
    """Return the transform as one that always happens."""
    return dataclasses.replace(step, p=1.0)


def without(transforms: Sequence[Transform], dropped: Collection[Transform]) -> tuple[Transform, ...]:
    """Return the transforms less those dropped, which are named as `take_apart` returns them; empty choices go too.

    >>> from augkit import HorizontalFlip, OneOf, Rotate
    >>> without([OneOf([Rotate(), HorizontalFlip()], weights=[1, 2])], [HorizontalFlip()])
    (OneOf(p=1.0, transforms=(Rotate(p=1.0, degrees=(-15.0, 15.0)),), weights=(1.0,)),)
    """
    return tuple(step for step, _ in _left(transforms, dropped))


def _left(transforms: Sequence[Transform], dropped: Collection[Transform]) -> Iterator[tuple[Transform, int]]:
    """Yield what is left of each transform, and its place."""
    for place, step in enumerate(transforms):
        if not isinstance(step, Choice):
            if always(step) not in dropped:
                yield step, place
            continue
        inner = list(_left(step.transforms, dropped))
        if inner:
            changes: dict[str, Any] = {"transforms": tuple(part for part, _ in inner)}
            if (weights := getattr(step, "weights", None)) is not None:
                changes["weights"] = tuple(weights[place] for _, place in inner)
            yield dataclasses.replace(step, **changes), place
