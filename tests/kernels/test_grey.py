"""The grey of a picture, and a change of it put back."""

import numpy as np
import pytest
from pictures import picture, same

from augkit.kernels import maximum
from augkit.kernels.grey import add_grey, grey_of
from augkit.kernels.measure import LUMA

DTYPES = (np.uint8, np.uint16, np.float32)
TAILS = ((), (2,), (3,), (4,), (5,))
SIZES = ((1, 1), (1, 7), (7, 1), (11, 13))


def test_grey_by_hand():
    assert grey_of(np.array([[[200, 0, 0], [0, 200, 0], [0, 0, 200]]], np.uint8)).tolist() == [[60, 117, 23]]
    assert grey_of(np.array([[[10, 20], [0, 1]]], np.uint8)).tolist() == [[15, 0]]  # of one half, half to even


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tail", TAILS)
def test_grey_is_the_luma_or_the_mean_of_what_is_no_colour(dtype, tail):
    for size in SIZES:
        image = picture((*size, *tail), dtype)
        grey = grey_of(image)
        assert (grey.shape, grey.dtype) == (size, dtype)
        values = image.astype(float)
        expected = values if not tail else values[..., :3] @ LUMA if tail in ((3,), (4,)) else values.mean(axis=2)
        # OpenCV has whole weights of 14 bits at least: three errors of half of one each; float32 rounds five times.
        weights = 3 * 2.0**-15 if tail in ((3,), (4,)) else 0.0
        bound = 5 * 2.0**-24 if dtype == np.float32 else 0.5 + weights * maximum(image)
        assert np.abs(grey - expected).max() <= bound


@pytest.mark.parametrize("dtype", DTYPES)
def test_grey_of_a_grey_of_three_colors_is_that_grey(dtype):
    levels = picture((11, 13), dtype)
    image = np.repeat(levels[..., None], 3, axis=2)
    # weights of float32 add up to 1 but for their last bits
    assert np.abs(grey_of(image).astype(float) - levels).max() <= (4 * 2.0**-24 if dtype == np.float32 else 0)


def test_a_change_is_added_to_all_colors_and_saturates_by_hand():
    image = np.array([[[10, 100, 250], [0, 5, 255]]], np.uint8)
    detail = np.array([[20, -10]], np.int16)
    assert add_grey(image, detail).tolist() == [[[30, 120, 255], [0, 0, 245]]]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize("kind", [np.int16, np.float32])
def test_the_sum_is_rounded_once_and_alpha_is_kept(dtype, tail, kind):
    if kind == np.int16 and dtype == np.float32:
        return  # whole levels of a picture from 0 to 1
    for size in SIZES:
        image = picture((*size, *tail), dtype)
        detail = (np.random.default_rng(2).uniform(-0.4, 0.4, size) * min(maximum(image), 65535)).astype(kind)
        result = add_grey(image, detail)
        expected = image + detail.astype(float).reshape(size + (1,) * len(tail))
        if tail == (4,):
            expected[..., 3] = image[..., 3]
        assert (result.shape, result.dtype) == (image.shape, dtype)
        assert not np.shares_memory(result, image)
        rounding = 2.0**-24 if dtype == np.float32 else 0.5 + 2.0**-8 * (dtype == np.uint16)
        assert np.abs(result - expected.clip(0, maximum(image))).max() <= rounding


@pytest.mark.parametrize("tail", [(3,), (4,)])
def test_whole_and_broken_changes_add_up_to_the_same_levels(tail):
    image = picture((11, 13, *tail))
    detail = np.random.default_rng(3).integers(-300, 300, (11, 13)).astype(np.int16)
    assert same(add_grey(image, detail), add_grey(image, detail.astype(np.float32)))
