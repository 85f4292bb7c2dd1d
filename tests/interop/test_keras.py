"""Keras 3 trains on augmented batches that depend on nobody's worker."""

from collections import Counter

import numpy as np
import pytest

keras = pytest.importorskip(
    "keras", reason="Keras is not installed, or has no backend: pip install keras torch==2.13.0"
)

import augkit  # noqa: E402
from augkit.interop.keras import AugmentedPyDataset  # noqa: E402

WORKERS = {
    "none": {},
    "2 threads": {"workers": 2},
    "2 processes": {"workers": 2, "use_multiprocessing": True},
}


@pytest.fixture
def arrays(pairs) -> tuple[np.ndarray, np.ndarray]:
    return np.stack([picture for picture, _ in pairs]), np.array([label for _, label in pairs])


def test_batches_are_a_function_of_seed_and_epoch(arrays, pipeline):
    def epochs(count: int, first: int = 0) -> list[list[bytes]]:
        data = AugmentedPyDataset(*arrays, pipeline, batch_size=4, to="max", seed=3)
        found = []
        for epoch in range(first, count):
            data.set_epoch(epoch)
            found.append([pictures.tobytes() + labels.tobytes() for pictures, labels in data])
        return found

    assert epochs(2) == epochs(2)
    assert epochs(2)[0] != epochs(2)[1]
    assert epochs(3, first=2) == epochs(3)[2:]


def test_an_epoch_is_balanced(arrays, pipeline):
    data = AugmentedPyDataset(*arrays, pipeline, batch_size=4, to="max")
    assert len(data) == 5
    assert Counter(label for _, labels in data for label in labels.tolist()) == {0: 6, 1: 6, 2: 6}
    plain = AugmentedPyDataset(*arrays, pipeline, batch_size=4)
    assert sorted(label for _, labels in plain for label in labels.tolist()) == arrays[1].tolist()


@pytest.mark.parametrize("workers", WORKERS)
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_fit_sees_the_same_epochs_whatever_works_for_it(arrays, workers):
    """The loss of a model that learns nothing is the mean of what it was given."""
    pipeline = augkit.Pipeline([augkit.Brightness(offset=(-0.5, 0.5))], seed=7)
    data = AugmentedPyDataset(*arrays, pipeline, batch_size=3, transform=brightness, **WORKERS[workers])
    expected = []
    for epoch in range(4):
        data.set_epoch(epoch)
        expected.append(float(np.mean(np.concatenate([values for values, _ in data]))))
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="ones", use_bias=False)])
    model.compile(keras.optimizers.SGD(0.0), loss=lambda labels, values: values[:, 0])
    model.evaluate(np.ones((3, 1), np.float32), np.zeros(3), verbose=0)  # else it tries a batch before its first epoch
    data.set_epoch(0)
    counted = model.fit(data, epochs=2, shuffle=False, verbose=0).history["loss"]
    tell = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: data.set_epoch(epoch))
    resumed = model.fit(data, initial_epoch=1, epochs=4, shuffle=False, verbose=0, callbacks=[tell]).history["loss"]
    np.testing.assert_allclose(counted + resumed, expected[:2] + expected[1:], rtol=1e-5)
    assert len(set(expected)) == 4


def brightness(picture: np.ndarray) -> np.ndarray:
    return np.float32([picture.mean() / 255])


def test_what_does_not_fit_is_refused(arrays, pipeline):
    images, labels = arrays
    with pytest.raises(augkit.AugkitError, match="9 images and 8 labels"):
        AugmentedPyDataset(images, labels[:8], pipeline)
    with pytest.raises(augkit.AugkitError, match="a class for each image"):
        AugmentedPyDataset(images, np.eye(3)[labels], pipeline, to="max")
    with pytest.raises(augkit.AugkitError, match="batch_size must be a whole number of at least 1, got 0"):
        AugmentedPyDataset(images, labels, pipeline, batch_size=0)
