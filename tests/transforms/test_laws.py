"""What holds for every transform in the catalog: a new class is tested by existing."""

import dataclasses
import itertools
import json
import math
import threading
import warnings

import cv2
import numpy as np
import pytest
from kinds import COMPOSED, KEYS, PLAIN, RANGED, SPATIAL, TAILS, TRANSFORMS, matrix_of, over, ranges_of
from pictures import picture, same

from augkit import (
    CLAHE,
    Downscale,
    Equalize,
    Foreign,
    JPEGCompression,
    PoissonNoise,
    Posterize,
    RandAugment,
    SomeOf,
    TrivialAugment,
)
from augkit.errors import AugkitError
from augkit.kernels.warp import BORDERS, INTERPOLATIONS
from augkit.pipeline import Pipeline
from augkit.sample import DTYPES, Sample
from augkit.seeding import Draws
from augkit.transforms.plain import drawn_from_json, drawn_to_json

NEVER_NEUTRAL = (CLAHE, JPEGCompression, TrivialAugment)  # at every setting they may change what is not flat
COARSE = (CLAHE, Downscale)  # in small pictures, their numbers are rounded to whole levels and pixels


def has_no_end(kind) -> bool:
    """Whether some range has no end of numbers, so that no two draws are alike."""
    fields = (field for field in dataclasses.fields(kind) if field.metadata.get("whole") is False)
    return any(low < high for low, high in (getattr(kind(), field.name) for field in fields))


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
        assert result["boxes"].tolist() == [[1.0, 2.0, 3.5, 4.0], [0.0, 0.0, 40.0, 9.0]]  # cut to the picture always
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
