"""One item of a data set, whatever its form: what the pipeline changes in it, and in what form that returns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from augkit import batch
from augkit.errors import AugkitError, suggest
from augkit.pipeline import Pipeline
from augkit.seeding import Key

Array: TypeAlias = npt.NDArray[Any]
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
        for name, target in self.names.items():
            if target not in TARGETS:
                raise AugkitError(f"names: {name!r} can't be {target!r}{suggest(str(target), TARGETS)}")

    def __call__(self, item: Any, key: Key | None) -> Any:
        """Return an item of the same form: a picture, a tuple (picture, target, ...), or a dict."""
        if isinstance(item, Mapping):
            return dict(item) | self._fields(item, {}, key)
        if not isinstance(item, tuple | list):
            return self._fields({}, {"image": item}, key)["image"]
        image, *rest = item
        if rest and isinstance(rest[0], Mapping):
            done = self._fields(rest[0], {"image": image}, key)
            return done.pop("image"), dict(rest[0]) | done, *rest[1:]
        if rest and _is_mask(rest[0], image):
            done = self._fields({}, {"image": image, "mask": rest[0]}, key)
            return done["image"], done["mask"], *rest[1:]
        return self._fields({}, {"image": image}, key)["image"], *rest

    def many(self, items: Sequence[Any], keys: Sequence[Key]) -> list[Any]:
        """Return what becomes of each item: at once where all are small pictures that nothing follows."""
        if self.pipeline is None or not _gain_at_once(items, self.pipeline):
            return [self(item, key) for item, key in zip(items, keys, strict=True)]
        done = self.pipeline.batch(np.stack([picture for picture, *_ in items]), keys)
        pictures = done if self.transform is None else map(self.transform, done)
        return [(picture, *item[1:]) for picture, item in zip(pictures, items, strict=True)]

    def _fields(self, fields: Mapping[str, Any], others: Mapping[str, Any], key: Key | None) -> dict[str, Any]:
        """Return what changed, by the name it was given under: of fields by their names, of others by the target's."""
        name_of = {target: target for target in others}
        for name, value in fields.items():
            target = self.names.get(name, name)
            if target in TARGETS and target not in name_of and value is not None:
                name_of[target] = name
        if "boxes" not in name_of:
            name_of.pop("labels", None)  # the labels of a picture, then
        if "image" not in name_of:
            known = ", ".join(map(repr, fields)) or "nothing"
            raise AugkitError(f"the item has no 'image', but {known}; say names={{'its name': 'image'}}")
        given = {target: others[target] if target in others else fields[name] for target, name in name_of.items()}
        done = given if self.pipeline is None else augment(self.pipeline, given, key)
        if self.transform is not None:
            done = done | {"image": self.transform(done["image"])}
        return {name_of[target]: value for target, value in done.items()}


def augment(pipeline: Pipeline, targets: Mapping[str, Any], key: Key | None) -> dict[str, Any]:
    """Return the targets augmented, each as what it was: Pillow picture, array, list, or tensor with channels first."""
    given = {name: _to_array(value, name) for name, value in targets.items()}
    if given.keys() == {"image"} and isinstance(given["image"], np.ndarray):
        done = {"image": pipeline(given["image"], key=key)}
    else:
        done = pipeline(**given, key=key)
    return {name: _like(done[name], value, name) for name, value in targets.items()}


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


def _gain_at_once(items: Sequence[Any], pipeline: Pipeline) -> bool:
    """Return whether these are arrays of one size that a batch is faster for, with nothing that follows them."""
    for item in items:
        if not isinstance(item, tuple | list) or not item or not isinstance(item[0], np.ndarray):
            return False
        if len(item) > 1 and (isinstance(item[1], Mapping) or _is_mask(item[1], item[0])):
            return False
    if len({(item[0].shape, item[0].dtype) for item in items}) != 1 or batch.stages_of(pipeline.transforms) is None:
        return False
    return batch.can_do(np.broadcast_to(items[0][0], (len(items), *items[0][0].shape)), pipeline.view)


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
