"""How each library makes a pipeline, takes a picture, and takes many; imported in its own environment only."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

Call = Callable[[Any], Any]


def _as_it_is(picture: Any) -> Any:
    return picture


def _height_and_width(result: Any) -> tuple[int, int]:
    return result.shape[:2]


class Side(NamedTuple):
    """A library: its names, a chain of its steps as one call, and one for many pictures where it has such a thing."""

    names: dict[str, Any]
    chain: Callable[[Sequence[Any]], Call]
    chain_many: Callable[[Sequence[Any]], Call] | None = None
    prepared: Call = _as_it_is
    size_of: Callable[[Any], tuple[int, int]] = _height_and_width


def augkit() -> Side:
    """Return augkit as its README has it: a pipeline, called with an array."""
    import cv2

    import augkit

    cv2.setNumThreads(1)
    runs = itertools.count()

    def chain(steps: Sequence[Any]) -> Call:
        return augkit.Pipeline(steps, border="constant")

    def chain_many(steps: Sequence[Any]) -> Call:
        pipeline = augkit.Pipeline(steps, border="constant")

        def call(pictures: Any) -> Any:
            run = next(runs)
            return pipeline.batch(pictures, [(f"picture {number}", run) for number in range(len(pictures))])

        return call

    names = {name: getattr(augkit, name) for name in augkit.__all__}
    return Side(names, chain, chain_many if hasattr(augkit.Pipeline, "batch") else None)


def albumentations() -> Side:
    """Return Albumentations; many pictures in one call would all get the same numbers, so they go one by one."""
    import albumentations
    import cv2

    cv2.setNumThreads(1)

    def chain(steps: Sequence[Any]) -> Call:
        compose = albumentations.Compose(steps)
        return lambda picture: compose(image=picture)["image"]

    return Side(vars(albumentations) | {"cv2": cv2}, chain)


def augrs() -> Side:
    """Return augrs, whose batches are told to take one thread."""
    import augrs

    def chain(steps: Sequence[Any]) -> Call:
        compose = augrs.Compose(steps)
        return lambda picture: compose(image=picture)["image"]

    def chain_many(steps: Sequence[Any]) -> Call:
        compose = augrs.Compose(steps)
        return lambda pictures: [done["image"] for done in compose.augment_batch(list(pictures), num_threads=1)]

    return Side(vars(augrs), chain, chain_many)


def torchvision() -> Side:
    """Return torchvision's second transforms, on uint8 tensors, channels first, made beforehand.

    A batch as one tensor would get the same numbers for all, so pictures go one by one.
    """
    import torch
    from torchvision.transforms import InterpolationMode, v2

    torch.set_num_threads(1)

    def prepared(picture: Any) -> Any:
        tensor = torch.from_numpy(picture)
        return tensor.movedim(-1, -3).contiguous()

    return Side(
        vars(v2) | {"InterpolationMode": InterpolationMode},
        v2.Compose,
        prepared=prepared,
        size_of=lambda result: tuple(result.shape[-2:]),
    )


def imgaug() -> Side:
    """Return imaug, the fork of imgaug that is kept alive, whose own way are batches."""
    import cv2
    from imgaug import augmenters

    cv2.setNumThreads(1)

    def chain(steps: Sequence[Any]) -> Call:
        sequential = augmenters.Sequential(steps)
        return lambda picture: sequential(image=picture)

    def chain_many(steps: Sequence[Any]) -> Call:
        sequential = augmenters.Sequential(steps)
        return lambda pictures: sequential(images=pictures)

    return Side(vars(augmenters), chain, chain_many)
