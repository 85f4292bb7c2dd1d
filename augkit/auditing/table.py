"""The table of measurements: one row a picture, all that the checks ever see of it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from augkit.auditing.embedding import embed
from augkit.auditing.groups import Groups, find_groups
from augkit.files.scan import TRAIN
from augkit.kernels.fingerprint import SIDE

Array = npt.NDArray[Any]

ROW = np.dtype(
    [
        ("usable", "?"),
        ("bytes", "u8"),
        ("modified", "i8"),  # nanoseconds
        ("file", "u8", 4),  # SHA-256 of the file
        ("pixels", "u8", 2),  # BLAKE2b of shape, dtype and pixels
        ("hash", "u8"),  # perceptual
        ("format", "U8"),
        ("mode", "U8"),
        ("profile", "U48"),
        ("width", "u4"),
        ("height", "u4"),
        ("orientation", "u1"),
        ("mean", "f4"),
        ("std", "f4"),
        ("low", "f4"),
        ("high", "f4"),
        ("sharpness", "f4"),
        ("saturation", "f4"),
        ("least", "f8"),  # of an array's finite values
        ("most", "f8"),
        ("not_finite", "u8"),
        ("view", "u1", (SIDE, SIDE, 3)),
    ]
)
"""What is measured of a picture; `augkit.kernels.measure.Tone` tells what the tones mean."""


def _none(places: Array) -> Sequence[Any]:
    return []


@dataclass(frozen=True)
class Table:
    """The pictures of a source and what was measured of each.

    Parameters
    ----------
    ids : list of str
    splits : list of str
        Of each picture; empty where there are none.
    labels : list of str or None
        Of each picture; None where it has none.
    rows : array of ROW
    reasons : dict
        Why a picture is not usable, by its place.
    root : str
        The folder; empty for arrays.
    strays : list of (id, reason)
        What lies in the folder and is no picture of a class.
    empty_classes : list of str
        Folders where a class could be, without a picture.
    families : dict
        The source of each picture that an augkit manifest beside it names, by place.
    value_range : (float, float) or None
        Where the values of arrays of floats should lie.
    odd_values : list of (id, reason)
        Array files in the folder with NaN or infinity.
    boxes : list of (id, reason)
        Annotated boxes that can't be.
    wanted_features : str
        As `embed` takes it.
    pictures : callable
        Returns the pictures at some places, as arrays or paths.
    """

    ids: Sequence[str]
    splits: Sequence[str]
    labels: Sequence[str | None]
    rows: Array
    reasons: Mapping[int, str] = field(default_factory=dict)
    root: str = ""
    strays: Sequence[tuple[str, str]] = ()
    empty_classes: Sequence[str] = ()
    families: Mapping[int, str] = field(default_factory=dict)
    value_range: tuple[float, float] | None = None
    odd_values: Sequence[tuple[str, str]] = ()
    boxes: Sequence[tuple[str, str]] = ()
    wanted_features: str = "default"
    pictures: Callable[[Array], Sequence[Any]] = _none

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def usable(self) -> Array:
        """Places of the pictures that could be decoded."""
        return np.flatnonzero(self.rows["usable"])

    @cached_property
    def groups(self) -> Groups:
        """Pictures that are the same, or nearly."""
        return find_groups(self.rows)

    @cached_property
    def features(self) -> Array:
        """A row of features for each usable picture."""
        return embed(self.wanted_features, self.rows["view"][self.usable], lambda: self.pictures(self.usable))

    @cached_property
    def class_names(self) -> list[str]:
        """Names of the classes, sorted."""
        return sorted({label for label in self.labels if label is not None})

    def counts(self, split: str | None = None) -> dict[str, int]:
        """Return the number of pictures of each class, in one split or in all."""
        found = Counter(
            label
            for label, own in zip(self.labels, self.splits, strict=True)
            if label is not None and split in (None, own)
        )
        return {name: found[name] for name in self.class_names}

    @cached_property
    def split_names(self) -> list[str]:
        """Names of the splits, that for training first; [""] where there are none."""
        return sorted(set(self.splits), key=lambda name: (name.lower() not in TRAIN, name))

    def names(self, places: Sequence[int] | Array) -> tuple[str, ...]:
        """Return the ids at these places."""
        return tuple(self.ids[int(place)] for place in places)
