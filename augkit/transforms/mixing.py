"""Two pictures made one, with soft labels: for pairs that the caller picks."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from augkit.errors import AugkitError, whole_number
from augkit.kernels.cover import Rectangle, blend, paste
from augkit.sample import Image, check_image
from augkit.seeding import Draws, Key
from augkit.transforms.base import Params, is_number, plain_number

SoftLabel = npt.NDArray[np.float32]
_MOST_CLASSES = 1_000_000  # a label is a vector of so many numbers


@dataclass(frozen=True, kw_only=True)
class Mixing:
    """What mixes two pictures; subclass it with `draw` and `mix`.

    Parameters
    ----------
    alpha : float above 0
        Both parameters of the beta distribution of the first picture's share: 1 is uniform, smaller ones stay near one
        of the two pictures.
    classes : int, optional
        The number of classes; labels may then be class numbers instead of vectors.
    seed : int
        With a key, what is drawn is a function of this and the key.
    """

    alpha: float = 1.0
    classes: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if not is_number(self.alpha) or not 0.0 < self.alpha <= 1e6:
            raise AugkitError(f"{type(self).__name__}: alpha must be a number above 0, got {self.alpha!r}")
        object.__setattr__(self, "alpha", plain_number(self.alpha))
        name = type(self).__name__
        if self.classes is not None:
            object.__setattr__(self, "classes", whole_number(f"{name}: classes", self.classes, 1, _MOST_CLASSES))
        object.__setattr__(self, "seed", whole_number(f"{name}: seed", self.seed))

    def __call__(
        self,
        image: Image,
        other: Image,
        label: npt.ArrayLike,
        other_label: npt.ArrayLike,
        *,
        key: Key | None = None,
    ) -> tuple[Image, SoftLabel]:
        """Return the mixed picture and its soft label.

        Parameters
        ----------
        image, other : array (H, W) or (H, W, C)
            Of the same shape and dtype; neither is written to.
        label, other_label : array (classes,) or int
            A share for each class, or with `classes` a class number.
        key : (image id, copy), optional
            Makes the result a function of seed and key; without it every call is different.

        Returns
        -------
        image : array
        label : array (classes,), float32
            The labels, each weighted by its picture's share.
        """
        for picture in (image, other):
            check_image(picture)
        if image.shape != other.shape or image.dtype != other.dtype:
            raise AugkitError(
                f"{type(self).__name__}: both pictures must have the same shape and dtype, got {image.shape} "
                f"{image.dtype} and {other.shape} {other.dtype}; augkit.Resize brings them to one size"
            )
        soft, other_soft = self._soft(label), self._soft(other_label)
        if soft.shape != other_soft.shape:
            raise AugkitError(
                f"{type(self).__name__}: both labels must speak of the same classes, got {len(soft)} and "
                f"{len(other_soft)}"
            )
        mixed, share = self.mix(image, other, **self.draw(Draws.of(self.seed, key)))
        return mixed, (share * soft + (1.0 - share) * other_soft).astype(np.float32)

    def draw(self, draws: Draws) -> Params:
        """Return the numbers of one mixture."""
        raise NotImplementedError

    @staticmethod
    def mix(image: Image, other: Image, *args: Any, **params: Any) -> tuple[Image, float]:
        """Return the mixture of drawn numbers, and the first picture's share in it."""
        raise NotImplementedError

    def _soft(self, label: npt.ArrayLike) -> npt.NDArray[np.float64]:
        try:
            given = np.asarray(label)
        except ValueError:  # rows of several lengths
            given = np.empty((0, 0))
        if given.ndim == 0 and self.classes is not None and np.issubdtype(given.dtype, np.integer):
            if 0 <= given < self.classes:
                soft = np.zeros(self.classes)
                soft[int(given)] = 1.0
                return soft
        elif given.ndim == 1 and self.classes in (None, len(given)) and given.dtype.kind in "uif" and _is_finite(given):
            return given.astype(np.float64)
        of = "" if self.classes is None else f" from 0 to {self.classes - 1}"
        raise AugkitError(
            f"{type(self).__name__}: a label must be a vector of numbers, a share for each class, or, where "
            f"`classes` is given, a class number{of}; got {label!r}"
        )


def _is_finite(label: npt.NDArray[Any]) -> bool:
    return bool(len(label)) and bool(np.isfinite(label).all())


class MixUp(Mixing):
    """Blend two pictures, and their labels alike (Zhang et al. 2018).

    Parameters
    ----------
    alpha : float above 0
        Both parameters of the beta distribution of the first picture's share; the paper has 0.1 to 0.4 for photographs.
    classes : int, optional
        The number of classes; labels may then be class numbers instead of vectors.
    seed : int
        With a key, what is drawn is a function of this and the key.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> mix = augkit.MixUp(classes=2)
    >>> cat, dog = np.zeros((4, 4), np.uint8), np.full((4, 4), 200, np.uint8)
    >>> picture, label = mix(cat, dog, 0, 1, key=("cat.jpg+dog.jpg", 1))
    >>> bool(abs(picture[0, 0] - 200 * label[1]) <= 0.5)
    True
    """

    def draw(self, draws: Draws) -> Params:
        """Return the first picture's share."""
        return {"share": draws.beta(self.alpha)}

    @staticmethod
    def mix(image: Image, other: Image, *, share: float) -> tuple[Image, float]:
        """Blend."""
        return blend(image, other, share), share


class CutMix(Mixing):
    """Put a rectangle of one picture into another; labels are weighted by the pixels that are left (Yun et al. 2019).

    Parameters
    ----------
    alpha : float above 0
        Both parameters of the beta distribution of the first picture's share, before the rectangle is cut at the frame.
    classes : int, optional
        The number of classes; labels may then be class numbers instead of vectors.
    seed : int
        With a key, what is drawn is a function of this and the key.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> mix = augkit.CutMix(classes=2)
    >>> cat, dog = np.zeros((40, 40), np.uint8), np.full((40, 40), 200, np.uint8)
    >>> picture, label = mix(cat, dog, 0, 1, key=("cat.jpg+dog.jpg", 1))
    >>> bool(np.isclose((picture == 200).mean(), label[1]))
    True
    """

    def draw(self, draws: Draws) -> Params:
        """Return the share, and the rectangle's middle as fractions of width and height."""
        return {"share": draws.beta(self.alpha), "x": draws.uniform(), "y": draws.uniform()}

    @staticmethod
    def mix(image: Image, other: Image, *, share: float, x: float, y: float) -> tuple[Image, float]:
        """Paste, and count what is left."""
        height, width = image.shape[:2]
        left, top, right, bottom = rectangle = _around(x, y, math.sqrt(1.0 - share), height, width)
        return paste(image, other, rectangle), 1.0 - (right - left) * (bottom - top) / (height * width)


def _around(x: float, y: float, side: float, height: int, width: int) -> Rectangle:
    """Return a rectangle whose sides are a fraction of the picture's, cut at the frame, in whole pixels."""

    def span(middle: float, length: int) -> tuple[int, int]:
        ends = (round((middle + sign * side / 2) * length) for sign in (-1, 1))
        first, last = (min(max(end, 0), length) for end in ends)
        return first, last

    (left, right), (top, bottom) = span(x, width), span(y, height)
    return left, top, right, bottom
