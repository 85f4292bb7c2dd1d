"""What a recipe is judged on: pictures no larger than the features need, and rows of features for them."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from sklearn.base import clone

from augkit.assessment.estimate import Pictures
from augkit.assessment.neighbors import Rows
from augkit.execution import run
from augkit.features.base import PictureFeatures
from augkit.features.pictures import load_all
from augkit.kernels import Array
from augkit.operations import View
from augkit.pipeline import Pipeline
from augkit.transforms.base import Transform
from augkit.transforms.crop import LongestSide

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told what is being done ("augment" or "try"), how much of it is done, and of how much."""

_AT_ONCE = 128  # pictures augmented together
_FINER = 2  # how much larger than what the features see a picture is when it is augmented


@dataclass(frozen=True)
class Labelled:
    """The pictures to look at, not loaded yet: anything that features take, and of each class, source and id."""

    images: Sequence[Any]
    labels: Sequence[str]
    sources: Sequence[str]
    ids: Sequence[str]

    def take(self, places: Sequence[int]) -> "Labelled":
        """Return some of them."""
        columns = (self.images, self.labels, self.sources, self.ids)
        return Labelled(*([column[place] for place in places] for column in columns))


@dataclass(frozen=True)
class Material:
    """Pictures and what is needed to augment and describe them.

    Parameters
    ----------
    images : list of array
    ids, names : sequence of str
        Ids of the pictures; names of the classes, by their numbers.
    pictures : Pictures
    features : PictureFeatures
        Fitted to the untouched pictures.
    view : View
        How the recipe looks at pixels.
    seed, workers : int
    """

    images: Sequence[Array]
    ids: Sequence[str]
    names: Sequence[str]
    pictures: Pictures
    features: PictureFeatures
    view: View
    seed: int
    workers: int

    def augment(self, step: Transform, place: int) -> Array:
        """Return the augmented copy of one picture."""
        return self._pipeline(step)(self.images[place], key=(self.ids[place], 1))

    def describe(self, steps: Sequence[Transform | None]) -> Iterator[tuple[int, Rows]]:
        """Yield features of all pictures, augmented by each of the steps or, for None, untouched, with its place.

        Workers augment; features are computed here, for networks and functions of others may not bear more threads.
        """
        firsts = range(0, len(self.images), _AT_ONCE)
        jobs = [(number, first) for number in range(len(steps)) for first in firsts]
        views: list[dict[int, list[Array]]] = [{} for _ in steps]
        for number, first, found in run(partial(self._look, steps), jobs, self.workers):
            views[number][first] = found
            if len(views[number]) == len(firsts):
                yield number, self.features.transform([view for first in firsts for view in views[number].pop(first)])

    def _look(self, steps: Sequence[Transform | None], job: tuple[int, int]) -> tuple[int, int, list[Array]]:
        """Return all that the features see of some pictures."""
        number, first = job
        images, ids = self.images[first : first + _AT_ONCE], self.ids[first : first + _AT_ONCE]
        step = steps[number]
        if step is not None:
            pipeline, keys = self._pipeline(step), [(image_id, 1) for image_id in ids]
            shape, dtype = (len(images), *images[0].shape), images[0].dtype
            alike = len({(image.shape, image.dtype) for image in images}) == 1
            if alike and pipeline.does_at_once(shape, dtype):
                images = list(pipeline.batch(np.stack(images), keys))
            else:
                images = [pipeline(image, key=key) for image, key in zip(images, keys, strict=True)]
        return number, first, [self.features.view(image) for image in images]

    def _pipeline(self, step: Transform) -> Pipeline:
        return Pipeline([step], seed=self.seed, **dataclasses.asdict(self.view))


def prepare(labelled: Labelled, features: PictureFeatures, view: View, seed: int, workers: int) -> Material:
    """Return the material, every picture loaded and the features fitted."""
    names, labels = np.unique(labelled.labels, return_inverse=True)
    _, groups = np.unique(labelled.sources, return_inverse=True)
    chosen = clone(features)
    loaded = dict(run(partial(_load, labelled.images, chosen), range(len(labelled.images)), workers))
    images = [loaded[place] for place in range(len(loaded))]
    chosen.fit(images)
    return Material(images, labelled.ids, names.tolist(), Pictures(labels, groups), chosen, view, seed, workers)


def _load(images: Sequence[Any], features: PictureFeatures, place: int) -> tuple[int, Array]:
    """Return a picture, shrunk to twice what the features see of it: more would only cost time."""
    (image,) = load_all([images[place]], place)
    return place, shrink(image, features)


def shrink(image: Array, features: PictureFeatures) -> Array:
    """Return a picture no larger than is needed to augment it and look at it with these features."""
    length = _FINER * max(features.view(image).shape[:2])
    if max(image.shape[:2]) <= length:
        return image
    return Pipeline([LongestSide(length=length)])(image, key=("", 0))
