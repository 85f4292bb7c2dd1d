"""Features from a network in an ONNX file."""

import hashlib
import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from augkit.errors import AugkitError, suggest
from augkit.features.hog import Floats
from augkit.features.network import IMAGENET_MEAN, IMAGENET_STD, NetworkFeatures
from augkit.files.read import read_bytes

_USUAL_SIZE = 224


class OnnxFeatures(NetworkFeatures):
    """The output of an ONNX network, by onnxruntime (``pip install augkit[onnx]``).

    Parameters
    ----------
    path : path
        An ONNX file that takes (N, 3, H, W) float32.
    output : str, optional
        Name of the output to take; by default the first. Maps and tokens are averaged.
    size : int, optional
        Side of a view in pixels; by default what the file says, or 224.
    mean, std : three floats
        What colours in [0, 1] are normalised by; by default those of ImageNet.
    batch_size : int
    cache_folder : path, optional
        Where computed rows are kept for later runs. In memory they are kept always.

    Raises
    ------
    AugkitError
        When the file can't be read, or takes something else.

    Examples
    --------
    >>> OnnxFeatures("resnet18.onnx", size=160).get_params()["size"]
    160
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        output: str | None = None,
        size: int | None = None,
        mean: Sequence[float] = IMAGENET_MEAN,
        std: Sequence[float] = IMAGENET_STD,
        batch_size: int = 32,
        cache_folder: str | os.PathLike[str] | None = None,
    ) -> None:
        self.path = path
        self.output = output
        self.size = size
        self.mean = mean
        self.std = std
        self.batch_size = batch_size
        self.cache_folder = cache_folder

    def __getstate__(self) -> dict[str, Any]:
        # A session can't be pickled; it is opened again where it is needed.
        return {name: value for name, value in super().__getstate__().items() if name not in ("_opened", "_digest")}

    def _session(self) -> Any:
        if getattr(self, "_opened", None) is None:
            try:
                import onnxruntime
            except ImportError:
                raise AugkitError("OnnxFeatures needs onnxruntime: pip install augkit[onnx]") from None
            path = os.fspath(self.path)
            try:
                data = read_bytes(path)
            except OSError as error:
                raise AugkitError(f"OnnxFeatures: {path} can't be read: {error.strerror}") from None
            options = onnxruntime.SessionOptions()
            options.use_deterministic_compute = True
            options.log_severity_level = 3
            try:
                self._opened = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
            except Exception as error:  # onnxruntime has an exception of its own for each way a file can be wrong
                raise AugkitError(f"OnnxFeatures: {path} is no network onnxruntime can run: {error}") from None
            self._digest = hashlib.blake2b(data).digest()
            self._check(self._opened)
        return self._opened

    def _check(self, session: Any) -> None:
        takes = session.get_inputs()[0]
        names = [output.name for output in session.get_outputs()]
        colors = takes.shape[1] if len(takes.shape) == 4 else 0
        if (isinstance(colors, int) and colors != 3) or takes.type != "tensor(float)":  # a free axis has a name
            raise AugkitError(
                f"OnnxFeatures: {self.path} must take (N, 3, H, W) as tensor(float); "
                f"it takes {takes.shape} as {takes.type}"
            )
        if self.output is not None and self.output not in names:
            raise AugkitError(f"OnnxFeatures: no output {self.output!r} in {self.path}{suggest(self.output, names)}")

    def _view_size(self) -> int:
        if self.size is not None:
            return self.size
        height = self._session().get_inputs()[0].shape[2]
        return height if isinstance(height, int) else _USUAL_SIZE

    def _forward(self, inputs: Floats) -> npt.NDArray[Any]:
        session = self._session()
        takes = session.get_inputs()[0]
        wanted = self.output or session.get_outputs()[0].name
        count = len(inputs)
        at_once = takes.shape[0] if isinstance(takes.shape[0], int) else count
        padded = np.concatenate([inputs, np.zeros_like(inputs, shape=(-count % at_once, *inputs.shape[1:]))])
        parts = [padded[first : first + at_once] for first in range(0, count, at_once)]
        return np.concatenate([session.run([wanted], {takes.name: part})[0] for part in parts])[:count]

    def _maker(self) -> bytes:
        self._session()
        return self._digest + f"{self.output} {self._options()}".encode()
