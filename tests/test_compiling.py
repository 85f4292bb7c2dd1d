"""A pipeline written down as one function: the bytes of drawing and performing step by step."""

import copy
import enum
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import picture, same

from augkit import (
    Affine,
    AugkitError,
    Brightness,
    CenterCrop,
    ChannelShuffle,
    ColorJitter,
    Contrast,
    Crop,
    Gamma,
    GaussianNoise,
    HorizontalFlip,
    HueSaturation,
    Invert,
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
    VerticalFlip,
    compiling,
)
from augkit.batch import keep_together, stages_of
from augkit.compiling import _MOST, _WORTH, compiled
from augkit.recipes import load_recipe, recipe_names
from augkit.sample import DTYPES
from augkit.seeding import Draws, ManyDraws
from augkit.transforms.base import Drawn, transform
from augkit.transforms.catalog import catalog

TRANSFORMS = list(catalog().values())
KEYS = [(f"{number}.png", number % 3) for number in range(12)]
ENOUGH = _WORTH + 8  # pictures of one form, after which a pipeline has its function
SIZED = [Pad(size=(40, 44)), Pad(size=(24, 24)), Crop(size=(15, 16)), Crop(size=(30, 20)), Resize(size=(30, 31))]
SIZED += [ResizedCrop(size=(33, 20)), CenterCrop(size=(26, 40)), LongestSide(length=30)]


def check(pipeline: Pipeline, image: np.ndarray, keys=KEYS) -> bool:
    """Compare bytes, and return whether the pipeline can be written down."""
    program = compiled(pipeline.transforms, image.shape, pipeline.view)
    for key in keys if program else ():
        result = program(image, pipeline.seed, key)
        assert same(result, pipeline.replay(pipeline.draw(image.shape[:2], key=key), image))
        assert not np.shares_memory(result, image)
        assert result.flags.writeable
    return program is not None


@pytest.mark.parametrize("border", ["reflect", "constant"])
@pytest.mark.parametrize("p", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("size", [(20, 24), (24, 24)])
@pytest.mark.parametrize("kind", TRANSFORMS, ids=lambda kind: kind.__name__)
def test_every_transform_gives_the_bytes_of_step_by_step(kind, size, p, border):
    pipeline = Pipeline([kind(p=p)], seed=3, border=border, fill=0.3)
    stages = stages_of(pipeline.transforms)
    assert check(pipeline, picture((*size, 3))) == (stages is not None and keep_together(stages, size))


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.builds(lambda kind, p: kind(p=p), st.sampled_from(TRANSFORMS), st.sampled_from([0.0, 0.5, 1.0]))
        | st.sampled_from(SIZED),
        max_size=7,
    )
)
def test_any_pipeline_gives_the_bytes_of_step_by_step(steps):
    check(Pipeline(steps, seed=5), picture((20, 24, 3)), KEYS[:4])


@settings(deadline=None, max_examples=150)
@given(st.lists(st.sampled_from([*SIZED, Rotate(), HorizontalFlip(), HorizontalFlip(p=0.5)]), max_size=5))
def test_any_chain_of_sizes_gives_the_bytes_of_step_by_step(steps):
    check(Pipeline(steps, seed=5, border="constant", fill=(0.4, 0.0, 1.0)), picture((20, 24, 3)), KEYS[:4])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(20, 24), (20, 24, 3), (24, 20, 4), (20, 24, 5), (1, 9, 3)])
@pytest.mark.parametrize("name", recipe_names())
def test_shipped_recipes_can_be_written_down_for_pictures_of_any_kind(name, shape, dtype):
    assert check(load_recipe(name, seed=1), picture(shape, dtype))


CERTAIN = {
    "canvas": [Rotate(), ResizedCrop(), Pad(size=(40, 44)), Brightness()],
    "crops": [Crop(size=(15, 16)), Rotate(), Crop(size=(9, 20))],
    "a larger crop": [Crop(size=(25, 16)), ChannelShuffle()],
    "sizes": [Resize(size=(30, 31)), Rotate(), LongestSide(length=9), GaussianNoise()],
    "lines": [Brightness(), Contrast(), PCAColorJitter(), Contrast(), Sharpness(), SaltAndPepper()],
    "colours": [HueSaturation(), Contrast(), ColorJitter(), Gamma()],
    "curves": [Gamma(), Brightness(), Contrast()],
    "perspectives": [Rotate(), Perspective(), Scale(), Perspective(fraction=(0.1, 0.1)), GaussianNoise()],
    "a canvas for a perspective": [Perspective(), Pad(size=(40, 44))],
    "nothing": [],
}
UNCERTAIN = {
    "matrices": [Rotate(p=0.5), HorizontalFlip(), VerticalFlip(p=0.5)],
    "matrices after": [HorizontalFlip(), Rotate(), VerticalFlip(p=0.5), Rotate(), GaussianNoise(p=0.5)],
    "perspectives that may be": [Rotate(p=0.5), Perspective(p=0.5), Affine(), Perspective(p=0.5)],
    "tones": [Brightness(p=0.5), Contrast(), PCAColorJitter(p=0.5)],
    "other tones": [HueSaturation(p=0.5), Gamma(p=0.5), Contrast(p=0.5)],
    "all": [Rotate(p=0.3), Brightness(p=0.3), Sharpness(p=0.3), SaltAndPepper(p=0.3)],
}


@pytest.mark.parametrize("border", ["reflect", "constant", "wrap"])
@pytest.mark.parametrize("chain", [*CERTAIN.values(), *UNCERTAIN.values()], ids=[*CERTAIN, *UNCERTAIN])
def test_chains_give_the_bytes_of_step_by_step(chain, border):
    assert check(
        Pipeline(chain, seed=7, border=border, fill=0.4), picture((20, 24, 3)), [("a.png", n) for n in range(40)]
    )


@pytest.mark.parametrize(
    "chain",
    [
        [OneOf([Rotate(), Brightness()])],
        [Rotate90()],
        [Rotate(), Brightness(p=0.5), Rotate()],
        [Rotate(), Pad(size=(40, 40)), Rotate()],  # what is resampled depends on the numbers
        [Rotate(p=0.5), Pad(size=(40, 40))],
        [Rotate(), SIZED[0], Rotate(), SIZED[0]],  # the same one twice
        [PCAColorJitter(components="fit", p=0.0001), Brightness()],
    ],
)
def test_what_cannot_be_written_down_is_done_step_by_step(chain):
    pipeline, image = Pipeline(chain, seed=7), picture((20, 24, 3))
    assert not check(pipeline, image)
    for number in range(ENOUGH):
        drawn = pipeline.draw((20, 24), key=("a.png", number))
        assert same(pipeline(image, key=("a.png", number)), pipeline.replay(drawn, image))


def test_a_function_is_written_when_enough_pictures_of_a_form_have_come():
    pipeline, image = load_recipe("classic", seed=3), picture((20, 24, 3))
    for _ in range(_WORTH - 1):
        pipeline(image)
    assert not pipeline._programs
    pipeline(image)
    assert list(pipeline._programs) == [(image.shape, image.dtype)]
    assert not pickle.loads(pickle.dumps(pipeline))._programs


def test_not_every_form_has_a_function():
    pipeline = Pipeline([HorizontalFlip()])
    for width in range(1, 2 * _MOST):
        for _ in range(_WORTH):
            pipeline(picture((2, width)))
            pipeline(picture((2, width, 1)))
    assert len(pipeline._programs) == _MOST
    assert all(len(shape) == 2 for shape, _ in pipeline._programs)


def test_who_gives_up_is_not_asked_again(monkeypatch):
    asked = []
    monkeypatch.setattr(compiling, "compiled", lambda *given: asked.append(given))
    pipeline = Pipeline([HorizontalFlip()])
    for _ in range(3 * _WORTH):
        pipeline(picture((2, 3)))
        pipeline(picture((2, 4)))
    assert len(asked) == 2


@pytest.mark.parametrize("shape", [(20, 24, 3), (20, 24, 1), (20, 24)])
def test_a_call_gives_the_same_before_and_after(shape):
    pipeline = load_recipe("classic", seed=3)
    images = picture((3 * ENOUGH, *shape))
    for number, image in enumerate(images):
        drawn = pipeline.draw(shape[:2], key=("a.png", number))
        assert same(pipeline(image, key=("a.png", number)), pipeline.replay(drawn, image))


@pytest.mark.parametrize("give", [lambda image: {"image": image}, lambda image: {"image": PIL.Image.fromarray(image)}])
def test_a_call_by_name_gives_the_same_before_and_after(give):
    pipeline, image = load_recipe("classic", seed=3), picture((20, 24, 3))
    for number in range(2 * ENOUGH):
        result = pipeline(**give(image), key=("a.png", number))["image"]
        assert type(result) is type(give(image)["image"])
        assert same(np.asarray(result), pipeline(image, key=("a.png", number)))


def test_pictures_of_many_shapes_give_the_same_in_any_order():
    pipeline = load_recipe("classic", seed=3)
    images = [picture((20 + number % 20, 24, 3)) for number in range(20 * ENOUGH)]
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda image: pipeline(image, key=("a.png", 1)), images))
    fresh = load_recipe("classic", seed=3)
    for image, result in zip(images[-20:], results[-20:], strict=True):
        assert same(result, fresh(image, key=("a.png", 1)))


def test_a_pipeline_that_has_been_used_is_the_same_value():
    pipeline, image = load_recipe("classic", seed=3), picture((20, 24, 3))
    for _ in range(ENOUGH):
        pipeline(image)
    for other in (pickle.loads(pickle.dumps(pipeline)), copy.deepcopy(pipeline)):
        assert other == pipeline
        assert hash(other) == hash(pipeline)
        assert same(other(image, key=("a.png", 1)), pipeline(image, key=("a.png", 1)))


def test_a_transform_of_ones_own_is_never_asked_for_more_than_columns():
    @transform
    class Tilt(Rotate):
        """Works on columns, as it says, and on nothing else."""

        in_columns = True

        def draw(self, draws, size):
            assert isinstance(draws, Draws | ManyDraws)
            degrees = draws.uniform(*self.degrees)
            return {"degrees": np.where(degrees > 0.0, degrees, 0.5 * degrees) * 1.0}

    pipeline, images = Pipeline([Tilt(), Brightness()], seed=3), picture((2 * ENOUGH, 20, 24, 3))
    keys = [("a.png", number) for number in range(2 * ENOUGH)]
    assert stages_of(pipeline.transforms) is not None
    one_by_one = [pipeline(image, key=key) for image, key in zip(images, keys, strict=True)]
    assert same(pipeline.batch(images, keys), np.stack(one_by_one))


@pytest.mark.parametrize("kind", [Rotate, Brightness])
def test_an_operation_of_ones_own_is_performed_in_a_batch_too(kind):
    class Own(kind):
        """Does something else than its kind, whatever is drawn."""

        in_columns = True

        @classmethod
        def operation(cls, size, params):
            return Invert.operation(size, {})

    pipeline, images = Pipeline([Own(), Contrast()], seed=3), picture((5, 20, 24, 3))
    keys = [("a.png", number) for number in range(5)]
    one_by_one = [pipeline(image, key=key) for image, key in zip(images, keys, strict=True)]
    assert same(pipeline.batch(images, keys), np.stack(one_by_one))
    assert not same(np.stack(one_by_one), Pipeline([kind(), Contrast()], seed=3).batch(images, keys))


def test_without_a_key_every_call_is_different_and_a_wrong_key_is_an_error():
    pipeline, image = Pipeline([GaussianNoise()]), picture((20, 24, 3))
    assert len({pipeline(image).tobytes() for _ in range(2 * ENOUGH)}) == 2 * ENOUGH
    with pytest.raises(AugkitError, match="key must be"):
        pipeline(image, key="a.png")


class Side(enum.IntEnum):
    """A number that does not read like one."""

    SMALL = 16


def used(pipeline: Pipeline, image: np.ndarray) -> np.ndarray:
    """What a pipeline makes of a picture after it has seen enough of its form."""
    for _ in range(ENOUGH):
        pipeline(image)
    return pipeline(image, key=("a.png", 1))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Pipeline([Rotate()], border=np.str_("wrap")),
        lambda: Pipeline([Resize(size=(Side.SMALL, Side.SMALL)), Rotate()]),
        lambda: Pipeline([Rotate()] * 300),
        lambda: Pipeline([Scale()] * 100),
        lambda: Pipeline([Brightness()] * 200),
    ],
)
def test_odd_options_and_endless_pipelines_do_no_harm(make):
    image = picture((20, 24, 3))
    assert same(used(make(), image), make()(image, key=("a.png", 1)))


def test_a_pipeline_that_draws_otherwise_is_not_written_down():
    class Mirroring(Pipeline):
        """Draws the same, always."""

        def draw(self, size, *, key=None):
            return [Drawn(HorizontalFlip, {})]

    image = picture((20, 24, 3))
    assert same(used(Mirroring([Rotate()]), image), image[:, ::-1])


def test_errors_of_a_draw_are_told_as_ever():
    pipeline, image = Pipeline([PCAColorJitter(components="fit")]), picture((20, 24, 3))
    for _ in range(ENOUGH):
        with pytest.raises(AugkitError, match="yet to be fitted"):
            pipeline(image)
