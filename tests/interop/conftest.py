"""What tests of the bridges share."""

import numpy as np
import pytest

import augkit

LABELS = [0, 0, 0, 0, 0, 0, 1, 1, 2]


@pytest.fixture(scope="session")
def pairs(photos) -> list[tuple[np.ndarray, int]]:
    """Nine small pictures with their classes: six, two, one."""
    return [(photos[0][place * 40 :][:24, place * 50 :][:, :32].copy(), label) for place, label in enumerate(LABELS)]


@pytest.fixture(scope="session")
def pipeline() -> augkit.Pipeline:
    """A pipeline of every kind of randomness."""
    steps = [augkit.HorizontalFlip(p=0.5), augkit.Rotate(), augkit.Brightness(), augkit.GaussianNoise()]
    return augkit.Pipeline(steps, seed=7)


@pytest.fixture
def picture(pairs) -> np.ndarray:
    """The first of them."""
    return pairs[0][0]
