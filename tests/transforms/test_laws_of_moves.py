"""What holds for every transform that moves pixels, and for colours, done one after the other or as one."""

import math

import numpy as np
import pytest
from kinds import KEYS, SPATIAL, TONES, matrix_of, over
from pictures import picture

from augkit.fusing import realize
from augkit.geometry import transform_points
from augkit.operations import fuse
from augkit.pipeline import Pipeline
from augkit.sample import Sample

# Geometry


@over(SPATIAL)
@pytest.mark.parametrize("size", [(37, 53), (53, 37), (20, 20)])
def test_the_mask_shows_each_pixel_where_its_keypoint_went(kind, size):
    numbers = np.arange(1, size[0] * size[1] + 1, dtype=np.uint16).reshape(size)
    y, x = np.mgrid[: size[0], : size[1]]
    everywhere = np.column_stack([x.ravel(), y.ravel()]).astype(float)
    for key in KEYS:
        pipeline = Pipeline([kind()], border="constant")
        result = pipeline(image=numbers, mask=numbers, keypoints=everywhere, key=key)
        mask, keypoints = result["mask"], result["keypoints"]
        matrix, out = matrix_of(pipeline.draw(size, key=key), size)
        assert mask.shape == out == result["image"].shape
        rows, columns = np.nonzero(mask)
        assert len(rows) > 0.3 * min(mask.size, numbers.size)
        offsets = keypoints[mask[rows, columns].astype(int) - 1] - np.column_stack([columns, rows])
        # The nearest pixel's middle is at most half a pixel, each way, from the point looked up; the matrix makes of
        # such a square a quadrilateral, which its corners bound. Coordinates are float32 on the way.
        middles = everywhere[mask[rows, columns].astype(int) - 1] + 0.5
        corners = [transform_points(tuple(matrix.ravel()), middles + shift) for shift in CORNERS]
        reach = np.abs(np.stack(corners) - transform_points(tuple(matrix.ravel()), middles)).max(axis=0) + 1e-3
        assert (np.abs(offsets) <= reach).all()


@over(SPATIAL)
def test_keypoint_lands_on_its_mask_pixel(kind):
    size = (37, 53)
    rng = np.random.default_rng(2)
    seen = 0
    for key in KEYS:
        pipeline = Pipeline([kind()])
        for x, y in rng.integers(3, (50, 34), (12, 2)):
            mask = np.zeros(size, bool)
            # Rounding a keypoint moves it by half a pixel, which is less than 2.5 in the source unless it shrinks
            # by more than 3: a patch of 5 x 5 is hit for certain.
            mask[y - 2 : y + 3, x - 2 : x + 3] = True
            result = pipeline(image=picture(size), mask=mask, keypoints=[[x, y]], key=key)
            column, row = np.rint(result["keypoints"][0]).astype(int)
            if 0 <= row < result["mask"].shape[0] and 0 <= column < result["mask"].shape[1]:
                seen += 1
                assert result["mask"][row, column]
    assert seen > 40


@over(SPATIAL)
def test_box_encloses_its_mask_and_no_more_than_the_matrix_explains(kind):
    size, box = (37, 53), (11, 7, 31, 22)
    mask = np.zeros(size, np.uint8)
    mask[box[1] : box[3], box[0] : box[2]] = 1
    for key in KEYS:
        pipeline = Pipeline([kind()], border="constant")
        result = pipeline(image=picture(size), mask=mask, boxes=[box], labels=["cat"], key=key)
        rows, columns = np.nonzero(result["mask"])
        assert result["labels"] == ("cat",)
        x1, y1, x2, y2 = result["boxes"][0]
        # A pixel is set when its middle lies in the moved rectangle, float32 aside.
        assert (columns + 0.5).min() >= x1 - 1e-3
        assert (columns + 0.5).max() <= x2 + 1e-3
        assert (rows + 0.5).min() >= y1 - 1e-3
        assert (rows + 0.5).max() <= y2 + 1e-3
        matrix, out = matrix_of(pipeline.draw(size, key=key), size)
        assert min(x1, y1) >= 0
        assert x2 <= out[1]
        assert y2 <= out[0]
        shear = np.abs(matrix[0, 0] * matrix[0, 1]) + np.abs(matrix[1, 0] * matrix[1, 1])
        if shear < 1e-9:  # an upright rectangle: the first and last pixel are within one of the box's edges
            assert columns.min() - 1 <= x1
            assert columns.max() + 2 >= x2
            assert rows.min() - 1 <= y1
            assert rows.max() + 2 >= y2


CORNERS = ((-0.5, -0.5), (-0.5, 0.5), (0.5, -0.5), (0.5, 0.5))


def grid(size) -> np.ndarray:
    """The middles of all pixels as homogeneous points (3, H, W)."""
    y, x = np.mgrid[: size[0], : size[1]] + 0.5
    return np.stack([x, y, np.ones_like(x)])


def widest_step(points: np.ndarray) -> float:
    """The largest distance, along both axes together, of what neighbours of a grid (3, H, W) are made of."""
    places = points[:2] / points[2]
    return max(np.abs(np.diff(places, axis=axis)).sum(axis=0).max() for axis in (1, 2))


def waves(size) -> tuple[np.ndarray, float, float]:
    """A smooth picture, float32, with the largest slope and curvature (the sum over both axes) it has."""
    y, x = np.mgrid[: size[0], : size[1]]
    turns = 2 * math.pi / 150
    image = 0.5 + 0.2 * np.sin(turns * x + 0.3) + 0.2 * np.cos(turns * y)
    return image.astype(np.float32), 0.2 * turns * math.sqrt(2), 2 * 0.2 * turns**2


@over(SPATIAL)
@pytest.mark.parametrize("second", SPATIAL, ids=lambda kind: kind.__name__)
def test_fused_equals_one_by_one_inside_the_frame(kind, second):
    size = (97, 131)
    image, slope, curvature = waves(size)
    for key in KEYS[:3]:
        pipeline = Pipeline([kind(), second()])
        one, two = operations = realize(pipeline.draw(size, key=key), size)
        assert len(fuse(operations)) == 1
        fused = pipeline(image, key=key)
        apart = two.apply(one.apply(Sample(image=image), pipeline.view), pipeline.view).image
        assert fused.shape == apart.shape

        # Where each pixel of the result comes from, in the middle picture and in the first: both well inside.
        y, x = np.mgrid[: two.out[0], : two.out[1]] + 0.5
        target = np.stack([x.ravel(), y.ravel(), np.ones(x.size)])
        last, first = (np.linalg.inv(np.reshape(step.matrix, (3, 3))) for step in (two, one))
        middle = last @ target
        source = first @ middle
        middle, source = middle[:2] / middle[2], source[:2] / source[2]
        margin = 4
        inside = np.ones(x.size, bool)
        for place, (height, width) in ((middle, one.out), (source, size)):
            inside &= (place[0] > margin) & (place[0] < width - margin)
            inside &= (place[1] > margin) & (place[1] < height - margin)
        inside = inside.reshape(two.out)
        # A window that is resized alone is not looked beyond: half a pixel of it, less than two of the result.
        inside[[0, 1, -2, -1]] = inside[:, [0, 1, -2, -1]] = False
        assert inside.mean() > 0.2

        # Sampling a grid of spacing h linearly is off by at most h^2 / 8 of the curvature, and averaging over a
        # pixel of that spacing by h^2 / 24; the spacing, in pixels of the source, is 1 or what a step makes of it.
        # Three samplings: fused, first, second. Coordinates are float32: 1e-4 of a pixel is more than they lose.
        grids = [np.tensordot(first, grid(one.out), 1), np.tensordot(first @ last, grid(two.out), 1)]
        spacing = max(1.0, *map(widest_step, grids))
        bound = 3 * curvature * spacing**2 * (1 / 8 + 1 / 24) + 1e-4 * slope + 1e-6
        assert bound < slope / 4  # so that a picture shifted by a quarter of a pixel would be noticed
        assert np.abs(fused - apart)[inside].max() <= bound


@over(SPATIAL)
def test_a_grid_of_keypoints_fused_equals_one_by_one(kind):
    size = (37, 53)
    points = np.array([[0, 0], [52, 0], [52, 36], [0, 36], [20.5, 11.25]])
    for second in SPATIAL:
        pipeline = Pipeline([kind(), second()])
        sample = Sample(image=picture(size), keypoints=points)
        drawn = pipeline.draw(size, key=KEYS[1])
        fused = pipeline.apply(sample, drawn)
        for operation in realize(drawn, size):
            sample = operation.apply(sample, pipeline.view)
        assert np.abs(fused.keypoints - sample.keypoints).max() < 1e-9


@over(TONES)
@pytest.mark.parametrize("second", TONES, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("tail", [(), (3,), (4,), (5,)])
def test_tones_fused_equal_tones_one_by_one_where_nothing_is_clipped(kind, second, tail):
    image = (0.45 + 0.1 * picture((23, 31, *tail), np.float32)).astype(np.float32)
    for key in KEYS:
        pipeline = Pipeline([kind(), second()])
        fused = pipeline(image, key=key)
        sample = Sample(image=image)
        for operation in realize(pipeline.draw((23, 31), key=key), (23, 31)):
            sample = operation.apply(sample, pipeline.view)
        # Values below 1, a few roundings of float32 each, and gains below 4.
        assert np.abs(fused - sample.image).max() <= 16 * 2.0**-24
