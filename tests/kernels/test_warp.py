"""Moving pixels: exactly where that can be, by one resampling that does not alias where it can't."""

import subprocess
import sys
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import picture, same

from augkit.errors import AugkitError
from augkit.geometry import IDENTITY, about_center, compose, rotation, scaling, shearing, translation
from augkit.kernels.warp import BORDERS, INTERPOLATIONS, warp, warp_mask

NUMPY_BORDERS = {"reflect": "reflect", "replicate": "edge", "wrap": "wrap", "constant": "constant"}
DTYPES = (np.uint8, np.uint16, np.float32)
TAILS = ((), (2,), (3,), (4,), (5,), (9,))
FLIP_X, FLIP_Y = scaling(-1, 1), scaling(1, -1)


def look_up(image, rows, columns, border) -> np.ndarray:
    """The pixels at these whole positions, which may lie far beyond the edge; float64."""
    far = int(max(np.abs(rows).max(), np.abs(columns).max())) + 1
    padded = np.pad(image.astype(np.float64), [(far, far)] * 2 + [(0, 0)] * (image.ndim - 2), NUMPY_BORDERS[border])
    return padded[rows + far, columns + far]


def positions(matrix, out) -> tuple[np.ndarray, np.ndarray]:
    """Row and column, in pixel numbers of the source, of each pixel of the target."""
    inverse = np.linalg.inv(np.reshape(matrix, (3, 3)))
    y, x = np.mgrid[: out[0], : out[1]] + 0.5
    column, row = (inverse[i, 0] * x + inverse[i, 1] * y + inverse[i, 2] - 0.5 for i in (0, 1))
    return row, column


def off_ties(matrix, out) -> np.ndarray:
    """Which pixels of the target are not looked up on the very line between two pixels."""
    return np.logical_and(*(np.abs(part % 1 - 0.5) > 1e-3 for part in positions(matrix, out)))


def bilinear(image, matrix, out, border) -> np.ndarray:
    """What bilinear sampling is, in float64."""
    y, x = positions(matrix, out)
    top, left = np.floor(y).astype(int), np.floor(x).astype(int)
    down, right = (part.reshape(part.shape + (1,) * (image.ndim - 2)) for part in (y - top, x - left))
    upper = look_up(image, top, left, border) * (1 - right) + look_up(image, top, left + 1, border) * right
    lower = look_up(image, top + 1, left, border) * (1 - right) + look_up(image, top + 1, left + 1, border) * right
    return upper * (1 - down) + lower * down


def shifted(image, left, top, out, border) -> np.ndarray:
    """The picture with its corner at (left, top) of the canvas, by numpy.pad and slices."""
    height, width = image.shape[:2]
    pads = [(max(top, 0), max(out[0] - top - height, 0)), (max(left, 0), max(out[1] - left - width, 0))]
    padded = np.pad(image, pads + [(0, 0)] * (image.ndim - 2), NUMPY_BORDERS[border])
    y, x = max(-top, 0), max(-left, 0)
    return padded[y : y + out[0], x : x + out[1]]


# By hand


def test_half_a_pixel_to_the_right_is_the_mean_of_neighbours():
    row = np.array([[0, 100, 200]] * 3, np.uint8)
    assert warp(row, translation(0.5, 0), (3, 3), border="replicate").tolist() == [[0, 50, 150]] * 3
    assert warp(row, translation(0.5, 0), (3, 3), border="constant").tolist() == [[0, 50, 150]] * 3
    assert warp(row, translation(0.5, 0), (3, 3), border="constant", fill=40 / 255).tolist() == [[20, 50, 150]] * 3
    assert warp(row, translation(0.5, 0), (3, 3), border="reflect").tolist() == [[50, 50, 150]] * 3
    assert warp(row, translation(0.5, 0), (3, 3), border="wrap").tolist() == [[100, 50, 150]] * 3


def test_half_the_size_is_the_mean_of_two_by_two():
    image = np.array([[0, 10, 100, 110], [20, 30, 120, 130]], np.uint8)
    assert warp(image, scaling(0.5, 0.5), (1, 2)).tolist() == [[15, 115]]


def test_a_third_of_the_size_is_the_mean_of_three_by_three():
    image = np.arange(36, dtype=np.uint16).reshape(6, 6) * 9
    assert warp(image, scaling(1 / 3, 1 / 3), (2, 2)).tolist() == (image.reshape(2, 3, 2, 3).mean((1, 3))).tolist()


def test_twice_the_size_by_nearest_repeats_pixels():
    image = picture((3, 5, 3))
    assert same(warp(image, scaling(2, 2), (6, 10), interpolation="nearest"), image.repeat(2, 0).repeat(2, 1))


# Exactly


@pytest.mark.parametrize("border", BORDERS)
def test_identity_gives_a_fresh_copy(border):
    for dtype, tail in product(DTYPES, TAILS):
        image = picture((7, 5, *tail), dtype)
        result = warp(image, IDENTITY, (7, 5), border=border)
        assert same(result, image)
        assert not np.shares_memory(result, image)
        assert result.flags.writeable


@pytest.mark.parametrize(
    ("linear", "expected"),
    [
        (FLIP_X, lambda image: image[:, ::-1]),
        (FLIP_Y, lambda image: image[::-1]),
        (rotation(90), np.rot90),
        (rotation(180), lambda image: np.rot90(image, 2)),
        (rotation(270), lambda image: np.rot90(image, 3)),
        (compose(rotation(90), FLIP_X), lambda image: np.rot90(image[:, ::-1])),
        (compose(rotation(90), FLIP_Y), lambda image: np.rot90(image[::-1])),
    ],
    ids=["left-right", "up-down", "90", "180", "270", "transpose", "antitranspose"],
)
def test_flips_and_right_angles_move_pixels_and_change_no_value(linear, expected):
    for dtype, tail in product(DTYPES, TAILS):
        image = picture((5, 7, *tail), dtype)
        turned = expected(image)
        height, width = turned.shape[:2]
        matrix = compose(translation(width / 2, height / 2), compose(linear, translation(-7 / 2, -5 / 2)))
        assert same(warp(image, matrix, (height, width)), turned)


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("size", [(1, 1), (1, 6), (5, 1), (5, 7)])
@pytest.mark.parametrize(
    ("left", "top", "more"),
    [
        (0, 0, (0, 0)),
        (2, 3, (5, 5)),
        (-2, 1, (0, 3)),
        (3, -3, (2, 2)),
        (9, 9, (20, 19)),
        (20, 0, (0, 0)),
        (0, -30, (0, 0)),
        (-1, -1, (0, 0)),
    ],
)
def test_whole_pixels_crop_and_pad_as_numpy_does(border, size, left, top, more):
    out = (size[0] + more[0], size[1] + more[1])
    for dtype, tail in product(DTYPES, TAILS):
        image = picture((*size, *tail), dtype)
        assert same(warp(image, translation(left, top), out, border=border), shifted(image, left, top, out, border))


@settings(deadline=None, max_examples=80)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(["left-right", "up-down", "90", "180", "270"]),
            st.tuples(*[st.integers(0, 4)] * 4),
        ),
        max_size=6,
    ),
    st.tuples(st.integers(1, 8), st.integers(1, 8)),
    st.sampled_from(TAILS),
    st.sampled_from(DTYPES),
)
def test_chains_of_flips_right_angles_and_pads_are_exact(steps, size, tail, dtype):
    # Pads only add: a chain is one look at the source, and would show again what a crop in it had cut away.
    image = picture((*size, *tail), dtype)
    expected, matrix = np.array(image), IDENTITY
    for step in steps:
        height, width = expected.shape[:2]
        if step == "left-right":
            expected, move = expected[:, ::-1], compose(translation(width, 0), FLIP_X)
        elif step == "up-down":
            expected, move = expected[::-1], compose(translation(0, height), FLIP_Y)
        elif isinstance(step, str):
            quarters = int(step) // 90
            expected = np.rot90(expected, quarters)
            there = translation(-width / 2, -height / 2)
            height, width = expected.shape[:2]
            move = compose(translation(width / 2, height / 2), compose(rotation(int(step)), there))
        else:
            left, top, right, bottom = step
            expected = np.pad(expected, [(top, bottom), (left, right)] + [(0, 0)] * len(tail))
            move = translation(left, top)
        matrix = compose(move, matrix)
    assert same(warp(image, matrix, expected.shape[:2], border="constant"), expected)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(*[st.integers(0, 2)] * 4), max_size=4), st.sampled_from(TAILS), st.sampled_from(list(BORDERS))
)
def test_chains_of_crops_are_exact(crops, tail, border):
    image = picture((19, 18, *tail))
    expected, matrix = np.array(image), IDENTITY
    for left, top, right, bottom in crops:
        height, width = expected.shape[:2]
        expected = expected[top : height - bottom, left : width - right]
        matrix = compose(translation(-left, -top), matrix)
    assert same(warp(image, matrix, expected.shape[:2], border=border), expected)


@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shift", [1, 1.5])
def test_constant_border_is_the_fill_and_transparent_where_there_is_alpha(tail, dtype, shift):
    image = picture((2, 2, *tail), dtype)
    result = warp(image, translation(shift, 0), (2, 6), border="constant", fill=1.0)
    white = np.full(tail, 1.0 if dtype == np.float32 else np.iinfo(dtype).max, dtype)
    if tail == (4,):
        white[3] = 0
    assert same(result[1, 5], white)


# Against plain float64


MATRICES = {
    "shift": translation(0.3, -1.7),
    "turn": about_center(rotation(33), (11, 13)),
    "far": compose(translation(-40.25, 31.75), rotation(-80)),
    "zoom": about_center(scaling(2.7, 1.9), (11, 13)),
    "shear": (1.1, 0.3, -2.0, -0.2, 0.95, 1.0, 0.0, 0.0, 1.0),
    "turned flip": about_center(compose(rotation(10), FLIP_X), (11, 13)),
}


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("name", MATRICES)
def test_linear_is_bilinear_sampling_rounded_once(border, name):
    for dtype, tail in product(DTYPES, [(), (3,), (5,)]):
        image, out = picture((11, 13, *tail), dtype), (12, 10)
        white = 1.0 if dtype == np.float32 else float(np.iinfo(dtype).max)
        result = warp(image, MATRICES[name], out, border=border)
        error = np.abs(result - bilinear(image, MATRICES[name], out, border)).max()
        # Half a level of rounding, and coordinates of float32, whose last bit at 64 pixels is 2^-17 of a pixel:
        # times two axes, and a few roundings on the way. Neighbouring pixels differ by white at most.
        assert error <= (0.0 if dtype == np.float32 else 0.5) + 8 * 2.0**-17 * white


@pytest.mark.parametrize("border", ["reflect", "replicate", "wrap"])
@pytest.mark.parametrize("name", MATRICES)
def test_colors_of_an_opaque_picture_are_those_without_alpha(border, name):
    image = picture((11, 13, 4)).copy()
    image[..., 3] = 255
    moved = warp(image, MATRICES[name], (12, 10), border=border)
    assert same(moved[..., :3], warp(np.ascontiguousarray(image[..., :3]), MATRICES[name], (12, 10), border=border))
    assert (moved[..., 3] == 255).all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("interpolation", ["linear", "cubic"])
def test_what_is_transparent_does_not_bleed_into_what_is_seen(dtype, interpolation):
    white = 1 if dtype == np.float32 else np.iinfo(dtype).max
    image = np.zeros((12, 12, 4), dtype)
    image[4:8, 4:8] = white  # white on transparent black
    moved = warp(image, compose(translation(0.5, 0.25), rotation(7)), (12, 12), interpolation=interpolation)
    seen = moved[..., 3] > white // 8
    assert seen.sum() > 16
    # colour is the quotient of two values rounded to float32, weighted by an alpha of at least an eighth
    assert (moved[seen][:, :3] >= white * (1 - 2.0**-20)).all()


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("name", MATRICES)
def test_nearest_takes_the_pixel_that_covers_the_point(border, name):
    image = picture((11, 13, 3))
    y, x = positions(MATRICES[name], (12, 10))
    expected = look_up(image, np.rint(y).astype(int), np.rint(x).astype(int), border)
    clear = off_ties(MATRICES[name], (12, 10))
    result = warp(image, MATRICES[name], (12, 10), border=border, interpolation="nearest")
    assert clear.mean() > 0.9
    assert (result == expected)[clear].all()


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("name", MATRICES)
@pytest.mark.parametrize("level", [0, 1, 127, 255])
def test_a_flat_picture_stays_flat(interpolation, name, level):
    image = np.full((11, 13, 3), level, np.uint8)
    for shrink in (1.0, 0.4):
        matrix = compose(scaling(shrink, shrink), MATRICES[name])
        assert (warp(image, matrix, (9, 8), interpolation=interpolation) == level).all()


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("shrink", [1.0, 0.4])
def test_floats_stay_between_0_and_1(interpolation, shrink):
    image = np.rint(picture((31, 37), np.float32)).astype(np.float32)
    result = warp(image, compose(scaling(shrink, shrink), rotation(7)), (31, 37), interpolation=interpolation)
    assert result.min() >= 0.0
    assert result.max() <= 1.0


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("size", ["1,1", "1,7", "7,1"])
def test_pictures_one_pixel_wide_come_to_an_end(interpolation, border, size):
    """In a process of its own, so that one that hangs can be ended."""
    code = (
        "import numpy as np; from augkit.kernels.warp import warp; from augkit.geometry import rotation;"
        f"warp(np.zeros(({size}), np.uint8), rotation(9), ({size}), border={border!r}, interpolation={interpolation!r})"
    )
    if interpolation == "cubic":
        subprocess.run([sys.executable, "-c", code], check=True, timeout=10)
    else:
        exec(code, {})


# Masks


@pytest.mark.parametrize("tail", [(), (1,), (3,), (5,)])
@pytest.mark.parametrize("name", [*MATRICES, "exact"])
@pytest.mark.parametrize("border", BORDERS)
def test_masks_keep_dtype_and_shape_and_get_no_new_values(tail, name, border):
    classes = np.random.default_rng(1).integers(1, 120, (11, 13, *tail))
    for dtype in (bool, np.uint8, np.int8, np.uint16, np.int16, np.int32, np.int64, np.uint64, np.float32, np.float64):
        mask = classes.astype(dtype)
        mask.setflags(write=False)
        result = warp_mask(mask, MATRICES.get(name, translation(2, 3)), (14, 16), border=border)
        assert result.dtype == dtype
        assert result.shape == (14, 16, *tail)
        known = set(np.unique(mask).tolist()) | ({0} if border == "constant" else set())
        assert set(np.unique(result).tolist()) <= known


def test_masks_of_large_numbers_are_moved_whole():
    mask = np.array([[2**40 + 7, -5, 3]])
    assert warp_mask(mask, translation(1, 0), (1, 4), border="constant").tolist() == [[0, 2**40 + 7, -5, 3]]
    assert warp_mask(mask, scaling(2, 1), (1, 6)).tolist() == [[2**40 + 7, 2**40 + 7, -5, -5, 3, 3]]


@pytest.mark.parametrize("name", MATRICES)
def test_masks_of_every_dtype_move_alike(name):
    plain = picture((11, 13)) // 2
    expected = warp_mask(plain, MATRICES[name], (12, 10))
    clear = off_ties(MATRICES[name], (12, 10))
    for dtype in (np.int8, np.uint16, np.int16, np.int32, np.int64, np.float32, np.float64):
        assert (warp_mask(plain.astype(dtype), MATRICES[name], (12, 10)) == expected)[clear].all()


@pytest.mark.parametrize("interpolation", ["nearest", "linear", "cubic"])
@pytest.mark.parametrize(
    "matrix", [(1.0, 2.0, 0.0, 2.0, 4.0, 0.0, 0.0, 0.0, 1.0), scaling(0.0, 1.0), scaling(1e-200, 1e-200)]
)
def test_what_squeezes_the_picture_into_nothing_is_an_error(matrix, interpolation):
    with pytest.raises(AugkitError, match="can't be inverted"):
        warp(picture((5, 7, 3)), matrix, (5, 7), interpolation=interpolation)


@pytest.mark.parametrize(
    "matrix", [shearing(45, 45), shearing(44.9999, 44.9999), scaling(1e-6, 1e-6), translation(1e7, 9.5)]
)
def test_what_shows_endless_reflections_still_ends(matrix):
    for interpolation in ("nearest", "linear"):
        moved = warp(picture((32, 32, 3)), about_center(matrix, (32, 32)), (32, 32), interpolation=interpolation)
        assert moved.shape == (32, 32, 3)


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("count", [5, 128, 129, 300])
def test_pictures_of_many_channels_are_padded_as_each_channel_is(count, border):
    image = picture((4, 5, count))
    padded = warp(image, translation(2, 1), (8, 9), border, 0.4)
    each = [warp(np.ascontiguousarray(image[..., i]), translation(2, 1), (8, 9), border, 0.4) for i in range(count)]
    assert same(padded, np.stack(each, axis=2))


def test_masks_of_16_bits_are_as_exact_with_a_sign_as_without():
    mask = picture((300, 400), np.uint16) // 2
    matrix = compose(about_center(rotation(13.0), (300, 400)), translation(0.3, 0.7))
    moved = warp_mask(mask, matrix, (300, 400))
    assert same(warp_mask(mask.astype(np.int16), matrix, (300, 400)), moved.astype(np.int16))


def test_lines_that_shrink_and_turn_are_averaged_first_and_keep_their_brightness():
    image = picture((30000, 1), np.float32)
    squeezed = compose(rotation(15.0), scaling(300 / image.shape[1], 100 / image.shape[0]))
    moved = warp(image, squeezed, (100, 300), "replicate", interpolation="cubic")
    assert moved.shape == (100, 300)
    assert abs(moved[40:60, 100:200].mean() - image.mean()) < 0.01
    # the mean of 100 values that are evenly spread deviates by 1 / sqrt(1200), one of few values by tenths
    assert moved[40:60, 100:200].std() < 0.1


def test_alpha_that_is_none_spoils_what_lies_beside_it_only():
    image = picture((64, 64, 4), np.float32).copy()
    image[..., 3] = np.arange(64) > 32
    spoilt = image.copy()
    spoilt[32, 50, 3] = np.nan
    matrix = about_center(rotation(20.0), (64, 64))
    differs = (np.abs(warp(image, matrix, (64, 64)) - warp(spoilt, matrix, (64, 64))) > 1e-3) | np.isnan(
        warp(spoilt, matrix, (64, 64))
    )
    assert 0 < differs.any(axis=2).sum() <= 16
