"""Formats of boxes: what each library means, and there and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from augkit.boxes import FORMATS, from_format, to_format

SIZE = (100, 200)
VOC = [[80.0, 30.0, 120.0, 70.0], [0.0, 0.0, 200.0, 100.0]]
WRITTEN = {
    "voc": VOC,
    "coco": [[80, 30, 40, 40], [0, 0, 200, 100]],
    "yolo": [[0.5, 0.5, 0.2, 0.4], [0.5, 0.5, 1, 1]],
    "albumentations": [[0.4, 0.3, 0.6, 0.7], [0, 0, 1, 1]],
}

sides = st.floats(-1e4, 1e4)
rows = st.lists(st.tuples(sides, sides, st.floats(0, 1e4), st.floats(0, 1e4)), max_size=4).map(
    lambda boxes: np.array([(x, y, x + w, y + h) for x, y, w, h in boxes]).reshape(-1, 4)
)


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_by_hand(name):
    assert to_format(name, np.array(VOC), SIZE) == pytest.approx(np.array(WRITTEN[name], float))
    assert from_format(name, np.array(WRITTEN[name], float), SIZE) == pytest.approx(np.array(VOC))


@given(st.sampled_from(FORMATS), rows, st.tuples(st.integers(1, 5000), st.integers(1, 5000)))
def test_there_and_back_is_the_box(name, boxes, size):
    before = boxes.copy()
    again = from_format(name, to_format(name, boxes, size), size)
    assert again.shape == boxes.shape
    # a few roundings of numbers as large as the largest coordinate, in units of the side or not
    assert np.abs(again - boxes).max(initial=0) <= 8 * 2.0**-52 * (1 + np.abs(boxes).max(initial=0))
    assert (boxes == before).all()


@pytest.mark.parametrize("name", FORMATS)
def test_no_boxes_stay_none(name):
    assert from_format(name, np.empty((0, 4)), SIZE).shape == (0, 4)
    assert to_format(name, np.empty((0, 4)), SIZE).shape == (0, 4)
