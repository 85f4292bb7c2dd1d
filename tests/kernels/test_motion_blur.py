"""Motion blur: the straight line it is, and the plain convolution with it."""

import math

import numpy as np
import pytest
from pictures import picture, same
from scipy.ndimage import correlate

from augkit.kernels import maximum
from augkit.kernels.detail import _in_256ths, _line, motion_blur

DTYPES = (np.uint8, np.uint16, np.float32)
TAILS = ((), (2,), (3,), (4,), (5,))
LENGTHS = (0.2, 1.0, 2.5, 6.0)
ANGLES = (0.0, 30.0, 45.0, 90.0, -60.0, 135.0, 400.0)
SIDE = 21


def answer_to_a_point(reach, degrees) -> np.ndarray:
    """What becomes of a single white pixel: the kernel, turned by half a circle, which changes nothing."""
    point = np.zeros((SIDE, SIDE), np.float32)
    point[SIDE // 2, SIDE // 2] = 1
    return motion_blur(point, reach / SIDE, degrees).astype(float)


def line(reach, degrees) -> np.ndarray:
    """The weights of a line: pixel by pixel along its longer extent, shared by two pixels across."""
    x, y = reach * math.cos(math.radians(degrees)), -reach * math.sin(math.radians(degrees))
    steep = abs(y) > abs(x)
    along, across = (y, x) if steep else (x, y)
    kernel = np.zeros((SIDE, SIDE))
    for place in range(-(SIDE // 2), SIDE // 2 + 1):
        covered = max(0.0, min(place + 0.5, abs(along) / 2) - max(place - 0.5, -abs(along) / 2)) / abs(along)
        for row in range(-(SIDE // 2), SIDE // 2 + 1):
            share = max(0.0, 1 - abs(row - place * across / along)) * covered
            kernel[(place, row) if steep else (row, place)] += share
    return np.roll(kernel, (SIDE // 2, SIDE // 2), (0, 1))


def test_level_and_upright_lines_by_hand():
    image = np.array([[0, 0, 80, 0, 0]] * 5, np.uint8)
    # from -1 to 1: all of the middle pixel, half of each neighbour
    assert motion_blur(image, 2 / 5, 0.0)[2].tolist() == [0, 20, 40, 20, 0]
    assert motion_blur(image, 2 / 5, 90.0)[2].tolist() == [0, 0, 80, 0, 0]
    assert motion_blur(image, 3 / 5, 0.0)[2].tolist() == [0, 27, 27, 27, 0]


def test_a_falling_diagonal_by_hand():
    found = answer_to_a_point(3 * math.sqrt(2), -45.0)
    middle = SIDE // 2
    expected = np.zeros((SIDE, SIDE))
    for place in (-1, 0, 1):
        expected[middle + place, middle + place] = 1 / 3
    assert np.abs(found - expected).max() < 1e-6


@pytest.mark.parametrize("reach", LENGTHS)
@pytest.mark.parametrize("degrees", ANGLES)
def test_a_point_becomes_a_line_of_that_length_and_angle(reach, degrees):
    found = answer_to_a_point(reach, degrees)
    assert np.abs(found - line(reach, degrees)).max() <= 2.0**-22
    assert found.sum() == pytest.approx(1, abs=1e-6)
    assert np.abs(found - found[::-1, ::-1]).max() < 1e-6  # nothing shifts
    # Sharing across keeps the middle of each step on the line, so x and y vary together as on a line of that slope.
    offsets = np.arange(SIDE) - SIDE // 2
    xx, yy = ((found.sum(axis=axis) * offsets**2).sum() for axis in (0, 1))
    xy = -(found * np.outer(offsets, offsets)).sum()
    slope = math.tan(math.radians(degrees))
    assert xy == pytest.approx(slope * xx if abs(slope) <= 1 else yy / slope, abs=1e-5)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tail", TAILS)
def test_it_is_the_plain_convolution_rounded_once(dtype, tail):
    image = picture((SIDE, SIDE + 4, *tail), dtype)
    for reach, degrees in ((1.0, 20.0), (3.5, -70.0), (6.0, 45.0)):
        kernel = answer_to_a_point(reach, degrees)[6:-6, 6:-6]
        if dtype == np.uint8:
            kernel = _in_256ths(kernel) / 256
        result = motion_blur(image, reach / SIDE, degrees)
        weights = kernel.reshape(kernel.shape + (1,) * len(tail))
        expected = correlate(image.astype(float), weights, mode="mirror")
        if tail == (4,):
            expected[..., 3] = image[..., 3]
        assert (result.shape, result.dtype) == (image.shape, dtype)
        # each weight, product and partial sum is rounded to float32; of 8 bits, halves go up
        bound = 3 * np.count_nonzero(kernel) * 2.0**-24 * maximum(image) + (0 if dtype == np.float32 else 0.5)
        assert np.abs(result - expected).max() <= bound


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize("reach", [19.0, 40.5, 63.0])
@pytest.mark.parametrize("degrees", [3.0, 20.0, 45.0, -70.0, 88.0])
def test_long_lines_are_the_plain_convolution_too(dtype, tail, reach, degrees):
    image = picture((67, 71, *tail), dtype)
    kernel = _line(reach, math.radians(degrees))
    result = motion_blur(image, reach / 67, degrees)
    expected = correlate(image.astype(float), kernel.reshape(kernel.shape + (1,) * len(tail)), mode="mirror")
    if tail == (4,):
        expected[..., 3] = image[..., 3]
    assert (result.shape, result.dtype) == (image.shape, dtype)
    # rounded to float32 as short ones are; of 8 bits, up to 8 parts are each rounded to 128ths of a level
    bound = 3 * np.count_nonzero(kernel) * 2.0**-24 * maximum(image) + (0 if dtype == np.float32 else 0.5)
    bound += 8 / 256 if dtype == np.uint8 else 0
    assert np.abs(result - expected).max() <= bound


@pytest.mark.parametrize("degrees", [0.0, 20.0, 45.0, -70.0])
@pytest.mark.parametrize("reach", [0.3, 1.0, 3.0, 7.0, 10.9])
def test_of_8_bits_every_sum_is_exact_and_weights_are_off_by_less_than_a_256th(reach, degrees):
    kernel = _line(reach, math.radians(degrees))
    parts = _in_256ths(kernel)
    assert (parts.sum(), parts.min()) == (256, parts.clip(0).min())
    assert (parts == np.rint(parts)).all()
    assert np.abs(parts / 256 - kernel).max() < 1 / 256
    assert not parts[kernel == 0].any()
    image = np.random.default_rng(0).integers(0, 256, (67, 67), np.uint8)
    sums = correlate(image.astype(np.int64), parts.astype(np.int64), mode="mirror")
    assert (motion_blur(image, reach / 67, degrees) == (sums + 128) // 256).all()


@pytest.mark.parametrize("degrees", [0.0, 33.0, 45.0])
def test_the_longest_lines_leave_a_flat_picture_flat(degrees):
    for level in (1, 128, 254, 255):
        flat = np.full((40, 900), level, np.uint8)
        assert (motion_blur(flat, 1.0, degrees) == level).all()
        assert (motion_blur(flat.T, 20.0, degrees) == level).all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize("size", [(1, 1), (1, 7), (7, 1), (11, 13)])
def test_a_line_shorter_than_a_pixel_counts_leaves_the_picture_and_any_other_keeps_flat_ones(dtype, tail, size):
    image = picture((*size, *tail), dtype)
    still = motion_blur(image, 0.14 / min(size), 30.0)
    assert same(still, image)
    assert not np.shares_memory(still, image)
    level = dtype(0.5 if dtype == np.float32 else maximum(image) - 3)
    flat = np.full_like(image, level)
    # up to 2 * 8 weights that add up to 1 but for float32, as does the sum
    tolerance = 64 * 2.0**-24 * maximum(image) if dtype == np.float32 else 0
    assert np.abs(motion_blur(flat, 0.9, 30.0).astype(float) - flat).max() <= tolerance


def test_a_line_as_long_as_the_picture_is_its_row_mean_in_the_middle():
    image = picture((101, 101), np.float32)
    result = motion_blur(image, 1.0, 0.0)[:, 50]
    assert np.abs(result - image.astype(float).mean(axis=1)).max() <= 101 * 2.0**-24
