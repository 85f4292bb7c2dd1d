"""Which fields of an item follow its picture, which leave with a box, and what is asked for."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")

import augkit  # noqa: E402
from augkit.interop.items import Work  # noqa: E402

FLIP = augkit.Pipeline([augkit.HorizontalFlip(p=1.0)])


def done(item, pipeline=FLIP, names=None):
    return Work(pipeline, names or {})(item, ("a.png", 1))


def test_all_that_torchvision_has_of_a_box_leaves_with_it(picture):
    crop = augkit.Pipeline([augkit.CenterCrop(size=(8, 8))])
    masks = torch.stack([torch.full(picture.shape[:2], number, dtype=torch.uint8) for number in range(3)])
    target = {
        "boxes": torch.tensor([[0.0, 0.0, 4.0, 4.0], [10.0, 9.0, 20.0, 15.0], [0.0, 20.0, 4.0, 24.0]]),
        "labels": torch.tensor([5, 6, 7]), "area": torch.tensor([16.0, 60.0, 16.0]), "iscrowd": torch.tensor([0, 1, 0]),
        "masks": masks, "image_id": torch.tensor([3, 4, 5]),
    }  # fmt: skip
    _, followed = done((picture, target), crop)
    assert {name: followed[name].tolist() for name in ("labels", "area", "iscrowd")} == {
        "labels": [6], "area": [60.0], "iscrowd": [1]
    }  # fmt: skip
    assert followed["masks"].shape == (1, 8, 8)
    assert (followed["masks"] == 1).all()
    assert followed["image_id"].tolist() == [3, 4, 5], "of the picture"


def test_rows_of_boxes_may_be_named(picture):
    crop = augkit.Pipeline([augkit.CenterCrop(size=(8, 8))])
    item = {"image": picture, "boxes": [[0, 0, 4, 4], [10, 9, 20, 15]], "weather": ["sun", "rain"], "tracks": [8, 9]}
    assert done(item, crop)["weather"] == ["sun", "rain"]
    followed = done(item, crop, names={"weather": "each", "tracks": "each"})
    assert (followed["boxes"], followed["weather"], followed["tracks"]) == ([[0.0, 1.0, 8.0, 7.0]], ["rain"], [9])
    with pytest.raises(augkit.AugkitError, match="weather must have a row for each of 2 boxes, got 1"):
        done(item | {"weather": ["sun"]}, crop, names={"weather": "each"})
    with pytest.raises(augkit.AugkitError, match="labels must have a row for each of 2 boxes, got 3"):
        done(item | {"labels": [1, 2, 3]}, crop)


def test_boxes_may_lie_in_a_dict_within(picture):
    crop = augkit.Pipeline([augkit.CenterCrop(size=(8, 8))], box_format="coco")
    objects = {"bbox": [[0, 0, 4, 4], [10, 9, 10, 6]], "category": ["a", "b"], "id": [1, 2]}
    item = {"image": picture, "objects": objects}
    followed = done(item, crop, names={"objects.bbox": "boxes"})
    assert followed["objects"] == {"bbox": [[0.0, 1.0, 8.0, 6.0]], "category": ["b"], "id": [2]}
    assert objects["id"] == [1, 2], "what was given is left as it was"


@pytest.mark.parametrize(
    ("name", "value", "likely"),
    [
        ("bboxes", [[0, 0, 4, 4]], "boxes"),
        ("segmentation_mask", None, "mask"),
        ("annotation", None, "mask"),
        ("landmarks", [[3, 4]], "keypoints"),
    ],
)
def test_what_looks_like_a_target_is_not_passed_over(picture, name, value, likely):
    field = picture[..., 0] if value is None else value
    told = rf"the item has '{name}', which would not follow .* names=\{{'{name}': '{likely}'\}}, or .* None\}}"
    for item in ({"image": picture, name: field}, (picture, {name: field})):
        with pytest.raises(augkit.AugkitError, match=told):
            done(item)
    item = {"image": picture, name: field}
    assert np.array_equal(done(item, names={name: None})[name], field)
    assert not np.array_equal(done(item, names={name: likely})[name], field)
    with pytest.raises(augkit.AugkitError, match=r"the item has 'objects\.bbox', which would not follow"):
        done({"image": picture, "objects": {"bbox": [[0, 0, 4, 4]]}})


def test_two_fields_cant_be_the_same(picture):
    with pytest.raises(augkit.AugkitError, match="'depth' and 'seg' can't both be 'mask'; say None for one of them"):
        done({"image": picture, "depth": picture, "seg": picture}, names={"depth": "mask", "seg": "mask"})


def test_what_was_told_counts_more_than_what_a_field_is_called(picture):
    item = {"image": "a.jpg", "img": picture}
    assert (done(item, names={"img": "image"})["img"] == picture[:, ::-1]).all()
    with pytest.raises(augkit.AugkitError, match=r"'mask', which would not follow .*: say names=\{'mask': None\} to"):
        done({"image": picture, "mask": picture, "depth": picture}, names={"depth": "mask"})
    followed = done({"image": picture, "mask": picture, "depth": picture}, names={"depth": "mask", "mask": None})
    assert (followed["mask"] == picture).all()
    assert (followed["depth"] == picture[:, ::-1]).all()


def test_only_what_has_rows_of_boxes_leaves_with_them(picture):
    crop = augkit.Pipeline([augkit.CenterCrop(size=(8, 8))])
    boxes = torch.tensor([[0.0, 0.0, 4.0, 4.0], [10.0, 9.0, 20.0, 15.0]])
    kept = {"image_id": [42, 43], "orig_size": torch.tensor([40, 60]), "meta": {"a": 1, "b": 2}, "raw": b"ab"}
    target = {"boxes": boxes, "label": [1, 2], "tags": {"x", "y"}, **kept}
    followed = done({"image": picture, "target": target}, crop, names={"target.boxes": "boxes"})["target"]
    assert len(followed["boxes"]) == 1
    assert followed["label"] == [2]
    assert followed["tags"] == target["tags"]
    assert all(followed[name] is kept[name] for name in kept)
    _, followed = done((picture, {"boxes": boxes[:1], "id": [7], "category": ["kitchen"]}), crop)
    assert (len(followed["boxes"]), followed["id"], followed["category"]) == (0, [7], ["kitchen"])


def test_masks_of_boxes_leave_with_them_whatever_the_boxes_are_called(picture):
    crop = augkit.Pipeline([augkit.CenterCrop(size=(8, 8))])
    masks = [np.full(picture.shape[:2], number, np.uint8) for number in range(2)]
    target = {"bboxes": [[0, 0, 4, 4], [10, 9, 20, 15]], "masks": masks}
    _, followed = done((picture, target), crop, names={"bboxes": "boxes"})
    assert len(followed["bboxes"]) == len(followed["masks"]) == 1
    assert (followed["masks"][0] == 1).all()


def test_keys_that_are_no_text_are_passed_on(picture):
    assert done((picture, {0: "cat"}))[1] == {0: "cat"}
    assert done({"image": picture, 7: "x", "more": {1: 2}})[7] == "x"


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ({"objects": {"boxes": [[0, 0, 4, 4]]}}, r"'objects\.boxes'.* names=\{'objects\.boxes': 'boxes'\}, or"),
        ({"segmentation": [[[1, 2, 3, 4]]]}, r"'segmentation'.*: say names=\{'segmentation': None\} to"),
        ({"bbox": [1, 2, 3, 4]}, r"'bbox'.*: say names=\{'bbox': None\} to"),
        ({"objects": [{"bbox": [1, 2, 3, 4]}]}, r"'objects\.bbox' in a list of dicts.*names=\{'objects\.bbox': None\}"),
    ],
)
def test_advice_can_be_followed(picture, item, told):
    with pytest.raises(augkit.AugkitError, match=told):
        done({"image": picture, **item})


def test_what_lies_beside_boxes_within_and_looks_like_a_target_is_asked_for(picture):
    objects = {"bbox": [[0, 0, 4, 4]], "keypoints": [[3, 4]]}
    with pytest.raises(augkit.AugkitError, match=r"'objects\.keypoints', which would not follow"):
        done({"image": picture, "objects": objects}, names={"objects.bbox": "boxes"})


def test_a_target_that_is_a_list_of_dicts_is_told(picture):
    with pytest.raises(augkit.AugkitError, match=r"'bbox' in a list of dicts.*names=\{'bbox': None\}"):
        done((picture, [{"bbox": [1, 2, 3, 4], "category_id": 1}]))
    target = [{"bbox": [1, 2, 3, 4]}]
    assert done((picture, target), names={"bbox": None})[1] is target
    with pytest.raises(augkit.AugkitError, match=r"'objects\.bbox' in a list of dicts"):
        done({"image": picture, "objects": target}, names={"objects.bbox": "boxes"})


def test_fields_of_a_dict_follow_and_the_others_are_passed_on(picture):
    item = {"image": picture, "mask": picture[..., 0], "labels": [1, 0, 1], "keypoints": [[0, 0]], "name": "x"}
    followed = done(item)
    assert (followed["mask"] == picture[:, ::-1, 0]).all()
    assert followed["keypoints"] == [[31.0, 0.0]]
    assert followed["labels"] == [1, 0, 1], "labels of the picture, since there are no boxes"
    assert followed["name"] == "x"


def test_fields_may_have_names_of_their_own(picture):
    followed = done({"img": picture, "seg": picture[..., 0]}, names={"img": "image", "seg": "mask"})
    assert (followed["img"] == picture[:, ::-1]).all()
    assert (followed["seg"] == picture[:, ::-1, 0]).all()
    with pytest.raises(augkit.AugkitError, match=r"no 'image', but 'img'; say names="):
        done({"img": picture})
    with pytest.raises(augkit.AugkitError, match="did you mean 'image'"):
        done({"img": picture}, names={"img": "imag"})
