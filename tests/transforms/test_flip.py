"""Mirror images."""

import numpy as np
import pytest

from augkit import HorizontalFlip, Pipeline, Rotate, Rotate90, Transpose, VerticalFlip

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


def test_transpose_and_quarter_turns_are_those_of_numpy():
    assert (Pipeline([Transpose()])(IMAGE) == IMAGE.transpose(1, 0, 2)).all()
    seen = set()
    for copy in range(40):
        pipeline = Pipeline([Rotate90()])
        (drawn,) = pipeline.draw(IMAGE.shape[:2], key=("x", copy))
        quarters = drawn.params["quarters"]
        seen.add(quarters)
        assert (pipeline(IMAGE, key=("x", copy)) == np.rot90(IMAGE, quarters)).all()
    assert seen == {1, 2, 3}


def test_a_chain_of_exact_steps_is_exact():
    chain = Pipeline([Transpose(), HorizontalFlip(), Transpose(), VerticalFlip()])
    assert (chain(IMAGE) == IMAGE).all()
