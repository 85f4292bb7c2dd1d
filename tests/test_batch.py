"""Many pictures at once: the bytes of one by one, for every transform and every way of putting them together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import picture, same

from augkit import (
    AugkitError,
    Brightness,
    CenterCrop,
    Contrast,
    Crop,
    Gamma,
    GaussianBlur,
    GaussianNoise,
    HorizontalFlip,
    HueSaturation,
    LongestSide,
    OneOf,
    Pad,
    PCAColorJitter,
    Perspective,
    Pipeline,
    Resize,
    ResizedCrop,
    Rotate,
    Rotate90,
    SaltAndPepper,
    Scale,
    Sharpness,
    Translate,
    Transpose,
)
from augkit.batch import stages_of
from augkit.recipes import load_recipe, recipe_names
from augkit.sample import DTYPES
from augkit.seeding import Draws, ManyDraws
from augkit.transforms.base import Transform
from augkit.transforms.catalog import catalog

TRANSFORMS = list(catalog().values())
KEYS = [(f"{number}.png", number % 3) for number in range(12)]
SMALL = picture((12, 20, 24, 3))
SQUARE = picture((12, 24, 24, 3))


def one_by_one(pipeline: Pipeline, images: np.ndarray, keys=KEYS) -> np.ndarray:
    return np.stack([pipeline(image, key=key) for image, key in zip(images, keys, strict=True)])


@pytest.mark.parametrize("p", [0.5, 1.0])
@pytest.mark.parametrize("border", ["reflect", "constant"])
@pytest.mark.parametrize("kind", TRANSFORMS, ids=lambda kind: kind.__name__)
def test_every_transform_gives_the_bytes_of_one_by_one(kind, border, p):
    images = SMALL[:, :20, :20] if p < 1 else SMALL  # square ones, so that none comes out in a size of its own
    pipeline = Pipeline([kind(p=p)], seed=3, border=border, fill=(0.3, 0.9, 0.1))
    try:
        expected = one_by_one(pipeline, images)
    except ValueError:
        with pytest.raises(AugkitError, match="different sizes"):
            pipeline.batch(images, KEYS)
        return
    assert same(pipeline.batch(images, KEYS), expected)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from(TRANSFORMS), st.sampled_from([0.0, 0.5, 1.0])), max_size=7),
    st.sampled_from([SMALL, SQUARE]),
)
def test_any_pipeline_gives_the_bytes_of_one_by_one(steps, images):
    pipeline = Pipeline([kind(p=p) for kind, p in steps], seed=5)
    results = [pipeline(image, key=key) for image, key in zip(images, KEYS, strict=True)]
    if len({result.shape for result in results}) == 1:
        assert same(pipeline.batch(images, KEYS), np.stack(results))
    else:
        with pytest.raises(AugkitError, match="different sizes"):
            pipeline.batch(images, KEYS)


@pytest.mark.parametrize("name", recipe_names())
def test_shipped_recipes_give_the_bytes_of_one_by_one(name):
    pipeline = load_recipe(name, seed=1)
    keys = [(f"{number}.png", 1) for number in range(64)]
    images = picture((64, 32, 32, 3))
    assert stages_of(pipeline.transforms) is not None  # so it is done at once
    assert same(pipeline.batch(images, keys), one_by_one(pipeline, images, keys))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "shape", [(6, 20, 24), (6, 20, 24, 1), (6, 20, 24, 4), (6, 20, 24, 5), (2, 90, 70, 3), (3, 1, 9, 3)]
)
def test_pictures_of_any_kind_give_the_bytes_of_one_by_one(shape, dtype):
    images = picture(shape, dtype)
    pipeline = load_recipe("classic", seed=2)
    assert same(pipeline.batch(images, KEYS[: len(images)]), one_by_one(pipeline, images, KEYS[: len(images)]))


def test_the_input_is_left_alone_and_the_result_is_fresh():
    images = SMALL.copy()
    for steps in ([], [Rotate(p=0.0)], [Sharpness(p=0.0)], [Brightness(p=0.0)], [GaussianNoise()]):
        result = Pipeline(steps).batch(images, KEYS)
        assert not np.shares_memory(result, images)
        assert same(images, SMALL)
        assert result.flags.writeable


def test_pictures_that_lie_in_memory_anyhow_make_no_difference():
    pipeline = load_recipe("classic", seed=2)
    view = picture((24, 24, 20, 6))[::2, ..., ::2].transpose(0, 2, 1, 3)
    assert same(pipeline.batch(view, KEYS), pipeline.batch(np.ascontiguousarray(view), KEYS))


def test_without_keys_every_batch_is_different():
    pipeline = Pipeline([GaussianNoise()], seed=1)
    one, other = pipeline.batch(SMALL), pipeline.batch(SMALL)
    assert len({image.tobytes() for image in (*one, *other)}) == 24


def test_what_is_no_batch_is_an_error():
    pipeline = Pipeline([Rotate()])
    with pytest.raises(AugkitError, match=r"\(N, H, W\) or \(N, H, W, C\), got shape \(4, 5\)"):
        pipeline.batch(np.zeros((4, 5), np.uint8))
    with pytest.raises(AugkitError, match="a key for each picture, got 2 for 12"):
        pipeline.batch(SMALL, KEYS[:2])
    with pytest.raises(AugkitError, match="must be a list of them, got 5"):
        pipeline.batch(SMALL, 5)
    with pytest.raises(AugkitError, match="key must be"):
        pipeline.batch(SMALL, ["a"] * 12)
    with pytest.raises(AugkitError, match="float64"):
        pipeline.batch(SMALL / 255.0, KEYS)
    assert pipeline.batch(SMALL[:0], []).shape == (0, 20, 24, 3)


# Stages


@pytest.mark.parametrize(
    ("steps", "count"),
    [
        ([Rotate(), HorizontalFlip(p=0.5), Scale(), Brightness(p=0.3), Contrast(), GaussianNoise(p=0.1)], 3),
        ([Rotate(), Sharpness(), Scale()], 3),
        ([Rotate(), Brightness(p=0.5), Contrast(p=0.5), Sharpness(p=0.5)], 3),
        ([Rotate(), Sharpness(p=0.5), Scale()], None),  # without sharpness, both are one warp
        ([Brightness(), Rotate(p=0.5), Gamma(p=0.5)], None),
        ([GaussianBlur(), GaussianBlur()], None),
        ([Resize(), Rotate()], 1),
        ([Rotate90()], 1),
        ([Perspective(), Rotate(p=0.5)], 1),
        ([OneOf([Perspective()])], None),
    ],
)
def test_stages_are_what_every_picture_would_fuse_alike(steps, count):
    stages = stages_of(steps)
    assert (stages and len(stages)) == count


@pytest.mark.parametrize(
    ("steps", "size", "together"),
    [
        ([Resize()], (20, 24), True),
        ([Resize(p=0.5)], (20, 24), False),
        ([Resize(size=(20, 24), p=0.5)], (20, 24), True),
        ([Crop(size=(4, 4), p=0.5)], (20, 24), False),
        ([LongestSide(length=30, p=0.5)], (20, 24), False),
        ([LongestSide(length=24, p=0.5)], (20, 24), True),
        ([Transpose()], (20, 24), True),
        ([Transpose(p=0.5)], (20, 24), False),
        ([Transpose(p=0.5), HorizontalFlip(p=0.5), Rotate90(p=0.5)], (24, 24), True),
        ([Rotate90()], (20, 24), False),
        ([Brightness(), Crop(size=(9, 9)), Rotate90()], (20, 24), True),
        ([Brightness(), Crop(size=(9, 8)), Rotate90()], (24, 24), False),
        ([PCAColorJitter(components="fit"), Rotate90()], (24, 24), True),
    ],
)
def test_a_batch_is_done_at_once_where_all_pictures_come_out_in_one_size(steps, size, together):
    pipeline = Pipeline(steps, seed=1)
    images = picture((12, *size, 3))
    assert pipeline.does_at_once(images.shape, images.dtype) is together
    if together and not any(step.needs_fit for step in steps):
        assert same(pipeline.batch(images, KEYS), one_by_one(pipeline, images))


def test_many_draws_are_the_draws_of_each():
    def take(draws) -> list:
        return [draws.uniform(2, 3), draws.integer(1, 6), draws.normal(1, 2), draws.bits(), *[draws.uniform()] * 9]

    columns = take(ManyDraws(4, KEYS))
    for place, key in enumerate(KEYS):
        assert [column[place] for column in columns] == take(Draws.of(4, key))


def test_many_draws_keep_in_step_when_some_skip():
    def take(draws, when) -> list:
        taken = [draws.uniform()]
        if (some := when(draws, 0.4)) is not None:
            taken += [some.uniform(), some.bits()]
        return [*taken, draws.uniform()]

    many = ManyDraws(4, KEYS)
    first = many.uniform()
    some = many.when(0.4)
    inner, last = [some.uniform(), some.bits()], many.uniform()
    assert 0 < len(some.rows) < len(KEYS)
    for place, key in enumerate(KEYS):
        expected = take(Draws.of(4, key), lambda draws, p: draws if draws.chance(p) else None)
        found = [first[place], last[place]]
        if place in some.rows:
            found[1:1] = [column[list(some.rows).index(place)] for column in inner]
        assert found == expected


@pytest.mark.parametrize("border", ["reflect", "constant", "wrap"])
def test_larger_canvases_give_the_bytes_of_one_by_one(border):
    chains = [
        [Rotate(), Pad(size=(26, 33))],
        [ResizedCrop(size=(12, 12)), Pad(size=(20, 25)), HorizontalFlip(p=0.5), Rotate(p=0.5)],
        [Rotate(p=0.5), Pad(size=(26, 33)), Pad(size=(40, 40))],
        [Pad(size=(26, 33)), Rotate()],
        [Rotate(), Crop(size=(40, 44))],
        [Rotate(), CenterCrop(size=(40, 44))],
        [Rotate(), Brightness(p=0.0), Rotate()],
        [Rotate(), *[Translate(fraction=(5.0, 10.0))] * 9],
        [Rotate(), Pad(size=(26, 33)), Pad(size=(10, 10))],
        [Rotate(), ResizedCrop(size=(40, 44)), Brightness()],
    ]
    for chain in chains:
        pipeline = Pipeline(chain, seed=5, border=border, fill=(0.6, 0.0, 0.4))
        assert same(pipeline.batch(SMALL, KEYS), one_by_one(pipeline, SMALL))


def test_lines_and_other_tones_in_one_stage():
    pipeline = Pipeline([Brightness(p=0.7), HueSaturation(p=0.5), PCAColorJitter(), Gamma(p=0.5), Contrast(p=0.5)])
    assert same(pipeline.batch(SMALL, KEYS), one_by_one(pipeline, SMALL))


@pytest.mark.parametrize("size", [(2, 21845), (2, 21846), (300, 280)])
def test_small_pictures_that_become_large_on_the_way(size):
    steps = [Resize(size=size), Rotate(), Contrast(), Sharpness(), GaussianNoise(), SaltAndPepper(amount=(0.2, 0.3))]
    pipeline, images = Pipeline(steps, seed=4), SMALL[:3]
    assert pipeline.does_at_once(images.shape, images.dtype)
    assert same(pipeline.batch(images, KEYS[:3]), one_by_one(pipeline, images, KEYS[:3]))


@pytest.mark.parametrize(
    "steps",
    [
        [Perspective()],
        [Perspective(p=0.5), Rotate()],
        [Rotate(), Perspective(fraction=(0.1, 0.1)), Scale(p=0.5), Perspective(p=0.5), Brightness()],
        [Perspective(fraction=(0.2, 0.2))],
        [Perspective(fraction=(0.0, 0.0)), Rotate()],
        [Perspective(), Pad(size=(40, 44))],
    ],
)
@pytest.mark.parametrize("border", ["reflect", "constant"])
def test_perspectives_are_those_of_one_by_one(steps, border):
    pipeline = Pipeline(steps, seed=7, border=border, fill=0.3)
    assert pipeline.does_at_once(SMALL.shape, SMALL.dtype)
    assert same(pipeline.batch(SMALL, KEYS), one_by_one(pipeline, SMALL))


@pytest.mark.parametrize("amount", [0.0, 1e-9, 0.3, 1.0])
def test_salt_and_pepper_at_any_share(amount):
    pipeline = Pipeline([SaltAndPepper(amount=(amount, amount))])
    assert same(pipeline.batch(SMALL, KEYS), one_by_one(pipeline, SMALL))


def test_columns_are_the_rule():
    exceptions = {kind.__name__ for kind in TRANSFORMS if not kind().in_columns}
    composed = {kind.__name__ for kind in TRANSFORMS if kind.draw_steps is not Transform.draw_steps}
    assert exceptions == composed


@pytest.mark.parametrize("size", [8, 24, 42])
@pytest.mark.parametrize("steps", [[Contrast()], [Brightness(), Contrast()], [Contrast(gain=(0, 100))]])
def test_tones_of_thousands_of_pictures_have_the_bytes_of_one_by_one(size, steps):
    pipeline = Pipeline(steps, seed=7)
    images = np.random.default_rng(size).integers(0, 256, (2000, size, size, 3), np.uint8)
    keys = [("x", copy) for copy in range(len(images))]
    done = pipeline.batch(images, keys)
    assert all(same(pipeline(image, key=key), one) for image, key, one in zip(images, keys, done, strict=True))
