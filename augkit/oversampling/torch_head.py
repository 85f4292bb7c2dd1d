"""The last layer of a trained network, learned again from balanced features."""

import copy
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression

from augkit.errors import AugkitError, suggest
from augkit.oversampling.eos import EOS
from augkit.oversampling.head import TRAINED_FEATURES, default_classifier

if TYPE_CHECKING:
    import torch


def rebalance_head(
    model: "torch.nn.Module",
    loader: Iterable[Any],
    *,
    sampler: Any = None,
    layer: str | None = None,
    C: float | None = None,
    random_state: int | None = 0,
) -> "torch.nn.Module":
    """Return a copy of a trained classifier whose last layer has learned from oversampled features.

    The network runs once over the training set; what enters its last linear layer is oversampled, and a logistic
    regression on that becomes the new layer (Dablain et al., 2022). Everything before it stays as it is.

    Parameters
    ----------
    model : torch.nn.Module
        A classifier that ends in a linear layer, one output a class.
    loader : iterable of (pictures, labels)
        The training set without augmentation; labels are class numbers from 0.
    sampler : sampler, optional
        Any of augkit or imbalanced-learn; by default `EOS`.
    layer : str, optional
        Name of the layer, as in `model.named_modules()`; by default the last linear one.
    C : float, optional
        Inverse strength of regularisation, as in scikit-learn's `LogisticRegression`; by default 0.003 /
        mean variance of the features.
    random_state : int or None
        Of the default sampler.

    Raises
    ------
    AugkitError
        When there is no such layer, or the labels are not its classes.

    Examples
    --------
    >>> import pytest
    >>> torch = pytest.importorskip("torch", reason="torch is not installed")
    >>> network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
    >>> batches = [(torch.rand(16, 4), torch.arange(16) % 4 // 3)]  # twelve of class 0, four of class 1
    >>> type(rebalance_head(network, batches)[3]).__name__
    'Linear'
    """
    try:
        import torch
    except ImportError:
        raise AugkitError("rebalance_head needs torch: pip install augkit[torch]") from None
    changed, watched = copy.deepcopy(model), copy.deepcopy(model).eval()
    name, head = _head(changed, layer)
    X, y = _features(watched, watched.get_submodule(name), loader)
    present = np.unique(y)
    if not np.array_equal(present, np.arange(head.out_features)):
        raise AugkitError(
            f"rebalance_head: layer {name!r} has {head.out_features} outputs, so labels must be all of 0 to "
            f"{head.out_features - 1}; the loader gives {present.tolist()}; layer= names another one"
        )
    chosen = EOS(random_state=random_state) if sampler is None else clone(sampler)
    regression = default_classifier(X, TRAINED_FEATURES) if C is None else LogisticRegression(C=C, max_iter=1000)
    fitted = regression.fit(*chosen.fit_resample(X, y))
    weight, bias = fitted.coef_, fitted.intercept_
    if len(weight) == 1:  # of two classes, the difference of their scores
        weight, bias = np.concatenate([-weight, weight]) / 2, np.concatenate([-bias, bias]) / 2
    with torch.no_grad():
        head.weight.copy_(torch.from_numpy(weight))
        if head.bias is None:
            head.bias = torch.nn.Parameter(head.weight.new_empty(len(bias)))
        head.bias.copy_(torch.from_numpy(bias))
    return changed


def _head(model: "torch.nn.Module", layer: str | None) -> "tuple[str, torch.nn.Linear]":
    from torch.nn import Linear
    from torch.nn.utils.parametrize import is_parametrized

    linear = {name: part for name, part in model.named_modules() if isinstance(part, Linear)}
    if not linear:
        raise AugkitError("rebalance_head: the network has no linear layer to learn again")
    name = layer or list(linear)[-1]
    if name not in linear:
        raise AugkitError(f"rebalance_head: no linear layer {name!r} in the network{suggest(name, linear)}")
    if is_parametrized(linear[name]):
        raise AugkitError(
            f"rebalance_head: the weights of layer {name!r} are computed from others, as by weight_norm; "
            "torch.nn.utils.parametrize.remove_parametrizations(layer, 'weight') makes them plain"
        )
    return name, linear[name]


def _features(
    model: "torch.nn.Module", head: "torch.nn.Module", loader: Iterable[Any]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[Any]]:
    """Return what enters the last layer for each picture, and the labels."""
    import torch

    seen: list[npt.NDArray[np.float32]] = []
    labels: list[npt.NDArray[Any]] = []

    device = next(head.parameters()).device

    def keep(_: Any, inputs: Any) -> None:
        if inputs[0].ndim != 2:
            raise AugkitError(f"rebalance_head: one row a picture must enter the last layer, got {inputs[0].shape}")
        seen.append(inputs[0].float().cpu().numpy())

    with torch.inference_mode(), head.register_forward_pre_hook(keep):
        for batch in loader:
            if not isinstance(batch, tuple | list) or len(batch) != 2:
                raise AugkitError(
                    f"rebalance_head: the loader must give pairs (pictures, labels), got {type(batch).__name__}"
                )
            pictures, classes = batch
            model(pictures.to(device))
            labels.append(np.asarray(classes))
    if not seen:
        raise AugkitError("rebalance_head: the loader gives no batch")
    return np.concatenate(seen), np.concatenate(labels)
