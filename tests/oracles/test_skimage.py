"""Against scikit-image and plain convolution: geometry in float64, chroma, and filters."""

import math

import numpy as np
import pytest
from scipy.ndimage import correlate1d
from skimage.color import rgb2yiq
from skimage.exposure import equalize_hist
from skimage.transform import AffineTransform, ProjectiveTransform, warp

from augkit import Affine, Equalize, HueSaturation, MotionBlur, Perspective, Pipeline, Rotate, Sharpness
from augkit.transforms.base import Drawn
from augkit.transforms.color import _chroma_matrix

SIZE = (90, 120)


def smooth() -> np.ndarray:
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    return (0.5 + 0.3 * np.sin(x / 9 + y / 14) + 0.15 * np.cos(y / 11)).astype(np.float32)


# Coordinates below 128 in float32, a few roundings: 2^-15 of a pixel. The slopes of `smooth` along both axes add up to
# 0.07.
BOUND = 2.0**-15 * 0.07 + 4 * 2.0**-24


def inside(transform, margin=2) -> np.ndarray:
    """Which pixels of the result come from inside the picture."""
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    source = transform.inverse(np.column_stack([x.ravel(), y.ravel()])).reshape(*SIZE, 2)
    return ((source > margin) & (source < np.array(SIZE[::-1]) - 1 - margin)).all(axis=2)


def test_affine_is_that_of_scikit_image():
    params = {"degrees": 25.0, "x": 0.05, "y": -0.1, "factor": 1.2, "shear_x": 0.0, "shear_y": 0.0}
    # Theirs counts the middles of pixels and turns clockwise as seen, since y points down.
    there = AffineTransform(translation=(-59.5, -44.5))
    turn = AffineTransform(scale=1.2, rotation=-math.radians(25.0))
    back = AffineTransform(translation=(59.5 + 0.05 * 120, 44.5 - 0.1 * 90))
    transform = there + turn + back
    expected = warp(smooth().astype(float), transform.inverse, order=1, mode="reflect")
    found = Pipeline([]).replay([Drawn(Affine, params)], smooth())
    seen = inside(transform)
    assert seen.mean() > 0.5
    assert np.abs(found - expected)[seen].max() <= BOUND


@pytest.mark.parametrize("copy", range(4))
def test_perspective_is_that_of_scikit_image(copy):
    pipeline = Pipeline([Perspective(fraction=(0.0, 0.1))], seed=3)
    (step,) = pipeline.draw(SIZE, key=("a", copy))
    p = step.params
    corners = [(p["x1"], p["y1"]), (1 - p["x2"], p["y2"]), (1 - p["x3"], 1 - p["y3"]), (p["x4"], 1 - p["y4"])]
    window = np.array(corners) * [120, 90] - 0.5
    frame = np.array([(0, 0), (120, 0), (120, 90), (0, 90)]) - 0.5
    transform = ProjectiveTransform.from_estimate(window, frame)
    expected = warp(smooth().astype(float), transform.inverse, order=1)
    found = pipeline(smooth(), key=("a", copy))
    # their matrix is found by least squares, to 1e-9 of a pixel
    assert np.abs(found - expected)[inside(transform)].max() <= BOUND
    points = np.array([[3.0, 4.0], [110.0, 80.0], [60.0, 45.0]])
    moved = pipeline(image=smooth(), keypoints=points, key=("a", copy))["keypoints"]
    assert np.abs(moved - transform(points)).max() < 1e-6


def cubic_weights(part) -> np.ndarray:
    """Of the four pixels around a part of a pixel (Keys 1981, equation 4), with the slope -3/4 that OpenCV has."""
    a, near = -0.75, np.abs(part - np.array([[-1], [0], [1], [2]]))
    inner = (a + 2) * near**3 - (a + 3) * near**2 + 1
    return np.where(near <= 1, inner, a * (near**3 - 5 * near**2 + 8 * near - 4))


def test_nearest_and_cubic_rotations_are_near_the_picture_that_is_sampled():
    transform = AffineTransform(translation=(-59.5, -44.5)) + AffineTransform(rotation=-math.radians(10.0))
    transform += AffineTransform(translation=(59.5, 44.5))
    seen = inside(transform, margin=4)
    exact = warp(smooth().astype(float), transform.inverse, order=5)
    slope, curvature = (0.3 / 9, 0.3 / 14 + 0.15 / 11), (0.3 / 81, 0.3 / 196 + 0.15 / 121)  # the most, along x and y
    part = np.linspace(0, 1, 1001)
    weights, offset = cubic_weights(part), np.array([[-1], [0], [1], [2]]) - part
    assert np.abs(weights.sum(axis=0) - 1).max() < 1e-12
    # Of Taylor's terms the first is off by its moment, the second by half of its own at most; along one axis they are
    # weighted with what the weights of the other add up to. Keys' slope of -1/2 would have no first moment.
    first, second = (np.abs((weights * offset).sum(axis=0)).max(), (np.abs(weights) * offset**2).sum(axis=0).max())
    spread = np.abs(weights).sum(axis=0).max()
    bounds = {
        "nearest": 0.5 * sum(slope) + 0.125 * sum(curvature),  # half a pixel each way
        "cubic": spread * (first * sum(slope) + second / 2 * sum(curvature)),
    }
    assert bounds["cubic"] < bounds["nearest"]
    for name, bound in bounds.items():
        found = Pipeline([Rotate(degrees=(10, 10))], interpolation=name)(smooth())
        assert np.abs(found - exact)[seen].max() <= bound


def test_equalizing_is_theirs_on_the_scale_from_black():
    image = np.clip(np.random.default_rng(0).normal(0.5, 0.1, (200, 150)), 0, 1)
    levels = np.rint(image * 65535).astype(np.uint16)
    share = equalize_hist(levels, nbins=65536)  # the share of pixels up to a level, over the range of levels
    least = share.min()
    found = Pipeline([Equalize()])(levels) / 65535
    # Theirs reads the shares of 65536 bins over fewer levels by linear interpolation: off by one pixel more or less
    assert np.abs(found - (share - least) / (1 - least)).max() <= 0.5 / 65535 + 3 / levels.size + 1e-9


@pytest.mark.parametrize("degrees", [30.0, -75.0, 180.0])
@pytest.mark.parametrize("saturation", [0.5, 1.0, 1.5])
def test_hue_is_a_turn_in_the_yiq_of_scikit_image(degrees, saturation):
    to_yiq = rgb2yiq(np.eye(3)[None])[0].T
    cos, sin = (saturation * f(math.radians(degrees)) for f in (math.cos, math.sin))
    expected = np.linalg.inv(to_yiq) @ np.array([[1, 0, 0], [0, cos, sin], [0, -sin, cos]]) @ to_yiq
    found = np.array([row[:3] for row in _chroma_matrix(degrees, saturation)])
    # From red to yellow is clockwise in the plane of I and Q. Our weights are theirs rounded to three digits: E = 7e-4
    # an entry at most. To first order the product changes by |inverse| |turn| E + |inverse| E |inverse| |turn|
    # |weights|, each a sum over three.
    error = np.full((3, 3), 7e-4)
    turn = np.abs([[1, 0, 0], [0, cos, sin], [0, sin, cos]])
    back = np.abs(np.linalg.inv(to_yiq))
    bound = back @ turn @ error + back @ error @ back @ turn @ np.abs(to_yiq)
    assert (np.abs(found - expected) <= bound).all()
    rgb = np.array([[[0.5, 0.4, 0.45]]], np.float32)
    ours = Pipeline([HueSaturation(hue=(degrees, degrees), saturation=(saturation, saturation))])(rgb)
    assert np.abs(ours - rgb @ expected.T).max() <= (bound @ [0.5, 0.4, 0.45]).max() + 2.0**-22


@pytest.mark.parametrize("amount", [-1.0, 0.4, 2.0])
def test_sharpening_is_the_plain_convolution(amount):
    kernel = np.array([-amount / 4, 1 + amount / 2, -amount / 4])
    expected = correlate1d(
        correlate1d(smooth().astype(float), kernel, axis=0, mode="mirror"), kernel, axis=1, mode="mirror"
    )
    found = Pipeline([Sharpness(amount=(amount, amount))])(smooth())
    # six products of weights up to 2, each rounded to float32, through both passes
    assert np.abs(found - expected.clip(0, 1)).max() <= 6 * 4 * 2.0**-24


@pytest.mark.parametrize("count", [3, 5, 9])
def test_a_level_motion_is_the_mean_over_its_pixels(count):
    blurred = correlate1d(smooth().astype(float), np.full(count, 1 / count), axis=1, mode="mirror")
    found = Pipeline([]).replay([Drawn(MotionBlur, {"length": count / 90, "degrees": 0.0})], smooth())
    assert np.abs(found - blurred).max() <= 16 * 2.0**-24  # weights and sums of at most nine values in float32
