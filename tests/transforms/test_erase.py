"""Random erasing: how large, where, and what stays."""

import numpy as np
import pytest

from augkit import Pipeline, RandomErasing


def erased(mask: np.ndarray) -> tuple[float, float]:
    """The area of the erased part, as a fraction, and its width over its height; it must be a rectangle."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    assert mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].all()
    return mask.mean(), len(columns) / len(rows)


def test_a_rectangle_of_the_drawn_area_and_proportions_is_covered():
    pipeline = Pipeline([RandomErasing(area=(0.1, 0.3), ratio=(0.5, 2.0), fill=(1, 1))])
    for copy in range(50):
        area, ratio = erased(pipeline(np.zeros((200, 300), np.uint8), key=("x", copy)) == 255)
        # each edge lies on the nearest pixel: both sides, of 63 pixels at least, are off by one at most
        assert 0.1 * (1 - 2.1 / 63) <= area <= 0.3 * (1 + 2.1 / 63)
        assert 0.5 * (1 - 2.1 / 63) <= ratio <= 2.0 * (1 + 2.1 / 63)


def test_every_place_is_covered_now_and_then():
    pipeline = Pipeline([RandomErasing(area=(0.1, 0.2), fill=(1, 1))])
    times = sum((pipeline(np.zeros((20, 20), np.uint8), key=("x", copy)) == 255).astype(int) for copy in range(4000))
    assert times.min() > 0
    assert times.max() < 2000


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_the_fill_is_a_fraction_of_white_and_alpha_stays(dtype):
    white = 1.0 if dtype == np.float32 else np.iinfo(dtype).max
    image = np.zeros((40, 40, 4), dtype)
    image[..., 3] = white
    result = Pipeline([RandomErasing(fill=(0.25, 0.25))])(image)
    values = np.unique(result[..., :3])
    assert values.tolist() == [0, pytest.approx(white / 4, abs=0.5 if white > 1 else 1e-7)]
    assert (result[..., 3] == white).all()
