"""Rotation, translation and scaling: which way, and about what."""

import math

import numpy as np
import pytest
from pictures import picture

from augkit import Affine, Pipeline, Rotate, Sample, Scale, Shear, Translate
from augkit.transforms.base import Drawn


def moved(step, points, size=(20, 40)) -> np.ndarray:
    return Pipeline([step])(image=np.zeros(size, np.uint8), keypoints=points)["keypoints"]


def test_positive_angles_turn_anticlockwise_as_seen():
    right_of_the_middle, above = [29.5, 9.5], [19.5, -0.5]
    assert np.abs(moved(Rotate(degrees=(90, 90)), [right_of_the_middle]) - [above]).max() < 1e-12
    half = moved(Rotate(degrees=(30, 30)), [right_of_the_middle])
    expected = [19.5 + 10 * math.cos(math.pi / 6), 9.5 - 10 * math.sin(math.pi / 6)]
    assert np.abs(half - [expected]).max() < 1e-12


@pytest.mark.parametrize("quarters", range(-4, 9))
def test_right_angles_of_square_pictures_are_exact(quarters):
    image = picture((6, 6, 3))
    step = Rotate(degrees=(90 * quarters, 90 * quarters))
    assert (Pipeline([step])(image) == np.rot90(image, quarters)).all()


def test_chains_of_right_angles_are_exact():
    image = picture((6, 6, 3))
    steps = [Rotate(degrees=(degrees, degrees)) for degrees in (90, 30, -75, 225, 0.1, -0.1)]
    assert (Pipeline(steps)(image) == np.rot90(image, 3)).all()


@pytest.mark.parametrize("step", [Rotate(), Scale()])
def test_the_middle_stays_in_the_middle(step):
    for copy in range(5):
        pipeline = Pipeline([step])
        result = pipeline(image=np.zeros((20, 41), np.uint8), keypoints=[[20.0, 9.5]], key=("a", copy))
        assert np.abs(result["keypoints"] - [[20.0, 9.5]]).max() < 1e-12


def test_shifts_are_fractions_of_width_and_height_drawn_apart():
    assert moved(Translate(fraction=(0.25, 0.25)), [[0, 0]]).tolist() == [[10, 5]]
    params = Pipeline([Translate()]).draw((20, 40), key=("a", 1))[0].params
    assert params["x"] != params["y"]


def test_whole_shifts_are_exact():
    image = picture((4, 8))
    result = Pipeline([Translate(fraction=(0.25, 0.25))], border="constant")(image)
    assert (result[1:, 2:] == image[:-1, :-2]).all()
    assert not result[0].any()
    assert not result[:, :2].any()


def test_a_factor_of_2_shows_the_middle_half():
    image = picture((8, 12, 3))
    result = Pipeline([Scale(factor=(2, 2))], interpolation="nearest")(image)
    assert (result == image[2:6, 3:9].repeat(2, 0).repeat(2, 1)).all()


def test_a_factor_of_a_half_puts_the_mean_of_two_by_two_in_the_middle():
    image = picture((8, 12, 3))
    result = Pipeline([Scale(factor=(0.5, 0.5))], border="constant")(image)
    expected = image.reshape(4, 2, 6, 2, 3).mean(axis=(1, 3))
    assert np.abs(result[2:6, 3:9] - expected).max() <= 0.5
    assert not np.delete(np.delete(result, range(2, 6), 0), range(3, 9), 1).any()


def test_shear_leans_an_upright_line_about_the_middle():
    image = np.zeros((5, 9), np.uint8)
    image[:, 4] = 200
    sheared = Pipeline([Shear(degrees=(0, 0))])
    assert (sheared(image) == image).all()
    points = np.array([[4, 0], [4, 2], [4, 4]], float)
    drawn = [Drawn(Shear, {"x": 45.0, "y": 0.0})]
    moved = Pipeline([]).apply(Sample(image=image, keypoints=points), drawn).keypoints
    assert moved == pytest.approx(np.array([[2, 0], [4, 2], [6, 4]]))  # x grows by tan(45) for each row down


def test_affine_is_its_four_parts_one_after_the_other(photos):
    params = {"degrees": 20.0, "x": 0.05, "y": -0.1, "factor": 1.2, "shear_x": 6.0, "shear_y": -3.0}
    parts = [
        (Shear, {"x": 6.0, "y": -3.0}),
        (Scale, {"factor": 1.2}),
        (Rotate, {"degrees": 20.0}),
        (Translate, {"x": 0.05, "y": -0.1}),
    ]
    sample = Sample(image=photos[0])
    whole = Pipeline([]).apply(sample, [Drawn(Affine, params)]).image
    chain = Pipeline([]).apply(sample, [Drawn(*part) for part in parts]).image
    # the same matrix up to the last bits of its products, so a pixel is off by one where it lies on a rounding
    difference = np.abs(whole.astype(int) - chain)
    assert difference.max() <= 1
    assert (difference > 0).mean() < 0.001
