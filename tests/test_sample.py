"""Sample: a picture and what belongs to it, checked at the door."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from augkit.errors import AugkitError
from augkit.sample import DTYPES, Sample, check_image

PICTURE = np.zeros((3, 4), np.uint8)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(1, 1), (3, 4), (3, 4, 1), (3, 4, 3), (3, 4, 4), (3, 4, 5)])
def test_every_promised_dtype_and_shape_is_taken(dtype, shape):
    assert Sample(image=np.zeros(shape, dtype)).size == shape[:2]


@pytest.mark.parametrize(
    "dtype", [np.float64, np.float16, np.int64, np.int8, np.int16, bool, np.complex64, ">u2", object]
)
def test_another_dtype_is_refused_by_name_and_shape(dtype):
    image = np.zeros((3, 4)).astype(dtype)
    with pytest.raises(AugkitError, match=rf"uint8, uint16, or float32.*{image.dtype}.*\(3, 4\)"):
        check_image(image)


@pytest.mark.parametrize("shape", [(), (3,), (0, 4), (3, 0), (3, 4, 0), (1, 3, 4, 3)])
def test_another_number_of_dimensions_or_nothing_at_all_is_refused_by_shape(shape):
    with pytest.raises(AugkitError, match="height, width") as caught:
        check_image(np.zeros(shape, np.uint8))
    assert str(shape) in str(caught.value)


@pytest.mark.parametrize("thing", [[[0]], None, b"\x00", 3])
def test_what_is_no_array_is_refused_by_type(thing):
    with pytest.raises(AugkitError, match=rf"numpy array, got {type(thing).__name__}"):
        check_image(thing)


def test_mask_of_another_size_is_refused():
    with pytest.raises(AugkitError, match=r"mask is \(4, 3\), image is \(3, 4\)"):
        Sample(image=PICTURE, mask=np.zeros((4, 3), np.uint8))


@pytest.mark.parametrize("shape", [(3, 4), (3, 4, 1), (3, 4, 7)])
def test_mask_may_have_channels_of_its_own(shape):
    assert Sample(image=PICTURE, mask=np.zeros(shape, bool)).mask.shape == shape


@pytest.mark.parametrize(
    ("name", "shape"), [("boxes", (4,)), ("boxes", (2, 5)), ("keypoints", (2,)), ("keypoints", (2, 3))]
)
def test_boxes_and_keypoints_of_another_shape_are_refused(name, shape):
    with pytest.raises(AugkitError, match=rf"{name} must have the shape"):
        Sample(image=PICTURE, **{name: np.zeros(shape)})


@pytest.mark.parametrize(("labels", "boxes"), [(("a",), 0), (("a",), 2), ((), 1), (("a",), None)])
def test_labels_must_be_as_many_as_boxes(labels, boxes):
    given = None if boxes is None else np.zeros((boxes, 4))
    count = "none" if boxes is None else boxes
    with pytest.raises(AugkitError, match=rf"as many labels as boxes, got {len(labels)} and {count}"):
        Sample(image=PICTURE, boxes=given, labels=labels)


def test_no_boxes_and_no_keypoints_are_taken():
    sample = Sample(image=PICTURE, boxes=np.empty((0, 4)), labels=(), keypoints=np.empty((0, 2)))
    assert len(sample.boxes) == len(sample.keypoints) == 0


def test_sample_is_frozen_and_takes_names_only():
    sample = Sample(image=PICTURE)
    with pytest.raises(dataclasses.FrozenInstanceError):
        sample.image = PICTURE
    with pytest.raises(TypeError):
        Sample(PICTURE)


def test_samples_are_compared_as_what_they_are_not_pixel_by_pixel():
    sample = Sample(image=PICTURE)
    assert sample == sample
    assert sample != Sample(image=PICTURE.copy())
    assert len({sample, sample}) == 1


@pytest.mark.parametrize(
    "mask", [np.zeros((8, 9, 2, 2), np.uint8), np.zeros((8, 9, 0), np.uint8), np.zeros((8, 9), object)]
)
def test_a_mask_of_another_kind_is_told(mask):
    with pytest.raises(AugkitError, match=r"mask must be \(height, width\)"):
        Sample(image=np.zeros((8, 9), np.uint8), mask=mask)


@pytest.mark.parametrize(("level", "white"), [(200.0, 255), (40000.0, 65535)])
def test_floats_that_are_no_fractions_are_told(level, white):
    image = np.zeros((50, 60, 3), np.float32)
    image[10:40, 10:50] = level
    with pytest.raises(AugkitError, match=rf"float32, which must lie in \[0, 1\]; got {level:g}: divide it by {white}"):
        Sample(image=image)
    Sample(image=np.full((5, 6), 1.7, np.float32))  # what a filter has left above white
    Sample(image=np.full((5, 6), np.inf, np.float32))


@pytest.mark.parametrize("given", ["cat.jpg", b"cat.jpg", Path("cat.jpg")])
def test_a_path_is_no_picture_and_the_message_says_how_to_read_it(given):
    with pytest.raises(AugkitError, match=r"PIL\.Image\.open\(path\)"):
        Sample(image=given)
