"""Making pictures smaller, which must not alias."""

import math
import tracemalloc

import cv2
import numpy as np
import pytest
from pictures import picture
from sklearn.datasets import load_sample_image

from augkit.geometry import about_center, compose, invert, rotation, scaling, translation
from augkit.kernels.warp import warp


def supersampled(image, matrix, out, times=8) -> np.ndarray:
    """The mean of times x times bilinear samples a pixel, in float32 without any rounding between."""
    dense = compose(scaling(times, times), matrix)
    inverse = compose(translation(-0.5, -0.5), compose(invert(dense), translation(0.5, 0.5)))
    large = cv2.warpAffine(
        image.astype(np.float32), np.reshape(inverse[:6], (2, 3)), (out[1] * times, out[0] * times),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REFLECT_101,
    )  # fmt: skip
    return large.reshape(out[0], times, out[1], times, -1).mean(axis=(1, 3))


def naive(image, matrix, out) -> np.ndarray:
    inverse = compose(translation(-0.5, -0.5), compose(invert(matrix), translation(0.5, 0.5)))
    return cv2.warpAffine(
        image, np.reshape(inverse[:6], (2, 3)), (out[1], out[0]),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REFLECT_101,
    )  # fmt: skip


def psnr(one, other) -> float:
    return 10 * math.log10(255**2 / np.mean((one.astype(np.float64) - other) ** 2))


@pytest.mark.parametrize("degrees", [0, 30])
@pytest.mark.parametrize("shrink", [0.75, 0.6, 0.4, 0.3, 0.2])
def test_shrinking_does_not_alias_where_one_look_a_pixel_does(degrees, shrink):
    image = load_sample_image("china.jpg")
    size = image.shape[:2]
    out = (int(size[0] * shrink), int(size[1] * shrink))
    matrix = compose(scaling(shrink, shrink), about_center(rotation(degrees), size))
    expected = supersampled(image, matrix, out)
    assert psnr(warp(image, matrix, out), expected) >= 45.0
    assert psnr(naive(image, matrix, out), expected) <= 36.0


@pytest.mark.parametrize("parts", [2, 3, 4, 7])
def test_shrinking_by_a_whole_number_is_the_mean_of_the_pixels_it_covers(parts):
    image = picture((parts * 9, parts * 11, 3))
    expected = image.reshape(9, parts, 11, parts, 3).mean(axis=(1, 3))
    assert np.abs(warp(image, scaling(1 / parts, 1 / parts), (9, 11)) - expected).max() <= 0.5 + 1e-4


def test_shrinking_one_side_leaves_the_other_as_it_is():
    image = picture((24, 30))
    expected = image.reshape(24, 10, 3).mean(axis=2)
    assert np.abs(warp(image, scaling(1 / 3, 1), (24, 10)) - expected).max() <= 0.5 + 1e-4


def test_shrinking_does_not_need_memory_out_of_all_proportion():
    # A hundredth of the size shows each pixel once, whatever the border repeats around it.
    image = picture((100, 100))
    tracemalloc.start()
    warp(image, about_center(scaling(0.01, 0.01), (100, 100)), (100, 100))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak <= 64 * image.nbytes + 2**20
