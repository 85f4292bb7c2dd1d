"""Pipeline: what is refused or told, and what only one of two ways would see."""

import numpy as np
import PIL.Image
import pytest
from pictures import picture

from augkit import (
    AugkitError,
    Brightness,
    Contrast,
    Foreign,
    PCAColorJitter,
    Pipeline,
    Resize,
    Rotate,
)

KEY = ("cat/001.jpg", 1)
PIPELINE = Pipeline([Rotate(), Contrast()], seed=7)


@pytest.mark.parametrize("mode", ["P", "CMYK", "HSV"])
def test_a_pillow_picture_of_another_mode_is_refused_in_a_batch_and_to_fit_to(mode):
    pictures = [PIL.Image.new("RGB", (8, 8)), PIL.Image.new(mode, (8, 8))]
    with pytest.raises(AugkitError, match=rf"images\[1\] is .* mode {mode}, .*images\[1\]\.convert\('RGB'\) will do"):
        PIPELINE.batch(pictures)
    with pytest.raises(AugkitError, match=rf"pictures\[1\] is .* mode {mode}, "):
        PCAColorJitter.fit(pictures)
    assert PIPELINE.batch(pictures[:1] * 2).shape == (2, 8, 8, 3)


@pytest.mark.parametrize("name", ["transforms", "view", "seed", "box_format", "border", "fill", "min_visible"])
def test_what_a_pipeline_was_compiled_for_cannot_be_changed(name):
    pipeline = Pipeline([Rotate()])
    with pytest.raises(AttributeError, match=name):
        setattr(pipeline, name, getattr(pipeline, name, None))


def test_one_picture_is_no_batch_and_nothing_to_fit_to():
    with pytest.raises(AugkitError, match=r"looks like one picture in colour, for which pipeline\(image\) will do"):
        PIPELINE.batch(picture((8, 8, 3)))
    with pytest.raises(AugkitError, match=r"fit takes a list of pictures; of one .* make \[picture\]"):
        PCAColorJitter.fit(picture((8, 8, 3)))
    assert PIPELINE.batch(picture((8, 8, 3))[..., None]).shape == (8, 8, 3, 1)


def test_a_batch_of_several_dtypes_is_refused():
    with pytest.raises(AugkitError, match="must all have one dtype, got uint16 and uint8"):
        PIPELINE.batch([picture((8, 8, 3)), picture((8, 8, 3), np.uint16)])


@pytest.mark.parametrize("size", [picture((8, 9, 3)), (8, 9, 3), (0, 8), 8, None, "ab", (8.0, 9.0)])
def test_what_is_no_size_is_nothing_to_draw_for(size):
    with pytest.raises(AugkitError, match=r"draw takes a size, \(height, width\), as image\.shape\[:2\]; got"):
        PIPELINE.draw(size)
    assert PIPELINE.draw((np.int64(8), 9), key=KEY) == PIPELINE.draw((8, 9), key=KEY)


@pytest.mark.parametrize(
    "call",
    [
        lambda pipeline: pipeline(image=picture((4, 5)), boxes=[[0, 0, 1, 1]], labels=np.array(3)),
        lambda pipeline: pipeline(image=picture((4, 5)), boxes=[[0, 0, 1, 1]] * 2, labels="ab"),
        lambda pipeline: pipeline(image=picture((4, 5)), masks=np.array(3)),
        lambda pipeline: pipeline.batch([picture((4, 5)), picture((5, 5))]),
        lambda pipeline: Pipeline([PCAColorJitter(components="fit")]).fit(np.array(1.0)),
        lambda pipeline: Pipeline(np.array(1.0)),
        lambda pipeline: Pipeline([Foreign(transform=3)]),
        lambda pipeline: pipeline.replay(pipeline.draw((4, 5))[0], picture((4, 5))),
    ],
)
def test_what_is_of_another_kind_is_an_error_of_augkit(call):
    with pytest.raises(AugkitError):
        call(Pipeline([Rotate()]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"border": "reflct"}, "no border 'reflct'; did you mean 'reflect'"),
        ({"interpolation": "lanczos"}, "no interpolation 'lanczos'; there are: cubic, linear, nearest"),
        ({"fill": 255}, "fill must be a grey from 0"),
        ({"fill": -0.1}, "fill must be a grey from 0"),
        ({"fill": float("nan")}, "fill must be a grey from 0"),
        ({"fill": "a"}, "fill must be a grey from 0"),
        ({"fill": "abc"}, "fill must be a grey from 0"),
        ({"fill": (0, 1)}, "or three such numbers for red, green and blue"),
        ({"fill": (124, 116, 104)}, r"got \(124, 116, 104\); levels of 8 bits are divided by 255"),
        ({"fill": (0, 1, None)}, r"got \(0, 1, None\)$"),
        ({"min_visible": None}, "min_visible must be a fraction"),
        ({"min_visible": np.zeros(2)}, "min_visible must be a fraction"),
        ({"border": ["x"]}, r"no border \['x'\]"),
        ({"box_format": {}}, r"no box_format {}"),
        ({"seed": "7"}, "seed must be a whole number, got '7'"),
        ({"seed": 1.5}, "seed must be a whole number"),
        ({"seed": True}, "seed must be a whole number"),
    ],
)
def test_wrong_options_are_told_at_once(options, message):
    with pytest.raises(AugkitError, match=message):
        Pipeline([Rotate()], **options)
    with pytest.raises(AugkitError, match=message):
        Pipeline.from_dict({"transforms": ["rotate"], **options})


@pytest.mark.parametrize("data", [None, "rotate", 5, ["rotate"], {"transforms": 5}, {"transforms": [5]}, {}])
def test_plain_data_that_describe_no_pipeline_are_told(data):
    with pytest.raises(AugkitError, match=r"Pipeline: .*must be"):
        Pipeline.from_dict(data)


def test_plain_data_that_hold_themselves_are_told():
    steps = []
    steps.append({"one_of": {"transforms": steps}})
    with pytest.raises(AugkitError, match="Pipeline: it is nested more than 100 deep"):
        Pipeline.from_dict({"transforms": steps})


def test_what_is_no_transform_is_told_with_its_place():
    with pytest.raises(AugkitError, match=r"step 1 must be a transform, got 'rotate'"):
        Pipeline([Rotate(), "rotate"])
    with pytest.raises(AugkitError, match=r"step 0 must be a transform.*make one of it with \(\)"):
        Pipeline([Rotate])
    with pytest.raises(AugkitError, match=r"give it a list of transforms"):
        Pipeline(5)


def test_wrong_calls_are_told():
    pipeline, image = Pipeline([Rotate()]), picture((4, 5))
    with pytest.raises(AugkitError, match="no target 'msk'; did you mean 'mask'"):
        pipeline(image=image, msk=image)
    with pytest.raises(AugkitError, match="a picture is missing"):
        pipeline(mask=image)
    with pytest.raises(AugkitError, match="one picture, or with names"):
        pipeline(image, mask=image)
    with pytest.raises(AugkitError, match="one picture, or with names"):
        pipeline(image, image)
    with pytest.raises(AugkitError, match="mask is"):
        pipeline(image=image, mask=image.T)
    for thing in ([[1, 2]], None, image.astype(np.float64), image[0]):
        with pytest.raises(AugkitError, match="image must be"):
            pipeline(thing)


@pytest.mark.parametrize(
    ("name", "shape"),
    [("keypoints", (2, 3)), ("keypoints", (3, 3)), ("boxes", (4, 2)), ("boxes", (2, 5)), ("boxes", (3,))],
)
def test_boxes_and_keypoints_of_another_shape_are_refused_not_reshaped(name, shape):
    with pytest.raises(AugkitError, match=rf"{name} must have the shape"):
        Pipeline([Rotate()])(image=picture((4, 5)), **{name: np.zeros(shape)})


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(("name", "columns"), [("boxes", 4), ("keypoints", 2)])
def test_boxes_and_keypoints_that_lie_nowhere_are_told_with_their_row(name, columns, wrong):
    rows = np.ones((3, columns))
    rows[1, 1] = wrong
    with pytest.raises(AugkitError, match=rf"{name} must be finite numbers, got \[1.0, {wrong}.*\] in row 1"):
        Pipeline([Rotate()])(image=np.zeros((8, 8), np.uint8), **{name: rows})


@pytest.mark.parametrize("name", ["boxes", "keypoints"])
@pytest.mark.parametrize("value", ["ab", [["a"] * 4], [[1, 2], [1, 2, 3]], [[1j, 2]], {}, 10**400, object()])
def test_boxes_and_keypoints_that_are_no_numbers_are_told(name, value):
    with pytest.raises(AugkitError, match=rf"{name} must be rows of . numbers"):
        Pipeline([Rotate()])(image=picture((4, 5)), **{name: value})


@pytest.mark.parametrize("name", ["labels", "masks"])
def test_targets_that_are_no_lists_are_told(name):
    with pytest.raises(AugkitError, match=rf"{name} must be a list, got 5"):
        Pipeline([Rotate()])(image=picture((4, 5)), **{name: 5})


# What only one of two ways would see


def test_floats_that_do_not_end_at_1_are_refused_also_by_a_written_pipeline():
    pipeline, image = Pipeline([Brightness()]), picture((8, 8, 3), np.float32)
    for _ in range(40):
        pipeline(image)
    with pytest.raises(AugkitError, match="divide it by 255"):
        pipeline(image * 255)
    with pytest.raises(AugkitError, match="divide it by 255"):
        pipeline.batch([image * 255] * 2)
    assert pipeline(np.full_like(image, np.nan)).shape == image.shape


def test_floats_that_are_normalised_already_are_refused():
    pipeline, image = Pipeline([Brightness()]), picture((8, 8, 3), np.float32)
    normalised = ((image - 0.45) / 0.22).astype(np.float32)
    for _ in range(40):
        pipeline(image - 0.2)  # an overshoot
    for call in (pipeline, lambda given: pipeline.batch([given] * 2), lambda given: pipeline(image=given, mask=given)):
        with pytest.raises(AugkitError, match=r"got -\S+ to \S+: to normalise pictures, do so afterwards"):
            call(normalised)


def test_pipelines_are_equal_where_their_transforms_are_of_the_same_classes():
    class Mine(Rotate):
        pass

    Mine.__name__ = "Rotate"
    assert Pipeline([Rotate()]) == Pipeline([Rotate()])
    assert Pipeline([Mine()]) != Pipeline([Rotate()])
    assert Pipeline([Rotate()]) != Pipeline([Rotate()], seed=1)


def test_an_apply_of_ones_own_is_asked_for_bare_pictures_too():
    class Dark(Pipeline):
        def apply(self, sample, drawn):
            return sample.with_image(np.zeros_like(sample.image))

    images = np.full((40, 8, 8, 3), 9, np.uint8)
    pipeline = Dark([Brightness()])
    assert not any(pipeline(image).any() for image in images)
    assert not pipeline.batch(images).any()


def test_a_batch_of_no_picture_has_the_size_that_pictures_come_out_in():
    assert Pipeline([Resize(size=(4, 5))]).batch(np.zeros((0, 8, 8, 3), np.uint8)).shape == (0, 4, 5, 3)
    assert Pipeline([Rotate()]).batch(np.zeros((0, 8, 8), np.float32)).shape == (0, 8, 8)
