"""WebDataset: augmentation as a map over samples, keyed by `__key__`."""

from collections.abc import Callable, Mapping
from typing import Any

from augkit.interop.items import Epoch, Work, key_of
from augkit.kernels import leave_threads_alone
from augkit.pipeline import Pipeline

__all__ = ["Augment"]
_PICTURES = dict.fromkeys("jpg jpeg png webp ppm".split(), "image")


class Augment:
    """What `.map(...)` of a WebDataset takes, after its `.decode(...)`.

    Parameters
    ----------
    pipeline : Pipeline
    epoch : int, or callable returning it, optional
        The same bytes for the same `__key__` and epoch; without it every look is different. The callable may be
        `.item` of a tensor in shared memory, which persistent workers see change.
    names : mapping, optional
        What the parts of a sample are: {"seg.png": "mask"}, or None for what is passed on as it is; jpg, jpeg, png,
        webp or ppm is the picture, if nothing else is said of it.
    transform : callable, optional
        Takes the augmented picture.

    Examples
    --------
    >>> import augkit, numpy as np
    >>> work = Augment(augkit.Pipeline([augkit.Rotate()]), epoch=0)
    >>> sample = {"__key__": "0001", "jpg": np.arange(192, dtype=np.uint8).reshape(8, 8, 3), "cls": 3}
    >>> bool((work(sample)["jpg"] == work(sample)["jpg"]).all()), work(sample)["cls"]
    (True, 3)
    """

    def __init__(
        self,
        pipeline: Pipeline,
        *,
        epoch: Epoch = None,
        names: Mapping[str, str | None] | None = None,
        transform: Callable[[Any], Any] | None = None,
    ) -> None:
        self.work = Work(pipeline, names or {}, transform, _PICTURES)
        self.epoch = epoch

    def __call__(self, sample: Mapping[str, Any]) -> Any:
        """Return the sample with its picture, and what belongs to it, augmented."""
        leave_threads_alone()
        return self.work(sample, key_of(sample["__key__"], self.epoch))
