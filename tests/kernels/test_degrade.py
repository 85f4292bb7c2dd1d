"""JPEG within what its tables of quantisation allow, and detail lost to few pixels."""

import io
from itertools import product

import cv2
import numpy as np
import pytest
from pictures import picture, same
from PIL import Image

from augkit.kernels import maximum
from augkit.kernels.degrade import downscale, jpeg

DTYPES = (np.uint8, np.uint16, np.float32)
TAILS = ((), (2,), (3,), (4,), (5,))
QUALITIES = (1, 10, 50, 75, 95, 100)


def through_pillow(image, quality) -> tuple[np.ndarray, np.ndarray]:
    """The picture as Pillow's JPEG shows it, and the luma's table of quantisation (64,)."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=quality)
    with Image.open(file) as shown:
        return np.asarray(shown), np.array(shown.quantization[0])


def by_blocks(plane) -> np.ndarray:
    """The whole 8x8 blocks of a plane (H, W), as (blocks, 64)."""
    height, width = (side // 8 * 8 for side in plane.shape)
    return plane[:height, :width].reshape(height // 8, 8, width // 8, 8).swapaxes(1, 2).reshape(-1, 64)


def block_bound(table) -> float:
    """The largest distance (Euclidean, over 64 pixels) of a block from its JPEG.

    Each coefficient is off by half its step at most, and the transform keeps distances. Both ways, integer transforms
    and the rounding of pixels add less than a level a pixel, which is 8 over 64.
    """
    return float(np.linalg.norm(table / 2)) + 8.0


# By hand


@pytest.mark.parametrize("quality", QUALITIES)
def test_all_256_flat_greys_are_off_by_half_a_step_of_the_mean(quality):
    # 256 flat blocks side by side; only the mean, the first coefficient, is there: it is 8 times the level.
    levels = np.repeat(np.arange(256, dtype=np.uint8), 8)[None].repeat(8, 0)
    table = through_pillow(levels, quality)[1]
    error = np.abs(jpeg(levels, quality) - levels.astype(float))
    assert error.max() <= table[0] / 2 / 8 + 0.5
    assert (error.max() > 0) == (table[0] > 8)  # a step of up to 8 is within half a level of each


@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_the_best_quality_of_a_flat_picture_is_the_picture(tail, dtype):
    white = maximum(np.empty(0, dtype))
    level = dtype(white * 51 / 255)  # a whole level of 8 bits
    image = np.full((16, 24, *tail), level, dtype)
    # Colours go there and back through rounded luma and chroma: three halves of a level, by weights of up to 1.772.
    bound = (0 if tail in ((), (2,), (5,)) else 0.5 * (1 + 1.772) + 0.5) * white / 255
    assert np.abs(jpeg(image, 100).astype(float) - image).max() <= bound + 1e-7 * white


# What it keeps


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tail", TAILS)
def test_shape_dtype_alpha_and_input_are_kept_whatever_the_size(dtype, tail):
    for size in ((1, 1), (1, 7), (7, 1), (17, 23)):
        image = picture((*size, *tail), dtype)
        result = jpeg(image, 30)
        assert (result.shape, result.dtype) == (image.shape, dtype)
        assert not np.shares_memory(result, image)
        assert 0 <= result.min() <= result.max() <= maximum(image)
        if tail == (4,):
            assert same(result[..., 3], image[..., 3])
        if tail in ((2,), (5,)):  # no colours: each channel as it would be alone
            for channel in range(tail[0]):
                assert same(result[..., channel], jpeg(np.ascontiguousarray(image[..., channel]), 30))
        if tail == (4,):
            assert same(result[..., :3], jpeg(np.ascontiguousarray(image[..., :3]), 30))


def test_other_dtypes_get_the_jpeg_of_their_8_bits():
    image = picture((23, 31, 3))
    expected = jpeg(image, 60)
    assert same(jpeg(image.astype(np.uint16) * 257, 60), expected.astype(np.uint16) * 257)
    # in float32, a 255th is off by half a bit of its last place
    assert np.abs(jpeg((image / 255).astype(np.float32), 60) - expected / 255).max() <= 2.0**-24


def test_red_stays_red_and_blue_blue():
    image = np.zeros((16, 16, 3), np.uint8)
    image[..., 0], image[..., 2] = 200, 40
    assert np.abs(jpeg(image, 95).astype(int) - image).max() <= 4  # a swap of the two would be off by 160


# Against the standard and Pillow


@pytest.mark.parametrize("quality", QUALITIES)
def test_no_block_is_further_off_than_its_table_allows(photos, quality):
    grey = cv2.cvtColor(photos[0], cv2.COLOR_RGB2GRAY)[:200, :296]
    theirs, table = through_pillow(grey, quality)
    ours = jpeg(grey, quality)
    errors = np.linalg.norm(by_blocks(ours.astype(float) - grey), axis=1)
    assert errors.max() <= block_bound(table)
    assert errors.max() > block_bound(table) / 20  # it does compress, by about that much
    # Pillow has the same tables, so both round each coefficient to the same step, the nearest. Where transforms differ
    # by a bit, a tie may fall the other way: by a whole step at most, and then both are as far off as half of it.
    apart = np.linalg.norm(by_blocks(ours.astype(float) - theirs), axis=1)
    assert apart.max() <= 2 * block_bound(table)
    assert np.median(apart) <= 8.0  # a level a pixel: the same coefficients, in most blocks


@pytest.mark.parametrize("quality", [10, 50, 90])
def test_colors_are_those_of_pillow(photos, quality):
    image = np.ascontiguousarray(photos[1][:200, :296])
    ours, (theirs, table) = jpeg(image, quality), through_pillow(image, quality)
    luma = np.array([0.299, 0.587, 0.114])
    apart = np.linalg.norm(by_blocks((ours.astype(float) - theirs) @ luma), axis=1)
    assert apart.max() <= 2 * block_bound(table)
    assert np.median(apart) <= 8.0


# Downscale


def test_half_the_pixels_by_hand():
    image = np.array([[0, 100, 200, 100]] * 2, np.uint8)
    # means of 50 and 150, which lie at 0.5 and 2.5: a quarter and three quarters of the way between them
    assert downscale(image, 0.5).tolist() == [[50, 75, 125, 150]] * 2


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tail", TAILS)
def test_downscale_keeps_shape_dtype_alpha_input_and_flat_pictures(dtype, tail):
    for size, factor in product(((1, 1), (1, 7), (7, 1), (17, 23)), (0.01, 0.3, 0.97, 1.0)):
        image = picture((*size, *tail), dtype)
        result = downscale(image, factor)
        assert (result.shape, result.dtype) == (image.shape, dtype)
        assert not np.shares_memory(result, image)
        if tail == (4,):
            assert same(result[..., 3], image[..., 3])
        if factor == 1.0:
            assert same(result, image)
        flat = np.full_like(image, image.ravel()[0])
        # weights that add up to 1 but for the last bit of float32
        assert np.abs(downscale(flat, factor).astype(float) - flat).max() <= (2.0**-22 if dtype == np.float32 else 0)


def test_downscale_is_the_mean_over_each_large_pixel_and_linear_between_their_middles():
    image = picture((24, 36, 5), np.float32)
    small = image.astype(float).reshape(6, 4, 9, 4, 5).mean(axis=(1, 3))
    for axis, count in ((0, 6), (1, 9)):
        place = np.clip((np.arange(count * 4) + 0.5) / 4 - 0.5, 0, count - 1)
        low = np.minimum(place.astype(int), count - 2)
        part = (place - low).reshape([-1 if i == axis else 1 for i in range(3)])
        small = np.take(small, low, axis) * (1 - part) + np.take(small, low + 1, axis) * part
    # a mean of 16 values and a sum of four, in float32
    assert np.abs(downscale(image, 0.25) - small).max() <= 20 * 2.0**-24


@pytest.mark.parametrize("factor", [0.1, 0.3, 0.5, 0.8])
def test_few_pixels_keep_the_mean_and_lose_detail(photos, factor):
    image = photos[0].astype(np.float32) / 255
    result = downscale(image, factor)
    before, after = (np.abs(np.diff(part, axis=1)).mean() for part in (image, result))
    assert after < before
    # Averaging keeps the mean; stretching repeats the outermost half of a large pixel, 1 / (2 n) of each of four sides.
    edge = sum(1 / round(side * factor) for side in image.shape[:2])
    assert abs(float(result.mean() - image.mean())) <= edge


@pytest.mark.parametrize("shape", [(3, 65501), (65501, 3, 3), (65489, 2, 2)])
def test_sides_longer_than_a_jpeg_may_have_are_compressed_in_parts(shape):
    image = picture(shape)
    done = jpeg(image, 60)
    assert done.shape == shape
    start = 65488 if shape[0] > shape[1] else 0, 65488 if shape[1] > shape[0] else 0
    assert same(done[start[0] :, start[1] :], jpeg(np.ascontiguousarray(image[start[0] :, start[1] :]), 60))
    assert same(done[:65488, :65488], jpeg(np.ascontiguousarray(image[:65488, :65488]), 60))


@pytest.mark.parametrize("factor", [0.31, 0.5, 0.77])
def test_a_white_float_picture_stays_within_white(factor):
    for size in product(range(1, 60, 3), repeat=2):
        assert downscale(np.ones(size, np.float32), factor).max() <= 1.0
