"""What networks have in common: how a view becomes their input, and their output a row."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from augkit.errors import AugkitError
from augkit.features.base import PictureFeatures
from augkit.features.descriptor import stack
from augkit.features.hog import Floats
from augkit.kernels import Array
from augkit.kernels.view import to_view

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


class NetworkFeatures(PictureFeatures):
    """Features that a network computes from square views, batch by batch.

    Rows of one picture may differ in their last bits with the pictures it shares a batch with: that is how the
    libraries multiply matrices. The same pictures in the same order give the same rows.
    """

    size: int | None
    mean: Sequence[float]
    std: Sequence[float]

    def view(self, picture: Array) -> Array:
        """Return the picture at the size that the network takes."""
        return to_view(picture, self._view_size())

    @abstractmethod
    def _view_size(self) -> int:
        """Return the side of a view in pixels."""

    def _inputs(self, views: Sequence[Array]) -> Floats:
        """Return views as (N, 3, size, size), normalised."""
        pixels = (stack(views) - np.array(self.mean, np.float32)) / np.array(self.std, np.float32)
        return np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))

    def _compute(self, views: Sequence[Array]) -> Floats:
        return pool(self._forward(self._inputs(views)), type(self).__name__)

    @abstractmethod
    def _forward(self, inputs: Floats) -> npt.NDArray[Any]:
        """Return the output of the network."""

    def _options(self) -> str:
        return f"{self._view_size()} {tuple(self.mean)} {tuple(self.std)}"


def pool(outputs: npt.NDArray[Any], where: str) -> Floats:
    """Return one row a picture: maps (N, C, H, W) and tokens (N, T, C) are averaged.

    >>> pool(np.ones((2, 5, 3, 3)), "").shape
    (2, 5)
    """
    if outputs.ndim == 4:
        outputs = outputs.mean(axis=(2, 3))
    elif outputs.ndim == 3:
        outputs = outputs.mean(axis=1)
    if outputs.ndim != 2:
        raise AugkitError(f"{where}: the network must return (N, features), maps or tokens; got shape {outputs.shape}")
    return outputs.astype(np.float32, copy=False)
