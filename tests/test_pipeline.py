"""Pipeline: draw, fuse, apply."""

import json
import pickle
import threading

import albumentations as A  # noqa: N812
import numpy as np
import PIL.Image
import pytest
from pictures import picture

import augkit
from augkit import (
    CLAHE,
    AugkitError,
    Brightness,
    Clarity,
    Contrast,
    Crop,
    Foreign,
    GaussianNoise,
    HorizontalFlip,
    OneOf,
    Pad,
    Pipeline,
    Resize,
    Rotate,
    Sample,
    Sharpness,
    Translate,
)
from augkit.fusing import realize
from augkit.kernels.warp import BORDERS, INTERPOLATIONS
from augkit.recipes import recipe_names

KEY = ("cat/001.jpg", 1)


def full() -> Pipeline:
    return Pipeline([HorizontalFlip(p=0.5), Rotate(), Brightness(), Contrast(), Sharpness(), GaussianNoise()], seed=7)


# Randomness


def test_a_key_decides_everything():
    image = picture()
    assert (full()(image, key=KEY) == full()(image, key=KEY)).all()
    for other in (("cat/001.jpg", 2), ("cat/002.jpg", 1), ("cat/001.jpg", 1, 1)):
        assert (full()(image, key=KEY) != full()(image, key=other)).any()
    assert (full()(image, key=KEY) == full()(image, key=(*KEY, 0))).all()


def test_without_a_key_every_call_is_different_and_the_seed_means_nothing():
    pipeline = full()
    drawn = [str(pipeline.draw((37, 53))) for _ in range(20)]
    assert len(set(drawn)) == 20


def test_calls_leave_no_trace():
    image, pipeline = picture(), full()
    expected = pipeline(image, key=KEY)
    for _ in range(3):
        pipeline(image)
        pipeline(picture((9, 9)), key=("other", 1))
    assert (pipeline(image, key=KEY) == expected).all()


def test_draw_says_what_a_call_does():
    image, pipeline = picture(), full()
    drawn = pipeline.draw((37, 53), key=KEY)
    assert (pipeline.apply(Sample(image=image), drawn).image == pipeline(image, key=KEY)).all()


def test_drawn_numbers_suit_a_picture_of_any_size():
    pipeline = Pipeline([Rotate(), Translate(), Crop(), Pad(), Brightness()], border="replicate")
    drawn = pipeline.draw((40, 60), key=KEY)
    small = np.kron(np.random.default_rng(0).integers(60, 200, (4, 6)), np.ones((10, 10))).astype(np.uint8)
    large = small.repeat(4, 0).repeat(4, 1)
    one = pipeline.apply(Sample(image=small), drawn).image.astype(float)
    other = pipeline.apply(Sample(image=large), drawn).image.reshape(40, 4, 60, 4).mean(axis=(1, 3))
    # The same but for edges, which a pixel of the small picture blurs: a quarter of its pixels lie on some.
    assert np.median(np.abs(one - other)) <= 1.0
    assert np.abs(one.mean() - other.mean()) <= 1.0


def test_transforms_draw_in_order_one_after_the_other():
    drawn = full().draw((37, 53), key=KEY)
    names = [step.kind.name() for step in drawn]
    order = ["horizontal_flip", "rotate", "brightness", "contrast", "sharpness", "gaussian_noise"]
    assert names == [name for name in order if name in names]
    assert set(order[1:]) <= set(names)


# Doing


def test_nothing_to_do_gives_a_fresh_copy():
    for shape in ((4, 5), (4, 5, 1), (4, 5, 3)):
        image = picture(shape)
        for pipeline in (Pipeline([]), Pipeline([Rotate(p=0)]), Pipeline([Rotate(degrees=(0, 0))])):
            result = pipeline(image)
            assert result.shape == shape
            assert (result == image).all()
            assert not np.shares_memory(result, image)
            assert result.flags.writeable


def test_what_is_written_is_never_reordered():
    image = picture()
    lighten, sharpen = Brightness(offset=(0.4, 0.4)), Sharpness(amount=(2, 2))
    one, other = Pipeline([lighten, sharpen])(image), Pipeline([sharpen, lighten])(image)
    assert (one != other).any()
    assert (one == Pipeline([sharpen])(Pipeline([lighten])(image))).all()


def test_a_chain_of_warps_resamples_once():
    image = picture()
    there_and_back = Pipeline([Rotate(degrees=(30, 30)), Rotate(degrees=(-30, -30))])
    assert (there_and_back(image) == image).all()


def test_sizes_follow_from_step_to_step():
    image = picture((40, 60))
    pipeline = Pipeline([Resize(size=(20, 10)), Pad(size=(30, 30)), Crop(size=(7, 9)), HorizontalFlip()])
    assert pipeline(image, key=KEY).shape == (7, 9)
    sizes = [operation.out for operation in realize(pipeline.draw((40, 60), key=KEY), (40, 60))]
    assert sizes == [(20, 10), (30, 30), (7, 9), (7, 9)]


@pytest.mark.parametrize("name", recipe_names())
@pytest.mark.parametrize("shape", [(1, 1), (37, 53), (37, 53, 1), (37, 53, 3), (37, 53, 4)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_whole_recipes_keep_size_dtype_and_channels(name, shape, dtype):
    image = picture(shape, dtype)
    for copy in range(4):
        result = augkit.load_recipe(name)(image, key=("a", copy))
        assert result.shape == shape
        assert result.dtype == dtype


# Calling


def test_targets_called_by_name_come_back_by_name():
    image = picture((4, 5))
    result = Pipeline([HorizontalFlip()])(
        image=image, mask=image, boxes=[[0, 0, 2, 1]], labels=["cat"], keypoints=[(0, 0), (4, 3)]
    )
    assert list(result) == ["image", "mask", "boxes", "labels", "keypoints"]
    assert (result["image"] == image[:, ::-1]).all()
    assert (result["mask"] == image[:, ::-1]).all()
    assert result["boxes"].tolist() == [[3, 0, 5, 1]]
    assert result["labels"] == ("cat",)
    assert result["keypoints"].tolist() == [[4, 0], [0, 3]]


def test_only_what_was_given_comes_back():
    image = picture((4, 5))
    assert list(Pipeline([Rotate()])(image=image)) == ["image"]
    result = Pipeline([Rotate()])(image=image, mask=None, boxes=[], labels=[], keypoints=[])
    assert result["mask"] is None
    assert result["boxes"].shape == (0, 4)
    assert result["labels"] == ()
    assert result["keypoints"].shape == (0, 2)


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_targets_given_are_never_written_to(p):
    targets = {
        "image": picture((8, 9)),
        "mask": picture((8, 9)),
        "boxes": np.array([[0.0, 0.0, 20.0, 20.0]]),
        "keypoints": np.array([[1.0, 2.0]]),
    }
    before = {name: value.copy() for name, value in targets.items()}
    for value in targets.values():
        value.setflags(write=False)
    Pipeline([Rotate(p=p), Brightness(p=p)])(**targets, key=KEY)
    assert all((targets[name] == before[name]).all() for name in targets)


@pytest.mark.parametrize(
    "steps", [[], [Rotate(p=0)], [Brightness()], [HorizontalFlip()], [Foreign(transform=A.NoOp())]]
)
@pytest.mark.parametrize("shape", [(8, 9), (8, 9, 1), (8, 9, 3)])
def test_what_comes_back_shares_nothing_with_what_was_given(steps, shape):
    given = {
        "image": picture(shape),
        "mask": picture((8, 9)),
        "masks": [picture((8, 9)), picture((8, 9, 2))],
        "boxes": np.array([[1.0, 2.0, 5.0, 6.0]]),
        "keypoints": np.array([[3.0, 4.0]]),
    }
    done = Pipeline(steps)(**given)
    for name in ("image", "mask", "boxes", "keypoints"):
        assert not np.shares_memory(done[name], given[name])
    for one, other in zip(done["masks"], given["masks"], strict=True):
        assert not np.shares_memory(one, other)


def test_mask_keeps_its_shape_whatever_the_picture_has():
    for image_tail in ((), (1,), (3,)):
        for mask_tail in ((), (1,), (2,)):
            for step in (HorizontalFlip(), Rotate(), Pad(size=(12, 12)), Brightness()):
                size = (12, 12) if isinstance(step, Pad) else (8, 9)
                result = Pipeline([step])(image=picture((8, 9, *image_tail)), mask=picture((8, 9, *mask_tail)), key=KEY)
                assert result["image"].shape == (*size, *image_tail)
                assert result["mask"].shape == (*size, *mask_tail)


# A value


def test_numbers_of_numpy_make_options_that_json_holds():
    pipeline = Pipeline([Rotate(degrees=(np.int64(-5), np.float32(5)))], fill=np.float32(0.5), min_visible=np.int8(0))
    assert Pipeline.from_dict(json.loads(json.dumps(pipeline.to_dict()))) == pipeline


def test_plain_data_are_what_json_gives_back():
    pipeline = Pipeline([Rotate(), OneOf([Pad(size=(9, 9)), CLAHE()])], border="constant", fill=(0.5, 0, 1))
    data = json.loads(json.dumps(pipeline.to_dict()))
    assert data == pipeline.to_dict()
    assert Pipeline.from_dict(data) == pipeline


def test_repr_can_be_read_back():
    pipeline = Pipeline([Rotate(degrees=(-3, 3), p=0.5), Crop(size=(3, 4))], seed=9, border="wrap", fill=(0.25, 0, 1))
    again = eval(repr(pipeline), vars(augkit) | {name: getattr(augkit, name) for name in augkit.__all__})
    assert repr(again) == repr(pipeline)
    assert (again.transforms, again.seed, again.view) == (pipeline.transforms, pipeline.seed, pipeline.view)


def test_pickles():
    image = picture()
    again = pickle.loads(pickle.dumps(full()))
    assert (again(image, key=KEY) == full()(image, key=KEY)).all()


def test_threads_may_share_a_pipeline():
    image, pipeline = picture((200, 300, 3)), full()
    expected = [pipeline(image, key=("a", copy)) for copy in range(8)]
    wrong = []

    def work() -> None:
        results = [pipeline(image, key=("a", copy)) for copy in range(8)]
        wrong.extend(copy for copy in range(8) if (results[copy] != expected[copy]).any())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_transforms_may_come_from_any_iterable():
    assert Pipeline(step for step in (Rotate(), Clarity())).transforms == (Rotate(), Clarity())


def test_border_fill_and_interpolation_reach_the_pixels():
    image = picture((20, 20)) // 2
    step = Rotate(degrees=(20, 20))
    looks = {border: Pipeline([step], border=border, fill=1.0)(image).tobytes() for border in BORDERS}
    assert len(set(looks.values())) == len(BORDERS)
    assert Pipeline([step], border="constant", fill=1.0)(image)[0, 0] == 255
    for fill in ([1, 0.2, 0], np.array([1, 0.2, 0])):
        assert Pipeline([step], border="constant", fill=fill)(picture((20, 20, 3)))[0, 0].tolist() == [255, 51, 0]
    looks = {name: Pipeline([step], interpolation=name)(image).tobytes() for name in INTERPOLATIONS}
    assert len(set(looks.values())) == len(INTERPOLATIONS)


# Pillow


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "I;16"])
def test_a_pillow_picture_gives_the_pillow_picture_of_the_same_pixels(mode):
    shape = (37, 53, *{"RGB": (3,), "RGBA": (4,)}.get(mode, ()))
    pixels = picture(shape, np.uint16 if mode == "I;16" else np.uint8)
    given = PIL.Image.fromarray(pixels)
    before = given.tobytes()
    result = full()(given, key=("a", 1))
    assert (result.mode, result.size) == (mode, given.size)
    assert (np.asarray(result) == full()(pixels, key=("a", 1))).all()
    assert given.tobytes() == before


def test_a_palette_mask_keeps_its_classes_and_colors():
    classes = np.random.default_rng(0).integers(0, 4, (37, 53), np.uint8)
    mask = PIL.Image.fromarray(classes).convert("P")
    mask.putpalette([10, 0, 0, 20, 0, 0, 30, 0, 0, 40, 0, 0])
    result = full()(image=picture(), mask=mask, key=("a", 1))["mask"]
    assert result.mode == "P"
    assert set(np.unique(np.asarray(result))) <= {0, 1, 2, 3}
    assert result.getpalette()[:12] == [10, 0, 0, 20, 0, 0, 30, 0, 0, 40, 0, 0]
    bits = full()(image=picture(), mask=PIL.Image.fromarray(classes > 1), key=("a", 1))["mask"]
    assert (bits.mode, (np.asarray(bits) == (np.asarray(result) > 1)).all()) == ("1", True)


@pytest.mark.parametrize("mode", ["P", "CMYK", "LA", "1", "F"])
def test_a_pillow_picture_of_another_mode_is_refused_with_the_way_out(mode):
    with pytest.raises(AugkitError, match=rf"mode {mode}, expected .*image\.convert\('RGB'\) will do"):
        full()(PIL.Image.new(mode, (8, 8)))
