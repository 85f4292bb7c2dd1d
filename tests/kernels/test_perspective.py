"""Perspective: sampled where the matrix says, in every dtype, size and border."""

import tracemalloc
from itertools import product

import numpy as np
import pytest
from pictures import picture, same

from augkit.geometry import IDENTITY, Matrix, about_center, compose, quadrilateral, scaling, translation
from augkit.kernels import maximum
from augkit.kernels.warp import BORDERS, INTERPOLATIONS, warp, warp_mask

NUMPY_BORDERS = {"reflect": "reflect", "replicate": "edge", "wrap": "wrap", "constant": "constant"}
DTYPES = (np.uint8, np.uint16, np.float32)
TAILS = ((), (2,), (3,), (4,), (5,))
SIZES = ((1, 1), (1, 7), (7, 1), (11, 13), (29, 23))


def from_aside(size, reach=0.1) -> Matrix:
    """A window whose corners are moved in by different parts, stretched over the picture."""
    height, width = size
    corners = [(reach, reach / 2), (1 - reach / 3, reach), (1 - reach, 1 - reach / 4), (reach / 5, 1 - reach)]
    return quadrilateral([(x * width, y * height) for x, y in corners], size)


def positions(matrix, out) -> tuple[np.ndarray, np.ndarray]:
    """Row and column, in pixel numbers of the source, of each pixel of the target."""
    y, x = np.mgrid[: out[0], : out[1]] + 0.5
    u, v, w = np.tensordot(np.linalg.inv(np.reshape(matrix, (3, 3))), np.stack([x, y, np.ones_like(x)]), 1)
    return v / w - 0.5, u / w - 0.5


def look_up(image, rows, columns, border) -> np.ndarray:
    far = int(max(np.abs(rows).max(), np.abs(columns).max())) + 1
    padded = np.pad(image.astype(float), [(far, far)] * 2 + [(0, 0)] * (image.ndim - 2), NUMPY_BORDERS[border])
    return padded[rows + far, columns + far]


def convolved(image, matrix, out, border, weights) -> np.ndarray:
    """Separable interpolation in float64: `weights` tells those of the pixels around from the part of a pixel."""
    y, x = positions(matrix, out)
    top, left = np.floor(y).astype(int), np.floor(x).astype(int)
    tail = (1,) * (image.ndim - 2)
    total = np.zeros((*out, *image.shape[2:]))
    for (i, down), (j, right) in product(weights(y - top).items(), weights(x - left).items()):
        total += look_up(image, top + i, left + j, border) * (down * right).reshape(*out, *tail)
    return total


def linear(part) -> dict[int, np.ndarray]:
    return {0: 1 - part, 1: part}


def cubic(part) -> dict[int, np.ndarray]:
    """Keys (1981), equation 4, with the slope -0.75 that OpenCV has."""
    a = -0.75

    def near(t) -> np.ndarray:
        return (a + 2) * t**3 - (a + 3) * t**2 + 1

    def far(t) -> np.ndarray:
        return a * (t**3 - 5 * t**2 + 8 * t - 4)

    return {-1: far(1 + part), 0: near(part), 1: near(1 - part), 2: far(2 - part)}


def test_a_trapezium_by_hand():
    # A window half as wide at the top as at the bottom, and as high as the picture: seen, the middle row of the picture
    # is a third of the way down the result, where 1 / depth is halfway, and the middle column stays.
    matrix = quadrilateral([(1, 0), (3, 0), (4, 4), (0, 4)], (4, 4))
    x, y, w = np.reshape(matrix, (3, 3)) @ [2, 2, 1]
    assert (x / w, y / w) == (2, pytest.approx(8 / 3))
    ramp = np.tile(np.array([[0], [60], [120], [180]], np.uint8), (1, 4))
    rows = positions(matrix, (4, 4))[0][:, 0]
    assert rows.round(2).tolist() == [-0.23, 0.42, 1.32, 2.61]
    assert warp(ramp, matrix, (4, 4), interpolation="nearest")[:, 1].tolist() == [0, 0, 60, 180]


@pytest.mark.parametrize("name", ["linear", "cubic"])
@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_it_is_plain_interpolation_rounded_once(name, border, dtype):
    weights, gain = {"linear": (linear, 1.0), "cubic": (cubic, 1.375**2)}[name]  # the most of sums of |weight|
    for size, tail in product(SIZES, ((), (2,), (3,), (5,))):
        if border == "reflect" and 1 in size:
            continue  # numpy.pad reflects a single line as we do, but not in both axes
        image = picture((*size, *tail), dtype)
        white = maximum(image)
        matrix = from_aside(size)
        result = warp(image, matrix, size, border=border, interpolation=name)
        expected = convolved(image, matrix, size, border, weights).clip(0, white)
        assert (result.shape, result.dtype) == (image.shape, dtype)
        # Half a level; coordinates of float32, below 64: each axis is off by 2^-18 after a few roundings, times the
        # slope, which is 2 * white for cubic; sums of weights in float32.
        bound = 8 * 2.0**-17 * white * 2 * gain + (0.0 if dtype == np.float32 else 0.5)
        assert np.abs(result - expected).max() <= bound


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tail", TAILS)
def test_nearest_takes_the_pixel_that_covers_the_point(border, dtype, tail):
    for size in SIZES[3:]:
        image = picture((*size, *tail), dtype)
        matrix = from_aside(size)
        y, x = positions(matrix, size)
        clear = (np.abs(y % 1 - 0.5) > 1e-3) & (np.abs(x % 1 - 0.5) > 1e-3)
        expected = look_up(image, np.rint(y).astype(int), np.rint(x).astype(int), border)
        assert clear.mean() > 0.9
        result = warp(image, matrix, size, border=border, interpolation="nearest")
        assert (result == expected)[clear].all()
        mask = warp_mask(image, matrix, size, border=border)
        assert (mask == expected)[clear].all()


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tail", TAILS)
def test_shape_dtype_and_input_are_kept_and_flat_stays_flat(interpolation, border, dtype, tail):
    for size in SIZES:
        if interpolation == "cubic" and 1 in size:
            continue  # in a process of its own: see the warps
        image = picture((*size, *tail), dtype)
        result = warp(image, from_aside(size), size, border=border, interpolation=interpolation)
        assert (result.shape, result.dtype) == (image.shape, dtype)
        assert not np.shares_memory(result, image)
        if border != "constant":
            flat = np.full_like(image, image.ravel()[0])
            moved = warp(flat, from_aside(size), size, border=border, interpolation=interpolation)
            # sums of up to 16 weights in float32
            assert np.abs(moved.astype(float) - flat).max() <= (32 * 2.0**-24 if dtype == np.float32 else 0)


def test_a_perspective_that_is_none_is_exact():
    image = picture((11, 13, 3))
    assert same(warp(image, quadrilateral([(0, 0), (13, 0), (13, 11), (0, 11)], (11, 13)), (11, 13)), image)
    assert same(warp(image, compose(from_aside((11, 13), 0.0), IDENTITY), (11, 13)), image)


def test_shrinking_from_aside_averages(photos):
    image = photos[0][:400, :600].astype(np.float32) / 255
    matrix, out = compose(scaling(0.25, 0.25), from_aside((400, 600), 0.05)), (100, 150)
    times = 16
    dense = compose(scaling(times, times), matrix)
    y, x = (np.clip(np.rint(part).astype(int), 0, side) for part, side in zip(
        positions(dense, (out[0] * times, out[1] * times)), (399, 599), strict=True))  # fmt: skip
    expected = image[y, x].reshape(100, times, 150, times, 3).mean(axis=(1, 3))
    error = np.sqrt(np.mean((warp(image, matrix, out) - expected) ** 2))
    plain = np.sqrt(np.mean((warp(image, matrix, out, interpolation="nearest") - expected) ** 2))
    assert 20 * np.log10(1 / error) >= 45.0  # as for the other warps
    assert 20 * np.log10(1 / plain) <= 30.0


@pytest.mark.parametrize("factor", [0.5, 1 / 3, 0.335, 0.33, 0.25, 0.1])
def test_the_horizon_in_the_frame_or_on_its_edge_takes_neither_for_ever_nor_all_memory(factor):
    # Seen through a window half as wide at the top, the sides of the picture meet one height above it: zoomed out to a
    # third, they do so on the upper edge of the frame.
    size = (64, 64)
    aside = quadrilateral([(16, 0), (48, 0), (64, 64), (0, 64)], size)
    matrix = compose(about_center(scaling(factor, factor), size), aside)
    image = picture((*size, 3))
    tracemalloc.start()
    result = warp(image, matrix, size, border="constant")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert result.shape == image.shape
    assert peak <= 64 * image.nbytes + 2**20


@pytest.mark.parametrize("size", [(3000, 2), (8, 300)])
def test_a_thin_picture_under_a_perspective_that_zooms_out_ends(size):
    far = compose(translation(100, 100), quadrilateral(((0.2, 0.1), (0.9, 0.0), (1.0, 0.8), (0.1, 1.0)), size))
    image = np.full((*size, 3), 7, np.uint8)
    with_reflections, repeated = (warp(image, far, (224, 224), border) for border in ("reflect", "replicate"))
    assert (with_reflections == 7).all()
    assert same(with_reflections, repeated)
