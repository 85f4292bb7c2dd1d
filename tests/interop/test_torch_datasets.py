"""What follows a picture, and in what form it comes back."""

import numpy as np
import PIL.Image
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")

from torch.utils.data import IterableDataset  # noqa: E402

import augkit  # noqa: E402
from augkit.interop.torch import AugmentedDataset, AugmentedFolder, to_tensor  # noqa: E402

FLIP = augkit.Pipeline([augkit.HorizontalFlip(p=1.0)])


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


def test_places_may_be_counted_from_the_end(picture):
    data = AugmentedDataset([picture, picture], augkit.Pipeline([augkit.GaussianNoise()]))
    assert (data[-1, 3] == data[1, 3]).all()


def test_a_series_goes_by_its_order(picture):
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    names = pandas.Series(["a", "b"], index=[1, 0])
    pipeline = augkit.Pipeline([augkit.GaussianNoise()])
    data = AugmentedDataset([picture, picture], pipeline, ids=names)
    assert (data[0, 1] == pipeline(picture, key=("a", 1))).all()
