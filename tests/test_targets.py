"""Replaying, masks, box formats, what is left of boxes, and pipelines as plain data and as tables."""

import json
import re

import numpy as np
import pytest
from pictures import picture, same

from augkit import (
    AugkitError,
    Brightness,
    CenterCrop,
    Crop,
    GaussianNoise,
    HorizontalFlip,
    OneOf,
    Perspective,
    Pipeline,
    Resize,
    ResizedCrop,
    Rotate,
    Sequential,
    Translate,
)
from augkit.boxes import FORMATS, from_format, to_format
from augkit.fusing import realize
from augkit.geometry import transform_boxes, transform_ellipses, transform_points
from augkit.operations import fuse
from augkit.transforms.plain import drawn_from_json, drawn_to_json

SIZE = (60, 80)
BOXES = np.array([[10.0, 5.0, 40.0, 25.0], [50.0, 30.0, 79.0, 59.0], [0.0, 0.0, 80.0, 60.0]])


def turned(degrees, **options) -> Pipeline:
    return Pipeline([Rotate(degrees=(degrees, degrees))], **options)


# Replay


def test_a_replay_is_the_call_that_drew_it_for_all_targets():
    pipeline = Pipeline([HorizontalFlip(p=0.5), Rotate(), Perspective(), GaussianNoise()], seed=3)
    targets = {
        "image": picture((*SIZE, 3)),
        "mask": picture(SIZE, seed=1),
        "masks": [picture(SIZE, np.uint16), picture((*SIZE, 2))],
        "boxes": BOXES,
        "labels": ["a", "b", "c"],
        "keypoints": [[3.0, 4.0], [70.0, 50.0]],
    }
    for copy in range(5):
        called = pipeline(**targets, key=("a", copy))
        drawn = drawn_from_json(json.loads(json.dumps(drawn_to_json(pipeline.draw(SIZE, key=("a", copy))))))
        replayed = pipeline.replay(iter(drawn), **targets)
        assert replayed.keys() == called.keys()
        for name in ("image", "mask", "boxes", "keypoints"):
            assert same(replayed[name], called[name])
        assert replayed["labels"] == called["labels"]
        assert all(same(one, other) for one, other in zip(replayed["masks"], called["masks"], strict=True))
        assert same(pipeline.replay(drawn, targets["image"]), called["image"])


def test_what_was_drawn_for_a_thumbnail_is_done_to_the_whole():
    pipeline = Pipeline([Translate(fraction=(0.25, 0.25)), HorizontalFlip()], border="constant")
    image = picture(SIZE)
    drawn = pipeline.draw((6, 8), key=("a", 1))
    expected = np.zeros_like(image)
    expected[15:, 20:] = image[:-15, :-20]
    assert same(pipeline.replay(drawn, image), np.ascontiguousarray(expected[:, ::-1]))
    again = pipeline.replay(drawn, np.ones((3, 4), np.uint8))
    assert again.shape == (3, 4)


def test_wrong_replays_are_told():
    with pytest.raises(AugkitError, match="one picture, or with names"):
        Pipeline([]).replay([], picture(SIZE), picture(SIZE))
    with pytest.raises(AugkitError, match="no target 'key'"):
        Pipeline([]).replay([], image=picture(SIZE), key=("a", 1))


# Masks


def test_each_of_several_masks_is_moved_as_one_mask_would_be():
    masks = [picture(SIZE), picture((*SIZE, 3), np.uint16), picture(SIZE, np.float32), np.eye(*SIZE, dtype=bool)]
    pipeline = Pipeline([Rotate(), Perspective(), Brightness()], seed=1)
    together = pipeline(image=picture(SIZE), masks=masks, key=("a", 1))["masks"]
    assert isinstance(together, list)
    for mask, moved in zip(masks, together, strict=True):
        assert same(moved, pipeline(image=picture(SIZE), mask=mask, key=("a", 1))["mask"])
    assert pipeline(image=picture(SIZE), masks=[], key=("a", 1))["masks"] == []
    assert isinstance(pipeline(image=picture(SIZE), masks=tuple(masks), key=("a", 1))["masks"], tuple)


@pytest.mark.parametrize("bad", [picture((60, 81)), [[1, 2]], None])
def test_a_mask_that_does_not_fit_is_told_with_its_number(bad):
    with pytest.raises(AugkitError, match=r"masks\[1\]"):
        Pipeline([])(image=picture(SIZE), masks=[picture(SIZE), bad])


# Boxes


@pytest.mark.parametrize("name", FORMATS)
def test_boxes_come_back_in_the_format_they_were_given_for_the_new_size(name):
    steps = [HorizontalFlip(), Resize(size=(30, 120))]
    expected = BOXES * [1.5, 0.5, 1.5, 0.5]
    expected = np.column_stack([120 - expected[:, 2], expected[:, 1], 120 - expected[:, 0], expected[:, 3]])
    pipeline = Pipeline(steps, box_format=name)
    given = to_format(name, BOXES, SIZE)
    result = pipeline(image=picture(SIZE), boxes=given, labels=[1, 2, 3])
    assert np.abs(from_format(name, result["boxes"], (30, 120)) - expected).max() < 1e-9
    assert result["labels"] == (1, 2, 3)
    assert pipeline(image=picture(SIZE), boxes=[])["boxes"].shape == (0, 4)
    replayed = pipeline.replay(pipeline.draw(SIZE), image=picture(SIZE), boxes=given.tolist())
    assert np.abs(replayed["boxes"] - result["boxes"]).max() < 1e-9


@pytest.mark.parametrize(
    ("least", "kept"), [(0.0, ("half", "quarter", "all")), (0.3, ("half", "all")), (0.6, ("all",))]
)
def test_boxes_of_which_too_little_is_left_go_with_their_labels(least, kept):
    boxes = [[30.0, 10.0, 50.0, 20.0], [35.0, 10.0, 75.0, 50.0], [10.0, 0.0, 20.0, 9.0], [70.0, 0.0, 80.0, 9.0]]
    # shifted right by half of 80 pixels: one half in the frame, one an eighth, one whole and one gone
    boxes[1] = [30.0, 10.0, 70.0, 50.0]
    pipeline = Pipeline([Translate(fraction=(0.5, 0.5))], min_visible=least)
    moved = [{"image": picture((200, 80)), "boxes": boxes, "labels": ["half", "quarter", "all", "gone"]}]
    result = pipeline(**moved[0])
    assert result["labels"] == kept
    assert len(result["boxes"]) == len(kept)


@pytest.mark.parametrize("degrees", [7, 30, 45, 90, 200])
def test_an_ellipse_needs_a_smaller_box_and_still_has_the_object_in_it(degrees):
    y, x = np.mgrid[: SIZE[0], : SIZE[1]] + 0.5
    round_one = (((x - 40) / 20) ** 2 + ((y - 30) / 10) ** 2 <= 1).astype(np.uint8)
    found = {}
    for name, enclose in (("corners", transform_boxes), ("ellipse", transform_ellipses)):
        pipeline = turned(degrees, enclosure=name, border="constant")
        result = pipeline(image=round_one, mask=round_one, boxes=[[20, 20, 60, 40]])
        (warp,) = fuse(realize(pipeline.draw(SIZE), SIZE))
        assert np.abs(result["boxes"] - enclose(warp.matrix, [[20, 20, 60, 40]])).max() < 1e-9
        rows, columns = np.nonzero(result["mask"])
        x1, y1, x2, y2 = found[name] = result["boxes"][0]
        # A pixel is shown where the nearest middle is in the ellipse, which is half a pixel each way off, turned.
        off = 0.5 * sum(np.abs(warp.matrix[:2])) + 1e-3
        assert x1 - off <= columns.min() + 0.5 <= columns.max() + 0.5 <= x2 + off
        assert y1 - off <= rows.min() + 0.5 <= rows.max() + 0.5 <= y2 + off
        if name == "ellipse":  # and it is tight, to a pixel and the one that its middle is off
            assert np.abs([columns.min() - x1, columns.max() + 1 - x2, rows.min() - y1, rows.max() + 1 - y2]).max() <= 2
    assert (found["ellipse"][:2] >= found["corners"][:2] - 1e-9).all()
    assert (found["ellipse"][2:] <= found["corners"][2:] + 1e-9).all()


# Perspective


def test_a_perspective_moves_mask_boxes_and_keypoints_with_the_picture():
    pipeline = Pipeline([Perspective(fraction=(0.05, 0.2))], border="constant")
    square = np.zeros(SIZE, np.uint8)
    square[20:40, 30:50] = 255
    for copy in range(10):
        result = pipeline(
            image=square,
            mask=square,
            boxes=[[30, 20, 50, 40]],
            keypoints=[[39.5, 29.5], [29.5, 19.5]],
            key=("a", copy),
        )
        (warp,) = fuse(realize(pipeline.draw(SIZE, key=("a", copy)), SIZE))
        expected = transform_points(warp.matrix, [[40, 30], [30, 20]]) - 0.5
        assert np.abs(result["keypoints"] - expected).max() < 1e-9
        rows, columns = np.nonzero(result["mask"])
        x1, y1, x2, y2 = result["boxes"][0]
        assert x1 - 1e-3 <= columns.min() + 0.5 <= columns.max() + 0.5 <= x2 + 1e-3
        assert y1 - 1e-3 <= rows.min() + 0.5 <= rows.max() + 0.5 <= y2 + 1e-3
        inner, outer = result["image"] == 255, result["image"] > 0
        assert (result["mask"][inner] == 255).all()  # nearest sees white where all four neighbours are
        assert outer[result["mask"] > 0].all()
        column, row = np.rint(result["keypoints"][0]).astype(int)
        assert result["mask"][row, column] == 255


# Plain data


def test_a_pipeline_survives_plain_data_with_every_option():
    pipeline = Pipeline(
        [Rotate(p=0.3), OneOf([Brightness(), Sequential([Crop(size=(9, 9)), Perspective()])], weights=(1, 2))],
        seed=9,
        border="wrap",
        fill=0.25,
        interpolation="cubic",
        enclosure="ellipse",
        min_visible=0.1,
        box_format="yolo",
    )
    data = json.loads(json.dumps(pipeline.to_dict()))
    again = Pipeline.from_dict(data)
    assert again == pipeline
    assert hash(again) == hash(pipeline)
    assert again.to_dict() == pipeline.to_dict()
    assert Pipeline.from_dict({"transforms": ["rotate", {"brightness": None}]}) == Pipeline([Rotate(), Brightness()])
    for name in ("seed", "border", "fill", "interpolation", "enclosure", "min_visible", "box_format"):
        assert Pipeline.from_dict(data | {name: Pipeline([]).to_dict()[name]}) != pipeline


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "'transforms' must be a list"),
        ({"transforms": "rotate"}, "'transforms' must be a list"),
        ({"transforms": ["rotat"]}, "transform 1: there is no transform 'rotat'; did you mean 'rotate'"),
        ({"transforms": ["rotate", {"rotate": {"degree": 3}}]}, "transform 2: .*no option 'degree'"),
        ({"transforms": [], "bordr": "wrap"}, "no option 'bordr'; did you mean 'border'"),
        ({"transforms": [], "border": "mirror"}, "no border 'mirror'"),
        ({"transforms": [{"rotate": {}, "scale": {}}]}, "transform 1 must be a name or"),
        (
            {"transforms": [{"one_of": {"transforms": ["rotate", "nothing"]}}]},
            "transform 1: .*transform 2: .*'nothing'",
        ),
    ],
)
def test_what_describes_no_pipeline_is_told_with_its_place(data, message):
    with pytest.raises(AugkitError, match=message):
        Pipeline.from_dict(data)


def test_a_notebook_shows_a_row_for_each_step_and_no_markup_of_its_own():
    pipeline = Pipeline([Rotate(p=0.25), OneOf([Brightness(), HorizontalFlip()])], seed=7, border="wrap")
    html = pipeline._repr_html_()
    rows = re.findall(r"<tr>(.*?)</tr>", html)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]
    assert cells[0] == ["", "transform", "p", "options"]
    assert [row[:3] for row in cells[1:]] == [
        ["1", "Rotate", "0.25"], ["2", "OneOf", "1"], ["2.1", "Brightness", "1"], ["2.2", "HorizontalFlip", "1"]
    ]  # fmt: skip
    assert [row[3] for row in cells[1:]] == ["degrees=(-15, 15)", "", "offset=(-0.15, 0.15)", ""]
    assert "seed=7, " in html
    assert "border=wrap" in html
    assert html.count("<table>") == html.count("</table>") == 1


@pytest.mark.parametrize("box_format", ["voc", "yolo"])
def test_boxes_that_lie_inside_are_wholly_visible_whatever_their_edges_are_rounded_to(box_format):
    rng = np.random.default_rng(0)
    for height, width, *out in rng.integers(20, 300, (300, 4)).tolist():
        pipeline = Pipeline([Resize(size=(out[0], out[1]))], min_visible=1.0, box_format=box_format)
        box = [0.0, 0.0, width, height] if box_format == "voc" else [0.5, 0.5, 1.0, 1.0]
        done = pipeline(image=np.zeros((height, width), np.uint8), boxes=[box], labels=["all of it"])
        assert list(done["labels"]) == ["all of it"]


def test_a_result_with_few_rows_and_many_channels_keeps_its_targets():
    many = np.zeros((64, 64, 20), np.uint8)
    done = Pipeline([Resize(size=(4, 64))])(image=many, keypoints=[[1, 2]])
    assert done["image"].shape == (4, 64, 20)
    np.testing.assert_allclose(done["keypoints"], [[1.0, 2.5 / 16 - 0.5]])


BLACK = np.zeros((100, 100, 3), np.uint8)


@pytest.mark.parametrize("between", [[], [Brightness()], [Brightness(), HorizontalFlip(), Brightness()]])
@pytest.mark.parametrize(("least", "left"), [(0.3, ()), (0.2, ("a",))])
def test_a_box_is_dropped_by_what_all_steps_together_have_left_of_it(between, least, left):
    steps = [CenterCrop(size=(50, 100)), *between, CenterCrop(size=(50, 50))]  # a quarter is left
    result = Pipeline(steps, min_visible=least)(image=BLACK, boxes=[[0, 0, 100, 100]], labels=["a"])
    assert result["labels"] == left


@pytest.mark.parametrize("step", [Brightness(), HorizontalFlip(), Rotate(p=0.0)])
def test_what_becomes_of_a_box_hangs_on_no_step_that_leaves_it_alone(step):
    boxes = [[5, 5, 5, 5], [-20, 3, -10, 9], [90, 10, 110, 20], [-30, 40, 10, 50], [10, 60, 20, 70]]
    labels = "empty outside half quarter whole".split()
    result = Pipeline([step], min_visible=0.3)(image=BLACK, boxes=boxes, labels=labels)
    assert result["labels"] == ("half", "whole")
    seen = [[90, 10, 100, 20], [10, 60, 20, 70]]
    if isinstance(step, HorizontalFlip):
        seen = [[100 - x2, y1, 100 - x1, y2] for x1, y1, x2, y2 in seen]
    assert result["boxes"].tolist() == seen


def test_boxes_that_only_touch_the_edge_are_gone_in_every_format():
    boxes = np.array([[x, y, x + 10, y + 10] for x in range(0, 80, 10) for y in range(0, 60, 10)], float)
    image, numbers = np.zeros((60, 80, 3), np.uint8), list(range(48))
    for copy in range(50):
        crop = ResizedCrop(size=(224, 224))
        voc = Pipeline([crop])(image=image, boxes=boxes, labels=numbers, key=("a", copy))
        assert (voc["boxes"][:, 2:] - voc["boxes"][:, :2]).min() > 1e-3
        given = to_format("yolo", boxes, (60, 80))
        yolo = Pipeline([crop], box_format="yolo")(image=image, boxes=given, labels=numbers, key=("a", copy))
        assert yolo["labels"] == voc["labels"]


@pytest.mark.parametrize(
    ("box_format", "boxes", "message"),
    [
        ("voc", [[1, 1, 5, 5], [30, 2, 3, 40]], r"'voc' are x1, y1, x2, y2, and none ends before .*30.*in row 1"),
        ("coco", [[30, 2, -3, 40]], r"'coco' are x, y, width, height, .*-3.*in row 0"),
        ("yolo", [[10, 10, 30, 40]], r"'yolo' are fractions of the picture, got .*'voc' or 'coco'"),
        ("albumentations", [[0.5, 0.2, 0.4, 0.9]], r"'albumentations' are x1, y1, x2, y2"),
    ],
)
def test_boxes_of_another_format_than_said_are_told(box_format, boxes, message):
    with pytest.raises(AugkitError, match=message):
        Pipeline([Rotate()], box_format=box_format)(image=BLACK, boxes=boxes)
