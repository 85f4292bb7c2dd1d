"""What is drawn suits the picture that a step gets, be it drawn alone, compiled or in a batch."""

import numpy as np
import pytest
from pictures import same

from augkit import (
    Crop,
    OneOf,
    Pad,
    Pipeline,
    RandomErasing,
    Resize,
    ResizedCrop,
    Rotate,
    Sequential,
    SomeOf,
    Transpose,
)
from augkit.compiling import compiled

KEY = ("a.png", 1)
SQUARE = RandomErasing(area=(0.25, 0.25), ratio=(1.0, 1.0))


@pytest.mark.parametrize(
    ("steps", "side"),
    [
        ([Resize(size=(32, 32)), SQUARE], 16),
        ([Sequential([Resize(size=(64, 16)), Resize(size=(16, 16))]), SQUARE], 8),
        ([Sequential([Resize(size=(24, 24)), SQUARE])], 12),
        ([SomeOf([Resize(size=(24, 24)), SQUARE], count=(2, 2))], 12),
        ([OneOf([Crop(size=(20, 20))]), Transpose(), SQUARE], 10),
        ([ResizedCrop(size=(16, 16)), Rotate(), Pad(size=(20, 20)), SQUARE], 10),
    ],
)
def test_what_is_drawn_suits_the_picture_that_the_step_gets(steps, side):
    pipeline, images = Pipeline(steps), np.full((3, 20, 80, 3), 50, np.uint8)
    keys = [("a.png", copy) for copy in range(3)]
    program = compiled(pipeline.transforms, (20, 80, 3), pipeline.view)
    assert (program is None) == any(not step.draws_once for step in steps)
    for image, key, of_batch in zip(images, keys, pipeline.batch(images, keys), strict=True):
        changed = pipeline(image, key=key)
        rows, columns = np.nonzero((changed != 50).any(axis=2))
        assert (np.ptp(rows) + 1, np.ptp(columns) + 1) == (side, side)
        assert same(of_batch, changed)
        assert program is None or same(program(image, 0, key), changed)


def test_a_window_of_a_turned_picture_has_the_proportions_asked_for():
    crop = ResizedCrop(area=(0.2, 0.2), ratio=(1.0, 1.0))
    _, (_, window) = Pipeline([Transpose(), crop]).draw((100, 400), key=KEY)
    assert window["across"] * 100 == pytest.approx(window["down"] * 400)
