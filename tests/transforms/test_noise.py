"""What is drawn for noise, and that the picture gets what was drawn."""

import numpy as np
import pytest

from augkit import GaussianNoise, Pipeline, SaltAndPepper
from augkit.kernels.noise import gaussian, salt_and_pepper
from augkit.seeding import Draws


@pytest.mark.parametrize(
    ("step", "kernel", "name"), [(GaussianNoise(), gaussian, "std"), (SaltAndPepper(), salt_and_pepper, "amount")]
)
def test_a_field_of_noise_is_a_drawn_seed(step, kernel, name):
    image = np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8)
    pipeline = Pipeline([step])
    params = pipeline.draw((40, 50), key=("a", 1))[0].params
    assert set(params) == {name, "seed"}
    assert (pipeline(image, key=("a", 1)) == kernel(image, params[name], params["seed"])).all()


@pytest.mark.parametrize("step", [GaussianNoise(), SaltAndPepper()])
def test_seeds_are_53_bits_so_that_json_holds_them(step):
    seeds = [step.draw(Draws(0, "a", copy), (9, 9))["seed"] for copy in range(200)]
    assert len(set(seeds)) == 200
    assert 2**52 < max(seeds) < 2**53


def test_two_noises_in_a_row_have_fields_of_their_own():
    """Variances of independent fields add up; of equal ones, deviations would."""
    image = np.full((500, 500), 0.5, np.float32)
    step = GaussianNoise(std=(0.03, 0.03))
    result = Pipeline([step, step])(image, key=("a", 1))
    assert result.std() == pytest.approx(0.03 * np.sqrt(2), rel=4.5 / np.sqrt(2 * image.size))


def test_noise_of_copies_is_independent():
    image = np.full((500, 500), 128, np.uint8)
    pipeline = Pipeline([GaussianNoise(std=(0.04, 0.04))])
    fields = [pipeline(image, key=("a", copy)).astype(float).ravel() for copy in range(4)]
    correlations = np.corrcoef(fields) - np.eye(4)
    assert np.abs(correlations).max() < 4.5 / np.sqrt(image.size)
