"""Unsharp masking at a small and at a large radius."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import picture
from scipy import ndimage

from augkit.kernels import maximum
from augkit.kernels.detail import blur, local_contrast, sharpen, sharpening

DTYPES = (np.uint8, np.uint16, np.float32)
TAILS = ((), (2,), (3,), (4,), (5,))
AMOUNTS = (-1.0, -0.93, -0.5, -0.1, 0.0, 0.07, 0.3, 1.0, 3.3, 20.0)


def test_softening_by_hand_is_the_binomial_blur():
    image = np.zeros((5, 5), np.uint8)
    image[2, 2] = 160
    assert sharpen(image, -1.0)[1:4, 1:4].tolist() == [[10, 20, 10], [20, 40, 20], [10, 20, 10]]


def test_sharpening_by_hand_overshoots_at_an_edge():
    assert sharpen(np.array([[100, 100, 200, 200]] * 3, np.uint8), 1.0)[1].tolist() == [100, 75, 225, 200]


@pytest.mark.parametrize("amount", AMOUNTS)
def test_all_256_flat_pictures_stay_flat(amount):
    for level in range(256):
        image = np.full((4, 5, 3), level, np.uint8)
        assert (sharpen(image, amount) == level).all()
        assert (local_contrast(image, amount, 0.3) == level).all()


@pytest.mark.parametrize("amount", AMOUNTS)
def test_flat_pictures_large_enough_to_be_reduced_stay_flat(amount):
    for level in range(0, 256, 5):
        for tail in TAILS:
            assert (local_contrast(np.full((50, 70, *tail), level, np.uint8), amount, 0.5) == level).all()


@pytest.mark.parametrize("level", [0, 1, 255, 256, 1000, 40001, 65534, 65535])
@pytest.mark.parametrize("amount", AMOUNTS)
def test_flat_pictures_of_16_bits_stay_flat(level, amount):
    image = np.full((7, 6, 3), level, np.uint16)
    assert (sharpen(image, amount) == level).all()


@settings(deadline=None, max_examples=80)
@given(st.floats(-1, 20), st.sampled_from(DTYPES), st.sampled_from(TAILS), st.integers(2, 9), st.integers(2, 9))
def test_sharpen_is_its_formula_rounded_once(amount, dtype, tail, height, width):
    image = picture((height, width, *tail), dtype)
    rounded = 4 * sharpening(amount) if dtype == np.uint8 else amount

    def pass_once(values, axis):
        pads = [(1, 1) if place == axis else (0, 0) for place in range(values.ndim)]
        padded = np.moveaxis(np.pad(values, pads, "reflect"), axis, 0)
        blur = (padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4
        return np.moveaxis(padded[1:-1] + rounded * (padded[1:-1] - blur), 0, axis)

    white = maximum(image)
    exact = np.clip(pass_once(pass_once(image.astype(np.float64), 0), 1), 0, white)
    result = sharpen(image, amount)
    colors = slice(0, 3) if tail == (4,) else slice(None)
    error = np.abs(result - exact)[..., colors] if tail else np.abs(result - exact)
    # Half a level, and sums of float32: weights add up to at most (1 + |amount|)^2, six roundings and the tie.
    assert error.max() <= (0.0 if dtype == np.float32 else 0.5) + 8 * 2.0**-24 * white * (1 + abs(rounded)) ** 2


@settings(deadline=None, max_examples=80)
@given(st.floats(-1, 5), st.integers(2, 70), st.integers(2, 70), st.integers(0, 2**32))
def test_every_pixel_of_8_bits_is_the_sum_of_whole_numbers_with_halves_rounded_up(amount, height, width, seed):
    image = np.random.default_rng(seed).choice(np.array([0, 1, 2, 127, 128, 254, 255], np.uint8), (height, width, 3))
    side = sharpening(amount) * 64
    assert side == round(side)
    total = np.pad(image, ((1, 1), (1, 1), (0, 0)), "reflect").astype(np.int64)
    for _ in range(2):
        total = (64 + 2 * round(side)) * total[1:-1] - round(side) * (total[:-2] + total[2:])
        total = total.swapaxes(0, 1)
    assert (sharpen(image, amount) == np.clip((total + 2048) // 4096, 0, 255)).all()


@pytest.mark.parametrize(("most", "step"), [(1.0, 1 / 16), (3.0, 1 / 8), (5.0, 1 / 4)])
def test_amounts_are_rounded_to_steps_that_grow(most, step):
    for amount in np.linspace(most - 2, most, 101).tolist():
        steps = 4 * sharpening(amount) / (step if amount > most - 2 or most == 1.0 else step / 2)
        assert steps == round(steps)
        assert abs(4 * sharpening(amount) - amount) <= step / 2
    columns = np.linspace(-1, 5, 61)
    assert sharpening(columns).tolist() == [sharpening(amount) for amount in columns.tolist()]


@pytest.mark.parametrize("kernel", [sharpen, lambda image, amount: local_contrast(image, amount, 0.2)])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tail", TAILS)
def test_amount_0_is_the_identity(kernel, dtype, tail):
    image = picture((19, 23, *tail), dtype)
    result = kernel(image, 0.0)
    assert result.dtype == dtype
    assert (result == image).all()
    assert not np.shares_memory(result, image)


@pytest.mark.parametrize("kernel", [sharpen, lambda image, amount: local_contrast(image, amount, 0.2)])
@pytest.mark.parametrize("dtype", DTYPES)
def test_alpha_is_left_alone(kernel, dtype):
    image = picture((19, 23, 4), dtype)
    result = kernel(image, 1.3)
    assert (result[..., 3] == image[..., 3]).all()
    assert (result[..., :3] != image[..., :3]).any()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("radius", [0.02, 0.08, 0.5])
@pytest.mark.parametrize("tail", TAILS)
def test_local_contrast_is_its_formula(dtype, radius, tail):
    # Smooth noise as photos have it: the blur is done on a reduced picture, and must not lose more than a level.
    rough = np.random.default_rng(3).random((97, 131, *tail)).astype(np.float32)
    smooth = (
        cv2.GaussianBlur(rough, (0, 0), 2.0)
        if tail != (5,)
        else np.dstack([cv2.GaussianBlur(np.ascontiguousarray(rough[..., i]), (0, 0), 2.0) for i in range(5)])
    )
    smooth = (smooth - smooth.min()) / np.ptp(smooth) * 0.6 + 0.2
    white = 1.0 if dtype == np.float32 else float(np.iinfo(dtype).max)
    image = smooth.astype(dtype) if dtype == np.float32 else np.rint(smooth * white).astype(dtype)
    colors = image[..., :3] if tail == (4,) else image
    plain = colors.astype(np.float64)
    grey = plain if not tail else plain @ [0.299, 0.587, 0.114] if tail in ((3,), (4,)) else plain.mean(axis=2)
    blur = cv2.GaussianBlur(grey, (0, 0), radius * 97, borderType=cv2.BORDER_REFLECT_101)
    detail = 0.5 * (grey - blur)
    exact = plain + (detail[..., None] if tail else detail)
    result = local_contrast(image, 0.5, radius)
    result = result[..., :3] if tail == (4,) else result
    # Greys and their detail are rounded to a level of 8 bits at worst; the reduced blur may be off by as much.
    assert np.abs(result - exact).max() <= 2 * white / 255


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_local_contrast_keeps_hues(dtype):
    image = picture((60, 80, 3), dtype) // 3 + np.iinfo(dtype).max // 3
    result = local_contrast(image, 0.5, 0.1).astype(int) - image.astype(int)
    assert result.any()
    assert (np.ptp(result, axis=2) <= (0 if dtype == np.uint8 else 1)).all()


def test_a_radius_below_half_a_pixel_leaves_the_picture():
    image = picture((9, 12, 3))
    result = local_contrast(image, 1.0, 0.05)
    assert (result == image).all()
    assert not np.shares_memory(result, image)


@pytest.mark.parametrize("sigma", [0.4, 0.9, 1.08, 1.3, 2.0, 3.7, 9.0])
def test_an_edge_blurs_as_under_a_gaussian_without_end(sigma):
    edge = np.zeros((64, 200), np.uint8)
    edge[:, 100:] = 255
    endless = ndimage.gaussian_filter(edge.astype(float), sigma, mode="mirror", truncate=9.0)
    # What is cut off weighs half a level at most, and is rounded once.
    assert np.abs(blur(edge, sigma / 64) - endless).max() <= 1.0
    smooth = (edge / 255).astype(np.float32)
    assert np.abs(blur(smooth, sigma / 64) - endless / 255).max() <= 1 / 15_000


@pytest.mark.parametrize("radius", [0.03, 0.05, 0.11])
def test_a_white_float_picture_stays_white_under_a_blur(radius):
    for side in range(5, 60):
        assert blur(np.ones((side, side), np.float32), radius).max() <= 1.0
