"""Stretching and equalising, of the whole picture and of tiles."""

from itertools import product

import cv2
import numpy as np
import pytest
from pictures import picture, same

from augkit.kernels import maximum
from augkit.kernels.grey import grey_of
from augkit.kernels.histogram import equalize, equalize_tiles, stretch

DTYPES = (np.uint8, np.uint16, np.float32)
TAILS = ((), (2,), (3,), (4,), (5,))
SIZES = ((1, 1), (1, 7), (7, 1), (17, 23))
KERNELS = {"stretch": stretch, "equalize": equalize, "tiles": lambda image: equalize_tiles(image, 2.0, 3)}


def over_kernels(function):
    return pytest.mark.parametrize("kernel", KERNELS.values(), ids=KERNELS)(function)


def flat(level, dtype, tail) -> np.ndarray:
    return np.full((17, 23, *tail), dtype(level * (1 if dtype == np.float32 else np.iinfo(dtype).max)), dtype)


# By hand


def test_stretch_by_hand():
    image = np.array([[[50, 7, 0], [100, 7, 10], [150, 7, 255]]], np.uint8)
    assert stretch(image).tolist() == [[[0, 7, 0], [128, 7, 10], [255, 7, 255]]]  # of 127.5, half to even


def test_equalize_by_hand():
    # Three of eight pixels are the least level, and of the other five one, two and two are up to the next three.
    image = np.array([[10, 10, 10, 20, 90, 90, 91, 91]], np.uint8)
    assert equalize(image).tolist() == [[0, 0, 0, 51, 153, 153, 255, 255]]
    assert equalize(image.astype(np.uint16) * 100).tolist() == [[0, 0, 0, 13107, 39321, 39321, 65535, 65535]]
    expected = np.array([[0, 0, 0, 0.2, 0.6, 0.6, 1, 1]], np.float32)
    assert (equalize((image / 255).astype(np.float32)) == expected).all()


# For all


@over_kernels
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tail", TAILS)
def test_shape_dtype_alpha_and_input_are_kept_whatever_the_size(kernel, dtype, tail):
    for size in SIZES:
        image = picture((*size, *tail), dtype)
        result = kernel(image)
        assert (result.shape, result.dtype) == (image.shape, dtype)
        assert not np.shares_memory(result, image)
        assert 0 <= result.min() <= result.max() <= maximum(image)
        if tail == (4,):
            assert same(result[..., 3], image[..., 3])


@pytest.mark.parametrize("kernel", [stretch, equalize])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tail", TAILS)
def test_a_colour_of_one_level_stays_as_it_is(kernel, dtype, tail):
    for level in (0.0, 0.3, 1.0):
        image = flat(level, dtype, tail)
        assert same(kernel(image), image)


@pytest.mark.parametrize("kernel", [stretch, equalize])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tail", TAILS)
def test_each_colour_goes_from_black_to_white_in_its_order(kernel, dtype, tail):
    white = maximum(np.empty(0, dtype))
    image = (picture((17, 23, *tail), dtype) * 0.4 + 0.3 * white).astype(dtype)
    before, after = (part.reshape(17 * 23, -1)[:, : 3 if tail == (4,) else None] for part in (image, kernel(image)))
    assert (after.min(axis=0) == 0).all()
    assert (after.max(axis=0) == white).all()
    for one, other in zip(before.T, after.T, strict=True):
        assert (np.diff(other[np.argsort(one, kind="stable")].astype(float)) >= 0).all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tail", TAILS)
def test_stretch_is_its_line_rounded_once(dtype, tail):
    white = maximum(np.empty(0, dtype))
    image = (picture((17, 23, *tail), dtype) * 0.4 + 0.3 * white).astype(dtype)
    values = image.astype(float).reshape(17 * 23, -1)
    low, high = values.min(axis=0), values.max(axis=0)
    expected = ((values - low) / (high - low) * white).reshape(image.shape)
    if tail == (4,):
        expected[..., 3] = image[..., 3]
    # float64, which is off by less than 1e-9 of white, then one rounding
    assert np.abs(stretch(image) - expected).max() <= (2.0**-25 if dtype == np.float32 else 0.5) + 1e-9 * white


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_equalize_is_the_share_of_lower_pixels(dtype):
    white = float(np.iinfo(dtype).max)
    image = (np.random.default_rng(0).normal(0.4, 0.1, (61, 67)).clip(0, 1) * white).astype(dtype)
    share = np.searchsorted(np.sort(image.ravel()), image, side="right")
    least = (image == image.min()).sum()
    expected = (share - least) / (image.size - least) * white
    # OpenCV has the 8-bit shares in float32, twice rounded on the way
    assert np.abs(equalize(image) - expected).max() <= 0.5 + 2 * 2.0**-24 * white


@pytest.mark.parametrize("dtype", DTYPES)
def test_levels_are_evenly_frequent_afterwards(dtype):
    white = maximum(np.empty(0, dtype))
    image = (np.random.default_rng(0).normal(0.4, 0.05, (200, 200)).clip(0, 1) * white).astype(dtype)
    values = equalize(image) / white
    most = max(np.unique(image, return_counts=True)[1]) / image.size  # levels can't be split, only moved
    for part in np.linspace(0.1, 0.9, 9):
        assert abs((values <= part).mean() - part) <= most + 1 / 255


# Tiles


@pytest.mark.parametrize("tiles", [1, 3, 8])
def test_tiles_of_whole_pixels_are_those_of_opencv(tiles):
    image = picture((24, 48), np.uint8)
    assert same(equalize_tiles(image, 2.0, tiles), cv2.createCLAHE(2.0, (tiles, tiles)).apply(image))


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
@pytest.mark.parametrize("limit", [0.1, 1.0, 1.7, 4.0, 100.0])
@pytest.mark.parametrize("tiles", [1, 2, 7, 8])
def test_a_limit_means_the_same_of_every_dtype(tiles, limit, dtype):
    for size in [*SIZES, (37, 53), (64, 256)]:
        image = picture(size, np.uint8) // 3 + 60
        white = maximum(np.empty(0, dtype))
        finer = (image * (white / 255)).astype(dtype)
        ours = equalize_tiles(finer, limit, tiles) * (255 / white)
        # 8 bits round twice, the curves and what lies between them; 16 bits are rounded once, to 1/257 of a level
        assert np.abs(ours - equalize_tiles(image, limit, tiles)).max() <= 0.5 + 0.5 + 0.5 / 257 + 255 * 4 * 2.0**-24


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("limit", [1.0, 2.0, 4.0])
def test_no_curve_is_steeper_than_the_limit_and_one(limit, dtype):
    white = maximum(np.empty(0, dtype))
    faint = (np.random.default_rng(0).normal(0.5, 0.02, (256, 256)) * white).astype(dtype)
    changed = equalize_tiles(faint, limit, 1).astype(float).ravel()
    order = np.argsort(faint, axis=None)
    wide = faint.ravel()[order].astype(float)
    low, high = wide[: -len(wide) // 2], wide[len(wide) // 2 :]
    rise = changed[order][len(wide) // 2 :] - changed[order][: -len(wide) // 2]
    step = 0.0 if dtype == np.float32 else 1.0  # both ends are rounded
    assert (rise <= (limit + 1) * (high - low) + step + 1e-4 * white).all()
    assert changed.std() >= 0.95 * limit * faint.astype(float).std()  # faint as it is, nearly all is cut off


def test_one_tile_without_a_limit_is_equalised_as_a_whole():
    image = (picture((32, 64), np.uint8) * 0.4 + 0.3 * 255).astype(np.uint8)
    plain = equalize(image).astype(float)
    # CLAHE counts the least level in: shares are larger by up to its own, F / 1 against (F - f) / (1 - f). Its slope
    # is cut at 1e6 times the even one, which is at no level.
    assert np.abs(equalize_tiles(image, 1e6, 1) - plain).max() <= (image == image.min()).mean() * 255 + 1.0


@pytest.mark.parametrize("tail", [(3,), (4,)])
@pytest.mark.parametrize("dtype", DTYPES)
def test_all_colors_get_the_change_of_the_grey(tail, dtype):
    white = maximum(np.empty(0, dtype))
    image = (picture((24, 24, *tail), dtype) * 0.1 + 0.45 * white).astype(dtype)
    grey = grey_of(image)
    change = equalize_tiles(image, 1.5, 2)[..., :3].astype(float) - image[..., :3]
    inside = ((equalize_tiles(image, 1.5, 2)[..., :3] > 0) & (equalize_tiles(image, 1.5, 2)[..., :3] < white)).all(-1)
    assert inside.mean() > 0.8
    # the difference of floats is rounded four times
    tolerance = 4 * 2.0**-24 if dtype == np.float32 else 0
    assert np.abs(change - change[..., :1])[inside].max() <= tolerance
    assert np.abs(change).max() > 0.01 * white
    expected = equalize_tiles(grey, 1.5, 2).astype(float) - grey
    assert np.abs(change[..., 0] - expected)[inside].max() <= tolerance


@pytest.mark.parametrize("dtype", DTYPES)
def test_more_tiles_than_pixels_are_as_many_as_pixels(dtype):
    for size, tail in product(SIZES, TAILS):
        image = picture((*size, *tail), dtype)
        assert equalize_tiles(image, 2.0, 256).shape == image.shape
