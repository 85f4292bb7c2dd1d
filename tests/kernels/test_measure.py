"""Reading pixels."""

import numpy as np
import pytest
from pictures import picture
from PIL import Image, ImageStat

from augkit.kernels.measure import LUMA, mean_color


def mean_luma(image) -> float:
    return float(np.dot(LUMA, mean_color(image)))


def test_mean_luma_by_hand():
    assert mean_luma(np.array([[0, 51], [102, 51]], np.uint8)) == pytest.approx(0.2, abs=1e-15)
    red = np.array([[[255, 0, 0], [0, 0, 0]]], np.uint8)
    assert mean_luma(red) == pytest.approx(0.299 / 2, abs=1e-15)


def test_weights_add_up_to_1():
    assert sum(LUMA) == pytest.approx(1.0, abs=1e-15)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("tail", [(), (1,), (2,), (3,), (4,), (5,)])
def test_mean_luma_is_that_of_float64(dtype, tail):
    values = np.random.default_rng(0).random((37, 53, *tail))
    white = 1.0 if dtype == np.float32 else float(np.iinfo(dtype).max)
    image = (values * white).astype(dtype)
    image.setflags(write=False)
    plain = image.astype(np.float64) / white
    expected = (plain[..., :3] @ LUMA).mean() if tail in ((3,), (4,)) else plain.mean()
    # Levels are added as whole numbers; of floats, OpenCV adds short runs in float32.
    assert mean_luma(image) == pytest.approx(expected, abs=2.0**-24 if dtype == np.float32 else 1e-12)


def test_mean_luma_is_that_of_pillow():
    image = np.random.default_rng(0).integers(0, 256, (60, 70, 3), np.uint8)
    theirs = ImageStat.Stat(Image.fromarray(image).convert("L")).mean[0] / 255
    # Pillow rounds each pixel: errors of at most half a level, sd 1 / sqrt(12), average out over 4200 pixels.
    assert abs(mean_luma(image) - theirs) <= 5 / 255 / np.sqrt(12 * 4200)


@pytest.mark.parametrize("alpha", [0, 255])
def test_alpha_does_not_count(alpha):
    image = np.full((3, 3, 4), 102, np.uint8)
    image[..., 3] = alpha
    assert mean_luma(image) == pytest.approx(0.4, abs=1e-15)


@pytest.mark.parametrize("tail", [(), (2,), (3,), (4,)])
def test_a_value_that_is_none_counts_as_black_and_an_endless_one_as_white(tail):
    image = np.full((4, 4, *tail), 0.5, np.float32)
    image[0, 0], image[1, 1] = np.nan, np.inf
    assert mean_color(image) == pytest.approx(((14 * 0.5 + 1) / 16,) * 3)


def test_a_mean_hangs_on_no_layout():
    image = picture((41, 37, 3), np.float32)
    for laid in (np.asfortranarray(image), np.repeat(image, 2, axis=0)[::2], image[::-1].copy()[::-1]):
        assert mean_color(laid) == mean_color(image)
