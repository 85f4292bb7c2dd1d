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
    GaussianNoise,
    HorizontalFlip,
    PCAColorJitter,
    Pipeline,
    Resize,
    Rotate,
    Sharpness,
)

KEY = ("cat/001.jpg", 1)


def full() -> Pipeline:
    return Pipeline([HorizontalFlip(p=0.5), Rotate(), Brightness(), Contrast(), Sharpness(), GaussianNoise()], seed=7)


@pytest.mark.parametrize("mode", ["P", "CMYK", "HSV"])
def test_a_pillow_picture_of_another_mode_is_refused_in_a_batch_and_to_fit_to(mode):
    pictures = [PIL.Image.new("RGB", (8, 8)), PIL.Image.new(mode, (8, 8))]
    with pytest.raises(AugkitError, match=rf"images\[1\] is .* mode {mode}, .*images\[1\]\.convert\('RGB'\) will do"):
        full().batch(pictures)
    with pytest.raises(AugkitError, match=rf"pictures\[1\] is .* mode {mode}, "):
        PCAColorJitter.fit(pictures)
    assert full().batch(pictures[:1] * 2).shape == (2, 8, 8, 3)


@pytest.mark.parametrize("name", ["transforms", "view", "seed", "box_format", "border", "fill", "min_visible"])
def test_what_a_pipeline_was_compiled_for_cannot_be_changed(name):
    pipeline = Pipeline([Rotate()])
    with pytest.raises(AttributeError, match=name):
        setattr(pipeline, name, getattr(pipeline, name, None))


def test_one_picture_is_no_batch_and_nothing_to_fit_to():
    with pytest.raises(AugkitError, match=r"looks like one picture in colour, for which pipeline\(image\) will do"):
        full().batch(picture((8, 8, 3)))
    with pytest.raises(AugkitError, match=r"fit takes a list of pictures; of one .* make \[picture\]"):
        PCAColorJitter.fit(picture((8, 8, 3)))
    assert full().batch(picture((8, 8, 3))[..., None]).shape == (8, 8, 3, 1)


def test_a_batch_of_several_dtypes_is_refused():
    with pytest.raises(AugkitError, match="must all have one dtype, got uint16 and uint8"):
        full().batch([picture((8, 8, 3)), picture((8, 8, 3), np.uint16)])


@pytest.mark.parametrize("size", [picture((8, 9, 3)), (8, 9, 3), (0, 8), 8, None, "ab", (8.0, 9.0)])
def test_what_is_no_size_is_nothing_to_draw_for(size):
    with pytest.raises(AugkitError, match=r"draw takes a size, \(height, width\), as image\.shape\[:2\]; got"):
        full().draw(size)
    assert full().draw((np.int64(8), 9), key=KEY) == full().draw((8, 9), key=KEY)


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
