"""Sample: a picture and what belongs to it."""

import os
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

import numpy as np
import numpy.typing as npt

from augkit.errors import AugkitError
from augkit.geometry import Points, Size

Image: TypeAlias = npt.NDArray[Any]
"""Pixels: (height, width) or (height, width, channels), uint8, uint16, or float32 in [0, 1]; colours are RGB."""

_MOST_CHANNELS = 16  # in a picture of 1, 3 or 4 rows: more of them are columns
_LOOKS = 16  # places along a side
_DARKEST, _BRIGHTEST = -0.5, 16.0  # beyond, no picture in [0, 1] overshoots
_MADE_UP = 65535.0  # beyond, it is no picture of another white, but what somebody computed
DTYPES = tuple(map(np.dtype, (np.uint8, np.uint16, np.float32)))


@dataclass(frozen=True, kw_only=True, eq=False)
class Sample:
    """A picture with its targets; a value, never changed in place.

    Parameters
    ----------
    image : array (H, W) or (H, W, C)
        uint8, uint16, or float32 in [0, 1]. One channel is grey, three are RGB, four RGB and alpha.
    mask : array (H, W) or (H, W, C), optional
        Class numbers or a stencil; moved by nearest neighbour always.
    masks : sequence of arrays (H, W) or (H, W, C), optional
        Any number of them, moved as `mask` is.
    boxes : array (N, 4), optional
        x1, y1, x2, y2 in pixels, as edges: a box over the whole picture is (0, 0, width, height).
    labels : sequence of N, optional
        One for each box; they follow when a box leaves the picture.
    keypoints : array (N, 2), optional
        x, y as pixel numbers: (3, 4) is the pixel in column 3, row 4. Points may leave the picture.
    """

    image: Image
    mask: Image | None = None
    masks: tuple[Image, ...] | None = None
    boxes: Points | None = None
    labels: tuple[Any, ...] | None = None
    keypoints: Points | None = None
    visible: ClassVar[Points | None] = None  # of each box, the part that steps have left; none, before the first

    def __post_init__(self) -> None:
        check_image(self.image)
        size = self.size
        if not self.has_targets:
            return
        if self.mask is not None:
            _check_mask("mask", self.mask, size)
        for number, mask in enumerate(self.masks or ()):
            _check_mask(f"masks[{number}]", mask, size)
        for name, columns in (("boxes", 4), ("keypoints", 2)):
            values = getattr(self, name)
            if values is not None and not isinstance(values, np.ndarray):
                raise AugkitError(f"{name} must be an array, got {type(values).__name__}; np.asarray(it) will do")
            if values is not None and (values.ndim != 2 or values.shape[1] != columns):
                raise AugkitError(f"{name} must have the shape (N, {columns}), got {values.shape}")
        if self.labels is not None and (self.boxes is None or len(self.labels) != len(self.boxes)):
            count = "none" if self.boxes is None else len(self.boxes)
            raise AugkitError(f"there must be as many labels as boxes, got {len(self.labels)} and {count}")

    @property
    def size(self) -> Size:
        """Height and width in pixels."""
        return self.image.shape[0], self.image.shape[1]

    @property
    def has_targets(self) -> bool:
        """Whether there is anything beside the picture."""
        return (
            self.mask is not None
            or self.boxes is not None
            or self.keypoints is not None
            or self.masks is not None
            or self.labels is not None
        )

    def with_image(self, image: Image, **targets: Any) -> "Sample":
        """Return the sample with another picture, and targets that suit it, which are taken at their word."""
        changed = object.__new__(Sample)
        changed.__dict__.update(self.__dict__, image=image, **targets)
        return changed

    def apart_from(self, given: "Sample") -> "Sample":
        """Return the sample with arrays of its own where it has one in common with the sample that it was made of."""

        def own(array: Any, other: Any) -> Any:
            return array.copy() if array is not None and np.may_share_memory(array, other) else array

        changed = {name: own(getattr(self, name), getattr(given, name)) for name in ("mask", "boxes", "keypoints")}
        if self.masks is not None and given.masks is not None:
            changed["masks"] = tuple(map(own, self.masks, given.masks))
        return self.with_image(own(self.image, given.image), **changed)


def _check_mask(name: str, mask: Image, size: Size) -> None:
    if not isinstance(mask, np.ndarray):
        raise AugkitError(f"{name} must be a numpy array, got {type(mask).__name__}; np.asarray(it) may do")
    if mask.ndim not in (2, 3) or 0 in mask.shape or mask.dtype.hasobject:
        raise AugkitError(
            f"{name} must be (height, width) or (height, width, channels), numbers; got {mask.shape}, {mask.dtype}"
        )
    if mask.shape[:2] != size:
        raise AugkitError(f"{name} is {mask.shape[:2]}, image is {size}: both must have the same size")


def check_image(image: Image) -> None:
    """Raise AugkitError, naming dtype and shape, unless this is a picture augkit can work on."""
    if not isinstance(image, np.ndarray):
        is_file = isinstance(image, str | bytes | os.PathLike)
        advice = "read it first: PIL.Image.open(path) will do" if is_file else "np.asarray(it) may do"
        raise AugkitError(f"image must be a numpy array, got {type(image).__name__}; {advice}")
    if image.dtype not in DTYPES:
        raise AugkitError(
            f"image must be uint8, uint16, or float32 in [0, 1]; got {image.dtype} of shape {image.shape}; "
            f"image.astype(np.uint8) will do for whole numbers from 0 to 255, image.astype(np.float32) for [0, 1]"
        )
    if image.ndim not in (2, 3) or 0 in image.shape:
        raise AugkitError(
            f"image must be (height, width) or (height, width, channels), none of them 0; "
            f"got shape {image.shape}, {image.dtype}"
        )
    if image.ndim == 3 and image.shape[0] in (1, 3, 4) and image.shape[2] > _MOST_CHANNELS:
        raise AugkitError(
            f"image has shape {image.shape}: channels come last, (height, width, channels); "
            f"np.moveaxis(image, 0, -1) turns it round"
        )
    if image.dtype == np.float32:
        check_range(image)


def check_range(image: Image) -> None:
    """Raise AugkitError where values show that black can't be 0 or white 1; some of them are looked at."""
    some = image[:: max(1, image.shape[0] // _LOOKS), :: max(1, image.shape[1] // _LOOKS)]
    if some.max() <= _BRIGHTEST and some.min() >= _DARKEST:  # which NaN isn't
        return
    finite = np.isfinite(some)
    smallest, largest = (float(find(some, where=finite, initial=0.0)) for find in (np.min, np.max))
    if -_MADE_UP <= smallest < _DARKEST:
        raise AugkitError(
            f"image is float32, which must lie in [0, 1]; got {smallest:g} to {largest:g}: to normalise pictures, do "
            "so afterwards"
        )
    if _BRIGHTEST < largest <= _MADE_UP:
        white = 255 if largest <= 255 else 65535
        raise AugkitError(f"image is float32, which must lie in [0, 1]; got {largest:g}: divide it by {white}")
