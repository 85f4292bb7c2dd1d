"""Curves: a gain and an offset, or a table, rounded once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import picture
from PIL import Image, ImageEnhance

from augkit.kernels import maximum
from augkit.kernels.measure import LUMA, mean_color
from augkit.kernels.tone import apply_curve, apply_linear, exact_line

DTYPES = (np.uint8, np.uint16, np.float32)
TAILS = ((), (2,), (3,), (4,), (5,))


def colors_of(image) -> np.ndarray:
    return image[..., :3] if image.ndim == 3 and image.shape[2] == 4 else image


def allowed(dtype, gain, offset) -> float:
    """How far a result may be from the exact one: half a level, and sums of float32 in three roundings.

    So a result is the nearest level, or, where the exact value lies between two within float32, either of them. Of 8
    bits, gain and offset are rounded to units of float32, and half a unit is added.
    """
    if dtype == np.uint8:
        unit = 2.0 ** (np.frexp(128 + 255 * (abs(gain) + 3 * abs(offset)))[1] - 23)
        return 0.5 + (255 / 2 + 1 / 2 + 1 / 2) * unit
    white = 1.0 if dtype == np.float32 else float(np.iinfo(dtype).max)
    rounding = max(3 * 2.0**-24 * white * (abs(gain) + abs(offset)), float(np.finfo(np.float32).tiny))
    return (0.0 if dtype == np.float32 else 0.5) + rounding


def test_gain_and_offset_by_hand():
    image = np.array([[0, 10, 20], [100, 101, 102], [200, 254, 255]], np.uint8)
    assert apply_linear(image, 1.5, [-0.2]).tolist() == [[0, 0, 0], [99, 101, 102], [249, 255, 255]]
    pixel = np.array([[[10, 20, 30]]], np.uint8)
    assert apply_linear(pixel, 2.0, [0.0, 0.2, -0.2]).tolist() == [[[20, 91, 9]]]


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(DTYPES),
    st.sampled_from(TAILS),
    st.floats(0, 8),
    st.lists(st.floats(-2, 2), min_size=3, max_size=3),
    st.booleans(),
)
def test_linear_is_float64_rounded_once(dtype, tail, gain, offsets, each):
    image = picture((9, 31, *tail), dtype)
    offsets = offsets if each and tail in ((3,), (4,)) else offsets[:1]
    result = apply_linear(image, gain, offsets)
    white = maximum(image)
    exact = np.clip(gain * colors_of(image).astype(np.float64) + np.array(offsets) * white, 0, white)
    assert result.dtype == dtype
    assert result.shape == image.shape
    assert np.abs(colors_of(result) - exact).max() <= allowed(dtype, gain, max(map(abs, offsets)))


@settings(deadline=None, max_examples=150)
@given(st.floats(-8, 8), st.lists(st.floats(-2, 2), min_size=3, max_size=3), st.sampled_from([(5, 7), (40, 40)]))
def test_every_byte_is_the_exact_sum_with_halves_rounded_up(gain, offsets, size):
    image = picture((*size, 3))
    exact_gain, *exact_offsets = exact_line(gain, *(255.0 * offset for offset in offsets))
    exact = exact_gain * image.astype(np.float64) + np.array(exact_offsets)  # which float64 holds, and float32 too
    assert (exact == exact.astype(np.float32)).all()
    assert (apply_linear(image, gain, offsets) == np.clip(np.floor(exact + 0.5), 0, 255)).all()
    columns = [np.array([value, 1.0]) for value in (gain, *(255.0 * offset for offset in offsets))]
    assert [column[0] for column in exact_line(*columns)] == [exact_gain, *exact_offsets]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_line_of_slope_1_through_0_changes_no_level(dtype):
    levels = np.arange(np.iinfo(dtype).max + 1, dtype=dtype)[None]
    assert (apply_linear(levels, 1.0, [0.0]) == levels).all()
    assert (apply_curve(levels, lambda values: values) == levels).all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize("exponent", [0.3, 1.0, 2.2])
def test_curves_are_float64_rounded_once(dtype, tail, exponent):
    image = picture((9, 31, *tail), dtype)
    result = apply_curve(image, lambda values: values**exponent)
    white = maximum(image)
    exact = (
        colors_of(image) / white if dtype != np.float32 else colors_of(image).astype(np.float64)
    ) ** exponent * white
    expected = exact.astype(np.float32) if dtype == np.float32 else np.rint(exact).astype(dtype)
    assert result.dtype == dtype
    assert result.shape == image.shape
    assert (colors_of(result) == expected).all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tail", TAILS)
def test_curves_are_clipped_at_white(dtype, tail):
    image = picture((4, 5, *tail), dtype)
    assert (colors_of(apply_curve(image, lambda values: values + 2)) == maximum(image)).all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tail", [(3,), (4,)])
def test_each_colour_has_its_own_curve(dtype, tail):
    image = picture((4, 5, *tail), dtype)
    result = apply_curve(image, lambda values: values * [1, 0, 0] + [0, 0, 1])
    assert (result[..., 0] == image[..., 0]).all()
    assert (result[..., 1] == 0).all()
    assert (result[..., 2] == maximum(image)).all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_alpha_is_left_alone(dtype):
    image = picture((8, 9, 4), dtype)
    for changed in (apply_linear(image, 0.3, [0.4]), apply_curve(image, lambda values: 1 - values)):
        assert (changed[..., 3] == image[..., 3]).all()
        assert (changed[..., :3] != image[..., :3]).any()


@pytest.mark.parametrize("gain", [0.0, 0.3, 0.8, 1.0, 1.2, 2.5])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_contrast_is_that_of_pillow(gain, mode):
    image = picture((40, 50) if mode == "L" else (40, 50, 3))
    theirs = np.asarray(ImageEnhance.Contrast(Image.fromarray(image, mode)).enhance(gain), np.float64)
    ours = apply_linear(image, gain, [(1 - gain) * np.dot(LUMA, mean_color(image))]).astype(np.float64)
    # Pillow rounds each grey and then their mean, half a level each, and cuts off the fraction where we round.
    assert np.abs(ours - theirs).max() <= 1 + abs(1 - gain) * (0.5 + 0.5)
