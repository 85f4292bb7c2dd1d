"""A small network to try things out with: what a way of augmenting or balancing is worth, in seconds."""

import contextlib
from collections.abc import Iterator
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.validation import check_is_fitted
from torch import nn

from augkit.errors import AugkitError
from augkit.pipeline import Pipeline

Array = npt.NDArray[Any]

_WIDTHS = (16, 32)  # channels of the blocks, each half as large as the one before
_CELLS = 4  # along each side of what is left at the end
_AT_ONCE = 500  # pictures, where nothing is learned


class ProbeNetwork(ClassifierMixin, BaseEstimator):
    """A classifier of small pictures: two blocks of convolution and a linear layer, trained for so many steps.

    A yardstick, not a network to be proud of: nothing is tuned, no step is picked, and the same seed, data and
    processor give the same network, since it runs in one thread. An estimator of scikit-learn; `transform` returns what
    enters the last layer.

    Parameters
    ----------
    pipeline : Pipeline, optional
        Done to the pictures anew in every epoch of training, keyed by row and epoch; they must keep their size.
    class_weight : mapping of label to number, optional
        Weights of the loss, such as `augkit.class_weights` returns.
    steps : int
    batch_size : int
    rate : float
        The highest of the one-cycle schedule, of AdamW.
    random_state : int
        Of the first weights, and of the order of the pictures.

    Attributes
    ----------
    classes_ : array
    losses_ : list of float
        Of each step.
    network_ : torch.nn.Sequential
        Ends in a linear layer, one output a class.

    Examples
    --------
    >>> import augkit
    >>> images, labels, _ = augkit.load_pictures(side=16)
    >>> network = ProbeNetwork(steps=60).fit(images[::3], labels[::3])
    >>> network.score(images[1::3], labels[1::3]) > 0.8
    True
    >>> network.transform(images[:2]).shape
    (2, 512)
    """

    classes_: Array
    losses_: list[float]
    network_: nn.Sequential

    def __init__(
        self,
        pipeline: Pipeline | None = None,
        *,
        class_weight: Any = None,
        steps: int = 250,
        batch_size: int = 32,
        rate: float = 4e-3,
        random_state: int = 0,
    ) -> None:
        self.pipeline = pipeline
        self.class_weight = class_weight
        self.steps = steps
        self.batch_size = batch_size
        self.rate = rate
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> Self:
        """Train a new network.

        Parameters
        ----------
        X : array (N, H, W, C), uint8
        y : array of N

        Raises
        ------
        AugkitError
            When pictures and labels don't match, or there is only one class.
        """
        pictures = _checked(X)
        self.classes_, numbers = np.unique(np.asarray(y), return_inverse=True)
        if numbers.shape != (len(pictures),) or len(self.classes_) < 2:
            raise AugkitError(
                f"ProbeNetwork: y must hold a label for each of {len(pictures)} pictures, of at least two classes; got "
                f"shape {numbers.shape} of {len(self.classes_)}"
            )
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.random_state)
            self.network_ = _build(pictures.shape[-1], len(self.classes_))
        with _one_thread():
            self.losses_ = self._train(pictures, numbers)
        self.network_.eval()
        return self

    def _train(self, pictures: Array, numbers: Array) -> list[float]:
        """Train the network; return the loss of each step."""
        optimizer = torch.optim.AdamW(self.network_.parameters(), weight_decay=1e-2)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, self.rate, total_steps=self.steps)
        loss_of = nn.CrossEntropyLoss(self._weights(numbers))
        losses = []
        for rows, epochs in self._batches(len(pictures)):
            loss = loss_of(
                self.network_(_tensor(self._augmented(pictures, rows, epochs))), torch.from_numpy(numbers[rows])
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.detach())
        return torch.stack(losses).tolist()

    def decision_function(self, X: Any) -> npt.NDArray[np.float32]:
        """Return the scores of the classes."""
        check_is_fitted(self, "network_")
        return self._through(self.network_, X)

    def predict(self, X: Any) -> Array:
        """Return the class of each picture."""
        return self.classes_[self.decision_function(X).argmax(axis=1)]

    def transform(self, X: Any) -> npt.NDArray[np.float32]:
        """Return the features of each picture: what enters the last layer."""
        check_is_fitted(self, "network_")
        return self._through(self.network_[:-1], X)

    def _batches(self, count: int) -> Iterator[tuple[Array, Array]]:
        """Yield rows and the epoch of each, epoch after epoch in another order, without a break between them."""
        rng = np.random.default_rng(self.random_state)
        shown = self.steps * self.batch_size
        order = np.concatenate([rng.permutation(count) for _ in range(-(-shown // count))])[:shown]
        return zip(order.reshape(self.steps, -1), (np.arange(shown) // count).reshape(self.steps, -1), strict=True)

    def _augmented(self, pictures: Array, rows: Array, epochs: Array) -> Array:
        if self.pipeline is None:
            return pictures[rows]
        keys = [(str(row), epoch + 1) for row, epoch in zip(rows.tolist(), epochs.tolist(), strict=True)]
        return self.pipeline.batch(pictures[rows], keys)

    def _weights(self, numbers: Array) -> torch.Tensor:
        weights = compute_class_weight(self.class_weight, classes=self.classes_, y=self.classes_[numbers])
        return torch.tensor(weights, dtype=torch.float32)

    @staticmethod
    def _through(network: nn.Module, X: Any) -> npt.NDArray[np.float32]:
        pictures = _checked(X)
        with _one_thread(), torch.inference_mode():
            parts = [
                network(_tensor(pictures[first : first + _AT_ONCE])) for first in range(0, len(pictures), _AT_ONCE)
            ]
        return torch.cat(parts).numpy()


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Compute in one thread: so small a network gains nothing by more, and their number would change its sums."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _build(inputs: int, classes: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for outputs in _WIDTHS:
        layers += [
            nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
            nn.MaxPool2d(2),
        ]
        inputs = outputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(_CELLS), nn.Flatten(), nn.Linear(inputs * _CELLS**2, classes))


def _tensor(pictures: Array) -> torch.Tensor:
    """Return pictures as a batch, black is -1 and white is 1."""
    return torch.from_numpy(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))).float() / 127.5 - 1


def _checked(X: Any) -> Array:
    pictures = np.asarray(X)
    if pictures.ndim != 4 or pictures.dtype != np.uint8 or not len(pictures):
        raise AugkitError(
            f"ProbeNetwork: pictures must be an array (N, H, W, C) of uint8, got {pictures.dtype} of {pictures.shape}; "
            "augkit.load_pictures makes one"
        )
    return pictures
