"""One item of a data set, whatever its form: what the pipeline changes in it, and in what form that returns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from augkit.errors import AugkitError
from augkit.interop.fields import (
    EACH,
    OF_EACH,
    Names,
    Place,
    at,
    check_is_no_list_of_dicts,
    check_names,
    find_places,
    is_mask,
    is_tensor,
    length,
)
from augkit.pillow import like_given
from augkit.pipeline import Pipeline, check_pipeline
from augkit.seeding import Key

Array: TypeAlias = npt.NDArray[Any]
Targets: TypeAlias = dict[str, Any]
"""What of an item the pipeline takes, by the names it has there."""
Epoch: TypeAlias = int | Callable[[], int] | None
"""An epoch's number from 0, or what returns it, such as `.item` of a shared tensor; None is a new draw each time."""


def key_of(image_id: object, epoch: Epoch) -> Key | None:
    """Return the key of a sample in an epoch: copy 1 in the first, since copy 0 is the original."""
    if epoch is None:
        return None
    return str(image_id), 1 + (epoch() if callable(epoch) else epoch)


@dataclass(frozen=True)
class Work:
    """What is done to an item.

    Parameters
    ----------
    pipeline : Pipeline or None
        None leaves the item as it is.
    names : mapping
        What the fields of a dict are to the pipeline: {"img": "image", "segmentation": "mask"}. Its own names,
        "image", "mask", "masks", "boxes", "labels" (of boxes) and "keypoints", need not be told. "each" is what has one
        row for each box, None what is passed on as it is; "objects.bbox" is the field of a dict within.
    transform : callable, optional
        Takes the finished picture, such as `to_tensor`.
    usual : mapping
        What fields are where nobody has told otherwise.
    """

    pipeline: Pipeline | None
    names: Names = field(default_factory=dict)
    transform: Callable[[Any], Any] | None = None
    usual: Names = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.pipeline is not None:
            check_pipeline(self.pipeline)
        check_names(self.names)

    def __call__(self, item: Any, key: Key | None) -> Any:
        """Return an item of the same form: a picture, a tuple (picture, target, ...), or a dict."""
        targets, close = self._open(item)
        return close(self._finish(targets if self.pipeline is None else augment(self.pipeline, targets, key)))

    def many(self, items: Sequence[Any], keys: Sequence[Key | None]) -> list[Any]:
        """Return what becomes of each item: at once where all are small pictures that nothing follows."""
        opened = [self._open(item) for item in items]
        targets = [targets for targets, _ in opened]
        done = targets if self.pipeline is None else _augment_many(self.pipeline, targets, keys)
        return [close(self._finish(targets)) for targets, (_, close) in zip(done, opened, strict=True)]

    def _open(self, item: Any) -> tuple[Targets, Callable[[Targets], Any]]:
        """Return the targets in an item, and what makes an item of the same form of them."""
        if isinstance(item, Mapping):
            places = find_places(item, None, self.names, self.usual)
            if "image" not in places:
                known = ", ".join(map(repr, item)) or "nothing"
                raise AugkitError(f"the item has no 'image', but {known}; say names={{'its name': 'image'}}")
            return _chosen(item, places), lambda done: _changed(item, places, done)
        if not isinstance(item, tuple | list):
            return {"image": item}, lambda done: done["image"]
        image, *rest = item
        if rest and isinstance(rest[0], Mapping):
            fields, *others = rest
            places = find_places(fields, image, self.names, self.usual)
            counts = {length(at(fields, places[name])) for name in ("masks", "boxes") if name in places}
            if "masks" in places and "boxes" in places and len(counts) == 1:
                places[OF_EACH] = places.pop("masks")
            targets = {"image": image} | _chosen(fields, places)
            return targets, lambda done: (done["image"], _changed(fields, places, done), *others)
        if rest and is_mask(rest[0], image):
            return {"image": image, "mask": rest[0]}, lambda done: (done["image"], done["mask"], *rest[1:])
        if rest:
            check_is_no_list_of_dicts("", rest[0], self.names)
        return {"image": image}, lambda done: (done["image"], *rest)

    def _finish(self, targets: Targets) -> Targets:
        return targets if self.transform is None else targets | {"image": self.transform(targets["image"])}


@dataclass(frozen=True)
class Copies:
    """What is done to copies, and to copy 0, which is the original."""

    augmented: Work
    original: Work

    def __call__(self, items: Sequence[Any], keys: Sequence[Key]) -> list[Any]:
        """Return what becomes of each item, by the copy in its key."""
        done: list[Any] = [None] * len(items)
        for work, of_original in ((self.original, True), (self.augmented, False)):
            places = [place for place, key in enumerate(keys) if (key[1] == 0) is of_original]
            made = work.many([items[place] for place in places], [keys[place] for place in places])
            for place, item in zip(places, made, strict=True):
                done[place] = item
        return done


def _chosen(fields: Mapping[str, Any], places: Mapping[str, Place]) -> Targets:
    return {target: at(fields, place) for target, place in places.items()}


def _changed(fields: Mapping[str, Any], places: Mapping[str, Place], done: Targets) -> dict[str, Any]:
    changed = dict(fields)
    for target, (*outer, name) in places.items():
        inside = changed
        for step in outer:
            inside[step] = inside = dict(inside[step])
        inside[name] = done[target]
    return changed


def augment(pipeline: Pipeline, targets: Mapping[str, Any], key: Key | None) -> dict[str, Any]:
    """Return the targets augmented, each as what it was: Pillow picture, array, list, or tensor with channels first."""
    rows = {name: value for name, value in targets.items() if name == "labels" or name.startswith(EACH)}
    moved = {name: "masks" if name == OF_EACH else name for name in targets if name not in rows}
    given = {target: _to_array(targets[name], target) for name, target in moved.items()}
    if given.keys() == {"image"} and isinstance(given["image"], np.ndarray):
        return {"image": _like(pipeline(given["image"], key=key), targets["image"], "image")}
    for name, value in rows.items():
        if length(value) != (count := length(given["boxes"])):
            told = name.removeprefix(f"{EACH} ")
            raise AugkitError(f"{told} must have a row for each of {count} boxes, got {length(value)}")
    if "boxes" in given:
        given["labels"] = range(length(given["boxes"]) or 0)
    done = pipeline(**given, key=key)
    left = list(done.pop("labels", ()))
    changed = {name: _like(done[target], targets[name], target) for name, target in moved.items()}
    if OF_EACH in changed:
        changed[OF_EACH] = _rows(changed[OF_EACH], left)
    return changed | {name: _rows(value, left) for name, value in rows.items()}


def _rows(values: Any, left: list[int]) -> Any:
    """Return the rows that are left, in the form of what they are from."""
    if is_tensor(values) or isinstance(values, np.ndarray):
        return values[left]
    return [values[place] for place in left]


def _augment_many(pipeline: Pipeline, items: Sequence[Targets], keys: Sequence[Key | None]) -> Sequence[Targets]:
    """Return the targets of each item augmented: at once where that is faster."""
    if not _gain_at_once(items, pipeline):
        return [augment(pipeline, targets, key) for targets, key in zip(items, keys, strict=True)]
    given = [targets["image"] for targets in items]
    done = pipeline.batch(np.stack([_to_array(image, "image") for image in given]), keys)
    back = like_given if hasattr(given[0], "getbands") else partial(_like, name="image")
    return [{"image": back(picture, image)} for picture, image in zip(done, given, strict=True)]


def _gain_at_once(items: Sequence[Targets], pipeline: Pipeline) -> bool:
    """Return whether these are pictures of one form and size, which a batch is faster for, with nothing beside them."""
    if len(items) < 2 or any(len(targets) > 1 for targets in items) or len({_form(one["image"]) for one in items}) > 1:
        return False
    first = items[0]["image"]
    if getattr(first, "mode", "RGB") != "RGB":  # Pillow has others of three channels, which a pipeline refuses
        return False
    pixels = np.asarray(_to_array(first, "image"))
    return pipeline.does_at_once((len(items), *pixels.shape), pixels.dtype)


def _form(picture: Any) -> tuple[Any, ...]:
    """Return what pictures of a batch must have in common."""
    return type(picture), *(getattr(picture, name, None) for name in ("dtype", "shape", "mode", "width", "height"))


def _to_array(value: Any, name: str) -> Any:
    if name == "masks":
        return [np.asarray(mask) for mask in value]
    if not is_tensor(value):
        return value
    array = value.numpy()
    return np.moveaxis(array, 0, -1) if name in ("image", "mask") and array.ndim == 3 else array


def _like(result: Any, given: Any, name: str) -> Any:
    """Return a result of the pipeline in the form of what it was made from."""
    if name in ("image", "mask"):
        if not is_tensor(given):
            return result
        result = np.moveaxis(result, -1, 0) if result.ndim == 3 else result
    elif name == "masks" and isinstance(given, list | tuple):
        return type(given)(result)
    elif not is_tensor(given) and not isinstance(given, np.ndarray):
        return result.tolist()
    array = np.ascontiguousarray(result)
    if is_tensor(given):
        import torch

        if not array.size:  # without masks there is nothing that tells a new size
            return given.new_empty((0, *given.shape[1:]))
        whole = name in ("boxes", "keypoints") and not given.dtype.is_floating_point
        return torch.from_numpy(array).to(torch.float32 if whole else given.dtype)
    whole = name in ("boxes", "keypoints") and np.issubdtype(given.dtype, np.integer)
    return array if whole else array.astype(given.dtype)
