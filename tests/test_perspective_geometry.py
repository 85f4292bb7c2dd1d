"""Quadrilaterals, horizons and ellipses: what a perspective does to points and boxes."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from augkit import AugkitError
from augkit.geometry import (
    clip_boxes,
    compose,
    invert,
    quadrilateral,
    rotation,
    scaling,
    transform_boxes,
    transform_ellipses,
    transform_points,
    translation,
)

parts = st.floats(0, 0.25)
sizes = st.tuples(st.integers(1, 3000), st.integers(1, 3000))
windows = st.tuples(*[st.tuples(parts, parts)] * 4)
entries = st.floats(-3, 3)
affine = st.tuples(*[entries] * 6).map(lambda six: (*six, 0.0, 0.0, 1.0))
boxes = st.tuples(*[st.floats(-50, 50)] * 2, *[st.floats(0.1, 80)] * 2).map(
    lambda box: (box[0], box[1], box[0] + box[2], box[1] + box[3])
)


def corners_of(window, size) -> list[tuple[float, float]]:
    (x1, y1), (x2, y2), (x3, y3), (x4, y4) = window
    height, width = size
    sides = ((x1, y1), (1 - x2, y2), (1 - x3, 1 - y3), (x4, 1 - y4))
    return [(x * width, y * height) for x, y in sides]


def depth(matrix, xy) -> np.ndarray:
    x, y = np.asarray(xy, float).reshape(-1, 2).T
    return matrix[6] * x + matrix[7] * y + matrix[8]


def ellipse(box, count=720) -> np.ndarray:
    x1, y1, x2, y2 = box
    turn = np.linspace(0, 2 * math.pi, count, endpoint=False)
    return np.stack([(x1 + x2) / 2 + (x2 - x1) / 2 * np.cos(turn), (y1 + y2) / 2 + (y2 - y1) / 2 * np.sin(turn)], 1)


# Quadrilaterals


def test_a_trapezium_by_hand():
    # half as wide at the top: its diagonals meet a third of the way down, and that is the middle of the picture
    matrix = quadrilateral([(1, 0), (3, 0), (4, 3), (0, 3)], (10, 20))
    assert transform_points(matrix, [[2, 1]]) == pytest.approx(np.array([[10, 5]]))
    assert depth(matrix, [2, -3]) == pytest.approx(0)  # where its sides meet is the horizon


@given(windows, sizes)
def test_the_corners_of_the_window_go_to_those_of_the_picture(window, size):
    corners = corners_of(window, size)
    matrix = quadrilateral(corners, size)
    height, width = size
    expected = [(0, 0), (width, 0), (width, height), (0, height)]
    assert np.abs(transform_points(matrix, corners) - expected).max() <= 1e-9 * max(size)
    assert depth(matrix, corners).min() > 0.0  # the window lies before the horizon
    assert np.abs(transform_points(invert(matrix), expected) - corners).max() <= 1e-9 * max(size)


@given(st.tuples(*[st.tuples(st.floats(0, 0.2), st.floats(0, 0.2))] * 4), sizes)
def test_the_whole_picture_lies_before_the_horizon(window, size):
    height, width = size
    picture, corners = [(0, 0), (width, 0), (width, height), (0, height)], corners_of(window, size)
    matrix = quadrilateral(corners, size)
    assert depth(matrix, picture).min() > 0.1 * depth(matrix, corners).max()
    depths = depth(invert(matrix), picture)
    assert depths.min() > 0.1 * depths.max()


def test_only_a_corner_of_the_picture_can_lie_behind_the_horizon():
    corners = corners_of(((0.25, 0.25), (0.25, 0.0), (0.0, 0.0), (0.0, 0.25)), (100, 100))
    matrix = quadrilateral(corners, (100, 100))
    assert depth(matrix, (0, 0)) < 0.0
    assert depth(matrix, [(50, 50), (100, 0), (100, 100), (0, 100)]).min() > 0.0
    assert np.abs(transform_points(matrix, corners) - [(0, 0), (100, 0), (100, 100), (0, 100)]).max() < 1e-9


@pytest.mark.parametrize(
    "corners",
    [
        [(0, 0), (5, 0), (10, 0), (0, 10)],
        [(5, 5), (10, 0), (10, 10), (0, 10)],
        [(1, 1)] * 4,
        [(0, 0), (1e200, 0), (1e200, 1e200), (0, 1e200)],
        [(0.0, 0.0), (math.nan, 0.0), (1.0, 1.0), (0.0, 1.0)],
    ],
)
def test_corners_on_one_line_are_told(corners):
    with pytest.raises(AugkitError, match="one line"):
        quadrilateral(corners, (4, 4))


@given(windows, sizes, st.lists(st.tuples(*[st.floats(0, 1)] * 2), min_size=3, max_size=3))
def test_straight_lines_stay_straight(window, size, ends):
    (x1, y1), (x2, y2), (part, _) = ends
    height, width = size
    one, other = np.array([x1 * width, y1 * height]), np.array([x2 * width, y2 * height])
    a, b, c = transform_points(quadrilateral(corners_of(window, size), size), [one, other, one + part * (other - one)])
    area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    assert abs(area) <= 1e-8 * max(size) ** 2


# Horizon


def test_a_box_across_the_horizon_is_what_lies_before_it():
    matrix = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, -0.1, 0.0, 1.0)  # the depth is 1 - x / 10
    x1, y1, x2, y2 = transform_boxes(matrix, [[5, -1, 20, 1]])[0]
    assert x1 == pytest.approx(5 / 0.5)  # the nearest side, at half the depth
    assert x2 > 1e6
    assert y1 < -1e5
    assert y2 > 1e5
    clipped, part = clip_boxes(np.array([[x1, y1, x2, y2]]), (50, 40))
    assert clipped.tolist() == [[10, 0, 40, 50]]
    assert 0.0 < part[0] < 1e-6


def test_what_lies_wholly_behind_the_horizon_is_not_in_the_frame():
    matrix = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, -0.1, 0.0, 1.0)
    for box in ([12, 3, 20, 9], [12, -9, 20, -3]):
        moved = transform_boxes(matrix, [box])
        assert not clip_boxes(moved, (1000, 1000))[1].any()
        assert np.isfinite(transform_points(matrix, [box[:2]])).all()
        assert np.abs(transform_points(matrix, [box[:2]])).max() > 1e6


@given(windows, st.floats(0.1, 1.0), st.tuples(*[st.floats(-1, 1)] * 2), boxes)
def test_a_box_encloses_every_point_of_it_that_is_before_the_horizon(window, zoom, shift, box):
    size = (60, 80)
    matrix = compose(
        compose(translation(40 * shift[0], 30 * shift[1]), scaling(zoom, zoom)),
        quadrilateral(corners_of(window, size), size),
    )
    x, y = np.meshgrid(np.linspace(box[0], box[2], 15), np.linspace(box[1], box[3], 15))
    inside = np.stack([x.ravel(), y.ravel()], 1)
    seen = inside[depth(matrix, inside) > 1e-3]
    assume(len(seen))
    x1, y1, x2, y2 = transform_boxes(matrix, [box])[0]
    points = transform_points(matrix, seen)
    slack = 1e-9 * (1 + np.abs(points).max())
    assert (points >= [x1 - slack, y1 - slack]).all()
    assert (points <= [x2 + slack, y2 + slack]).all()


# Ellipses


def test_an_ellipse_by_hand():
    assert transform_ellipses(scaling(2, 3), [[1, 2, 3, 6]]).tolist() == [[2, 6, 6, 18]]
    # half axes 2 and 1, turned by 45 degrees: sqrt((4 + 1) / 2) along both axes
    reach = math.sqrt(2.5)
    turned = transform_ellipses(rotation(45), [[-2, -1, 2, 1]])
    assert turned == pytest.approx(np.array([[-reach, -reach, reach, reach]]))


@given(affine, boxes)
def test_it_encloses_the_ellipse_touches_it_and_is_never_larger_than_by_corners(matrix, box):
    found = transform_ellipses(matrix, [box])[0]
    points = transform_points(matrix, ellipse(box))
    size = 1 + np.abs(points).max()
    # 720 points: the extreme one is at most half a step of 2 pi / 720 off, which is 1 - cos of it of the half axis
    slack = size * (1 - math.cos(math.pi / 720)) + 1e-7 * size
    assert (points.min(axis=0) >= found[:2] - 1e-7 * size).all()
    assert (points.max(axis=0) <= found[2:] + 1e-7 * size).all()
    assert np.abs(points.min(axis=0) - found[:2]).max() <= slack
    assert np.abs(points.max(axis=0) - found[2:]).max() <= slack
    corners = transform_boxes(matrix, [box])[0]
    assert (found[:2] >= corners[:2] - 1e-7 * size).all()
    assert (found[2:] <= corners[2:] + 1e-7 * size).all()


@given(windows, st.tuples(*[st.floats(0, 0.8)] * 2, *[st.floats(0.05, 0.2)] * 2))
def test_seen_from_aside_it_does_so_too(window, place):
    size = (60, 80)
    box = [place[0] * 80, place[1] * 60, (place[0] + place[2]) * 80, (place[1] + place[3]) * 60]
    matrix = quadrilateral(corners_of(window, size), size)
    found, corners = transform_ellipses(matrix, [box])[0], transform_boxes(matrix, [box])[0]
    points = transform_points(matrix, ellipse(box))
    size = 1 + np.abs(points).max()
    assert np.abs(points.min(axis=0) - found[:2]).max() <= 1e-4 * size
    assert np.abs(points.max(axis=0) - found[2:]).max() <= 1e-4 * size
    assert (found[:2] >= corners[:2] - 1e-7 * size).all()
    assert (found[2:] <= corners[2:] + 1e-7 * size).all()


def test_an_ellipse_over_the_horizon_has_the_box_of_its_corners_and_its_neighbour_its_own():
    matrix = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, -0.1, 0.0, 1.0)
    across, before = [5.0, -1.0, 20.0, 1.0], [1.0, 1.0, 3.0, 2.0]
    both = transform_ellipses(matrix, [across, before])
    assert (both[0] == transform_boxes(matrix, [across])[0]).all()
    assert (both[1] == transform_ellipses(matrix, [before])[0]).all()
    assert transform_ellipses(matrix, np.empty((0, 4))).shape == (0, 4)


# Cut to the frame


@given(st.lists(boxes, max_size=4), sizes)
def test_of_boxes_is_told_what_is_left_of_them(given_boxes, size):
    rows = np.array(given_boxes, float).reshape(-1, 4)
    clipped, part = clip_boxes(rows, size)
    for (x1, y1, x2, y2), cut, left in zip(rows, clipped, part, strict=True):
        width = min(x2, size[1]) - max(x1, 0)
        height = min(y2, size[0]) - max(y1, 0)
        share = width * height / ((x2 - x1) * (y2 - y1)) if min(width, height) > 1e-6 else 0.0
        assert left == pytest.approx(share, rel=1e-12)
        if left:
            assert cut.tolist() == [max(x1, 0), max(y1, 0), min(x2, size[1]), min(y2, size[0])]
            assert cut.min() >= 0


def test_a_box_wholly_inside_is_all_visible():
    rows = np.array([[0.1, 0.2, 0.7, 0.9], [0.0, 0.0, 3.0, 2.0]])
    assert clip_boxes(rows, (2, 3))[1].tolist() == [1.0, 1.0]
    assert not clip_boxes(np.array([[1.0, 1.0, 1.0, 2.0]]), (2, 3))[1].any()  # a line has no area
