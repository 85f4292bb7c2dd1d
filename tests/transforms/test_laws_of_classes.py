"""What holds for every transform in the catalog as a class: its options, its name, plain data, pickling."""

import dataclasses
import json
import math
import pickle
import re

import numpy as np
import pytest
import yaml
from kinds import CHOICES, KEYS, PLAIN, RANGED, SPATIAL, TONES, TRANSFORMS, over, ranges_of
from pictures import picture, same

import augkit
from augkit import (
    CLAHE,
    Brightness,
    Foreign,
    GaussianBlur,
    GaussianNoise,
    HorizontalFlip,
    MixUp,
    MotionBlur,
    OneOf,
    ResizedCrop,
    Rotate,
    Scale,
    Sharpness,
)
from augkit.errors import AugkitError
from augkit.pipeline import Pipeline
from augkit.recipes import Recipe, load_recipe, read_recipe
from augkit.sample import DTYPES
from augkit.transforms.catalog import find

# The class


def test_the_catalog_is_not_empty():
    assert len(TRANSFORMS) >= 14
    assert SPATIAL
    assert TONES
    assert len(PLAIN) > len(TONES)


@over(TRANSFORMS)
def test_works_with_no_arguments(kind):
    assert kind().p == 1.0
    assert Pipeline([kind()])(picture((37, 53, 3)), key=KEYS[0]).ndim == 3


@over([kind for kind in TRANSFORMS if kind is not Foreign])
@pytest.mark.parametrize("dtype", DTYPES)
def test_pictures_may_have_more_channels_than_opencv_takes(kind, dtype):
    image = picture((15, 17, 300), dtype)
    result = Pipeline([kind()])(image, key=KEYS[0])
    assert (result.dtype, result.shape[2:]) == (image.dtype, (300,))


@pytest.mark.parametrize(
    "step", [Sharpness(), GaussianBlur(radius=(0.1, 0.2)), MotionBlur(length=(1, 1)), HorizontalFlip(), Brightness()]
)
@pytest.mark.parametrize("dtype", DTYPES)
def test_each_of_many_channels_is_changed_as_it_is_alone(step, dtype):
    image, pipeline = picture((15, 17, 300), dtype), Pipeline([step])
    result = pipeline(image, key=KEYS[0])
    for place in (0, 128, 299):
        alone = pipeline(np.ascontiguousarray(image[..., place]), key=KEYS[0]).astype(float)
        # weights and sums may be rounded to float32 in another order
        assert np.abs(result[..., place] - alone).max() <= (1e-6 if dtype == np.float32 else 1)


@over(TRANSFORMS)
def test_is_found_by_its_name(kind):
    assert find(kind.name()) is kind
    assert re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", kind.name())


@over(TRANSFORMS)
def test_docstring_tells_what_it_does_each_option_and_an_example(kind):
    lines = kind.__doc__.splitlines()
    assert lines[0].strip().endswith(".")
    assert len(lines[0]) <= 110
    assert "\n    Examples\n    --------\n    >>> " in kind.__doc__
    own = [field.name for field in dataclasses.fields(kind) if field.name != "p"]
    assert ("\n    Parameters\n    ----------\n" in kind.__doc__) == bool(own)
    for name in own:
        assert re.search(rf"^    {name} : [(a-z\"]", kind.__doc__, re.M), name


@over(TRANSFORMS)
def test_is_frozen_hashable_and_equal_to_its_like(kind):
    assert kind() == kind()
    assert hash(kind()) == hash(kind())
    assert kind(p=0.5) != kind()
    with pytest.raises(dataclasses.FrozenInstanceError):
        kind().p = 0.5


@over(TRANSFORMS)
def test_repr_can_be_read_back(kind):
    assert eval(repr(kind(p=0.25)), {kind.__name__: kind for kind in TRANSFORMS}) == kind(p=0.25)


@over(TRANSFORMS)
def test_pickles(kind):
    transform = kind(p=0.75)
    assert pickle.loads(pickle.dumps(transform)) == transform
    image = picture((19, 23, 3))
    again = pickle.loads(pickle.dumps(Pipeline([kind()], seed=5)))
    assert same(again(image, key=KEYS[0]), Pipeline([kind()], seed=5)(image, key=KEYS[0]))


@over(TRANSFORMS)
def test_survives_plain_data_and_yaml(kind):
    varied = {name: (low + (high - low) // 3, high) for name, (low, high) in defaults(kind).items()}
    for transform in (kind(), kind(p=1 / 3), kind(p=1e-5, **varied)):
        recipe = Recipe(name="x", transforms=(transform,), border="wrap", fill=1e-5)
        assert read_recipe(recipe.to_dict()).transforms == (transform,)
        assert read_recipe(json.loads(json.dumps(recipe.to_dict()))) == recipe
        assert read_recipe(yaml.safe_load(recipe.to_yaml())) == recipe


def defaults(kind) -> dict[str, tuple[float, float]]:
    return {name: getattr(kind(), name) for name in ranges_of(kind)}


# Wrong options


@over(TRANSFORMS)
def test_an_unknown_option_is_an_error_with_a_suggestion(kind):
    for name in (field.name for field in dataclasses.fields(kind) if len(field.name) > 2):
        with pytest.raises(AugkitError, match=rf"{kind.__name__} has no option '{name}x'; did you mean '{name}'\?"):
            kind(**{f"{name}x": 1})
    with pytest.raises(AugkitError, match=rf"{kind.__name__} has no option 'zzzz'; there are: .*p"):
        kind(zzzz=1)


@over(TRANSFORMS)
def test_options_without_a_name_are_an_error(kind):
    with pytest.raises(TypeError, match="by name"):
        kind(*([kind()], 0.5) if kind in CHOICES else (0.5,))


@over(TRANSFORMS)
@pytest.mark.parametrize("p", [-0.1, 1.1, math.nan, 10**400, "0.5", None, True])
def test_what_is_no_probability_is_an_error(kind, p):
    with pytest.raises(AugkitError, match=rf"{kind.__name__}: p must be a probability"):
        kind(p=p)


@over(RANGED)
def test_a_swapped_range_is_an_error_that_asks_about_it(kind):
    for name in ranges_of(kind):
        least, most = limits(kind, name)
        with pytest.raises(AugkitError, match=rf"{kind.__name__}: {name} must be \(low, high\).*did you swap them\?"):
            kind(**{name: (most, least)})


@over(RANGED)
def test_numbers_of_numpy_are_taken_and_kept_as_plain_ones(kind):
    for name in ranges_of(kind):
        given = np.array(getattr(kind(), name), np.float32)
        for value in (given, tuple(given), given.astype(np.float64).tolist()):
            made = kind(p=np.float32(0.5), **{name: value})
            assert {type(number) for number in (made.p, *getattr(made, name))} == {float}
            assert json.loads(json.dumps(made.to_options()))[name] == list(getattr(made, name))
    assert type(kind(p=np.int64(1)).p) is int


@over(RANGED)
@pytest.mark.parametrize(
    "value",
    [
        3,
        None,
        (1,),
        (1, 2, 3),
        "ab",
        (0, math.nan),
        (0, math.inf),
        (0, 10**400),
        (0, "1"),
        (0, True),
        (0, np.True_),
        (0, np.float32(np.inf)),
        np.zeros(3),
        np.zeros((2, 2)),
        np.array([False, True]),
    ],
)
def test_what_is_no_range_is_an_error(kind, value):
    for name in ranges_of(kind):
        with pytest.raises(AugkitError, match=rf"{kind.__name__}: {name} must be a range"):
            kind(**{name: value})


@over(RANGED)
def test_a_range_beyond_its_limits_is_an_error(kind):
    for field in dataclasses.fields(kind):
        for end, outward in (("least", -1), ("most", 1)):
            limit = field.metadata.get(end, math.inf)
            if math.isfinite(limit):
                beyond = limit + outward * (1 if field.metadata["whole"] else 1e-3)
                with pytest.raises(AugkitError, match=rf"{kind.__name__}: {field.name} must lie between"):
                    kind(**{field.name: tuple(sorted((beyond, limit)))})
                kind(**{field.name: (limit, limit)})


@over(RANGED)
def test_every_range_has_limits_and_they_can_be_done(kind):
    for field in dataclasses.fields(kind):
        if field.name in ranges_of(kind):
            least, most = field.metadata["least"], field.metadata["most"]
            assert math.isfinite(least), field.name
            assert math.isfinite(most), field.name
            for end in (least, most):
                options = {field.name: (end, end)}
                assert Pipeline([kind(**options)])(picture((9, 7, 3)), key=KEYS[0]).dtype == np.uint8


def limits(kind, name) -> tuple[float, float]:
    """The ends of what the option may be, or numbers inside where there are none."""
    (field,) = (field for field in dataclasses.fields(kind) if field.name == name)
    return max(field.metadata["least"], -1.0), min(field.metadata["most"], 1.0 + max(field.metadata["least"], 0.0))


def test_whole_numbers_and_truths_of_numpy_are_kept_as_plain_ones():
    tiles, shared, classes = (
        CLAHE(tiles=np.int64(4)).tiles,
        GaussianNoise(shared=np.True_).shared,
        MixUp(classes=np.uint8(3)).classes,
    )
    assert [(type(value), value) for value in (tiles, shared, classes)] == [(int, 4), (bool, True), (int, 3)]


@pytest.mark.parametrize(
    ("make", "advice"),
    [
        (lambda: ResizedCrop((224, 224)), r"ResizedCrop takes options by name: ResizedCrop\(size=\(height, width\)\)"),
        (lambda: Brightness(0.5), r"Brightness takes options by name: Brightness\(offset=\(low, high\)\)"),
        (lambda: Rotate(degrees=15), r"degrees must be a range .*, got 15; write degrees=\(-15, 15\)"),
        (lambda: Scale(factor=2), r"factor must be a range .*, got 2; write factor=\(2, 2\)"),
        (lambda: Rotate(border="constant"), r"no option 'border'; it is the pipeline's: Pipeline\(\[\.\.\.\], border="),
        (lambda: Rotate()(np.zeros((4, 4))), "Rotate is a step of a pipeline: "),
        (lambda: Pipeline([Pipeline([Rotate()])]), r"got a Pipeline; Sequential\(pipeline\.transforms\) is a step"),
        (lambda: load_recipe({"transforms": [{"one_of": ["crop"]}]}), r"write one_of: \{transforms: \[\.\.\.\]\}"),
        (lambda: augkit.RandomRotation, "what other libraries call so is here Rotate"),
        (lambda: HorizontalFlip(0.5), r"HorizontalFlip takes options by name: HorizontalFlip\(p=\.\.\.\)"),
        (lambda: OneOf(Brightness(), Sharpness()), r"OneOf takes one list, and options by name: OneOf\(\[\.\.\.\]\)"),
    ],
)
def test_what_users_of_other_libraries_write_is_told_how_it_is_written_here(make, advice):
    with pytest.raises((TypeError, AttributeError, AugkitError), match=advice):
        make()


def test_a_name_that_augkit_has_not_got_is_answered_with_one_like_it():
    with pytest.raises(AttributeError, match="no attribute 'GausianNoise'; did you mean 'GaussianNoise'"):
        _ = augkit.GausianNoise
    assert not hasattr(augkit, "__wrapped__")
