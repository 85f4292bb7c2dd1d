"""Transforms that users write: what the base does for them, and where it tells them what is missing."""

import numpy as np
import pytest
from pictures import picture, same

from augkit import (
    AugkitError,
    CenterCrop,
    Crop,
    GaussianNoise,
    Invert,
    OneOf,
    Pipeline,
    RandomErasing,
    Rotate,
    Rotate90,
    SaltAndPepper,
    Scale,
    Translate,
    Transpose,
)
from augkit import GaussianBlur as Blurred
from augkit.geometry import scaling
from augkit.interop.items import Work
from augkit.operations import Blur, Linear, Operation, Warp
from augkit.transforms.base import Drawn, PointwiseTransform, Range, SpatialTransform, Transform, span, transform

KEYS = [("a.png", copy) for copy in range(4)]
MANY = picture((4, 32, 32, 3))


@transform
class Lighten(PointwiseTransform):
    """Written for one picture at a time: `max` knows no columns."""

    gain: Range = span(default=(0.5, 1.5))

    def draw(self, draws, size):
        return {"gain": max(draws.uniform(*self.gain), 1.0)}

    @staticmethod
    def step(*, gain):
        return Linear(gain)


@transform
class Twice(PointwiseTransform):
    """Two steps, none of them by `step`."""

    @classmethod
    def steps(cls, **params):
        return Linear(0.5), Linear(1.0, (0.1, 0.2, 0.3))


@transform
class Wider(SpatialTransform):
    """Changes the size of its pictures."""

    @staticmethod
    def matrix(size):
        return (2.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)

    @staticmethod
    def out_size(size):
        return size[0], 2 * size[1]


class Part(Operation):
    """Cuts the picture without a copy."""

    def apply_image(self, image, view):
        return image[:20, :20]


@transform
class CutLoosely(Transform):
    """Leads to an operation that returns a view of what it is given."""

    foresees_size = True

    @classmethod
    def operation(cls, size, params):
        return Part()


@pytest.mark.parametrize("steps", [(CutLoosely(),), (Rotate(), CutLoosely())], ids=repr)
def test_what_an_operation_of_others_returns_uncopied_is_not_written_over(steps):
    image = picture((32, 32, 3)).copy()
    before = image.copy()
    noisy = [Pipeline([*steps, SaltAndPepper(amount=(1.0, 1.0))])(image, key=key) for key in KEYS]
    assert same(image, before)
    assert all(np.isin(result, (0, 255)).all() for result in noisy)


def test_what_an_operation_of_others_keeps_is_not_written_over():
    kept = picture((32, 32, 3)).copy()

    class Keeping(Operation):
        """Returns what it keeps."""

        def apply_image(self, image, view):
            return kept

    @transform
    class Template(Transform):
        """Shows the same picture, whatever it is given."""

        @classmethod
        def operation(cls, size, params):
            return Keeping()

    before = kept.copy()
    for steps in ([Template()], [Template(), SaltAndPepper()], [Rotate(), Template(), Invert(), GaussianNoise()]):
        result = Pipeline(steps)(MANY[0])
        assert same(kept, before)
        assert not np.shares_memory(result, kept)


@pytest.mark.parametrize("step", [Lighten(), Twice(), Wider(), Wider(p=0.0)], ids=repr)
def test_transforms_of_others_work_in_a_batch_and_in_loaders(step):
    pipeline = Pipeline([Rotate(), step], seed=3)
    expected = [pipeline(image, key=key) for image, key in zip(MANY, KEYS, strict=True)]
    assert same(pipeline.batch(MANY, KEYS), np.stack(expected))
    for one, other in zip(Work(pipeline).many(list(MANY), KEYS), expected, strict=True):
        assert same(one, other)


def test_what_is_made_of_ours_is_drawn_for_one_picture_at_a_time():
    @transform
    class Half(Crop):
        """Draws what columns can't."""

        def draw(self, draws, size):
            return super().draw(draws, size) | {"x": 0.5 if draws.beta(2.0) < 0.5 else 0.0}

    @transform
    class Corner(Crop):
        """Draws nothing."""

        def draw_steps(self, draws, size):
            yield Drawn(Corner, {"height": 8, "width": 8, "x": 0.0, "y": 0.0})

    for step in (Half(size=(8, 8)), Corner(size=(8, 8)), Corner(size=(8, 8), p=0.0)):
        pipeline = Pipeline([step], seed=3)
        one_by_one = np.stack([pipeline(image, key=key) for image, key in zip(MANY, KEYS, strict=True)])
        assert same(pipeline.batch(MANY, KEYS), one_by_one)


def test_ranges_are_read_when_they_are_drawn_from():
    class Quarter(Rotate):
        """Checks nothing and sets its own range."""

        def __post_init__(self):
            object.__setattr__(self, "degrees", (90.0, 90.0))

    assert Pipeline([Quarter()]).draw((8, 8))[0].params == {"degrees": 90.0}


def test_a_range_that_is_added_is_drawn_too():
    @transform
    class Zooming(Translate):
        """Shifts and zooms."""

        zoom: Range = span(default=(2.0, 2.0))

        @staticmethod
        def matrix(size, *, x, y, zoom):
            return (zoom, 0.0, x, 0.0, zoom, y, 0.0, 0.0, 1.0)

    assert list(Pipeline([Zooming()]).draw((8, 8))[0].params) == ["x", "y", "zoom"]


def test_whole_numbers_need_a_draw_of_their_own():
    @transform
    class Counting(Transform):
        """Has a range of whole numbers and no draw."""

        count: Range = span(default=(1, 3), whole=True)

    with pytest.raises(AugkitError, match="Counting: count is a range of whole numbers; write draw for it"):
        Pipeline([Counting()]).draw((8, 8))


def test_an_operation_may_be_a_static_method():
    class Still(SpatialTransform):
        """Does nothing, statically."""

        @staticmethod
        def operation(size, params):
            return Warp((1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0), size)

    assert not Still.is_spatial
    assert same(Pipeline([Still()])(MANY[0]), MANY[0])


@pytest.mark.parametrize("step", [Scale(factor=(100.0, 100.0)), CenterCrop(fraction=(0.01, 0.01))], ids=repr)
def test_a_window_of_no_pixel_at_all_still_gives_a_picture(step):
    assert Pipeline([step] * 4)(MANY[0]).shape == (32, 32, 3)


@transform
class Fixed(SpatialTransform):
    """Brings pictures to one size, and says that it is made for many at once."""

    in_columns = property(lambda self: True)

    @staticmethod
    def matrix(size):
        return scaling(40 / size[1], 20 / size[0])

    @staticmethod
    def out_size(size):
        return 20, 40


@pytest.mark.parametrize("turn", [Transpose(), Rotate90(), RandomErasing()])
def test_what_follows_a_step_of_others_that_changes_the_size_gets_that_size(turn):
    pipeline = Pipeline([Fixed(), turn])
    for image, key in zip(MANY, KEYS, strict=True):
        assert same(pipeline.batch(np.stack([image] * 2), [key] * 2)[1], pipeline(image, key=key))


def test_pictures_of_a_batch_that_come_out_in_two_sizes_are_told():
    pipeline = Pipeline([Fixed(), Transpose(p=0.5)], seed=1)
    assert len({pipeline(image, key=key).shape for image, key in zip(MANY, KEYS, strict=True)}) == 2
    with pytest.raises(AugkitError, match="different sizes"):
        pipeline.batch(MANY, KEYS)


@transform
class Median(Transform):
    """Draws a number by the name of what `out_size` is told."""

    size: Range = span(default=(0.1, 0.1))
    in_columns = property(lambda self: True)

    @classmethod
    def operation(cls, size, params):
        return Blur(params["size"])


def test_a_drawn_number_may_be_called_size():
    expected = Pipeline([Blurred(radius=(0.1, 0.1))])(MANY[0], key=KEYS[0])
    for steps in ([Median()], [OneOf([Median()])]):
        assert same(Pipeline(steps)(MANY[0], key=KEYS[0]), expected)
        assert same(Pipeline(steps).batch(MANY, KEYS)[0], expected)
