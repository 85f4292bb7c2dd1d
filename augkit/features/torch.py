"""Features from a PyTorch network."""

import contextlib
import hashlib
import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy.typing as npt

from augkit.errors import AugkitError
from augkit.features.hog import Floats
from augkit.features.network import IMAGENET_MEAN, IMAGENET_STD, NetworkFeatures


class TorchFeatures(NetworkFeatures):
    """The output of a PyTorch network (``pip install augkit[torch]``).

    The network runs where it is (move it to a GPU yourself), without gradients, in evaluation mode; afterwards it is as
    it was. augkit downloads nothing: weights come from the network you give or from a file.

    Parameters
    ----------
    model : torch.nn.Module or str
        A module that takes (N, 3, size, size) and returns features, maps or tokens, which are averaged; or the name
        of a timm model, whose head is left away.
    weights : path, optional
        With a timm name: the file of its weights (.pth or .safetensors).
    size : int
        Side of a view in pixels.
    mean, std : three floats
        What colours in [0, 1] are normalised by; by default those of ImageNet.
    batch_size : int
    cache_folder : path, optional
        Where computed rows are kept for later runs. In memory they are kept always. Rows are found by the content of
        picture and weights and by what the network prints as: change the code of a forward method, change the folder.

    Raises
    ------
    AugkitError
        When torch or timm is not installed, or a name comes without weights.

    Examples
    --------
    >>> TorchFeatures("resnet18", weights="resnet18.safetensors").get_params()["size"]
    224
    """

    size: int

    def __init__(
        self,
        model: Any,
        *,
        weights: str | os.PathLike[str] | None = None,
        size: int = 224,
        mean: Sequence[float] = IMAGENET_MEAN,
        std: Sequence[float] = IMAGENET_STD,
        batch_size: int = 32,
        cache_folder: str | os.PathLike[str] | None = None,
    ) -> None:
        self.model = model
        self.weights = weights
        self.size = size
        self.mean = mean
        self.std = std
        self.batch_size = batch_size
        self.cache_folder = cache_folder

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in super().__getstate__().items() if name != "_built"}

    def _module(self) -> Any:
        if not isinstance(self.model, str):
            return self.model
        if getattr(self, "_built", None) is None:
            self._built = _build(self.model, self.weights)
        return self._built

    def _view_size(self) -> int:
        return self.size

    def _forward(self, inputs: Floats) -> npt.NDArray[Any]:
        import torch

        module = self._module()
        parameter = next(module.parameters(), None)
        given = torch.from_numpy(inputs)
        if parameter is not None:
            given = given.to(parameter.device, parameter.dtype)
        with _evaluating(module), torch.inference_mode():
            outputs = module(given)
        if not isinstance(outputs, torch.Tensor):
            raise AugkitError(f"TorchFeatures: the network must return one tensor, got {type(outputs).__name__}")
        return outputs.float().cpu().numpy()

    def _maker(self) -> bytes:
        import torch

        module = self._module()
        digest = hashlib.blake2b(f"{self._options()} {module}".encode())
        for name, value in module.state_dict().items():
            digest.update(f"{name} {value.dtype} {tuple(value.shape)}".encode())
            raw = value.detach().cpu().contiguous().flatten().view(torch.uint8)  # as bytes: numpy has no bfloat16
            digest.update(raw.numpy().data)
        return digest.digest()


@contextlib.contextmanager
def _evaluating(module: Any) -> Iterator[None]:
    """Set a network to evaluation mode for a while; each part goes back to the mode it was in."""
    modes = [(part, part.training) for part in module.modules()]
    module.eval()
    try:
        yield
    finally:
        for part, training in modes:
            part.training = training


def _build(name: str, weights: str | os.PathLike[str] | None) -> Any:
    if weights is None:
        raise AugkitError(
            f"TorchFeatures: {name!r} without weights would compute random features; name the file of its weights "
            f"(weights=...), or build the network yourself, for example with "
            f"timm.create_model({name!r}, pretrained=True, num_classes=0)"
        )
    try:
        import timm
    except ImportError as error:
        raise AugkitError(f"TorchFeatures: a network by name needs timm and torchvision: {error}") from None
    if not timm.is_model(name):
        raise AugkitError(f"TorchFeatures: timm has no model {name!r}; timm.list_models() lists them")
    return timm.create_model(name, pretrained=True, num_classes=0, pretrained_cfg_overlay={"file": os.fspath(weights)})
