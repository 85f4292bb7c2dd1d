"""Mirror images."""

import numpy as np
import pytest

from augkit import HorizontalFlip, Pipeline, Rotate, VerticalFlip

IMAGE = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)


def test_flips_are_those_of_numpy():
    assert (Pipeline([HorizontalFlip()])(IMAGE) == np.fliplr(IMAGE)).all()
    assert (Pipeline([VerticalFlip()])(IMAGE) == np.flipud(IMAGE)).all()


@pytest.mark.parametrize("flip", [HorizontalFlip(), VerticalFlip()])
def test_flipping_twice_is_the_identity_fused_and_apart(flip):
    once = Pipeline([flip])
    assert (once(once(IMAGE)) == IMAGE).all()
    assert (Pipeline([flip, flip])(IMAGE) == IMAGE).all()


def test_both_flips_are_half_a_turn():
    both = Pipeline([HorizontalFlip(), VerticalFlip()])(IMAGE)
    assert (both == Pipeline([Rotate(degrees=(180, 180))])(IMAGE)).all()


def test_boxes_stay_upright_and_on_their_side():
    boxes = [[0, 1, 2, 4]]
    result = Pipeline([HorizontalFlip()])(image=IMAGE, boxes=boxes)["boxes"]
    assert result.tolist() == [[5, 1, 7, 4]]
    result = Pipeline([VerticalFlip()])(image=IMAGE, boxes=boxes)["boxes"]
    assert result.tolist() == [[0, 1, 2, 4]]
