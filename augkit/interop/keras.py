"""Keras 3: a PyDataset that augments, balances if asked to, and counts its epochs."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from augkit.errors import AugkitError, whole_number
from augkit.features.pictures import by_place
from augkit.interop import needing
from augkit.interop.epochs import Augmented, To, balanced, draw_epoch, everything
from augkit.interop.items import Copies, Work
from augkit.pipeline import Pipeline
from augkit.seeding import Draws

with needing("keras", "keras"):
    import keras

__all__ = ["AugmentedPyDataset"]


class AugmentedPyDataset(keras.utils.PyDataset):
    """Pictures and labels for `model.fit`, augmented: batch and epoch decide the bytes, whatever works for it.

    It counts its epochs; `LambdaCallback(on_epoch_begin=lambda epoch, logs: data.set_epoch(epoch))` tells the true
    number, also after a resume. A model whose loss and metrics are not built tries a batch before its first epoch,
    which Keras counts as one, and with workers it leaves more of them in the queue, where later epochs find them: let
    it `evaluate` two pictures before.

    Parameters
    ----------
    images : array (N, H, W) or (N, H, W, C), or sequence of pictures
        uint8, uint16, or float32 in [0, 1].
    labels : array (N,) or (N, ...)
    pipeline : Pipeline
    batch_size : int
    to : "max", "median", int, or dict, optional
        Show so many of each class an epoch, by labels (N,); without it everything once.
    augment : {"all", "minority"}
        With `to`: "minority" shows originals, too, the more of them the larger the class.
    shuffle : bool
        In another order each epoch. Say `shuffle=False` to `fit`, which would shuffle batches once more.
    seed : int
        Of the order. That of the pixels is the pipeline's.
    transform : callable, optional
        Takes the finished picture.
    **workers
        What `keras.utils.PyDataset` takes: workers, use_multiprocessing, max_queue_size.

    Examples
    --------
    >>> import augkit
    >>> pictures, labels = np.zeros((6, 8, 8, 3), np.uint8), np.array([0, 0, 0, 0, 1, 1])
    >>> data = AugmentedPyDataset(pictures, labels, augkit.Pipeline([augkit.Rotate()]), batch_size=4, to="max")
    >>> batch, of = data[0]
    >>> len(data), batch.shape, sum(int(of.sum()) for _, of in data)
    (2, (4, 8, 8, 3), 4)
    """

    def __init__(
        self,
        images: Sequence[Any] | npt.NDArray[Any],
        labels: npt.ArrayLike,
        pipeline: Pipeline,
        *,
        batch_size: int = 32,
        to: To | None = None,
        augment: Augmented = "all",
        shuffle: bool = True,
        seed: int = 0,
        transform: Callable[[Any], Any] | None = None,
        **workers: Any,
    ) -> None:
        super().__init__(**workers)
        self.images, self.labels = by_place(images), np.asarray(labels)
        whole_number("AugmentedPyDataset: batch_size", batch_size, 1)
        if len(self.images) != len(self.labels):
            raise AugkitError(f"AugmentedPyDataset: got {len(self.images)} images and {len(self.labels)} labels")
        if to is not None and self.labels.ndim != 1:
            raise AugkitError(f"AugmentedPyDataset: to needs a class for each image, got labels {self.labels.shape}")
        classes = self.labels.tolist()
        self.groups = everything(len(classes)) if to is None else balanced(classes, to, augment, seed)
        self.copies = Copies(Work(pipeline, transform=transform), Work(None, transform=transform))
        self.batch_size, self.shuffle, self.seed = batch_size, shuffle, seed
        self._begun = False
        self.set_epoch(0)

    def set_epoch(self, epoch: int) -> None:
        """Say which epoch is next, counted from 0: after a resume, that which `fit` begins with."""
        self.epoch = epoch
        draws = Draws(self.seed, "epoch", epoch) if self.shuffle else None
        self.rows = draw_epoch(self.groups, epoch, draws)

    def __len__(self) -> int:
        return math.ceil(len(self.rows) / self.batch_size)

    def __getitem__(self, index: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        rows = self.rows[index * self.batch_size : (index + 1) * self.batch_size]
        keys = [(str(place), copy) for place, copy in rows.tolist()]
        return np.stack(self.copies([self.images[place] for place in rows[:, 0]], keys)), self.labels[rows[:, 0]]

    def on_epoch_begin(self) -> None:
        """Note that an epoch has begun: Keras also ends one that never did, before the first."""
        self._begun = True

    def on_epoch_end(self) -> None:
        """Go on to the next epoch."""
        # Not when one begins: Keras starts its workers before it says so.
        if self._begun:
            self._begun = False
            self.set_epoch(self.epoch + 1)
