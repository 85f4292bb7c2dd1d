"""A pipeline as the transform of any data set, seeded by PyTorch."""

from collections.abc import Callable, Mapping
from typing import Any

import torch

from augkit.interop.items import Work
from augkit.kernels import leave_threads_alone
from augkit.pipeline import Pipeline
from augkit.seeding import Key


def draw_key() -> Key:
    """Return a key from PyTorch's own generator: in a loader, each worker's differs from the others' and the last."""
    return "torch", int(torch.randint(2**63 - 1, ()))


class TorchTransform:
    """A pipeline for `ImageFolder(transform=...)` and the like, governed by `torch.manual_seed`.

    Workers and epochs draw differently. What is drawn depends on the number of workers; where it must not, take an
    `AugmentedDataset` with a `KeyedSampler`.

    Parameters
    ----------
    pipeline : Pipeline
    transform : callable, optional
        Takes the augmented picture, such as `to_tensor`.
    names : mapping, optional
        What the fields of a target are, as of `AugmentedDataset`.

    Examples
    --------
    >>> import augkit, numpy as np, torch
    >>> flip = TorchTransform(augkit.Pipeline([augkit.Rotate()]))
    >>> def look(seed):
    ...     torch.manual_seed(seed)
    ...     return flip(np.arange(48, dtype=np.uint8).reshape(4, 4, 3)).tolist()
    >>> look(1) == look(1), look(1) == look(2)
    (True, False)
    """

    def __init__(
        self,
        pipeline: Pipeline,
        *,
        transform: Callable[[Any], Any] | None = None,
        names: Mapping[str, str | None] | None = None,
    ) -> None:
        self.work = Work(pipeline, names or {}, transform)

    def __call__(self, image: Any, *target: Any) -> Any:
        """Return the picture; or, called with a target, both: a mask, or a dict with mask or boxes, follows."""
        leave_threads_alone()
        return self.work((image, *target) if target else image, draw_key())

    def __repr__(self) -> str:
        return f"TorchTransform({self.work.pipeline!r})"
