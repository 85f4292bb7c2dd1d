"""Borders of one colour: frames of them that small pictures stand in, and canvases that are there before."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from pictures import picture, same

from augkit.geometry import IDENTITY, about_center, compose, rotation, scaling, translation
from augkit.kernels import maximum, to_dtype
from augkit.kernels.frames import frame_for
from augkit.kernels.warp import BORDERS, pad, warp, warp_and_pad

DTYPES = (np.uint8, np.uint16, np.float32)
TAILS = ((), (2,), (3,), (4,), (5,), (9,))
COLOR = (0.2, 0.9, 0.4)


@pytest.mark.parametrize("fill", [0.0, 0.5, 0.7, 1.0, COLOR])
@pytest.mark.parametrize("size", [(2, 2), (5, 31), (32, 32), (256, 256), (257, 256)])
def test_beyond_the_edge_is_the_fill_whatever_came_before(size, fill):
    matrix = about_center(rotation(20.0), size)
    dark, light = np.zeros((*size, 3), np.uint8), np.full((*size, 3), 255, np.uint8)
    first = warp(dark, matrix, size, "constant", fill)
    warp(light, compose(translation(size[1] * 0.4, 1.5), matrix), size, "constant", fill)
    again = warp(dark, matrix, size, "constant", fill)
    assert same(again, first)
    levels = np.rint(np.multiply(fill, 255))
    assert (again <= levels).all()
    far = compose(translation(3.0 * size[1] + 0.5, 0.0), matrix)
    assert (warp(light, far, size, "constant", fill) == levels).all()


def test_a_border_of_one_grey_is_a_picture_with_that_grey_around_it():
    image, matrix = picture((32, 32, 3)), compose(translation(5.3, -4.1), about_center(rotation(13.0), (32, 32)))
    wide = np.full((96, 96, 3), 77, np.uint8)
    wide[32:64, 32:64] = image
    there_and_back = compose(matrix, translation(-32.0, -32.0))
    expected = warp(wide, there_and_back, (32, 32), "replicate")
    result = warp(image, matrix, (32, 32), "constant", 77 / 255)
    # Coordinates are of single precision, 2**-24 of up to 128 pixels, times 255 levels a pixel: seldom a rounding more.
    assert np.abs(result.astype(int) - expected).max() <= 1
    assert (result != expected).mean() < 0.001


def test_a_frame_is_not_much_larger_than_its_picture():
    for size in ((256, 256), (2, 32768), (8192, 8)):
        assert frame_for(size, (0.0, 0.0, 0.0, 0.0)).room.nbytes <= 2**21


def test_threads_do_not_share_what_surrounds_a_small_picture():
    images = [picture((24, 31, 3), seed=seed) for seed in range(8)]
    matrix = about_center(rotation(20.0), (24, 31))
    expected = [warp(image, matrix, (24, 31), "constant", 0.3) for image in images]

    def often(place: int) -> bool:
        return all(same(warp(images[place], matrix, (24, 31), "constant", 0.3), expected[place]) for _ in range(400))

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(often, range(8)))


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("tail", [(), (3,), (4,), (5,)])
@pytest.mark.parametrize("size", [(1, 1), (20, 1), (20, 24), (300, 260)])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_warping_onto_a_larger_canvas_is_padding_what_was_warped(size, tail, dtype, border):
    image = picture((*size, *tail), dtype)
    for matrix in (IDENTITY, about_center(rotation(13.0), size), about_center(scaling(0.4, 0.4), size)):
        for sides in ((0, 0, 0, 0), (1, 2, 3, 4)):
            for fill in (0.3, COLOR):
                expected = pad(warp(image, matrix, size, border, fill), sides, border, fill)
                assert same(warp_and_pad(image, matrix, size, sides, border, fill), expected)


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("side", [9, 50, 100])
def test_the_nearest_pixel_is_the_same_one_for_colours_greys_and_masks(border, side):
    image = picture((100, 100, 3))
    for matrix in (scaling(side / 100, side / 100), compose(scaling(0.5, 0.5), rotation(45.0))):
        colors = warp(image, matrix, (side, side), border, interpolation="nearest")
        for channel in range(3):
            plane = np.ascontiguousarray(image[..., channel])
            assert same(colors[..., channel], warp(plane, matrix, (side, side), border, interpolation="nearest"))


@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shift", [1, 1.5])
def test_a_border_may_have_a_colour_and_its_luma_where_there_are_none(tail, dtype, shift):
    image, (red, green, blue) = picture((2, 2, *tail), dtype), (0.2, 0.6, 1.0)
    result = warp(image, translation(shift, 0), (2, 6), border="constant", fill=(red, green, blue))
    color = {(3,): [red, green, blue], (4,): [red, green, blue, 0.0]}.get(tail)
    levels = np.full(image.shape, 0.299 * red + 0.587 * green + 0.114 * blue if color is None else color)
    assert same(result[1, 5], to_dtype(levels * maximum(image), image)[0, 0])
