"""A data set as arrays."""

import numpy as np
import pytest

from augkit import AugkitError, load_pictures


def test_a_folder_becomes_arrays_in_the_order_of_its_classes(make_folder):
    images, labels, classes = load_pictures(make_folder(dog=2, cat=3), side=16)
    assert images.shape == (5, 16, 16, 3)
    assert images.dtype == np.uint8
    assert classes == ["cat", "dog"]
    assert labels.tolist() == [0, 0, 0, 1, 1]
    assert len({image.tobytes() for image in images}) == 5


def test_the_digits_are_white_on_black_and_sorted():
    images, labels, classes = load_pictures(side=8)
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert np.array_equal(labels, np.sort(labels))
    assert classes == list("0123456789")
    assert (images.min(), images.max()) == (0, 255)
    assert np.median(images[:, 0, 0]) == 0


def test_what_cannot_be_read_is_said(tmp_path, make_folder):
    with pytest.raises(AugkitError, match="does not exist"):
        load_pictures(tmp_path / "nowhere")
    source = make_folder(cat=2)
    (source / "cat" / "bad.png").write_bytes(b"\x89PNG no more")
    with pytest.raises(AugkitError, match=r"bad\.png"):
        load_pictures(source)
    with pytest.raises(AugkitError, match="side"):
        load_pictures(source, side=0)
