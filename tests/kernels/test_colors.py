"""Colour matrices and tables of levels, and the colours of a data set."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import picture, same

from augkit.errors import AugkitError
from augkit.kernels import maximum
from augkit.kernels.measure import measure_colors
from augkit.kernels.tone import apply_matrix, apply_table

DTYPES = (np.uint8, np.uint16, np.float32)
SIZES = ((1, 1), (1, 7), (7, 1), (11, 13))
weights = st.floats(-2, 2)


# A colour matrix


def test_a_matrix_by_hand():
    image = np.array([[[10, 100, 200]]], np.uint8)
    swapped_and_halved = [[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [0.5, 0.0, 0.0]]
    assert apply_matrix(image, swapped_and_halved, [0.2, 0.0, -1.0]).tolist() == [[[251, 100, 0]]]


@given(
    st.tuples(*[st.tuples(weights, weights, weights)] * 3),
    st.tuples(weights, weights, weights),
    st.sampled_from(DTYPES),
    st.sampled_from([3, 4]),
    st.sampled_from(SIZES),
)
def test_a_matrix_is_its_sums_rounded_once(rows, offset, dtype, count, size):
    image = picture((*size, count), dtype)
    white = maximum(image)
    result = apply_matrix(image, rows, offset)
    expected = image.astype(float)
    expected[..., :3] = (image[..., :3] @ np.array(rows).T + np.array(offset) * white).clip(0, white)
    assert (result.shape, result.dtype) == (image.shape, dtype)
    assert not np.shares_memory(result, image)
    # OpenCV adds up to four products below 2 * white each in float32: 8 roundings of 8 * white at most. For RGB of 8
    # bits it has whole weights of 10 bits: three of them, and the offset, are off by half of one each.
    bound = 8 * 8 * 2.0**-24 * white + (0 if dtype == np.float32 else 0.5)
    if dtype == np.uint8 and count == 3:
        bound += 3 * 255 * 2.0**-11 + 2.0**-11
    assert np.abs(result - expected).max() <= bound
    if count == 4:
        assert same(result[..., 3], image[..., 3])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("count", [3, 4])
def test_the_identity_changes_no_level(dtype, count):
    image = picture((11, 13, count), dtype)
    assert same(apply_matrix(image, np.eye(3).tolist(), [0.0, 0.0, 0.0]), image)


# A table


def test_a_table_by_hand():
    negative = np.arange(255, -1, -1, dtype=np.uint8)[:, None]
    assert apply_table(np.array([[0, 1, 255]], np.uint8), negative).tolist() == [[255, 254, 0]]
    per_color = np.stack([np.arange(256), np.zeros(256), np.full(256, 9)], axis=1).astype(np.uint8)
    assert apply_table(np.array([[[5, 6, 7]]], np.uint8), per_color).tolist() == [[[5, 0, 9]]]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("tail", [(), (2,), (3,), (4,), (5,)])
def test_every_level_is_looked_up_and_alpha_kept(dtype, tail):
    levels = int(np.iinfo(dtype).max) + 1
    colors = tail[0] if tail and tail != (4,) else 3 if tail else 1
    for size, columns in product(SIZES, {1, colors} if colors in (1, 3) else {1}):
        image = picture((*size, *tail), dtype)
        table = np.random.default_rng(1).integers(0, levels, (levels, columns)).astype(dtype)
        expected = np.array(image)
        flat = expected.reshape(*size, -1)
        for channel in range(colors):
            flat[..., channel] = table[flat[..., channel], channel % columns]
        result = apply_table(image, table)
        assert same(result, expected)
        assert not np.shares_memory(result, image)


# Colours of a data set


def pixels_of(images) -> np.ndarray:
    """All pixels as rows of red, green and blue in [0, 1]."""
    rows = []
    for image in images:
        flat = image.reshape(image.shape[0] * image.shape[1], -1)[:, :3] / maximum(image)
        rows.append(np.repeat(flat, 3, axis=1) if flat.shape[1] == 1 else flat)
    return np.concatenate(rows)


def tinted(shape, dtype, seed) -> np.ndarray:
    """Pixels whose colours have three very different variances."""
    axes = np.array([[0.5, 0.5, 0.5], [0.2, 0.0, -0.2], [0.03, -0.06, 0.03]])
    values = np.random.default_rng(seed).uniform(-0.5, 0.5, (*shape, 3)) @ axes + 0.5
    white = maximum(np.empty(0, dtype))
    return (values * white).astype(dtype) if dtype == np.float32 else np.rint(values * white).astype(dtype)


def test_the_colours_of_two_pixels_by_hand():
    # black and red: a variance of a quarter, all of it along red
    colors = measure_colors([np.array([[[0, 0, 0], [255, 0, 0]]], np.uint8)])
    assert colors.values == (0.25, 0.0, 0.0)
    assert colors.vectors[0] == (1.0, 0.0, 0.0)


@pytest.mark.parametrize("dtype", DTYPES)
def test_one_pass_over_many_pictures_is_the_covariance_of_all_their_pixels(dtype):
    sizes = ((1, 1), (30, 40), (61, 7), (600, 700))  # the last is taken in strips
    images = [tinted(size, dtype, seed) for seed, size in enumerate(sizes)]
    values, vectors = np.linalg.eigh(np.cov(pixels_of(images).T, bias=True))
    colors = measure_colors(iter(images))
    # rounded to six digits
    assert np.abs(np.array(colors.values) / values[::-1] - 1).max() <= 0.5e-5 + 1e-9
    for found, expected in zip(colors.vectors, vectors.T[::-1], strict=True):
        assert min(np.abs(found - expected).max(), np.abs(found + expected).max()) <= 1e-5
        assert sum(found) > 0  # of the two that fit, the lighter one


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_pixel_counts_alike_however_pictures_are_cut(dtype):
    whole = tinted((60, 50), dtype, 3)
    cut = [whole[:7], whole[7:8, :], whole[8:, :20], whole[8:, 20:]]
    # sums of whole numbers are exact; of floats, they are those of another order
    for one, other in zip(measure_colors([whole]), measure_colors(cut), strict=True):
        assert np.abs(np.array(one) - np.array(other)).max() <= 2e-6


def test_alpha_does_not_count_and_greys_are_colours_without_hue():
    image = tinted((40, 50), np.uint8, 4)
    assert measure_colors([np.dstack([image, picture((40, 50))])]) == measure_colors([image])
    grey = picture((40, 50))
    colors = measure_colors([grey])
    assert colors.values[0] == pytest.approx(3 * (grey / 255).var(), rel=1e-5)  # the same in three directions
    assert colors.values[1:] == (0.0, 0.0)
    assert np.abs(np.array(colors.vectors[0]) - 3**-0.5).max() < 1e-6
    assert measure_colors([grey]) == measure_colors([grey[..., None]])
    assert colors == measure_colors([np.repeat(grey[..., None], 3, axis=2)])


def test_dtypes_mix():
    image = tinted((40, 50), np.uint8, 5)
    mixed = [image, image.astype(np.uint16) * 257, (image / 255).astype(np.float32)]
    for one, other in zip(measure_colors([image]), measure_colors(mixed), strict=True):
        assert np.abs(np.array(one) - np.array(other)).max() <= 2e-6


def test_pictures_are_looked_at_one_after_the_other():
    alive: list[int] = []

    def images():
        for number in range(5):
            assert alive == list(range(number))
            yield picture((9, 9, 3), seed=number)
            alive.append(number)

    measure_colors(images())
    assert alive == [0, 1, 2, 3, 4]


def test_what_has_no_colours_is_told():
    with pytest.raises(AugkitError, match=r"not of shape \(4, 4, 5\)"):
        measure_colors([np.zeros((4, 4, 5), np.uint8)])
    with pytest.raises(AugkitError, match="no picture at all"):
        measure_colors([])
