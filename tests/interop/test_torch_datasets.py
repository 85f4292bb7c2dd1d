"""What follows a picture, in what form it comes back, and where labels are found."""

from collections import Counter

import numpy as np
import PIL.Image
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")

from torch.utils.data import ConcatDataset, Dataset, IterableDataset, Subset, TensorDataset, random_split  # noqa: E402

import augkit  # noqa: E402
from augkit.interop.torch import AugmentedDataset, AugmentedFolder, BalancedSampler, to_tensor  # noqa: E402
from augkit.interop.torch.labels import find_labels  # noqa: E402

FLIP = augkit.Pipeline([augkit.HorizontalFlip(p=1.0)])


@pytest.fixture
def picture(pairs) -> np.ndarray:
    return pairs[0][0]


def done(item, pipeline=FLIP, **options):
    return AugmentedDataset([item], pipeline, **options)[0, 1]


def test_a_pillow_picture_comes_back_as_one(picture):
    flipped, label = done((PIL.Image.fromarray(picture), "cat"))
    assert isinstance(flipped, PIL.Image.Image)
    assert (np.asarray(flipped) == picture[:, ::-1]).all()
    assert label == "cat"


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
def test_a_tensor_comes_back_as_one_with_channels_first(picture, dtype):
    given = to_tensor(picture, dtype=dtype)
    flipped, _ = done((given, 3))
    assert flipped.dtype == dtype
    assert torch.equal(flipped, given.flip(2))
    assert torch.equal(given, to_tensor(picture, dtype=dtype)), "what was given is left as it was"


def test_a_grey_tensor_keeps_its_channel(picture):
    assert done(torch.from_numpy(picture[None, ..., 0].copy())).shape == (1, *picture.shape[:2])
    assert done(torch.from_numpy(picture[..., 0].copy())).shape == picture.shape[:2]


def test_a_picture_alone_is_an_item(picture):
    assert (done(picture) == picture[:, ::-1]).all()


@pytest.mark.parametrize(
    "form", [lambda m: m, PIL.Image.fromarray, torch.from_numpy, lambda m: torch.from_numpy(m.astype(np.int64))]
)
def test_a_mask_beside_the_picture_follows(picture, form):
    mask = (picture[..., 0] > 128).astype(np.uint8)
    flipped, followed = done((picture, form(mask)))
    assert (flipped == picture[:, ::-1]).all()
    assert type(followed) is type(form(mask))
    assert getattr(followed, "dtype", None) == getattr(form(mask), "dtype", None)
    assert (np.asarray(followed) == mask[:, ::-1]).all()


def test_a_target_of_another_size_is_passed_on(picture):
    target = torch.arange(6).reshape(2, 3)
    assert done((picture, target))[1] is target


def test_what_detection_has_beside_the_picture_follows(picture):
    height, width = picture.shape[:2]
    masks = torch.zeros((2, height, width), dtype=torch.uint8)
    masks[0, :4, :8] = 1
    target = {
        "boxes": torch.tensor([[0, 0, 8, 4], [2, 2, 6, 10]], dtype=torch.float32),
        "labels": torch.tensor([5, 6]),
        "masks": masks,
        "image_id": 17,
    }
    flipped, followed = done((to_tensor(picture), target))
    assert followed["boxes"].dtype == torch.float32
    assert followed["boxes"].tolist() == [[width - 8, 0, width, 4], [width - 6, 2, width - 2, 10]]
    assert torch.equal(followed["masks"], masks.flip(2))
    assert torch.equal(followed["labels"], target["labels"])
    assert followed["image_id"] == 17
    assert target["boxes"].tolist()[0] == [0, 0, 8, 4], "what was given is left as it was"
    assert flipped.shape == (3, height, width)


def test_labels_go_with_the_boxes_that_leave(picture):
    crop = augkit.Pipeline([augkit.CenterCrop(size=(8, 8))])
    target = {"boxes": torch.tensor([[0.0, 0.0, 4.0, 4.0]]), "labels": torch.tensor([5])}
    _, followed = done((picture, target), crop)
    assert followed["boxes"].shape == (0, 4)
    assert followed["labels"].shape == (0,)
    assert followed["labels"].dtype == torch.int64


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


@pytest.mark.parametrize("form", [torch.tensor, np.array])
def test_places_in_whole_pixels_become_fractions(picture, form):
    half = augkit.Pipeline([augkit.Resize(size=(12, 16))])
    _, followed = done((picture, {"boxes": form([[0, 0, 7, 5]]), "keypoints": form([[2, 3]])}), half)
    assert followed["boxes"].tolist() == [[0.0, 0.0, 3.5, 2.5]]
    assert followed["keypoints"].tolist() == [[0.75, 1.25]]


def test_no_boxes_and_no_masks_stay_none(picture):
    target = {
        "boxes": torch.zeros((0, 4)),
        "labels": torch.zeros(0, dtype=torch.int64),
        "masks": torch.zeros((0, 24, 32)),
    }
    _, followed = done((picture, target))
    assert {name: tuple(value.shape) for name, value in followed.items()} == {
        "boxes": (0, 4), "labels": (0,), "masks": (0, 24, 32),
    }  # fmt: skip


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


def test_an_original_is_left_alone_or_given_its_own_pipeline(pairs):
    resize = augkit.Pipeline([augkit.Resize(size=(8, 8))])
    picture, _ = pairs[0]
    assert AugmentedDataset(pairs, FLIP)[0, 0][0] is picture
    assert AugmentedDataset(pairs, FLIP, original=resize)[0, 0][0].shape == (8, 8, 3)
    assert AugmentedDataset(pairs, FLIP, original=resize, transform=to_tensor)[0, 0][0].shape == (3, 8, 8)


def test_items_may_be_named(pairs, pipeline):
    named = AugmentedDataset(pairs, pipeline, ids=[f"{place}.jpg" for place in range(len(pairs))])
    assert named[2, 1][0].tobytes() == pipeline(pairs[2][0], key=("2.jpg", 1)).tobytes()
    with pytest.raises(augkit.AugkitError, match="1 ids for 9 items"):
        AugmentedDataset(pairs, pipeline, ids=["a"])


class Stream(IterableDataset):
    """A stream that knows how long it is."""

    def __init__(self, items) -> None:
        self.items = items

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self):
        return iter(self.items)


def test_a_stream_is_refused_with_advice(pairs, pipeline):
    with pytest.raises(augkit.AugkitError, match=r"got Stream; an item of a stream has no index .* TorchTransform"):
        AugmentedDataset(Stream(pairs), pipeline)
    with pytest.raises(augkit.AugkitError, match="got generator; an item of a stream"):
        AugmentedDataset((pair for pair in pairs), pipeline)


@pytest.mark.parametrize("given", [augkit.Rotate(), [augkit.Rotate()], "classic"])
def test_what_is_no_pipeline_is_told_at_once(pairs, given):
    with pytest.raises(augkit.AugkitError, match=r"expected an augkit\.Pipeline, got"):
        AugmentedDataset(pairs, given)


class TestAugmentedFolder:
    @pytest.fixture
    def root(self, make_folder):
        return make_folder(cat=3, dog=1)

    def test_copies_are_those_that_expand_writes(self, root, tmp_path):
        pipeline = augkit.load_recipe("digits", seed=3)
        augkit.expand(root, tmp_path / "out", recipe="digits", seed=3, balance="max")
        folder = AugmentedFolder(root, pipeline, color=False)
        index = folder.ids.index("dog/001.png")
        for copy in (1, 2):
            (path,) = (tmp_path / "out" / "dog").glob(f"001_aug*{copy}.png")
            picture, label = folder[index, copy]
            assert label == folder.classes.index("dog")
            assert (picture == np.asarray(PIL.Image.open(path))).all()

    def test_classes_targets_and_ids_tell_what_there_is(self, root):
        folder = AugmentedFolder(root, FLIP)
        assert folder.classes == ["cat", "dog"]
        assert folder.targets == [0, 0, 0, 1]
        assert folder.ids == ["cat/001.png", "cat/002.png", "cat/003.png", "dog/001.png"]
        assert len(folder) == 4

    def test_pictures_are_rgb_of_8_bits_or_as_they_are(self, root):
        deep = np.full((20, 24), 65535, np.uint16)
        PIL.Image.fromarray(deep).save(root / "cat" / "deep.png")
        PIL.Image.new("RGBA", (24, 20), (255, 0, 0, 0)).save(root / "cat" / "clear.png")
        folder, raw = (AugmentedFolder(root, FLIP, color=color) for color in (True, False))
        for index in range(len(folder)):
            picture, _ = folder[index, 0]
            assert (picture.dtype, picture.shape) == (np.uint8, (20, 24, 3))
        assert (folder[folder.ids.index("cat/clear.png"), 0][0] == 255).all(), "transparent is white"
        assert (folder[folder.ids.index("cat/deep.png"), 0][0] == 255).all()
        assert raw[raw.ids.index("cat/deep.png"), 0][0].dtype == np.uint16

    def test_a_picture_that_cannot_be_read_is_named(self, root):
        (root / "dog" / "001.png").write_bytes(b"\x89PNG\r\n\x1a\n")
        folder = AugmentedFolder(root, FLIP)
        with pytest.raises(augkit.AugkitError, match=r"dog.001\.png can't be read: .*; mend it"):
            folder[3, 1]

    def test_what_is_not_whole_is_an_error_and_not_half_a_picture(self, root, picture):
        PIL.Image.fromarray(np.tile(picture, (3, 3, 1))).save(root / "cat" / "half.jpg")
        whole = (root / "cat" / "half.jpg").read_bytes()
        (root / "cat" / "half.jpg").write_bytes(whole[: len(whole) - 40])
        folder = AugmentedFolder(root, FLIP)
        with pytest.raises(augkit.AugkitError, match=r"half\.jpg can't be read: truncated JPEG.*skip_unusable=True"):
            folder[folder.ids.index("cat/half.jpg"), 0]

    def test_what_cannot_be_used_may_be_left_out(self, root):
        (root / "cat" / "empty.jpg").write_bytes(b"")
        (root / "dog" / "text.png").write_text("not a picture")
        folder = AugmentedFolder(root, FLIP, skip_unusable=True)
        assert [name for name, _ in folder.skipped] == ["cat/empty.jpg", "dog/text.png"]
        assert "empty file" in folder.skipped[0][1]
        assert (
            [label for _, label in (folder[index, 1] for index in range(len(folder)))] == folder.targets == [0, 0, 0, 1]
        )
        for path in root.glob("*/0*.png"):
            path.unlink()
        with pytest.raises(augkit.AugkitError, match="none of 2 files"):
            AugmentedFolder(root, FLIP, skip_unusable=True)


class Listing(Dataset):
    """A data set that lists its labels under some name."""

    def __init__(self, name: str, values) -> None:
        setattr(self, name, values)
        self.count = len(values)

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index):
        return np.zeros((4, 4), np.uint8), {"label": index % 2}


@pytest.mark.parametrize(
    "source",
    [
        [0, 0, 1],
        np.array([0, 0, 1]),
        torch.tensor([0, 0, 1]),
        Listing("targets", [0, 0, 1]),
        Listing("targets", torch.tensor([0, 0, 1])),
        Listing("labels", np.array([0, 0, 1])),
        Listing("samples", [("a.jpg", 0), ("b.jpg", 0), ("c.jpg", 1)]),
        Subset(Listing("targets", [1, 0, 5, 0]), [1, 3, 0]),
        Subset(Subset(Listing("targets", [1, 0, 5, 0]), [0, 1, 3]), [2, 1, 0]),
        ConcatDataset([Listing("targets", [0]), Subset(Listing("labels", [7, 0, 1]), [1, 2])]),
        AugmentedDataset(Listing("targets", [0, 0, 1]), FLIP),
    ],
)
def test_labels_are_found(source):
    assert find_labels(source) == [0, 0, 1]


def test_labels_of_a_random_split_are_those_of_its_items():
    whole = Listing("targets", list("aabbbcccc"))
    for part in random_split(whole, [6, 3]):
        assert find_labels(part) == [whole.targets[index] for index in part.indices]


def test_labels_may_be_told_by_a_function():
    data = Listing("nothing", range(4))
    assert find_labels(data, lambda item: item[1]["label"]) == [0, 1, 0, 1]
    sampler = BalancedSampler(Subset(data, [0, 1, 2]), label=lambda item: item[1]["label"])
    assert sorted(index for index, _ in sampler) == [0, 1, 1, 2]


def test_labels_that_are_not_to_be_found_are_asked_for():
    with pytest.raises(augkit.AugkitError, match=r"TensorDataset has none of .targets, .labels, .samples; give it"):
        find_labels(TensorDataset(torch.zeros(3)))
    with pytest.raises(augkit.AugkitError, match="class number or name"):
        find_labels([[0, 1], [1, 0]])
    short = Listing("targets", [0, 1])
    short.count = 3
    with pytest.raises(augkit.AugkitError, match=r"2 labels in \.targets for 3 items"):
        find_labels(short)


def test_labels_of_hugging_face_and_pandas_are_found():
    datasets = pytest.importorskip("datasets", reason="datasets is not installed: pip install datasets")
    import pandas

    column = datasets.Dataset.from_dict({"image": [1, 2, 3], "label": [0, 0, 1]})
    named = column.cast_column("label", datasets.ClassLabel(names=["cat", "dog"]))
    assert Counter(index for index, _ in BalancedSampler(named, to={"dog": 3})) == {0: 1, 1: 1, 2: 3}
    with pytest.raises(augkit.AugkitError, match="DataFrame has none of"):
        find_labels(pandas.DataFrame({"label": [0, 0, 1]}))
    for source in (column, column["label"], AugmentedDataset(column, FLIP), pandas.Series([0, 0, 1], index=[2, 1, 0])):
        assert find_labels(source) == [0, 0, 1]


def test_classes_may_be_asked_for_by_their_names(make_folder):
    data = AugmentedFolder(make_folder(cat=3, dog=2), FLIP)
    shown = Counter(data.targets[index] for index, _ in BalancedSampler(data, to={"dog": 7}))
    assert shown == {0: 3, 1: 7}
    with pytest.raises(augkit.AugkitError, match="no class 'dgo'"):
        BalancedSampler(data, to={"dgo": 7})
    numbered = Listing("targets", [1, 2, 3, 3])
    numbered.classes = [1, 2, 3]
    shown = Counter(numbered.targets[index] for index, _ in BalancedSampler(numbered, to={2: 5}))
    assert shown == {1: 1, 2: 5, 3: 2}
    numbered.classes = ["none", "cat", "dog", "cow"]
    for source in (numbered, Subset(numbered, [0, 1, 2, 3]), AugmentedDataset(numbered, FLIP)):
        shown = Counter(numbered.targets[index] for index, _ in BalancedSampler(source, to={"dog": 5}))
        assert shown == {1: 1, 2: 5, 3: 2}


def test_what_was_split_after_it_was_wrapped_is_told(picture):
    data = AugmentedDataset([(picture, 0), (picture, 1)], FLIP)
    for parts in (random_split(data, [1, 1])[0], ConcatDataset([data, data])):
        with pytest.raises(augkit.AugkitError, match="split first, then augment the parts"):
            BalancedSampler(parts)


def test_places_may_be_counted_from_the_end(picture):
    data = AugmentedDataset([picture, picture], augkit.Pipeline([augkit.GaussianNoise()]))
    assert (data[-1, 3] == data[1, 3]).all()


def test_a_series_goes_by_its_order(picture):
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    names = pandas.Series(["a", "b"], index=[1, 0])
    pipeline = augkit.Pipeline([augkit.GaussianNoise()])
    data = AugmentedDataset([picture, picture], pipeline, ids=names)
    assert (data[0, 1] == pipeline(picture, key=("a", 1))).all()
