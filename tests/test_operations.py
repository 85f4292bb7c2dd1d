"""Operations: what they do, and what neighbours become when they fuse."""

import dataclasses
import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import picture

from augkit import operations
from augkit.geometry import IDENTITY, compose, scaling, translation
from augkit.kernels.measure import LUMA
from augkit.operations import Blur, ColorMatrix, Gaussian, Linear, Operation, Power, Sharpen, Tone, View, Warp, fuse
from augkit.sample import Sample

KINDS = [
    member
    for _, member in inspect.getmembers(operations, inspect.isclass)
    if issubclass(member, Operation) and member is not Operation
]
SWAP = ((0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.1), (0.5, 0.0, 0.0, 0.0))
OPTIONS = {
    "matrix": translation(1, 0),
    "out": (5, 7),
    "curves": (Power(1.5),),
    "seed": 3,
    "rows": SWAP,
    "right": 0.9,
    "bottom": 0.9,
}
VIEW = View()

numbers = st.floats(-3, 3)
lines = st.builds(Linear, numbers, st.tuples(numbers, numbers, numbers), numbers)


def some(kind) -> Operation:
    """An operation of this kind that does something to a picture."""
    return kind(**{field.name: OPTIONS.get(field.name, 0.4) for field in dataclasses.fields(kind)})


def on_floats(line: Linear, image: np.ndarray) -> np.ndarray:
    """What a line means, in float64 and without clipping."""
    return line.gain * image + np.array(line.offset) + line.mean * (image @ LUMA).mean()


@pytest.mark.parametrize("kind", KINDS)
def test_operations_are_values(kind):
    assert some(kind) == some(kind)
    assert hash(some(kind)) == hash(some(kind))
    with pytest.raises((AttributeError, TypeError)):
        setattr(some(kind), kind.__slots__[0], None)


@pytest.mark.parametrize("kind", KINDS)
def test_every_operation_makes_a_new_picture_and_leaves_the_given_one(kind):
    image = picture((50, 70, 3))
    result = some(kind).apply_image(image, VIEW)
    assert result.shape[2] == 3
    assert result.dtype == np.uint8
    assert not np.shares_memory(result, image)
    assert result.shape != image.shape or (result != image).any()


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
    melts = one is other and one in (Warp, Tone, ColorMatrix, Blur)
    assert (some(one).absorb(some(other)) is not None) == melts
    assert len(fuse([some(one), some(other)])) == (1 if melts else 2)


def test_fuse_keeps_the_order_and_joins_only_neighbours():
    warp, tone, noise = Warp(translation(1, 0), (5, 7)), Tone((Power(2.0),)), Gaussian(0.1, 3)
    assert fuse([]) == []
    assert fuse([warp, tone, warp]) == [warp, tone, warp]
    assert fuse([noise, noise]) == [noise, noise]
    fused = fuse([warp, warp, tone, tone, noise, warp])
    assert [type(operation) for operation in fused] == [Warp, Tone, Gaussian, Warp]
    assert fused[0] == Warp(translation(2, 0), (5, 7))
    assert fused[1] == Tone((Power(2.0), Power(2.0)))


def test_fuse_takes_any_iterable_and_leaves_a_list():
    given_list = [Sharpen(1.0), Warp(IDENTITY, (1, 1)), Warp(IDENTITY, (2, 2))]
    assert fuse(iter(given_list)) == fuse(given_list) == [Sharpen(1.0), Warp(IDENTITY, (2, 2))]
    assert len(given_list) == 3


def test_fused_warps_have_the_product_of_matrices_and_the_last_size():
    one, two = Warp(scaling(2, 3), (5, 7)), Warp(translation(4, 5), (11, 13))
    assert one.absorb(two) == Warp(compose(two.matrix, one.matrix), (11, 13))


def test_a_chain_of_warps_shows_again_what_a_step_had_cut_away():
    image = picture((5, 7, 3))
    there, back = Warp(translation(-3, 0), (5, 4)), Warp(translation(3, 0), (5, 7))
    (both,) = fuse([there, back])
    assert (both.apply_image(image, VIEW) == image).all()


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


# Tones


@settings(deadline=None, max_examples=200)
@given(lines, lines)
def test_a_line_then_a_line_is_one_line_also_where_they_look_at_the_mean(first, second):
    image = np.random.default_rng(1).random((4, 5, 3))
    one_by_one = on_floats(second, on_floats(first, image))
    assert np.abs(on_floats(first.then(second), image) - one_by_one).max() < 1e-12 * 100


@settings(deadline=None, max_examples=100)
@given(lines, lines, lines)
def test_lines_melt_alike_in_whatever_order(one, two, three):
    left, right = one.then(two).then(three), one.then(two.then(three))
    flat = [np.array([line.gain, *line.offset, line.mean]) for line in (left, right)]
    assert np.abs(flat[0] - flat[1]).max() < 1e-11


@settings(deadline=None)
@given(lines)
def test_the_default_line_is_neutral(line):
    assert Linear().then(line) == line
    assert line.then(Linear()) == line


def test_lines_melt_into_one_and_powers_are_kept_in_order():
    brighter, squarer = Linear(1.0, (0.1, 0.1, 0.1)), Power(2.0)
    (tone,) = fuse([Tone((brighter,)), Tone((brighter,)), Tone((squarer,)), Tone((brighter,)), Tone((brighter,))])
    twice = brighter.then(brighter)
    assert tone == Tone((twice, squarer, twice))


def test_a_line_that_asks_for_the_mean_does_not_melt_into_a_bent_curve():
    bent, contrast = Tone((Power(2.0),)), Tone((Linear(1.5, mean=-0.5),))
    assert bent.absorb(contrast) is None
    assert contrast.absorb(bent) == Tone((*contrast.curves, *bent.curves))
    assert fuse([bent, contrast, bent]) == [bent, Tone((*contrast.curves, *bent.curves))]


def test_the_mean_is_reckoned_through_the_lines_before_it():
    image = np.full((4, 4), 0.25, np.float32)
    image[:2] = 0.5
    (fused,) = fuse([Tone((Linear(1.0, (0.25, 0.25, 0.25)),)), Tone((Linear(2.0, mean=-1.0),))])
    assert np.abs(fused.apply_image(image, VIEW) - (2 * (image + 0.25) - 0.625)).max() < 1e-6


@pytest.mark.parametrize("tail", [(), (3,), (4,), (5,)])
def test_a_fused_chain_is_rounded_once(tail):
    image = picture((31, 37, *tail))
    curves = (Linear(0.9, (0.05, 0.02, 0.01)), Power(1.3), Linear(1.2, (-0.1, -0.05, -0.02)), Power(0.8))
    tone = Tone(curves)
    values = image[..., :3] / 255 if tail == (4,) else image / 255
    for curve in curves:
        if isinstance(curve, Power):
            values = np.clip(values, 0, 1) ** curve.exponent
        else:
            offset = np.array(curve.offset) if tail in ((3,), (4,)) else np.dot(LUMA, curve.offset)
            values = curve.gain * values + offset
    result = tone.apply_image(image, VIEW)
    result = result[..., :3] if tail == (4,) else result
    assert np.abs(result - np.clip(values * 255, 0, 255)).max() <= 0.5 + 1e-9


def test_grey_pictures_get_the_grey_of_a_colour_offset():
    tone = Tone((Linear(1.0, (0.1, 0.2, 0.4)),))
    expected = 100 + 255 * (0.0299 + 0.1174 + 0.0456)
    assert tone.apply_image(np.full((2, 2), 100, np.uint8), VIEW).tolist() == [[round(expected)] * 2] * 2


def test_contrast_keeps_the_mean_grey():
    image = (picture((40, 50, 3)) / 512 + 0.25).astype(np.float32)
    result = Tone((Linear(0.7, mean=0.3),)).apply_image(image, VIEW)
    assert abs((result.astype(float) @ LUMA).mean() - (image.astype(float) @ LUMA).mean()) < 2.0**-24


def test_two_color_matrices_are_one_that_does_both():
    image = np.random.default_rng(0).random((5, 7, 3), np.float32) / 4
    swap, tint = ColorMatrix(SWAP), ColorMatrix(((0.5, 0.2, 0.0, 0.05), (0.0, 1.0, 0.1, 0.0), (0.3, 0.0, 0.6, 0.0)))
    (both,) = fuse([swap, tint])
    one_by_one = tint.apply_image(swap.apply_image(image, VIEW), VIEW)
    # float32 and a few roundings to it of values below 1
    assert np.abs(both.apply_image(image, VIEW) - one_by_one).max() < 8 * 2.0**-24


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 2), (5, 7, 5)])
def test_what_has_no_colors_is_not_mixed(shape):
    image = picture(shape)
    result = ColorMatrix(SWAP).apply_image(image, VIEW)
    assert (result == image).all()
    assert not np.shares_memory(result, image)
