"""Windows on the picture: cropping, padding, resizing."""

import math
from collections import Counter

import cv2
import numpy as np
import pytest
from pictures import picture, same
from scipy import stats

from augkit import AugkitError, CenterCrop, Crop, LongestSide, Pad, Pipeline, Resize, ResizedCrop, Sample
from augkit.transforms.base import Drawn


@pytest.mark.parametrize("copy", range(10))
def test_a_crop_of_a_size_is_a_part_of_the_picture_as_it_is(copy):
    image = np.arange(12 * 17, dtype=np.uint16).reshape(12, 17)
    result = Pipeline([Crop(size=(5, 6))])(image, key=("a", copy))
    top, left = divmod(int(result[0, 0]), 17)
    assert (result == image[top : top + 5, left : left + 6]).all()


def test_every_place_of_a_crop_is_equally_likely():
    row = np.arange(8, dtype=np.uint8)[None]
    pipeline, count = Pipeline([Crop(size=(1, 4))]), 4000
    places = Counter(int(pipeline(row, key=("a", copy))[0, 0]) for copy in range(count))
    assert set(places) == {0, 1, 2, 3, 4}
    for place in range(5):
        assert abs(places[place] - count / 5) <= 4.5 * math.sqrt(count * 0.2 * 0.8)


def test_a_crop_as_large_as_the_picture_is_the_picture():
    for step in (Crop(size=(12, 17)), Crop(fraction=(1, 1))):
        assert (Pipeline([step])(picture((12, 17, 3)), key=("a", 1)) == picture((12, 17, 3))).all()


def test_a_crop_larger_than_the_picture_holds_it_whole():
    image = picture((3, 4)) // 2 + 1
    for copy in range(8):
        result = Pipeline([Crop(size=(5, 9))], border="constant")(image, key=("a", copy))
        rows, columns = np.nonzero(result)
        assert result.shape == (5, 9)
        assert (result[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1] == image).all()


@pytest.mark.parametrize("copy", range(10))
def test_the_window_of_a_fraction_lies_in_the_picture(copy):
    """So the corners of the result come from inside, whatever the border."""
    corners = [[0, 0, 100, 60]]
    pipeline = Pipeline([Crop(fraction=(0.3, 0.9))])
    result = pipeline(image=picture((60, 100)), boxes=corners, key=("a", copy))
    assert result["boxes"].tolist() == [[0, 0, 100, 60]]


def test_a_crop_by_half_in_the_corner_is_the_corner_at_twice_its_size():
    image = picture((8, 12))
    drawn = Pipeline([Crop()]).draw((8, 12), key=("a", 1))
    drawn = [drawn[0]._replace(params={"fraction": 0.5, "x": 1.0, "y": 0.0})]
    result = Pipeline([Crop()], interpolation="nearest").apply(Sample(image=image), drawn).image
    assert (result == image[:4, 6:].repeat(2, 0).repeat(2, 1)).all()


def test_a_padded_picture_stands_in_the_middle():
    image = picture((3, 4)) // 2 + 1
    result = Pipeline([Pad(size=(7, 10))], border="constant")(image)
    assert (result[2:5, 3:7] == image).all()
    assert np.count_nonzero(result) == image.size


def test_an_odd_margin_is_wider_at_the_right_and_the_bottom():
    result = Pipeline([Pad(size=(2, 4))], border="constant")(np.array([[9]], np.uint8))
    assert result.tolist() == [[0, 9, 0, 0], [0, 0, 0, 0]]


def test_padding_to_less_than_the_picture_cuts_out_its_middle():
    image = picture((9, 12))
    assert (Pipeline([Pad(size=(3, 4))])(image) == image[3:6, 4:8]).all()


@pytest.mark.parametrize(("border", "mode"), [("reflect", "reflect"), ("replicate", "edge"), ("wrap", "wrap")])
def test_padding_continues_the_picture_as_numpy_does(border, mode):
    image = picture((5, 6, 3))
    result = Pipeline([Pad(size=(25, 36))], border=border)(image)
    assert (result == np.pad(image, [(10, 10), (15, 15), (0, 0)], mode)).all()


def test_a_margin_makes_the_picture_smaller_about_the_middle():
    result = Pipeline([Pad(fraction=(0.5, 0.5))])(image=picture((8, 12)), boxes=[[0, 0, 12, 8]])
    assert result["boxes"].tolist() == [[3, 2, 9, 6]]


@pytest.mark.parametrize("size", [(6, 34), (24, 17), (40, 50), (1, 1)])
def test_resizing_up_is_that_of_opencv_and_down_by_whole_parts_the_mean(size):
    image = picture((12, 17, 3))
    result = Pipeline([Resize(size=size)], border="replicate")(image)
    assert result.shape == (*size, 3)
    if size[0] >= 12 and size[1] >= 17:
        exact = cv2.resize(image.astype(np.float64), size[::-1], interpolation=cv2.INTER_LINEAR)
        # OpenCV weighs in 2048ths along each side, drops four bits of what the first side gave, and twice the rest
        # below a quarter of a level: 2 * 255 / 4096 + 2 / 4 + 1 / 128 levels, before it rounds.
        assert np.abs(result - exact).max() <= 0.5 + 2 * 255 / 4096 + 1 / 2 + 1 / 128
    elif size == (1, 1):
        assert np.abs(result[0, 0] - image.mean(axis=(0, 1))).max() <= 0.5 + 1e-3


def test_resizing_to_the_same_size_is_the_identity():
    assert (Pipeline([Resize(size=(12, 17))])(picture((12, 17, 3))) == picture((12, 17, 3))).all()
    assert (Pipeline([Resize(size=None)])(picture((12, 17, 3))) == picture((12, 17, 3))).all()


def test_resizing_moves_edges_to_edges():
    image = np.zeros((12, 17), np.uint8)
    result = Pipeline([Resize(size=(36, 34))])(image=image, boxes=[[1, 2, 17, 12]], keypoints=[[0, 0], [16, 11]])
    assert np.abs(result["boxes"] - [[2, 6, 34, 36]]).max() < 1e-12
    assert np.abs(result["keypoints"] - [[0.5, 1], [32.5, 34]]).max() < 1e-12


@pytest.mark.parametrize("kind", [Crop, Pad, Resize])
@pytest.mark.parametrize("size", [(0, 5), (5, -1), (5.0, 5), (5,), (5, 5, 3), 5, "55", (5, 40000)])
def test_a_wrong_size_is_told(kind, size):
    with pytest.raises(AugkitError, match=rf"{kind.__name__}: size must be \(height, width\)"):
        kind(size=size)


@pytest.mark.parametrize("kind", [Crop, Pad, Resize])
def test_a_list_will_do_for_a_size(kind):
    assert kind(size=[3, 4]) == kind(size=(3, 4))
    assert hash(kind(size=[3, 4])) == hash(kind(size=(3, 4)))


@pytest.mark.parametrize("kind", [Crop, CenterCrop, ResizedCrop, Pad, Resize])
def test_whole_numbers_of_numpy_are_kept_as_plain_ones(kind):
    step = kind(size=tuple(np.array([4, 6])))
    assert step == kind(size=(4, 6))
    assert [type(side) for side in step.to_options()["size"]] == [int, int]


def test_a_center_crop_of_a_size_is_the_middle():
    image = np.arange(7 * 9, dtype=np.uint8).reshape(7, 9)
    assert (Pipeline([CenterCrop(size=(3, 5))])(image) == image[2:5, 2:7]).all()


def test_a_resized_crop_has_the_area_and_the_proportions_it_was_drawn_for():
    pipeline = Pipeline([ResizedCrop(area=(0.2, 0.4), ratio=(0.5, 2.0), size=(32, 32))])
    for copy in range(200):
        (drawn,) = pipeline.draw((300, 400), key=("x", copy))
        across, down = drawn.params["across"] * 400, drawn.params["down"] * 300
        assert 0.2 <= across * down / (300 * 400) <= 0.4 + 1e-12
        assert 0.5 <= across / down <= 2.0 + 1e-12
        assert across <= 400
        assert down <= 300


def test_a_resized_crop_shows_its_window(photos):
    params = {"across": 0.5, "down": 0.5, "x": 1.0, "y": 0.0, "height": 200, "width": 320}
    image = np.ascontiguousarray(photos[0][:400])
    shown = Pipeline([]).apply(Sample(image=image), [Drawn(ResizedCrop, params)]).image
    assert (shown == image[:200, 320:]).all()


def test_windows_are_of_whole_pixels_each_place_as_likely():
    pipeline = Pipeline([ResizedCrop(area=(0.25, 0.25), ratio=(1.0, 1.0))])
    counts = Counter()
    for copy in range(3000):
        params = pipeline.draw((8, 8), key=("x", copy))[0].params
        zoom_x, _, x, _, zoom_y, y = ResizedCrop.matrix((8, 8), **params)[:6]
        assert (zoom_x, zoom_y) == (2.0, 2.0)
        counts[-x / 2, -y / 2] += 1
    assert set(counts) == {(float(left), float(top)) for left in range(5) for top in range(5)}
    # of 25 places that are alike, the chi-square statistic exceeds its 1e-6 quantile once in a million
    expected = 3000 / 25
    assert sum((count - expected) ** 2 / expected for count in counts.values()) < stats.chi2.isf(1e-6, 24)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("tail", [(), (2,), (3,), (4,), (5,)])
def test_an_enlarged_window_is_what_opencv_makes_of_it(dtype, tail):
    image = picture((30, 40, *tail), dtype).copy()
    if tail == (4,):
        image[..., 3] = np.iinfo(dtype).max if dtype != np.float32 else 1
    params = {"across": 0.5, "down": 0.4, "x": 0.3, "y": 0.9, "height": 37, "width": 53}
    shown = Pipeline([], border="constant", fill=1.0).apply(Sample(image=image), [Drawn(ResizedCrop, params)]).image
    left, top = math.floor(0.3 * 21), math.floor(0.9 * 19)
    window = np.ascontiguousarray(image[top : top + 12, left : left + 20])
    parts = [window] if tail != (5,) else [window[..., :4].copy(), window[..., 4:].copy()]  # OpenCV knows four channels
    expected = [cv2.resize(part, (53, 37)).reshape(37, 53, -1) for part in parts]
    assert (shown == np.concatenate(expected, axis=2).reshape(shown.shape)).all()


@pytest.mark.parametrize(("size", "out"), [((300, 400), (75, 100)), ((400, 300), (100, 75)), ((3, 1000), (1, 100))])
def test_the_longest_side_gets_the_length_and_the_other_follows(size, out):
    assert Pipeline([LongestSide(length=100)])(np.zeros(size, np.uint8)).shape == out


def test_a_length_of_numpys_is_kept_as_a_plain_number():
    assert type(LongestSide(length=np.int64(100)).length) is int


def test_a_length_that_is_none_is_refused():
    with pytest.raises(AugkitError, match="LongestSide: size must be"):
        LongestSide(length=0)


@pytest.mark.parametrize("more", [(4, 6), (5, 6), (4, 7), (5, 7)])
def test_cutting_out_the_middle_undoes_padding(more):
    image = picture((11, 14, 3))
    padded = Pipeline([Pad(size=(11 + more[0], 14 + more[1]))])(image)
    assert same(Pipeline([CenterCrop(size=(11, 14))])(padded), image)
