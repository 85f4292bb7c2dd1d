"""Matrices and what they do to points and boxes."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from augkit.errors import AugkitError
from augkit.geometry import (
    IDENTITY,
    about_center,
    clip_boxes,
    compose,
    invert,
    rotation,
    scaling,
    transform_boxes,
    transform_points,
    translation,
)

EPS = 2.0**-52

entries = st.floats(-100, 100).filter(lambda value: value == 0 or abs(value) > 1e-3)
affine = st.tuples(*[entries] * 6).map(lambda six: (*six, 0.0, 0.0, 1.0))
any_matrix = st.tuples(*[entries] * 9)
sizes = st.tuples(st.integers(1, 5000), st.integers(1, 5000))
points = st.lists(st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)), min_size=1, max_size=5)


def square(matrix) -> np.ndarray:
    return np.array(matrix).reshape(3, 3)


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        (IDENTITY, (2, 3)),
        (translation(10, 20), (12, 23)),
        (scaling(2, 10), (4, 30)),
        (rotation(90), (3, -2)),  # anticlockwise as seen: what was right of the corner is now above it
        (rotation(180), (-2, -3)),
        (rotation(-90), (-3, 2)),
        (compose(scaling(2, 2), translation(1, 0)), (6, 6)),  # first moved, then stretched
        (compose(translation(1, 0), scaling(2, 2)), (5, 6)),
        ((1, 0, 0, 0, 1, 0, 0, 0, 2), (1, 1.5)),
    ],
)
def test_a_point_goes_where_one_expects(matrix, expected):
    assert transform_points(matrix, [[2, 3]]).tolist() == [list(map(float, expected))]


@pytest.mark.parametrize("quarters", range(-9, 10))
def test_right_angles_are_exact_and_without_negative_zeros(quarters):
    matrix = rotation(90.0 * quarters)
    assert set(matrix) <= {-1.0, 0.0, 1.0}
    assert all(math.copysign(1, value) == 1 for value in matrix if value == 0)
    expected = IDENTITY
    for _ in range(quarters % 4):
        expected = compose(rotation(90), expected)
    assert matrix == expected


@settings(deadline=None)
@given(st.floats(-1000, 1000))
def test_rotation_keeps_lengths_and_undoes_itself(degrees):
    matrix = square(rotation(degrees))
    assert np.abs(matrix @ matrix.T - np.eye(3)).max() < 8 * EPS
    # The angle in radians is rounded, relative to its size; sine and cosine move by no more than it does.
    undone = square(compose(rotation(-degrees), rotation(degrees)))
    assert np.abs(undone - np.eye(3)).max() < 8 * EPS * max(1.0, math.radians(abs(degrees)))


@settings(deadline=None)
@given(any_matrix, any_matrix)
def test_compose_is_the_matrix_product(after, before):
    expected = square(after) @ square(before)
    bound = 4 * EPS * (np.abs(square(after)) @ np.abs(square(before)))
    assert (np.abs(square(compose(after, before)) - expected) <= bound).all()


@given(any_matrix)
def test_composing_with_the_identity_changes_no_bit(matrix):
    assert compose(matrix, IDENTITY) == compose(IDENTITY, matrix) == matrix


@settings(deadline=None)
@given(affine)
def test_a_matrix_times_its_inverse_is_the_identity(matrix):
    condition = np.linalg.cond(square(matrix)) if abs(np.linalg.det(square(matrix))) > 1e-9 else math.inf
    assume(condition < 1e8)
    # The adjugate of an affine matrix loses at most a few roundings for each power of its condition.
    error = np.abs(square(invert(matrix)) - np.linalg.inv(square(matrix))).max()
    assert error <= 64 * EPS * condition * np.abs(np.linalg.inv(square(matrix))).max()


def test_inverse_of_a_perspective_is_its_inverse():
    matrix = (2.0, 0.5, 3.0, -1.0, 4.0, 1.0, 0.25, 0.125, 1.0)
    assert np.abs(square(compose(invert(matrix), matrix)) - np.eye(3)).max() < 16 * EPS


@pytest.mark.parametrize(
    "matrix", [scaling(0, 1), scaling(1, 0), (1, 2, 0, 2, 4, 0, 0, 0, 1), scaling(math.nan, 1), scaling(math.inf, 1)]
)
def test_a_matrix_that_squeezes_or_is_not_finite_cannot_be_inverted(matrix):
    with pytest.raises(AugkitError, match="can't be inverted"):
        invert(matrix)


@settings(deadline=None)
@given(affine, sizes)
def test_about_center_leaves_what_a_linear_map_leaves(matrix, size):
    linear = (*matrix[:2], 0.0, *matrix[3:5], 0.0, 0.0, 0.0, 1.0)
    middle = np.array([[size[1] / 2, size[0] / 2]])
    moved = transform_points(about_center(linear, size), middle)
    assert np.abs(moved - middle).max() <= 8 * EPS * (1 + np.abs(linear).max()) * sum(size)


@settings(deadline=None)
@given(st.tuples(*[entries] * 8), points, st.floats(1e-5, 1.0))
def test_points_are_moved_as_homogeneous_vectors(eight, points, part):
    # All points lie before the horizon, the last of them by a part of what they are far.
    depths = [eight[6] * x + eight[7] * y for x, y in points]
    matrix = (*eight, part * max(1.0, *map(abs, depths)) - min(depths))
    xyw = square(matrix) @ np.column_stack([points, np.ones(len(points))]).T
    # w may cancel; then its rounding error, relative to its terms, is what counts.
    terms = np.abs(square(matrix)[2]) @ np.column_stack([np.abs(points), np.ones(len(points))]).T
    expected = (xyw[:2] / xyw[2]).T
    size = np.abs(square(matrix)[:2]) @ np.column_stack([np.abs(points), np.ones(len(points))]).T
    bound = (16 * EPS * size / np.abs(xyw[2]) * (terms / np.abs(xyw[2]))).T
    assert (np.abs(transform_points(matrix, points) - expected) <= bound + 1e-300).all()


@settings(deadline=None)
@given(affine, st.tuples(*[st.floats(-1000, 1000)] * 4))
def test_a_moved_box_encloses_its_moved_corners_and_no_more(matrix, box):
    x1, y1, x2, y2 = box
    corners = transform_points(matrix, [[x1, y1], [x2, y1], [x2, y2], [x1, y2]])
    moved = transform_boxes(matrix, [box])[0]
    assert moved.tolist() == [*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist()]


def test_no_points_and_no_boxes_stay_none():
    assert transform_points(rotation(3), np.empty((0, 2))).shape == (0, 2)
    assert transform_boxes(rotation(3), np.empty((0, 4))).shape == (0, 4)
    boxes, part = clip_boxes(np.empty((0, 4)), (3, 4))
    assert boxes.shape == (0, 4)
    assert part.shape == (0,)


def test_boxes_are_cut_to_the_picture_and_those_outside_are_told():
    boxes = np.array([[-5, -5, 3, 3], [1, 1, 9, 9], [2, 1, 4, 2], [4, 0, 9, 2], [-3, 0, 0, 2], [1, -9, 2, 0.5]], float)
    clipped, part = clip_boxes(boxes, (2, 4))
    assert clipped[part > 0].tolist() == [[0, 0, 3, 2], [1, 1, 4, 2], [2, 1, 4, 2], [1, 0, 2, 0.5]]
    assert part.tolist() == [6 / 64, 3 / 64, 1.0, 0.0, 0.0, 0.5 / 9.5]


def test_points_and_boxes_given_are_not_written_to():
    points, boxes = np.array([[1.0, 2.0]]), np.array([[-1.0, 0.0, 2.0, 3.0]])
    for array in (points, boxes):
        array.setflags(write=False)
    transform_points(scaling(2, 2), points)
    transform_boxes(scaling(2, 2), boxes)
    clip_boxes(boxes, (2, 2))
    assert boxes.tolist() == [[-1.0, 0.0, 2.0, 3.0]]


def test_matrices_are_hashable_plain_floats():
    for matrix in (IDENTITY, translation(1, 2), scaling(1, 2), rotation(90), rotation(12), invert(rotation(12))):
        assert hash(matrix) == hash(tuple(matrix))
        assert len(matrix) == 9
        assert all(type(float(value)) is float and math.isfinite(value) for value in matrix)
