"""PCA colour jitter, after Krizhevsky, Sutskever and Hinton (2012)."""

import math

import numpy as np
import pytest

from augkit import PCAColorJitter, Pipeline
from augkit.kernels.measure import LUMA
from augkit.seeding import Draws
from augkit.transforms.color import IMAGENET_VALUES, IMAGENET_VECTORS


def test_the_components_are_orthonormal_to_the_four_digits_published():
    vectors = np.array(IMAGENET_VECTORS)
    assert np.abs(vectors.T @ vectors - np.eye(3)).max() < 2e-4
    assert list(IMAGENET_VALUES) == sorted(IMAGENET_VALUES, reverse=True)


@pytest.mark.parametrize("std", [0.1, 0.5])
def test_offsets_have_the_covariance_of_the_paper(std):
    count = 4000
    draws = [PCAColorJitter(std=(std, std)).draw(Draws(1, "a", copy), (9, 9)) for copy in range(count)]
    offsets = np.array([[drawn[name] for name in ("red", "green", "blue")] for drawn in draws])
    weights = offsets @ np.linalg.inv(IMAGENET_VECTORS).T / IMAGENET_VALUES / std  # normal, mean 0, sd 1, independent
    assert np.abs(weights.mean(axis=0)).max() < 4.5 / math.sqrt(count)
    assert np.abs(weights.var(axis=0) - 1).max() < 4.5 * math.sqrt(2 / count)
    covariance = np.cov(weights.T)
    assert np.abs(covariance - np.diag(np.diag(covariance))).max() < 4.5 / math.sqrt(count)


@pytest.mark.parametrize("tail", [(), (3,), (4,), (5,)])
def test_every_pixel_is_shifted_by_the_drawn_colour(tail):
    image = (0.4 + 0.2 * np.random.default_rng(0).random((9, 11, *tail))).astype(np.float32)
    pipeline = Pipeline([PCAColorJitter()])
    params = pipeline.draw((9, 11), key=("a", 1))[0].params
    color = np.array([params[name] for name in ("red", "green", "blue")])
    shift = pipeline(image, key=("a", 1)) - image
    expected = {(): color @ LUMA, (3,): color, (4,): np.array([*color, 0.0]), (5,): color @ LUMA}[tail]
    assert np.abs(shift - expected).max() < 1e-6
    assert np.abs(color).max() > 1e-3
