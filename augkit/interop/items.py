"""One item of a data set, whatever its form: what the pipeline changes in it, and in what form that returns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from augkit.errors import AugkitError, suggest
from augkit.pillow import like_given
from augkit.pipeline import Pipeline, check_pipeline
from augkit.seeding import Key

Array: TypeAlias = npt.NDArray[Any]
Targets: TypeAlias = dict[str, Any]
"""What of an item the pipeline takes, by the names it has there."""
Place: TypeAlias = tuple[str, ...]
"""The keys that lead to a field of a dict, which may lie in a dict within."""
TARGETS = ("image", "mask", "masks", "boxes", "labels", "keypoints")
EACH = "each"
"""What has one row for each box, which leaves with it."""
_OF_EACH = "masks of each"  # box: they move, and leave with it
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
    """

    pipeline: Pipeline | None
    names: Mapping[str, str | None] = field(default_factory=dict)
    transform: Callable[[Any], Any] | None = None

    def __post_init__(self) -> None:
        if self.pipeline is not None:
            check_pipeline(self.pipeline)
        for name, target in self.names.items():
            if target not in (*TARGETS, EACH, None):
                raise AugkitError(f"names: {name!r} can't be {target!r}{suggest(str(target), (*TARGETS, EACH))}")

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
            places = self._places(item, None)
            if "image" not in places:
                known = ", ".join(map(repr, item)) or "nothing"
                raise AugkitError(f"the item has no 'image', but {known}; say names={{'its name': 'image'}}")
            return _chosen(item, places), lambda done: _changed(item, places, done)
        if not isinstance(item, tuple | list):
            return {"image": item}, lambda done: done["image"]
        image, *rest = item
        if rest and isinstance(rest[0], Mapping):
            fields, *others = rest
            places = self._places(fields, image)
            if "masks" in places and _length(_at(fields, places["masks"])) == _length(fields.get("boxes")):
                places[_OF_EACH] = places.pop("masks")
            targets = {"image": image} | _chosen(fields, places)
            return targets, lambda done: (done["image"], _changed(fields, places, done), *others)
        if rest and _is_mask(rest[0], image):
            return {"image": image, "mask": rest[0]}, lambda done: (done["image"], done["mask"], *rest[1:])
        return {"image": image}, lambda done: (done["image"], *rest)

    def _places(self, fields: Mapping[str, Any], image: Any) -> dict[str, Place]:
        """Return where in a dict each target is, beside a picture or with it; rows of boxes by names of their own."""
        places: dict[str, Place] = {}
        rest: dict[str, tuple[Place, Any]] = {}
        for name, place, value in _flat(fields):
            target = self.names.get(name, name)
            if value is None or target is None:
                continue
            if target in TARGETS and not (target == "image" and image is not None):
                if target in places:
                    both = f"{'.'.join(places[target])!r} and {name!r}"
                    raise AugkitError(f"{both} can't both be {target!r}; say which: names={{{name!r}: None}}")
                places[target] = place
            else:
                rest[name] = place, value
        if "boxes" in places:
            near = places["boxes"][:-1]
            count = _length(_at(fields, places["boxes"]))
            for name, (place, value) in list(rest.items()):
                beside = place[:-1] == near and (near or place[-1] in _OF_BOXES) and _length(value) == count
                if self.names.get(name) == EACH or (beside and name not in self.names):
                    places[f"{EACH} {name}"] = rest.pop(name)[0]
        else:
            places.pop("labels", None)  # the labels of a picture, then
        picture = _at(fields, places["image"]) if "image" in places else image
        for name, (_, value) in rest.items():
            if name not in self.names:
                _check_is_none(name, value, picture)
        return places

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


# Of one row for each box, as data sets call it; the rest of what lies beside boxes in a dict within is so anyway.
_OF_BOXES = frozenset(
    "area areas iscrowd is_crowd difficult truncated occluded pose id ids category categories category_id category_ids "
    "class_id class_ids class_labels scores".split()
)
_ALIKE = {
    **dict.fromkeys("bbox bboxes bounding_box bounding_boxes gt_boxes".split(), "boxes"),
    **dict.fromkeys("segmentation segmentation_mask segmentation_map seg_map segmap semantic_mask".split(), "mask"),
    **dict.fromkeys("keypoint key_points landmarks".split(), "keypoints"),
}


def _flat(fields: Mapping[str, Any]) -> Iterator[tuple[str, Place, Any]]:
    """Yield the name, place and value of each field, also of dicts within: {"objects": {"bbox": ...}}."""
    for name, value in fields.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}.{inner}", (name, inner), one) for inner, one in value.items())
        else:
            yield name, (name,), value


def _check_is_none(name: str, value: Any, image: Any) -> None:
    """Raise AugkitError where a field looks as if it should follow the picture, but nobody has said so."""
    likely = _ALIKE.get(name.rpartition(".")[2].lower()) or ("mask" if _is_mask(value, image) else None)
    if likely:
        raise AugkitError(
            f"the item has {name!r}, which would not follow its picture: say names={{{name!r}: {likely!r}}}, "
            f"or names={{{name!r}: None}} to pass it on as it is"
        )


def _at(fields: Mapping[str, Any], place: Place) -> Any:
    for name in place:
        fields = fields[name]
    return fields


def _length(value: Any) -> int | None:
    if isinstance(value, str) or not hasattr(value, "__len__") or not getattr(value, "ndim", 1):
        return None
    return len(value)


def _chosen(fields: Mapping[str, Any], places: Mapping[str, Place]) -> Targets:
    return {target: _at(fields, place) for target, place in places.items()}


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
    moved = {name: "masks" if name == _OF_EACH else name for name in targets if name not in rows}
    given = {target: _to_array(targets[name], target) for name, target in moved.items()}
    if given.keys() == {"image"} and isinstance(given["image"], np.ndarray):
        return {"image": _like(pipeline(given["image"], key=key), targets["image"], "image")}
    for name, value in rows.items():
        if _length(value) != (count := _length(given["boxes"])):
            told = name.removeprefix(f"{EACH} ")
            raise AugkitError(f"{told} must have a row for each of {count} boxes, got {_length(value)}")
    if "boxes" in given:
        given["labels"] = range(_length(given["boxes"]) or 0)
    done = pipeline(**given, key=key)
    left = list(done.pop("labels", ()))
    changed = {name: _like(done[target], targets[name], target) for name, target in moved.items()}
    if _OF_EACH in changed:
        changed[_OF_EACH] = _rows(changed[_OF_EACH], left)
    return changed | {name: _rows(value, left) for name, value in rows.items()}


def _rows(values: Any, left: list[int]) -> Any:
    """Return the rows that are left, in the form of what they are from."""
    if _is_tensor(values) or isinstance(values, np.ndarray):
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
        return result.tolist()
    array = np.ascontiguousarray(result)
    if _is_tensor(given):
        import torch

        if not array.size:  # without masks there is nothing that tells a new size
            return given.new_empty((0, *given.shape[1:]))
        whole = name in ("boxes", "keypoints") and not given.dtype.is_floating_point
        return torch.from_numpy(array).to(torch.float32 if whole else given.dtype)
    whole = name in ("boxes", "keypoints") and np.issubdtype(given.dtype, np.integer)
    return array if whole else array.astype(given.dtype)
