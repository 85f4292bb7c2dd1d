"""Erasing, blending and pasting."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import picture, same

from augkit.kernels import maximum
from augkit.kernels.cover import blend, erase, paste

DTYPES = (np.uint8, np.uint16, np.float32)
TAILS = ((), (2,), (3,), (4,), (5,))
SIZES = ((1, 1), (1, 7), (7, 1), (11, 13))


# Erase


def test_rectangles_are_painted_one_over_the_other_by_hand():
    image = np.full((3, 4), 9, np.uint8)
    painted = erase(image, [((0, 0, 3, 2), 1.0), ((1, 1, 9, 9), 0.2)])  # beyond the edge there is nothing to paint
    assert painted.tolist() == [[255, 255, 255, 9], [255, 51, 51, 51], [9, 51, 51, 51]]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tail", TAILS)
def test_only_what_is_in_the_rectangle_is_painted(dtype, tail):
    for size in SIZES:
        image = picture((*size, *tail), dtype)
        painted = erase(image, [((2, 1, 9, 5), 0.3)])
        expected = image.copy()
        colors = expected[..., :3] if tail == (4,) else expected
        colors[1:5, 2:9] = 0.3 if dtype == np.float32 else np.rint(0.3 * maximum(image))
        assert same(painted, expected)
        assert not np.shares_memory(painted, image)


@pytest.mark.parametrize("rectangle", [(2, 2, 2, 5), (2, 2, 5, 2), (0, 0, 0, 0), (99, 0, 100, 3)])
def test_a_rectangle_without_pixels_paints_none(rectangle):
    image = picture((7, 9, 3))
    assert same(erase(image, [(rectangle, 0.5)]), image)
    assert same(erase(image, []), image)


# Blend


def test_blend_by_hand():
    one, other = np.array([[0, 100, 255]], np.uint8), np.array([[200, 0, 255]], np.uint8)
    assert blend(one, other, 0.25).tolist() == [[150, 25, 255]]


@given(st.floats(0, 1), st.sampled_from(DTYPES), st.sampled_from(TAILS), st.sampled_from(SIZES))
def test_blend_is_the_weighted_mean_rounded_once(weight, dtype, tail, size):
    one, other = picture((*size, *tail), dtype), picture((*size, *tail), dtype, seed=1)
    mixed = blend(one, other, weight)
    assert (mixed.shape, mixed.dtype) == (one.shape, dtype)
    expected = weight * one.astype(float) + (1 - weight) * other
    # Weights and products of float32: three roundings, each of 2^-24 of white, before the one to whole levels.
    rounding = 0.0 if dtype == np.float32 else 0.5
    assert np.abs(mixed - expected).max() <= rounding + 3 * 2.0**-24 * maximum(one)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tail", TAILS)
def test_all_of_one_picture_is_that_picture(dtype, tail):
    one, other = picture((11, 13, *tail), dtype), picture((11, 13, *tail), dtype, seed=1)
    assert same(blend(one, other, 1.0), one)
    assert same(blend(one, other, 0.0), other)
    assert not np.shares_memory(blend(one, other, 1.0), one)


# Paste


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tail", TAILS)
def test_paste_takes_the_rectangle_from_the_other_with_its_alpha(dtype, tail):
    for size, (left, top, right, bottom) in product(SIZES, ((0, 0, 1, 1), (2, 1, 5, 7), (3, 3, 3, 9), (0, 0, 13, 11))):
        one, other = picture((*size, *tail), dtype), picture((*size, *tail), dtype, seed=1)
        pasted = paste(one, other, (left, top, right, bottom))
        y, x = np.mgrid[: size[0], : size[1]]
        inside = (x >= left) & (x < right) & (y >= top) & (y < bottom)
        assert same(pasted, np.where(inside.reshape(size + (1,) * len(tail)), other, one))
        assert not np.shares_memory(pasted, one)
        assert not np.shares_memory(pasted, other)
