"""Small real trainings that go wrong on purpose: python tests/trainings.py prints what augkit says of each.

A network of one hidden layer learns the digits that scikit-learn ships, by plain stochastic gradient descent written
out in numpy, so that nothing softens what happens.
"""

from collections.abc import Callable

import numpy as np
from sklearn.datasets import load_digits

from augkit.diagnosis.curves import Curves
from augkit.diagnosis.run import diagnose

CLASSES = 10
LEAK = 0.1
Batch = Callable[[np.ndarray, int], np.ndarray]


def train(
    *,
    rate: float = 0.1,
    epochs: int = 30,
    pictures: int = 1000,
    hidden: int = 32,
    shuffled: bool = False,
    batch: Batch | None = None,
    late_rate: float | None = None,
    seed: int = 0,
) -> Curves:
    """Train and return the losses, measured on all training and validation pictures after each epoch.

    `batch` may spoil the pictures of the first batch of an epoch; from the middle on the rate is `late_rate`.
    """
    rng = np.random.default_rng(seed)
    images, labels = load_digits(return_X_y=True)
    images = images / 8.0 - 1.0
    order = rng.permutation(len(labels))
    images, labels = images[order], labels[order]
    x, y, x_val, y_val = images[:pictures], labels[:pictures].copy(), images[1000:], labels[1000:]
    if shuffled:
        y = rng.permutation(y)
    first = rng.normal(0, 1 / np.sqrt(x.shape[1]), (x.shape[1], hidden))
    second = rng.normal(0, 1 / np.sqrt(hidden), (hidden, CLASSES))
    curves = []
    for epoch in range(epochs):
        if late_rate is not None and epoch == epochs // 2:
            rate = late_rate
        for start, places in enumerate(np.array_split(rng.permutation(len(x)), max(1, len(x) // 32))):
            given = x[places] if batch is None or start else batch(x[places], epoch)
            with np.errstate(all="ignore"):
                inner = leaky(given @ first)
                error = probabilities(inner @ second)
                error[np.arange(len(places)), y[places]] -= 1
                error /= len(places)
                back = (error @ second.T) * np.where(inner > 0, 1, LEAK)
                second = second - rate * inner.T @ error
                first = first - rate * given.T @ back
        with np.errstate(all="ignore"):
            curves.append([loss(leaky(a @ first) @ second, b) for a, b in ((x, y), (x_val, y_val))])
    losses = np.array(curves)
    return Curves(np.arange(epochs, dtype=float), losses[:, 0], losses[:, 1])


def leaky(values: np.ndarray) -> np.ndarray:
    return np.where(values > 0, values, LEAK * values)


def probabilities(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def loss(scores: np.ndarray, labels: np.ndarray) -> float:
    shifted = scores - scores.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]))


def dirty(scale: float, at: int) -> Batch:
    """Forget to scale the pictures of one batch in one epoch."""
    return lambda given, epoch: given * scale if epoch == at else given


def with_nan(at: int) -> Batch:
    return lambda given, epoch: np.full_like(given, np.nan) if epoch == at else given


TRAININGS: dict[str, tuple[set[str], Callable[[], Curves]]] = {
    "all well": (set(), lambda: train(epochs=40)),
    "all well, another seed": (set(), lambda: train(epochs=40, seed=3)),
    "learning rate 15 times too high": ({"not-finite", "diverging"}, lambda: train(rate=1.5)),
    "learning rate 20 times too high": ({"not-finite"}, lambda: train(rate=2.0)),
    "learning rate too high from the middle on": ({"jump", "oscillation"}, lambda: train(late_rate=0.4, epochs=40)),
    "one batch of one epoch not scaled": ({"jump"}, lambda: train(batch=dirty(40.0, at=18))),
    "one batch of NaN": ({"not-finite"}, lambda: train(batch=with_nan(at=12))),
    "shuffled labels": ({"overfitting"}, lambda: train(shuffled=True, hidden=128, epochs=60)),
    "30 pictures": ({"overfitting"}, lambda: train(pictures=30, hidden=64, epochs=400, rate=1.0)),
    "learning rate 10,000 times too low": ({"underfitting"}, lambda: train(rate=0.00001)),
    "a fifth of the epochs it needs": ({"too-few-epochs"}, lambda: train(rate=0.01, epochs=12)),
}
"""What is done, the symptoms that must be named and no others, and the training."""


if __name__ == "__main__":
    for name, (_, make) in TRAININGS.items():
        found = make()
        named = ", ".join(
            f"{symptom.name}" + (f" from epoch {symptom.epoch:g}" if symptom.epoch is not None else "")
            for symptom in diagnose(found).symptoms
        )
        shown = " ".join(f"{value:.3g}" for value in found.train[:: max(1, len(found) // 8)])
        against = " ".join(f"{value:.3g}" for value in found.validation[:: max(1, len(found) // 8)])
        print(f"{name}: {named or 'nothing wrong seen'}\n    train {shown}\n    val   {against}")
