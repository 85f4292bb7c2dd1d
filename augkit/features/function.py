"""Features from any function of pictures."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from augkit.errors import AugkitError
from augkit.features.base import PictureFeatures
from augkit.features.descriptor import stack
from augkit.features.hog import Floats
from augkit.kernels import Array
from augkit.kernels.view import to_view


class FunctionFeatures(PictureFeatures):
    """What a function of yours returns for pictures. Its rows are not kept: nobody can tell what else it depends on.

    Parameters
    ----------
    function : callable
        Takes a list of arrays, returns an array (N, features).
    size : int, optional
        With a size, the function is given square RGB views of that side, as one float32 array (N, size, size, 3) in
        [0, 1]; without, the pictures as they are.
    batch_size : int
        How many pictures it is given at once.

    Raises
    ------
    AugkitError
        When the function returns anything but one row for each picture.

    Examples
    --------
    >>> brightness = FunctionFeatures(lambda pictures: np.array([[picture.mean()] for picture in pictures]))
    >>> brightness.transform([np.zeros((4, 6), np.uint8), np.full((9, 9), 255, np.uint8)]).ravel()
    array([  0., 255.], dtype=float32)
    """

    def __init__(
        self,
        function: Callable[[Any], npt.ArrayLike],
        *,
        size: int | None = None,
        batch_size: int = 128,
    ) -> None:
        self.function = function
        self.size = size
        self.batch_size = batch_size

    def view(self, picture: Array) -> Array:
        """Return what the function is given of a picture."""
        return picture if self.size is None else to_view(picture, self.size)

    def _compute(self, views: Sequence[Array]) -> Floats:
        rows = np.asarray(self.function(list(views) if self.size is None else stack(views)))
        if rows.ndim != 2 or len(rows) != len(views):
            raise AugkitError(
                f"FunctionFeatures: the function must return one row a picture, ({len(views)}, features); "
                f"got shape {rows.shape}"
            )
        return rows.astype(np.float32, copy=False)

    def _maker(self) -> None:
        return None


def as_features(features: Any = None) -> PictureFeatures:
    """Return features for what names them.

    Parameters
    ----------
    features : optional
        None or "hog" for the default, the path of an ONNX file, a PyTorch module, a function of a list of arrays,
        or features, which are returned as they are.

    Raises
    ------
    AugkitError
        When it is none of these.

    Examples
    --------
    >>> as_features()
    HOGFeatures()
    """
    if isinstance(features, PictureFeatures):
        return features
    if features is None or features == "hog":
        from augkit.features.classic import HOGFeatures

        return HOGFeatures()
    if str(features).endswith(".onnx"):
        from augkit.features.onnx import OnnxFeatures

        return OnnxFeatures(features)
    if hasattr(features, "state_dict") and hasattr(features, "forward"):
        from augkit.features.torch import TorchFeatures

        return TorchFeatures(features)
    if callable(features):
        return FunctionFeatures(features)
    raise AugkitError(
        f"features must be 'hog', the path of an .onnx file, a PyTorch module, a function, or features of augkit; "
        f"got {features!r}"
    )
