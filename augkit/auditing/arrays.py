"""Data sets that are arrays: pictures and labels side by side, in memory or in a .npy or .npz file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from augkit.errors import AugkitError
from augkit.files.arrays import Array, load_arrays
from augkit.files.scan import OTHER_SPLITS, TRAIN


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
        When there are none, or not one label each.
    """
    count = len(images)
    if not count:
        raise AugkitError("audit: (images, labels) holds no image")
    if labels is not None and len(labels) != count:
        raise AugkitError(f"audit: expected one label for each image, got {count} images and {len(labels)} labels")
    names = [None if label is None else str(label) for label in ([None] * count if labels is None else labels)]
    return Arrays(images, names, [""] * count)


def load(path: str) -> Arrays:
    """Return what a file of arrays holds: its arrays of the shape of pictures, with their labels and splits.

    Splits are told by the names, as in x_train, y_train, x_test; labels by their number.

    Raises
    ------
    AugkitError
        When it can't be read, or no array in it has the shape of pictures.
    """
    arrays = load_arrays(path)
    pictures = {name: array for name, array in arrays.items() if array.ndim in (3, 4) and len(array)}
    if not pictures:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise AugkitError(f"{path} holds no pictures: expected (N, H, W) or (N, H, W, C), got {shapes}")
    images, labels, splits = [], [], []
    for name, array in pictures.items():
        split = name.rpartition("_")[2] if name.rpartition("_")[2].lower() in TRAIN | OTHER_SPLITS else ""
        images.append(array)
        labels.extend(_labels_of(arrays, split, len(array)))
        splits.extend([split] * len(array))
    return Arrays(_Joined(images), labels, splits)


def _labels_of(arrays: dict[str, Array], split: str, count: int) -> list[str | None]:
    """Return the first array of one number each that belongs to a split, as labels."""
    for name, array in arrays.items():
        if array.shape in ((count,), (count, 1)) and array.dtype.kind in "iubUS" and name.endswith(split):
            return [str(label) for label in array.ravel()]
    return [None] * count
