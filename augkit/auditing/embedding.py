"""Features of the pictures of a table, for the checks that need them."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from augkit.errors import AugkitError

Array = npt.NDArray[Any]


def embed(spec: str, views: Array, pictures: Callable[[], Sequence[Any]]) -> Array:
    """Return a row of features for each usable picture.

    Parameters
    ----------
    spec : "default", "FILE.onnx" or "torch:NAME:WEIGHTS"
        The default sees nothing but the views; networks see the pictures.
    views : array (N, 32, 32, 3)
    pictures : callable
        Returns the pictures, as arrays or paths, when they are asked for.
    """
    if spec == "default":
        from augkit.features.classic import HOGFeatures

        return np.asarray(HOGFeatures().fit_transform(views))
    if spec.endswith(".onnx"):
        from augkit.features.onnx import OnnxFeatures

        return np.asarray(OnnxFeatures(spec).fit_transform(pictures()))
    from augkit.features.torch import TorchFeatures

    name, _, weights = spec.removeprefix("torch:").partition(":")
    return np.asarray(TorchFeatures(name, weights=weights or None).fit_transform(pictures()))


def check_spec(spec: str) -> str:
    """Return how features are to be made, or raise AugkitError if that is not known.

    >>> check_spec("resnet.onnx")
    'resnet.onnx'
    """
    if spec != "default" and not spec.endswith(".onnx") and not spec.startswith("torch:"):
        raise AugkitError(f"--features must be default, FILE.onnx or torch:NAME:WEIGHTS, got {spec!r}")
    return spec
