"""What holds for every transform in the catalog: a new class is tested by existing."""

import dataclasses
import itertools
import json
import math
import pickle
import re
import threading
import warnings

import cv2
import numpy as np
import pytest
import yaml
from pictures import picture, same

from augkit import (
    CLAHE,
    Brightness,
    CoarseDropout,
    Downscale,
    Equalize,
    Foreign,
    GaussianBlur,
    HorizontalFlip,
    JPEGCompression,
    MotionBlur,
    PoissonNoise,
    Posterize,
    RandAugment,
    Sharpness,
    Solarize,
    SomeOf,
    TrivialAugment,
)
from augkit.errors import AugkitError
from augkit.fusing import realize
from augkit.geometry import transform_points
from augkit.kernels.warp import BORDERS, INTERPOLATIONS
from augkit.operations import fuse
from augkit.pipeline import Pipeline
from augkit.recipes import Recipe, read_recipe
from augkit.sample import DTYPES, Sample
from augkit.seeding import Draws
from augkit.transforms.base import PointwiseTransform, SpatialTransform
from augkit.transforms.catalog import catalog, find
from augkit.transforms.choice import Choice
from augkit.transforms.plain import drawn_from_json, drawn_to_json

TRANSFORMS = list(catalog().values())
COMPOSED = [kind for kind in TRANSFORMS if not kind.draws_once]  # they draw what other transforms do
SPATIAL = [kind for kind in TRANSFORMS if issubclass(kind, SpatialTransform)]
MAY_MOVE = [*SPATIAL, *(kind for kind in COMPOSED if kind is not CoarseDropout)]
PLAIN = [kind for kind in TRANSFORMS if kind not in MAY_MOVE]
TONES = [kind for kind in TRANSFORMS if issubclass(kind, PointwiseTransform) and kind not in (Posterize, Solarize)]
RANGED = [kind for kind in TRANSFORMS if any("least" in field.metadata for field in dataclasses.fields(kind))]
CHOICES = [kind for kind in TRANSFORMS if issubclass(kind, Choice)]
NEVER_NEUTRAL = (CLAHE, JPEGCompression, TrivialAugment)  # at every setting they may change what is not flat
COARSE = (CLAHE, Downscale)  # in small pictures, their numbers are rounded to whole levels and pixels

TAILS = ((), (1,), (3,), (4,), (5,))
KEYS = [(f"class/{number:03d}.png", copy) for number in range(4) for copy in (1, 2)]


def over(kinds):
    return pytest.mark.parametrize("kind", kinds, ids=lambda kind: kind.__name__)


def ranges_of(kind) -> list[str]:
    return [field.name for field in dataclasses.fields(kind) if "least" in field.metadata]


def has_no_end(kind) -> bool:
    """Whether some range has no end of numbers, so that no two draws are alike."""
    fields = (field for field in dataclasses.fields(kind) if field.metadata.get("whole") is False)
    return any(low < high for low, high in (getattr(kind(), field.name) for field in fields))


def matrix_of(drawn, size) -> tuple[np.ndarray, tuple[int, int]]:
    """The matrix and the size of the result, of spatial transforms."""
    (warp,) = fuse(realize(drawn, size))
    return np.array(warp.matrix).reshape(3, 3), warp.out


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


# Randomness


@over(TRANSFORMS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_same_key_same_bytes_and_another_key_other_bytes(kind, dtype):
    image = picture((41, 53, 3), dtype)
    pipeline = Pipeline([kind()], seed=3)
    results = [pipeline(image, key=key) for key in KEYS]
    again = Pipeline([kind()], seed=3)
    for key, result in reversed(list(zip(KEYS, results, strict=True))):
        assert same(again(image, key=key), result)
    drawn = {json.dumps(drawn_to_json(pipeline.draw((41, 53), key=key))) for key in KEYS}
    if has_no_end(kind) and kind not in COMPOSED:
        assert len(drawn) == len(KEYS)
    different = len({result.tobytes() for result in results})
    # A shift of all pixels by less than a level of 8 bits may round to the same bytes as another.
    if kind not in COARSE:
        assert different == len(drawn) if dtype != np.uint8 else different > len(drawn) / 2


@over(RANGED)
def test_another_seed_gives_other_numbers_where_there_is_something_to_draw(kind):
    drawn = [str(Pipeline([kind()], seed=seed).draw((41, 53), key=KEYS[0])) for seed in range(9)]
    assert len(set(drawn)) == 9 if has_no_end(kind) and kind not in COMPOSED else len(set(drawn)) >= 3


@over([kind for kind in TRANSFORMS if kind not in COMPOSED])
def test_drawn_numbers_stay_in_the_range_given(kind):
    for copy in range(50):
        params = kind().draw(Draws(0, "a", copy), (41, 53))
        for name in set(ranges_of(kind)) & set(params):
            low, high = getattr(kind(), name)
            assert low <= params[name] <= high


@over([kind for kind in TRANSFORMS if any(field.metadata.get("whole") for field in dataclasses.fields(kind))])
def test_a_range_of_whole_numbers_takes_whole_numbers_and_must_have_one(kind):
    for field in dataclasses.fields(kind):
        if field.metadata.get("whole"):
            kind(**{field.name: (2, 2)})
            with pytest.raises(AugkitError, match=rf"{kind.__name__}: {field.name} must be a range with a whole"):
                kind(**{field.name: (2.2, 2.7)})


@over(TRANSFORMS)
def test_draws_are_plain_json_numbers_that_replay_to_the_same_bytes(kind):
    image = picture((41, 53, 3))
    for key in KEYS:
        pipeline = Pipeline([kind()], seed=3)
        drawn = pipeline.draw((41, 53), key=key)
        for step in drawn:
            for name, value in step.params.items():
                assert type(name) is str
                assert type(value) in ((str, int) if kind is Foreign else (int, float))
                assert kind is Foreign or abs(value) < 2**53
        replayed = drawn_from_json(json.loads(json.dumps(drawn_to_json(drawn), allow_nan=False)))
        assert replayed == drawn
        assert same(pipeline.apply(Sample(image=image), replayed).image, pipeline(image, key=key))


@over(TRANSFORMS)
@pytest.mark.parametrize("p", [0.03, 0.3, 0.9])
def test_p_means_p(kind, p):
    count = 3000
    settings = {"count": (2, 2)} if kind is SomeOf else {}
    hits = 0
    for number in range(count):
        if kind in (TrivialAugment, RandAugment):  # the identity is among what they draw: see their own tests
            return
        hits += bool(Pipeline([kind(p=p, **settings)], seed=1).draw((9, 9), key=(f"{number}.png", 1)))
    # 4 deviations of the binomial; keys are fixed, so this fails for a wrong p only.
    assert abs(hits - count * p) <= 4 * math.sqrt(count * p * (1 - p))


@over(TRANSFORMS)
def test_p_0_is_the_identity_and_a_fresh_copy(kind):
    for dtype, tail in itertools.product(DTYPES, TAILS):
        image = picture((7, 5, *tail), dtype)
        result = Pipeline([kind(p=0.0)])(image, key=KEYS[0])
        assert same(result, image)
        assert not np.shares_memory(result, image)
        assert result.flags.writeable


# Pixels


@over(TRANSFORMS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("size", [(37, 53), (1, 1), (1, 7), (7, 1), (2, 2), (4, 1)])
def test_keeps_dtype_and_channels_whatever_the_size_and_leaves_the_input(kind, dtype, size):
    for tail in TAILS:
        image = picture((*size, *tail), dtype)
        before = image.copy()
        for key in KEYS[:3]:
            pipeline = Pipeline([kind()], border="constant", fill=0.5)
            result = pipeline(image, key=key)
            out = matrix_of(pipeline.draw(size, key=key), size)[1] if kind in SPATIAL else size
            assert result.shape == (*out, *tail)
            assert result.dtype == dtype
            assert not np.shares_memory(result, image)
            assert result.flags.writeable
            assert result.flags.c_contiguous
            if dtype == np.float32:
                assert result.min() >= 0.0  # false for NaN too
                assert result.max() <= 1.0
        assert same(image, before)


@over(TRANSFORMS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tail", TAILS)
def test_how_a_picture_lies_in_memory_does_not_matter(kind, dtype, tail):
    large = picture((60, 80, *tail), dtype)
    views = [large[5:42, 7:60], large[::2, ::2], large[::-1, ::-1], np.swapaxes(large, 0, 1)]
    if tail:
        views.append(np.concatenate([large, large], axis=-1)[..., : tail[0]])
    for border in ("reflect", "constant"):
        pipeline = Pipeline([kind()], seed=3, border=border)
        for view in views:
            assert same(pipeline(view, key=KEYS[1]), pipeline(np.ascontiguousarray(view), key=KEYS[1]))


@over(TRANSFORMS)
@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
def test_floats_stay_in_0_to_1_however_pixels_are_looked_at(kind, interpolation):
    image = np.rint(picture((37, 53, 3), np.float32))
    for key, border in itertools.product(KEYS[:3], BORDERS):
        result = Pipeline([kind()], border=border, interpolation=interpolation)(image, key=key)
        assert result.min() >= 0.0
        assert result.max() <= 1.0


@over(TRANSFORMS)
@pytest.mark.parametrize("tail", TAILS)
def test_floats_that_no_picture_has_are_no_error(kind, tail):
    image = picture((24, 31, *tail), np.float32).copy()
    image[3, 4], image[5, 6], image[7, 8], image[9, 10], image[11, 12] = np.nan, np.inf, -np.inf, 3e38, -3e38
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for key in KEYS[:3]:
            Pipeline([kind()])(image, key=key)


@over([CLAHE, Equalize, JPEGCompression, PoissonNoise])
def test_where_values_are_counted_nan_is_black_and_what_is_beyond_is_clipped(kind):
    image, clipped = (picture((24, 31, 3), np.float32).copy() for _ in range(2))
    image[3, 4], image[5, 6], image[7, 8] = np.nan, 3e38, -np.inf
    clipped[3, 4], clipped[5, 6], clipped[7, 8] = 0.0, 1.0, 0.0
    assert same(Pipeline([kind()])(image, key=KEYS[0]), Pipeline([kind()])(clipped, key=KEYS[0]))


@over(PLAIN)
@pytest.mark.parametrize("dtype", DTYPES)
def test_alpha_and_targets_are_untouched_by_what_is_not_spatial(kind, dtype):
    white = 1.0 if dtype == np.float32 else np.iinfo(dtype).max
    image = (picture((46, 62, 4), dtype) * 0.8 + 0.1 * white).astype(dtype)  # neither black nor white
    targets = {
        "mask": picture((46, 62)),
        "boxes": np.array([[1.0, 2.0, 3.5, 4.0], [-1.0, 0.0, 40.0, 9.0]]),
        "labels": ["a", "b"],
        "keypoints": np.array([[3.0, 4.0], [-1.0, 99.0]]),
    }
    changed = []
    for key in KEYS:
        result = Pipeline([kind()])(image=image, key=key, **targets)
        assert (result["image"][..., 3] == image[..., 3]).all()
        changed.append((result["image"][..., :3] != image[..., :3]).any())
        assert same(result["mask"], targets["mask"])
        assert (result["boxes"] == targets["boxes"]).all()
        assert result["labels"] == ("a", "b")
        assert (result["keypoints"] == targets["keypoints"]).all()
    assert sum(changed) > len(KEYS) / 2


@over(TRANSFORMS)
def test_how_pixels_lie_in_memory_makes_no_difference(kind):
    base = picture((40, 60, 8))
    views = [base[:, ::-1, :3], base[..., ::-1][..., :3], base[::2, ::3, :4], base[..., 0], base[..., :5]]
    views += [np.asfortranarray(base[..., :3]), base[..., :3].transpose(1, 0, 2), base[5:, 7:, 1]]
    for view in views:
        pipeline = Pipeline([kind()])
        assert same(pipeline(view, key=KEYS[0]), pipeline(np.ascontiguousarray(view), key=KEYS[0]))


@over(TRANSFORMS)
def test_one_channel_in_the_third_axis_is_the_same_as_none(kind):
    for dtype in DTYPES:
        image = picture((37, 53), dtype)
        pipeline = Pipeline([kind()])
        assert same(pipeline(image[..., None], key=KEYS[0])[..., 0], pipeline(image, key=KEYS[0]))


@over(TRANSFORMS)
def test_the_number_of_threads_makes_no_difference(kind):
    image = picture((701, 907, 3))
    pipeline = Pipeline([kind()])
    before = cv2.getNumThreads()
    try:
        results = []
        for threads in (1, 4):
            cv2.setNumThreads(threads)
            results.append(pipeline(image, key=KEYS[0]))
    finally:
        cv2.setNumThreads(before)
    assert same(*results)


@over(TRANSFORMS)
def test_works_in_many_threads_at_once(kind):
    image, pipeline = picture((150, 200, 3)), Pipeline([kind()])
    expected = {key: pipeline(image, key=key) for key in KEYS}
    wrong = []

    def work() -> None:
        for key in KEYS:
            results = [pipeline(image, key=key) for _ in range(2)]
            wrong.extend(key for result in results if not same(result, expected[key]))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@over([kind for kind in RANGED if kind not in NEVER_NEUTRAL])
@pytest.mark.parametrize("dtype", DTYPES)
def test_has_a_neutral_setting_that_leaves_every_byte(kind, dtype):
    """Each option at 0 or at 1, the neutral elements of adding and of multiplying; of bits, all 8."""
    names = ranges_of(kind)
    image = picture((41, 41, 3) if "ratio" in names else (37, 53, 3), dtype)  # a ratio of 1 is that of a square
    neutral = []
    if kind is Posterize and dtype != np.uint8:
        return  # it counts bits of 8
    for values in itertools.product((0.0, 1.0, 8) if kind is Posterize else (0.0, 1.0), repeat=len(names)):
        try:
            transform = kind(**{name: (value, value) for name, value in zip(names, values, strict=True)})
        except AugkitError:
            continue
        if all(same(Pipeline([transform])(image, key=key), image) for key in KEYS[:3]):
            neutral.append(values)
    assert neutral


# Geometry


@over(SPATIAL)
@pytest.mark.parametrize("size", [(37, 53), (53, 37), (20, 20)])
def test_the_mask_shows_each_pixel_where_its_keypoint_went(kind, size):
    numbers = np.arange(1, size[0] * size[1] + 1, dtype=np.uint16).reshape(size)
    y, x = np.mgrid[: size[0], : size[1]]
    everywhere = np.column_stack([x.ravel(), y.ravel()]).astype(float)
    for key in KEYS:
        pipeline = Pipeline([kind()], border="constant")
        result = pipeline(image=numbers, mask=numbers, keypoints=everywhere, key=key)
        mask, keypoints = result["mask"], result["keypoints"]
        matrix, out = matrix_of(pipeline.draw(size, key=key), size)
        assert mask.shape == out == result["image"].shape
        rows, columns = np.nonzero(mask)
        assert len(rows) > 0.3 * min(mask.size, numbers.size)
        offsets = keypoints[mask[rows, columns].astype(int) - 1] - np.column_stack([columns, rows])
        # The nearest pixel's middle is at most half a pixel, each way, from the point looked up; the matrix makes of
        # such a square a quadrilateral, which its corners bound. Coordinates are float32 on the way.
        middles = everywhere[mask[rows, columns].astype(int) - 1] + 0.5
        corners = [transform_points(tuple(matrix.ravel()), middles + shift) for shift in CORNERS]
        reach = np.abs(np.stack(corners) - transform_points(tuple(matrix.ravel()), middles)).max(axis=0) + 1e-3
        assert (np.abs(offsets) <= reach).all()


@over(SPATIAL)
def test_keypoint_lands_on_its_mask_pixel(kind):
    size = (37, 53)
    rng = np.random.default_rng(2)
    seen = 0
    for key in KEYS:
        pipeline = Pipeline([kind()])
        for x, y in rng.integers(3, (50, 34), (12, 2)):
            mask = np.zeros(size, bool)
            # Rounding a keypoint moves it by half a pixel, which is less than 2.5 in the source unless it shrinks
            # by more than 3: a patch of 5 x 5 is hit for certain.
            mask[y - 2 : y + 3, x - 2 : x + 3] = True
            result = pipeline(image=picture(size), mask=mask, keypoints=[[x, y]], key=key)
            column, row = np.rint(result["keypoints"][0]).astype(int)
            if 0 <= row < result["mask"].shape[0] and 0 <= column < result["mask"].shape[1]:
                seen += 1
                assert result["mask"][row, column]
    assert seen > 40


@over(SPATIAL)
def test_box_encloses_its_mask_and_no_more_than_the_matrix_explains(kind):
    size, box = (37, 53), (11, 7, 31, 22)
    mask = np.zeros(size, np.uint8)
    mask[box[1] : box[3], box[0] : box[2]] = 1
    for key in KEYS:
        pipeline = Pipeline([kind()], border="constant")
        result = pipeline(image=picture(size), mask=mask, boxes=[box], labels=["cat"], key=key)
        rows, columns = np.nonzero(result["mask"])
        assert result["labels"] == ("cat",)
        x1, y1, x2, y2 = result["boxes"][0]
        # A pixel is set when its middle lies in the moved rectangle, float32 aside.
        assert (columns + 0.5).min() >= x1 - 1e-3
        assert (columns + 0.5).max() <= x2 + 1e-3
        assert (rows + 0.5).min() >= y1 - 1e-3
        assert (rows + 0.5).max() <= y2 + 1e-3
        matrix, out = matrix_of(pipeline.draw(size, key=key), size)
        assert min(x1, y1) >= 0
        assert x2 <= out[1]
        assert y2 <= out[0]
        shear = np.abs(matrix[0, 0] * matrix[0, 1]) + np.abs(matrix[1, 0] * matrix[1, 1])
        if shear < 1e-9:  # an upright rectangle: the first and last pixel are within one of the box's edges
            assert columns.min() - 1 <= x1
            assert columns.max() + 2 >= x2
            assert rows.min() - 1 <= y1
            assert rows.max() + 2 >= y2


CORNERS = ((-0.5, -0.5), (-0.5, 0.5), (0.5, -0.5), (0.5, 0.5))


def grid(size) -> np.ndarray:
    """The middles of all pixels as homogeneous points (3, H, W)."""
    y, x = np.mgrid[: size[0], : size[1]] + 0.5
    return np.stack([x, y, np.ones_like(x)])


def widest_step(points: np.ndarray) -> float:
    """The largest distance, along both axes together, of what neighbours of a grid (3, H, W) are made of."""
    places = points[:2] / points[2]
    return max(np.abs(np.diff(places, axis=axis)).sum(axis=0).max() for axis in (1, 2))


def waves(size) -> tuple[np.ndarray, float, float]:
    """A smooth picture, float32, with the largest slope and curvature (the sum over both axes) it has."""
    y, x = np.mgrid[: size[0], : size[1]]
    turns = 2 * math.pi / 150
    image = 0.5 + 0.2 * np.sin(turns * x + 0.3) + 0.2 * np.cos(turns * y)
    return image.astype(np.float32), 0.2 * turns * math.sqrt(2), 2 * 0.2 * turns**2


@over(SPATIAL)
@pytest.mark.parametrize("second", SPATIAL, ids=lambda kind: kind.__name__)
def test_fused_equals_one_by_one_inside_the_frame(kind, second):
    size = (97, 131)
    image, slope, curvature = waves(size)
    for key in KEYS[:3]:
        pipeline = Pipeline([kind(), second()])
        one, two = operations = realize(pipeline.draw(size, key=key), size)
        assert len(fuse(operations)) == 1
        fused = pipeline(image, key=key)
        apart = two.apply(one.apply(Sample(image=image), pipeline.view), pipeline.view).image
        assert fused.shape == apart.shape

        # Where each pixel of the result comes from, in the middle picture and in the first: both well inside.
        y, x = np.mgrid[: two.out[0], : two.out[1]] + 0.5
        target = np.stack([x.ravel(), y.ravel(), np.ones(x.size)])
        last, first = (np.linalg.inv(np.reshape(step.matrix, (3, 3))) for step in (two, one))
        middle = last @ target
        source = first @ middle
        middle, source = middle[:2] / middle[2], source[:2] / source[2]
        margin = 4
        inside = np.ones(x.size, bool)
        for place, (height, width) in ((middle, one.out), (source, size)):
            inside &= (place[0] > margin) & (place[0] < width - margin)
            inside &= (place[1] > margin) & (place[1] < height - margin)
        inside = inside.reshape(two.out)
        # A window that is resized alone is not looked beyond: half a pixel of it, less than two of the result.
        inside[[0, 1, -2, -1]] = inside[:, [0, 1, -2, -1]] = False
        assert inside.mean() > 0.2

        # Sampling a grid of spacing h linearly is off by at most h^2 / 8 of the curvature, and averaging over a
        # pixel of that spacing by h^2 / 24; the spacing, in pixels of the source, is 1 or what a step makes of it.
        # Three samplings: fused, first, second. Coordinates are float32: 1e-4 of a pixel is more than they lose.
        grids = [np.tensordot(first, grid(one.out), 1), np.tensordot(first @ last, grid(two.out), 1)]
        spacing = max(1.0, *map(widest_step, grids))
        bound = 3 * curvature * spacing**2 * (1 / 8 + 1 / 24) + 1e-4 * slope + 1e-6
        assert bound < slope / 4  # so that a picture shifted by a quarter of a pixel would be noticed
        assert np.abs(fused - apart)[inside].max() <= bound


@over(SPATIAL)
def test_a_grid_of_keypoints_fused_equals_one_by_one(kind):
    size = (37, 53)
    points = np.array([[0, 0], [52, 0], [52, 36], [0, 36], [20.5, 11.25]])
    for second in SPATIAL:
        pipeline = Pipeline([kind(), second()])
        sample = Sample(image=picture(size), keypoints=points)
        drawn = pipeline.draw(size, key=KEYS[1])
        fused = pipeline.apply(sample, drawn)
        for operation in realize(drawn, size):
            sample = operation.apply(sample, pipeline.view)
        assert np.abs(fused.keypoints - sample.keypoints).max() < 1e-9


@over(TONES)
@pytest.mark.parametrize("second", TONES, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("tail", [(), (3,), (4,), (5,)])
def test_tones_fused_equal_tones_one_by_one_where_nothing_is_clipped(kind, second, tail):
    image = (0.45 + 0.1 * picture((23, 31, *tail), np.float32)).astype(np.float32)
    for key in KEYS:
        pipeline = Pipeline([kind(), second()])
        fused = pipeline(image, key=key)
        sample = Sample(image=image)
        for operation in realize(pipeline.draw((23, 31), key=key), (23, 31)):
            sample = operation.apply(sample, pipeline.view)
        # Values below 1, a few roundings of float32 each, and gains below 4.
        assert np.abs(fused - sample.image).max() <= 16 * 2.0**-24
