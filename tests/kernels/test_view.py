"""The small view that features look at."""

import numpy as np
import pytest
from pictures import picture

from augkit.errors import AugkitError
from augkit.kernels.view import to_view


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("shape", [(37, 53), (37, 53, 1), (37, 53, 3), (37, 53, 4), (5, 3, 3), (32, 32), (1, 1)])
def test_every_picture_becomes_a_square_of_three_colours(shape, dtype):
    view = to_view(picture(shape, dtype), 32)
    assert view.shape == (32, 32, 3)
    assert view.dtype == (np.uint8 if dtype == np.uint8 else np.float32)
    assert view.flags.c_contiguous
    if dtype != np.uint8:
        assert 0.0 <= view.min() <= view.max() <= 1.0


def test_a_picture_of_the_right_size_is_seen_as_it_is():
    image = picture((32, 32, 3))
    np.testing.assert_array_equal(to_view(image, 32), image)


def test_halving_is_the_mean_of_four_pixels():
    image = np.array([[10, 20, 0, 0], [30, 40, 0, 8]], np.uint8).repeat(2, axis=0)
    np.testing.assert_array_equal(to_view(image, 2)[:, :, 0], [[15, 0], [35, 4]])


def test_grey_is_three_equal_colours():
    view = to_view(picture((40, 40)), 8)
    np.testing.assert_array_equal(view, np.repeat(view[..., :1], 3, axis=2))


def test_transparent_pixels_are_grey_and_half_transparent_ones_half_so():
    image = np.zeros((2, 2, 4), np.uint8)
    image[0, 0] = (255, 0, 0, 255)
    image[0, 1] = (255, 255, 255, 0)
    image[1, 0] = (255, 255, 255, 51)
    view = to_view(image, 2)
    assert view[0, 0].tolist() == [255, 0, 0]
    assert view[0, 1].tolist() == [128, 128, 128]
    assert view[1, 0].tolist() == [153, 153, 153]


def test_dark_sixteen_bit_pictures_keep_their_levels():
    image = np.array([[0, 1], [2, 3]], np.uint16)
    assert len(np.unique(to_view(image, 2))) == 4


def test_other_numbers_of_channels_are_named():
    with pytest.raises(AugkitError, match="image has 5 channels; expected 1"):
        to_view(picture((8, 8, 5)), 4)
