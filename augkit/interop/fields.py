"""Which fields of an item the pipeline changes: by names told or known; what looks like one is not passed over."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np

from augkit.errors import AugkitError, suggest

Fields: TypeAlias = Mapping[Any, Any]
Names: TypeAlias = Mapping[str, str | None]
Place: TypeAlias = tuple[str, ...]
"""The keys that lead to a field of a dict, which may lie in a dict within."""
TARGETS = ("image", "mask", "masks", "boxes", "labels", "keypoints")
EACH = "each"
"""What has one row for each box, which leaves with it."""
OF_EACH = "masks of each"
"""Masks of which there is one for each box."""

_OWN = {name: name for name in TARGETS}
# Of one row for each box, as data sets call it, beside boxes; in a dict within; and dicts in which everything is so.
_OF_BOXES = frozenset(
    "area areas iscrowd is_crowd difficult truncated occluded category_id category_ids class_id class_ids class_labels "
    "bbox_labels".split()
)
_WITHIN = _OF_BOXES | frozenset("id ids label labels category categories name names score scores".split())
_TABLES = ("objects", "annotations", "instances")
_ALIKE = {
    **dict.fromkeys("boxes bbox bboxes bounding_box bounding_boxes gt_boxes".split(), "boxes"),
    **dict.fromkeys("mask masks segmentation segmentation_mask segmentation_map seg_map segmap".split(), "mask"),
    **dict.fromkeys("keypoints keypoint key_points landmarks".split(), "keypoints"),
}
_COLUMNS = {"boxes": 4, "keypoints": 2}


def check_names(names: Names) -> None:
    """Raise AugkitError where fields are told to be what nothing is."""
    for name, target in names.items():
        if target not in (*TARGETS, EACH, None):
            raise AugkitError(f"names: {name!r} can't be {target!r}{suggest(str(target), (*TARGETS, EACH))}")


def find_places(fields: Fields, image: Any, names: Names, usual: Names) -> dict[str, Place]:
    """Return where in a dict each target is; what has a row for each box, by names of its own that begin with `EACH`.

    Parameters
    ----------
    fields : mapping
    image : picture or None
        What lies beside the dict; without it, the dict must hold it.
    names, usual : mapping
        What fields are: as was told, and where nothing was.
    """
    places: dict[str, Place] = {}
    rest: list[tuple[str, Place, Any]] = []
    for name, place, value, target in _ranked(fields, names, usual):
        if target == EACH:
            places[f"{EACH} {name}"] = place
        elif target and target not in places and not (target == "image" and image is not None):
            places[target] = place
        elif target and name in names:
            other = ".".join(places.get(target, ("what lies beside",)))
            raise AugkitError(f"names: {other!r} and {name!r} can't both be {target!r}; say None for one of them")
        else:
            rest.append((name, place, value))
    if "boxes" not in places:
        places.pop("labels", None)  # the labels of a picture, then
    boxes = places.get("boxes")
    picture = at(fields, places["image"]) if "image" in places else image
    for name, place, value in rest:
        _check_is_none(name, value, picture, places)
        if boxes and place[:-1] == boxes[:-1] and _is_of_boxes(place) and length(value) == length(at(fields, boxes)):
            places[f"{EACH} {name}"] = place
    return places


def _ranked(fields: Fields, names: Names, usual: Names) -> list[tuple[str, Place, Any, str]]:
    """Return name, place, value and target of each field: what was told, then targets, what is usual, and others."""
    found: list[list[tuple[str, Place, Any, str]]] = [[], [], [], []]
    for name, place, value in _flat(fields, names):
        rank = next((rank for rank, known in enumerate((names, _OWN, usual)) if name in known), 3)
        target = (names, _OWN, usual, {name: ""})[rank][name]
        if value is not None and target is not None:
            found[rank].append((name, place, value, target))
    return [one for ranked in found for one in ranked]


def _flat(fields: Fields, names: Names) -> Iterator[tuple[str, Place, Any]]:
    """Yield the name, place and value of each field, also of dicts within: {"objects": {"bbox": ...}}."""
    for name, value in fields.items():
        if not isinstance(name, str):
            continue
        if isinstance(value, Mapping):
            yield from (
                (f"{name}.{inner}", (name, inner), one) for inner, one in value.items() if isinstance(inner, str)
            )
        else:
            if name not in names:
                check_is_no_list_of_dicts(name, value, names)
            yield name, (name,), value


def check_is_no_list_of_dicts(name: str, value: Any, names: Names) -> None:
    """Raise AugkitError where boxes and the like are in a list of dicts, which can't follow the picture."""
    if not isinstance(value, list | tuple) or not value or not isinstance(value[0], Mapping):
        return
    for inner in value[0]:
        told = f"{name}.{inner}" if name else inner
        if names.get(told, "") is not None and (told in names or (isinstance(inner, str) and inner.lower() in _ALIKE)):
            raise AugkitError(
                f"the item has {told!r} in a list of dicts, which would not follow its picture: make a dict of lists "
                f"of it, {{'boxes': [...], 'labels': [...]}}, or say names={{{told!r}: None}} to pass it on as it is"
            )


def _check_is_none(name: str, value: Any, image: Any, places: Mapping[str, Place]) -> None:
    """Raise AugkitError where a field looks as if it should follow the picture, but nobody has said so."""
    looks = is_mask(value, image)
    likely = "mask" if looks else _ALIKE.get(name.rpartition(".")[2].lower())
    if likely is None or (name in TARGETS and not looks):  # another was told to be it, and this is perhaps its path
        return
    fits = looks if likely == "mask" else _columns(value) == _COLUMNS[likely]
    advice = f"names={{{name!r}: {likely!r}}}, or " if fits and likely not in places else ""
    raise AugkitError(
        f"the item has {name!r}, which would not follow its picture: say {advice}names={{{name!r}: None}} to pass it "
        "on as it is"
    )


def _columns(value: Any) -> int:
    """Return how many numbers a row has; 0 of what has no rows of numbers."""
    try:
        rows = np.asarray(value, float)
    except (TypeError, ValueError, RuntimeError):
        return 0
    return rows.shape[1] if rows.ndim == 2 else 0


def _is_of_boxes(place: Place) -> bool:
    """Return whether what lies beside boxes, under this name, has a row for each of them."""
    if len(place) == 1:
        return place[0] in _OF_BOXES
    return place[0] in _TABLES or place[-1] in _WITHIN


def at(fields: Fields, place: Place) -> Any:
    """Return the field at a place."""
    value: Any = fields
    for name in place:
        value = value[name]
    return value


def length(value: Any) -> int | None:
    """Return the number of rows of a list, an array or a tensor; None of anything else."""
    if not isinstance(value, list | tuple | np.ndarray) and not is_tensor(value):
        return None
    return len(value) if getattr(value, "ndim", 1) else None


def is_tensor(value: Any) -> bool:
    """Return whether this is a tensor of PyTorch, which need not be installed."""
    return hasattr(value, "detach") and hasattr(value, "numpy")


def _size(value: Any) -> tuple[int, int] | None:
    """Return height and width of what may be a picture."""
    if hasattr(value, "getbands"):
        return value.height, value.width
    if is_tensor(value):
        return tuple(value.shape[-2:]) if value.ndim in (2, 3) else None
    return value.shape[:2] if isinstance(value, np.ndarray) and value.ndim in (2, 3) else None


def is_mask(target: Any, image: Any) -> bool:
    """Return whether this is a picture of the same size."""
    return _size(target) is not None and _size(target) == _size(image)
