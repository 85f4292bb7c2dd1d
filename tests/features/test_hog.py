"""The batched histograms against a plain loop, and by hand."""

import math

import numpy as np
import pytest

from augkit.features.descriptor import describe
from augkit.features.hog import BINS, cell_histograms, merge_cells, normalize_blocks


def plain_histograms(grey: np.ndarray, cell: int) -> np.ndarray:
    """One picture, pixel by pixel, as the definition says."""
    height, width = grey.shape
    sums = np.zeros((height // cell, width // cell, BINS))
    for row in range(height):
        for column in range(width):
            across = grey[row, min(column + 1, width - 1)] - grey[row, max(column - 1, 0)]
            down = grey[min(row + 1, height - 1), column] - grey[max(row - 1, 0), column]
            place = math.atan2(down, across) % math.pi / math.pi * BINS
            below = math.floor(place)
            length = math.hypot(across, down)
            sums[row // cell, column // cell, below % BINS] += length * (below + 1 - place)
            sums[row // cell, column // cell, (below + 1) % BINS] += length * (place - below)
    return sums


def test_all_pictures_at_once_equal_one_pixel_after_the_other():
    grey = np.random.default_rng(0).random((5, 16, 24), np.float32)
    together = cell_histograms(grey, 4)
    assert together.shape == (5, 4, 6, BINS)
    np.testing.assert_allclose(together, [plain_histograms(one, 4) for one in grey], atol=1e-5)


def test_cells_merge_into_those_of_twice_the_size():
    grey = np.random.default_rng(1).random((3, 32, 32), np.float32)
    np.testing.assert_allclose(merge_cells(cell_histograms(grey, 4)), cell_histograms(grey, 8), rtol=1e-5)


def test_an_edge_counts_in_the_bin_of_its_direction():
    step = np.zeros((1, 8, 8), np.float32)
    step[:, :, 4:] = 1.0
    upright, lying = cell_histograms(step, 8)[0, 0, 0], cell_histograms(step.transpose(0, 2, 1), 8)[0, 0, 0]
    assert upright[0] == 16.0  # two columns of eight pixels see the step
    assert upright[1:].sum() == 0.0
    assert lying[4] == pytest.approx(8.0)  # 90 degrees lie between the bins of 80 and of 100
    assert lying[5] == pytest.approx(8.0)


def test_contrast_is_divided_out_but_flat_areas_stay_flat():
    grey = np.random.default_rng(2).random((1, 32, 32), np.float32) * 255
    blocks = normalize_blocks(cell_histograms(grey, 4), 0.3).reshape(49, 4 * BINS)
    lengths = np.linalg.norm(blocks, axis=1)
    assert 0.9 < lengths.min() <= lengths.max() <= 1.0
    half = normalize_blocks(cell_histograms(grey / 2, 4), 0.3).reshape(49, 4 * BINS)
    np.testing.assert_allclose(half, blocks, atol=1e-4)
    faint = normalize_blocks(cell_histograms(grey / 255 / 1000, 4), 0.3)
    assert np.abs(faint).max() < 0.1
    assert not normalize_blocks(np.zeros((1, 8, 8, BINS), np.float32), 0.3).any()


def test_a_row_does_not_depend_on_the_other_pictures():
    views = np.random.default_rng(3).integers(0, 256, (7, 32, 32, 3), np.uint8)
    together = describe(list(views))
    for number, view in enumerate(views):
        np.testing.assert_allclose(describe([view])[0], together[number], rtol=1e-5, atol=1e-6)


def test_float_and_byte_views_of_one_picture_are_described_alike():
    view = np.random.default_rng(4).integers(0, 256, (32, 32, 3), np.uint8)
    floats = view.astype(np.float32) / np.float32(255)
    np.testing.assert_array_equal(describe([view]), describe([floats]))
    np.testing.assert_array_equal(describe([view, floats])[0], describe([view, floats])[1])
