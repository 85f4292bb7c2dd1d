"""Operations: what they do, and what neighbours become when they fuse."""

import dataclasses
import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import picture, same

from augkit import operations
from augkit.geometry import IDENTITY, compose, rotation, scaling, translation
from augkit.kernels.measure import LUMA
from augkit.operations import (
    Blur,
    Erase,
    Filter,
    Fold,
    Gaussian,
    Impulse,
    Linear,
    Mix,
    Operation,
    Pointwise,
    Power,
    Sharpen,
    Stairs,
    View,
    Warp,
    fuse,
)
from augkit.sample import DTYPES, Sample

KINDS = [
    member
    for _, member in inspect.getmembers(operations, inspect.isclass)
    if issubclass(member, Operation) and member not in (Operation, Filter)
]
SWAP = ((0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.1), (0.5, 0.0, 0.0, 0.0))
OPTIONS = {
    "matrix": translation(1, 0),
    "out": (5, 7),
    "steps": (Power(1.5),),
    "seed": 3,
    "patches": ((0.1, 0.2, 0.9, 0.8, 0.4),),
    "quality": 20,
    "tiles": 4,
    "limit": 3.0,
    "degrees": 30.0,
    "shared": False,
}
VIEW = View()
MIRROR = (-1.0, 0.0, 11.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
PIXELS = (  # what other kernels than that of `OPTIONS` do
    Pointwise((Linear(1.2, (0.1, 0.1, 0.1)),)),
    Pointwise((Linear(0.7, (0.1, 0.0, -0.2), pivot=0.3),)),
    Pointwise((Linear(-1.0, (1.0, 1.0, 1.0)),)),
    Pointwise((Mix(SWAP),)),
    Pointwise((Mix(((*LUMA, 0.0),) * 3),)),
    Pointwise((Linear(0.9, (0.1, 0.0, 0.0)), Power(0.8))),
    Gaussian(0.001, 5),
    Gaussian(0.05, 5),
    Gaussian(0.05, 5, shared=True),
    Impulse(0.01, 5),
    Impulse(1.0, 5),
)


def some(kind) -> Operation:
    """An operation of this kind that does something to a picture."""
    return kind(**{field.name: OPTIONS.get(field.name, 0.4) for field in dataclasses.fields(kind)})


@pytest.mark.parametrize("kind", KINDS)
def test_operations_are_values(kind):
    assert some(kind) == some(kind)
    assert hash(some(kind)) == hash(some(kind))
    with pytest.raises((AttributeError, TypeError)):
        setattr(some(kind), (*kind.__slots__, "anything")[0], None)


@pytest.mark.parametrize("kind", KINDS)
def test_every_operation_makes_a_new_picture_and_leaves_the_given_one(kind):
    image = picture((50, 70, 3)) // 2  # darker than white, so that there is something to stretch
    result = some(kind).apply_image(image, VIEW)
    assert result.shape[2] == 3
    assert result.dtype == np.uint8
    assert not np.shares_memory(result, image)
    assert result.shape != image.shape or (result != image).any()


LAYOUTS = {
    "plain": np.copy,
    "transposed": lambda image: np.swapaxes(np.swapaxes(image, 0, 1).copy(), 0, 1),
    "every second row": lambda image: np.repeat(image, 2, axis=0)[::2],
    "reversed": lambda image: image[:, ::-1].copy()[:, ::-1],
    "read only": lambda image: image,
}


@pytest.mark.parametrize("tail", [(), (2,), (3,), (4,), (5,)], ids=str)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("kind", [*KINDS, *PIXELS], ids=str)
def test_a_picture_written_over_becomes_what_a_new_one_would(kind, dtype, tail):
    operation = kind if kind in PIXELS else some(kind)
    for size in [(1, 1), (3, 101), (37, 53), (157, 211)]:
        image = picture((*size, *tail), dtype.type)
        expected = operation.apply_image(image, VIEW)
        for name, layout in LAYOUTS.items():
            given = layout(image)
            alike = operation.apply_image(given, VIEW)
            assert same(given, image), name
            assert not np.shares_memory(alike, given), name
            assert same(operation.apply_over(given, VIEW), alike), name
        assert same(operation.apply_over(image.copy(), VIEW), expected)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not Warp])
def test_only_warps_move_targets(kind):
    sample = Sample(
        image=picture((50, 70, 3)),
        mask=picture((50, 70)),
        boxes=np.ones((1, 4)),
        labels=("a",),
        keypoints=np.ones((1, 2)),
    )
    result = some(kind).apply(sample, VIEW)
    for name in ("mask", "boxes", "labels", "keypoints"):
        assert getattr(result, name) is getattr(sample, name)


@pytest.mark.parametrize("one", KINDS)
@pytest.mark.parametrize("other", KINDS)
def test_only_kinds_that_melt_into_one_absorb_each_other(one, other):
    melts = one is other and one in (Warp, Pointwise, Blur, Erase)
    assert (some(one).absorb(some(other)) is not None) == melts
    assert len(fuse([some(one), some(other)])) == (1 if melts else 2)


def test_fuse_keeps_the_order_and_joins_only_neighbours():
    warp, tone, noise = Warp(translation(1, 0), (5, 7)), Pointwise((Power(2.0),)), Gaussian(0.1, 3)
    assert fuse([]) == []
    assert fuse([warp, tone, warp]) == [warp, tone, warp]
    assert fuse([noise, noise]) == [noise, noise]
    fused = fuse([warp, warp, tone, tone, noise, warp])
    assert [type(operation) for operation in fused] == [Warp, Pointwise, Gaussian, Warp]
    assert fused[0] == Warp(translation(2, 0), (5, 7))
    assert fused[1] == Pointwise((Power(2.0), Power(2.0)))


def test_fuse_takes_any_iterable_and_leaves_a_list():
    given_list = [Sharpen(1.0), Warp(IDENTITY, (2, 2)), Warp(IDENTITY, (1, 1))]
    assert fuse(iter(given_list)) == fuse(given_list) == [Sharpen(1.0), Warp(IDENTITY, (1, 1))]
    assert len(given_list) == 3


def test_fused_warps_have_the_product_of_matrices_and_the_last_size():
    one, two = Warp(scaling(2, 3), (5, 7)), Warp(translation(4, 5), (4, 13))
    assert one.absorb(two) == Warp(compose(two.matrix, one.matrix), (4, 13))


def test_a_chain_of_warps_shows_again_what_a_step_had_moved_away():
    image = picture((5, 7, 3))
    there, back = Warp(translation(-3, 0), (5, 7)), Warp(translation(3, 0), (5, 7))
    (both,) = fuse([there, back])
    assert (both.apply_image(image, VIEW) == image).all()


def test_a_larger_canvas_at_the_end_is_done_by_itself():
    view = View(border="constant", fill=0.2)
    turn, canvas, flip = Warp(rotation(10), (5, 7)), Warp(translation(2, 1), (7, 11)), Warp(MIRROR, (7, 11))
    image = picture((5, 7, 3))
    for chain in ([turn, canvas], [turn, canvas, flip]):
        one, other = fuse(chain)
        assert one == turn
        seen = other.apply_image(one.apply_image(image, view), view)
        assert (np.delete(seen, range(1, 6), axis=0) == 51).all()
        assert (seen[:, [0, 1, -1, -2]] == 51).all()
        inside = seen[1:6, 2:9]
        assert (inside[:, :: -1 if flip in chain else 1] == turn.apply_image(image, view)).all()
    away = Warp(scaling(0.9, 1.1), (9, 9))
    last = compose(away.matrix, compose(canvas.matrix, turn.matrix))
    assert fuse([turn, canvas, away])[0].matrix == pytest.approx(last)  # nothing is resampled twice
    assert len(fuse([turn, canvas, away])) == 1
    assert fuse([canvas, away]) == [Warp(compose(away.matrix, canvas.matrix), (9, 9))]


def test_boxes_do_not_come_back_on_a_larger_canvas():
    sample = Sample(image=picture((5, 7, 3)), boxes=np.array([[0.0, 0, 4, 5], [0, 0, 3, 5]]), labels=("a", "b"))
    for operation in fuse([Warp(translation(-3, 0), (5, 4)), Warp(translation(3, 0), (5, 7))]):
        sample = operation.apply(sample, VIEW)
    assert sample.boxes.tolist() == [[3, 0, 4, 5]]
    assert sample.labels == ("a",)


def test_boxes_that_leave_the_picture_go_with_their_labels():
    sample = Sample(
        image=picture((5, 7, 3)), boxes=np.array([[0.0, 0, 2, 2], [4, 1, 6, 3], [5, 0, 7, 5]]), labels=("a", "b", "c")
    )
    result = Warp(translation(-3, 1), (5, 7)).apply(sample, VIEW)
    assert result.labels == ("b", "c")
    assert result.boxes.tolist() == [[1, 2, 3, 4], [2, 1, 4, 5]]


def test_keypoints_are_pixel_numbers_and_may_leave_the_picture():
    sample = Sample(image=picture((5, 7, 3)), keypoints=np.array([[0.0, 0], [6, 4], [3, 2]]))
    flip = Warp((-1.0, 0.0, 7.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0), (5, 7))
    assert flip.apply(sample, VIEW).keypoints.tolist() == [[6, 0], [0, 4], [3, 2]]
    assert Warp(translation(-3, 9), (5, 7)).apply(sample, VIEW).keypoints.tolist() == [[-3, 9], [3, 13], [0, 11]]
    double = Warp(scaling(2, 2), (10, 14)).apply(sample, VIEW)
    assert double.keypoints.tolist() == [[0.5, 0.5], [12.5, 8.5], [6.5, 4.5]]


# Pointwise

unit = st.floats(-1, 1)
colors = st.tuples(unit, unit, unit)
lines = st.builds(Linear, st.floats(0, 2), colors, st.none() | unit)
mixes = st.builds(lambda *rows: Mix(rows), *[st.tuples(unit, unit, unit, unit)] * 3)


def by_hand(steps, image: np.ndarray) -> np.ndarray:
    """What the steps mean for a picture in [0, 1], in float64, clipped at the end only."""
    values, colored = image.astype(np.float64), image.ndim == 3 and image.shape[2] == 3
    for step in steps:
        if isinstance(step, Linear):
            mean = (values @ LUMA).mean() if colored else values.mean()
            offset = np.array(step.offset) if colored else np.dot(LUMA, step.offset)
            values = step.gain * values + offset + (step.pivot or 0.0) * mean
        elif isinstance(step, Mix):
            rows = np.array(step.rows)
            values = values @ rows[:, :3].T + rows[:, 3] if colored else values
        else:
            values = step.bend(np.clip(values, 0.0, 1.0))
    return values


@settings(deadline=None, max_examples=200)
@given(st.lists(lines | mixes, min_size=1, max_size=5), st.sampled_from([(), (3,), (5,)]))
def test_lines_and_color_matrices_melt_into_one_that_is_rounded_once(steps, tail):
    image = picture((7, 9, *tail), np.float32)
    fused = fuse([Pointwise((step,)) for step in steps])
    assert len(fused) == 1
    result = fused[0].apply_image(image, VIEW)
    exact = by_hand(steps, image)
    # Coefficients grow by at most 4 a step (three weights below 1 and an offset); each is float32 once, and so is
    # the picture: 8 roundings of 2^-24 of them.
    assert np.abs(result - np.clip(exact, 0, 1)).max() <= 8 * 2.0**-24 * 4.0 ** len(steps)


@settings(deadline=None, max_examples=50)
@given(st.lists(lines | mixes, min_size=1, max_size=3))
def test_alpha_stays_when_colors_are_mixed(steps):
    image = picture((7, 9, 4), np.float32)
    result = Pointwise(tuple(steps)).apply_image(image, VIEW)
    assert (result[..., 3] == image[..., 3]).all()
    plain = Pointwise(tuple(steps)).apply_image(np.ascontiguousarray(image[..., :3]), VIEW)
    assert np.abs(result[..., :3] - plain).max() <= 2.0**-22  # float32 sums of four products instead of three


def test_neighbours_melt_where_one_pass_can_do_them_and_only_there():
    line, pivot, mix, bent = Linear(1.2), Linear(1.5, pivot=-0.5), Mix(SWAP), Power(2.0)
    for steps, passes in [
        ((line, pivot, mix, line), 1),
        ((pivot, bent, line), 1),
        ((bent, Stairs(0.1), Fold(0.5), line), 1),
        ((bent, pivot), 2),  # the mean after a bent curve has to be measured, not computed
        ((bent, mix), 2),  # a table knows one channel only
        ((mix, bent), 2),
        ((line, mix, bent, line, pivot), 3),
    ]:
        fused = fuse([Pointwise((step,)) for step in steps])
        assert len(fused) == passes, steps
        assert tuple(step for operation in fused for step in operation.steps) == steps


def test_the_mean_is_computed_through_the_lines_before_it():
    image = np.full((4, 4), 0.25, np.float32)
    image[:2] = 0.5
    (fused,) = fuse([Pointwise((Linear(1.0, (0.25, 0.25, 0.25)),)), Pointwise((Linear(2.0, pivot=-1.0),))])
    assert np.abs(fused.apply_image(image, VIEW) - (2 * (image + 0.25) - 0.625)).max() < 1e-6


@pytest.mark.parametrize("tail", [(), (3,), (4,), (5,)])
def test_a_fused_chain_of_curves_is_rounded_once(tail):
    image = picture((31, 37, *tail))
    steps = (Linear(0.9, (0.05, 0.02, 0.01)), Power(1.3), Linear(1.2, (-0.1, -0.05, -0.02)), Power(0.8))
    colors = image[..., :3] if tail == (4,) else image
    exact = by_hand(steps, colors / 255)
    result = Pointwise(steps).apply_image(image, VIEW)
    result = result[..., :3] if tail == (4,) else result
    # half a level, and what float32 makes of 255 levels and their sum
    assert np.abs(result - np.clip(exact * 255, 0, 255)).max() <= 0.5 + 2 * 255 * 2.0**-24


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tail", [(), (3,), (4,), (5,)])
def test_what_a_chain_of_curves_takes_below_black_is_black(dtype, tail):
    image = picture((4, 5, *tail), dtype)
    result = Pointwise((Power(0.9), Linear(1.0, (-2.0, -2.0, -2.0)))).apply_image(image, VIEW)
    assert ((result[..., :3] if tail == (4,) else result) == 0).all()


def test_grey_pictures_get_the_grey_of_a_colour_offset():
    tone = Pointwise((Linear(1.0, (0.1, 0.2, 0.4)),))
    expected = 100 + 255 * (0.0299 + 0.1174 + 0.0456)
    assert tone.apply_image(np.full((2, 2), 100, np.uint8), VIEW).tolist() == [[round(expected)] * 2] * 2


def test_contrast_keeps_the_mean_grey():
    image = (picture((40, 50, 3)) / 512 + 0.25).astype(np.float32)
    result = Pointwise((Linear(0.7, pivot=0.3),)).apply_image(image, VIEW)
    assert abs((result.astype(float) @ LUMA).mean() - (image.astype(float) @ LUMA).mean()) < 2.0**-24


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 2), (5, 7, 5)])
def test_what_has_no_colors_is_not_mixed(shape):
    image = picture(shape)
    result = Pointwise((Mix(SWAP),)).apply_image(image, VIEW)
    assert (result == image).all()
    assert not np.shares_memory(result, image)


def test_patches_are_painted_one_over_the_other():
    one, two = Erase(((0.0, 0.0, 0.5, 1.0, 0.2),)), Erase(((0.25, 0.0, 1.0, 0.5, 0.4),))
    (both,) = fuse([one, two])
    painted = both.apply_image(np.full((2, 4), 255, np.uint8), VIEW)
    assert painted.tolist() == [[51, 102, 102, 102], [51, 51, 255, 255]]
