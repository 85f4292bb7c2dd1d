"""Data sets that are arrays: pictures and labels side by side, in memory or in a .npy or .npz file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from augkit.errors import AugkitError
from augkit.files.arrays import Array, load_arrays
from augkit.files.scan import OTHER_SPLITS, TRAIN

_LABELS = {"y", "label", "labels", "target", "targets"}
"""Words in the names of arrays that hold labels."""


@dataclass(frozen=True)
class Arrays:
    """Pictures with their labels and splits, place by place; labels may be None, splits empty."""

    images: Sequence[Any]
    labels: list[str | None]
    splits: list[str]


class _Joined(Sequence[Any]):
    """Several arrays as one sequence, without copying them."""

    def __init__(self, parts: Sequence[Any]) -> None:
        self._parts = parts
        self._ends = np.cumsum([len(part) for part in parts])

    def __len__(self) -> int:
        return int(self._ends[-1])

    def __getitem__(self, place: Any) -> Any:
        part = int(np.searchsorted(self._ends, place, side="right"))
        return self._parts[part][place - (self._ends[part - 1] if part else 0)]


def from_pair(images: Sequence[Any], labels: Sequence[Any] | None) -> Arrays:
    """Return pictures and labels as they are given to `audit`.

    Raises
    ------
    AugkitError
        When there are none, not one label each, or labels that name no class.
    """
    count = len(images)
    if not count:
        raise AugkitError("audit: (images, labels) holds no image")
    if labels is None:
        return Arrays(images, [None] * count, [""] * count)
    given = np.asarray(labels) if hasattr(labels, "__array__") else labels
    if isinstance(given, str) or not hasattr(given, "__len__") or getattr(given, "shape", None) == ():
        raise AugkitError(f"audit: labels must be a list or an array of one label for each image, got {labels!r}")
    if len(given) != count:
        raise AugkitError(f"audit: expected one label for each image, got {count} images and {len(given)} labels")
    if isinstance(given, np.ndarray) and given.shape == (count, 1):
        given = given.ravel()
    return Arrays(images, _names("audit: labels", given), [""] * count)


def load(path: str) -> Arrays:
    """Return what a file of arrays holds: its arrays of the shape of pictures, with their labels and splits.

    Splits are told by the names, as in x_train, y_train, x_test; labels by their names (y, labels, targets) and their
    number, or by their number alone.

    Raises
    ------
    AugkitError
        When it can't be read, no array in it has the shape of pictures, or what stands beside them fits none of them.
    """
    arrays = load_arrays(path)
    pictures = {name: array for name, array in arrays.items() if array.ndim in (3, 4) and len(array)}
    if not pictures:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise AugkitError(f"{path} holds no pictures: expected (N, H, W) or (N, H, W, C), got {shapes}")
    beside = {name: array for name, array in arrays.items() if name not in pictures}
    images, labels, splits = [], [], []
    for name, array in pictures.items():
        split = name.rpartition("_")[2] if name.rpartition("_")[2].lower() in TRAIN | OTHER_SPLITS else ""
        images.append(array)
        labels.extend(_labels_of(path, name, len(array), _candidates(beside, split)))
        splits.extend([split] * len(array))
    return Arrays(_Joined(images), labels, splits)


def _candidates(beside: dict[str, Array], split: str) -> dict[str, Array]:
    """Return the arrays that may be the labels of a split: those that are called so, or if there are none, all."""
    own = {name: array for name, array in beside.items() if name.endswith(split)}
    return {name: array for name, array in own.items() if _LABELS & set(name.lower().split("_"))} or own


def _labels_of(path: str, pictures: str, count: int, candidates: dict[str, Array]) -> list[str | None]:
    """Return the first candidate with one label for each picture; none where there is no candidate."""
    for name, array in candidates.items():
        if array.shape in ((count,), (count, 1)) and array.dtype.kind in "iubfUS":
            return _names(f"{path}: {name}", array.ravel())
    for name, array in candidates.items():
        raise AugkitError(
            f"{path}: {name} must hold one label for each of the {count:,} pictures of {pictures}, ({count},) whole "
            f"numbers or texts; got {array.shape}, {array.dtype}. Leave it out if it holds no labels"
        )
    return [None] * count


def _names(where: str, labels: Iterable[Any]) -> list[str | None]:
    """Return labels as the names of classes; whole numbers may be written as floats."""
    return [_name_of(where, place, label) for place, label in enumerate(labels)]


def _name_of(where: str, place: int, label: Any) -> str | None:
    if label is None:
        return None
    value = label.item() if getattr(label, "shape", None) == () else label
    is_many = hasattr(value, "__len__") and not isinstance(value, str | bytes)
    if is_many or (isinstance(value, float) and not value.is_integer()):
        raise AugkitError(f"{where}: a label must be a whole number or a text, got {value} at place {place:,}")
    return str(int(value)) if isinstance(value, float) else str(value)
