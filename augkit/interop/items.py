"""One item of a data set, whatever its form: what the pipeline changes in it, and in what form that returns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from augkit.errors import AugkitError, suggest
from augkit.pillow import like_given
from augkit.pipeline import Pipeline
from augkit.seeding import Key

Array: TypeAlias = npt.NDArray[Any]
Targets: TypeAlias = dict[str, Any]
"""What of an item the pipeline takes, by the names it has there."""
TARGETS = ("image", "mask", "masks", "boxes", "labels", "keypoints")
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
        "image", "mask", "masks", "boxes", "labels" (of boxes) and "keypoints", need not be told.
    transform : callable, optional
        Takes the finished picture, such as `to_tensor`.
    """

    pipeline: Pipeline | None
    names: Mapping[str, str] = field(default_factory=dict)
    transform: Callable[[Any], Any] | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.pipeline, Pipeline | None):
            raise AugkitError(
                f"pipeline: expected an augkit.Pipeline, got {type(self.pipeline).__name__}; "
                f"augkit.Pipeline([...]) makes one of transforms"
            )
        for name, target in self.names.items():
            if target not in TARGETS:
                raise AugkitError(f"names: {name!r} can't be {target!r}{suggest(str(target), TARGETS)}")

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
            names = self._names(item)
            if "image" not in names:
                known = ", ".join(map(repr, item)) or "nothing"
                raise AugkitError(f"the item has no 'image', but {known}; say names={{'its name': 'image'}}")
            return _chosen(item, names), lambda done: _changed(item, names, done)
        if not isinstance(item, tuple | list):
            return {"image": item}, lambda done: done["image"]
        image, *rest = item
        if rest and isinstance(rest[0], Mapping):
            fields, *others = rest
            beside = {target: name for target, name in self._names(fields).items() if target != "image"}
            targets = {"image": image} | _chosen(fields, beside)
            return targets, lambda done: (done["image"], _changed(fields, beside, done), *others)
        if rest and _is_mask(rest[0], image):
            return {"image": image, "mask": rest[0]}, lambda done: (done["image"], done["mask"], *rest[1:])
        return {"image": image}, lambda done: (done["image"], *rest)

    def _names(self, fields: Mapping[str, Any]) -> dict[str, str]:
        """Return the name that each target has among the fields of a dict."""
        found: dict[str, str] = {}
        for name, value in fields.items():
            target = self.names.get(name, name)
            if target in TARGETS and target not in found and value is not None:
                found[target] = name
        if "boxes" not in found:
            found.pop("labels", None)  # the labels of a picture, then
        return found

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


def _chosen(fields: Mapping[str, Any], names: Mapping[str, str]) -> Targets:
    return {target: fields[name] for target, name in names.items()}


def _changed(fields: Mapping[str, Any], names: Mapping[str, str], done: Targets) -> dict[str, Any]:
    return dict(fields) | {name: done[target] for target, name in names.items()}


def augment(pipeline: Pipeline, targets: Mapping[str, Any], key: Key | None) -> dict[str, Any]:
    """Return the targets augmented, each as what it was: Pillow picture, array, list, or tensor with channels first."""
    given = {name: _to_array(value, name) for name, value in targets.items()}
    if given.keys() == {"image"} and isinstance(given["image"], np.ndarray):
        done = {"image": pipeline(given["image"], key=key)}
    else:
        done = pipeline(**given, key=key)
    return {name: _like(done[name], value, name) for name, value in targets.items()}


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


def _is_tensor(value: Any) -> bool:
    return hasattr(value, "detach") and hasattr(value, "numpy")


def _size(value: Any) -> tuple[int, int] | None:
    """Return height and width of what may be a picture."""
    if hasattr(value, "getbands"):
        return value.height, value.width
    if _is_tensor(value):
        return tuple(value.shape[-2:]) if value.ndim in (2, 3) else None
    return value.shape[:2] if isinstance(value, np.ndarray) and value.ndim in (2, 3) else None


def _is_mask(target: Any, image: Any) -> bool:
    return _size(target) is not None and _size(target) == _size(image)


def _to_array(value: Any, name: str) -> Any:
    if name == "masks":
        return [np.asarray(mask) for mask in value]
    if not _is_tensor(value):
        return value
    array = value.numpy()
    return np.moveaxis(array, 0, -1) if name in ("image", "mask") and array.ndim == 3 else array


def _like(result: Any, given: Any, name: str) -> Any:
    """Return a result of the pipeline in the form of what it was made from."""
    if name in ("image", "mask"):
        if not _is_tensor(given):
            return result
        result = np.moveaxis(result, -1, 0) if result.ndim == 3 else result
    elif name == "masks" and isinstance(given, list | tuple):
        return type(given)(result)
    elif not _is_tensor(given) and not isinstance(given, np.ndarray):
        return list(result) if name == "labels" else result.tolist()
    array = np.ascontiguousarray(result)
    if _is_tensor(given):
        import torch

        if not array.size:  # without masks there is nothing that tells a new size
            return given.new_empty((0, *given.shape[1:]))
        whole = name in ("boxes", "keypoints") and not given.dtype.is_floating_point
        return torch.from_numpy(array).to(torch.float32 if whole else given.dtype)
    whole = name in ("boxes", "keypoints") and np.issubdtype(given.dtype, np.integer)
    return array if whole else array.astype(given.dtype)
