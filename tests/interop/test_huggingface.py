"""A data set of Hugging Face looks augmented, keyed by a column or the row."""

import numpy as np
import PIL.Image
import pytest

datasets = pytest.importorskip("datasets", reason="datasets is not installed: pip install datasets")

import augkit  # noqa: E402
from augkit.interop.huggingface import augment  # noqa: E402


@pytest.fixture
def data(pairs):
    return datasets.Dataset.from_dict(
        {
            "image": [PIL.Image.fromarray(picture) for picture, _ in pairs],
            "label": [label for _, label in pairs],
            "name": [f"{place}.jpg" for place in range(len(pairs))],
        },
        features=datasets.Features(
            {"image": datasets.Image(), "label": datasets.Value("int64"), "name": datasets.Value("string")}
        ),
    )


def looks(data) -> list[bytes]:
    return [np.asarray(row["image"]).tobytes() for row in data]


def test_the_bytes_are_those_of_the_pipeline_by_row_or_column(data, pairs, pipeline):
    by_row, by_name = augment(data, pipeline, epoch=1), augment(data, pipeline, epoch=1, key="name")
    for place, (picture, label) in enumerate(pairs):
        row = by_row[place]
        assert set(row) == {"image", "label", "name"}
        assert row["label"] == label
        assert isinstance(row["image"], PIL.Image.Image)
        assert np.asarray(row["image"]).tobytes() == pipeline(picture, key=(str(place), 2)).tobytes()
        named = np.asarray(by_name[place]["image"]).tobytes()
        assert named == pipeline(picture, key=(f"{place}.jpg", 2)).tobytes()


def test_epochs_differ_and_come_again(data, pipeline):
    first, second = (looks(augment(data, pipeline, epoch=epoch)) for epoch in (0, 1))
    assert first == looks(augment(data, pipeline, epoch=0))
    assert all(one != other for one, other in zip(first, second, strict=True))


def test_without_an_epoch_every_look_is_different(data, pipeline):
    augmented = augment(data, pipeline)
    assert looks(augmented) != looks(augmented)


def test_rows_keep_their_keys_when_they_are_moved(data, pipeline):
    augmented = augment(data, pipeline, epoch=0)
    shuffled = augmented.shuffle(seed=1)
    assert sorted(looks(shuffled)) == sorted(looks(augmented))
    assert looks(shuffled) != looks(augmented)
    assert looks(augmented.select([4, 2])) == [looks(augmented)[4], looks(augmented)[2]]


def test_batches_are_rows(data, pipeline):
    augmented = augment(data, pipeline, epoch=0)
    assert [np.asarray(picture).tobytes() for picture in augmented[2:5]["image"]] == looks(augmented)[2:5]
    assert augmented["label"][:] == data["label"][:]


def test_columns_may_have_names_of_their_own(data, pairs):
    flip = augkit.Pipeline([augkit.HorizontalFlip(p=1.0)])
    renamed = data.rename_column("image", "img")
    row = augment(renamed, flip, names={"img": "image"}, transform=np.asarray)[0]
    assert (row["img"] == pairs[0][0][:, ::-1]).all()


def test_a_column_that_is_not_there_is_refused(data, pipeline):
    with pytest.raises(augkit.AugkitError, match="no column 'nam'; did you mean 'name'"):
        augment(data, pipeline, key="nam", epoch=0)
    with pytest.raises(augkit.AugkitError, match=r"no column 'image', but 'img', .*say names="):
        augment(data.rename_column("image", "img"), pipeline)
    with pytest.raises(augkit.AugkitError, match=r"such as data\['train'\], got DatasetDict"):
        augment(datasets.DatasetDict(train=data), pipeline)


@pytest.mark.filterwarnings("ignore:This DataLoader will create:UserWarning")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize(("context", "workers"), [("fork", 2), ("spawn", 1)])
def test_persistent_workers_see_the_epoch_change_in_shared_memory(data, pipeline, context, workers):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")
    epoch = torch.zeros((), dtype=torch.int64).share_memory_()
    augmented = augment(data.select_columns(["image"]), pipeline, epoch=epoch.item, transform=np.asarray)
    loader = torch.utils.data.DataLoader(
        augmented,
        batch_size=4,
        num_workers=workers,
        multiprocessing_context=context,
        persistent_workers=True,
        timeout=60,
        collate_fn=list,
    )
    for number in range(2):
        epoch.fill_(number)
        found = [row["image"].tobytes() for batch in loader for row in batch]
        assert found == looks(augment(data, pipeline, epoch=number))


@pytest.mark.parametrize("key", [None, "name"])
def test_a_key_that_was_taken_away_is_told(data, pipeline, key):
    left = augment(data, pipeline, epoch=0, key=key).select_columns(["image", "label"])
    with pytest.raises(augkit.AugkitError, match=rf"column '{key or 'augkit_row'}', which is gone: .*remove_unused"):
        left[0]


def test_a_picture_that_was_renamed_afterwards_is_told(data, pipeline):
    renamed = augment(data, pipeline, epoch=0).rename_column("image", "x")
    with pytest.raises(augkit.AugkitError, match="no picture any more, but 'x': rename columns before"):
        renamed[0]


def test_boxes_in_a_column_of_objects_follow(pairs):
    rows = [{"bbox": [[0.0, 0.0, 4.0, 4.0], [1.0, 1.0, 2.0, 2.0]], "category": [1, 2]} for _ in pairs]
    data = datasets.Dataset.from_dict(
        {"image": [PIL.Image.fromarray(picture) for picture, _ in pairs], "objects": rows}
    )
    flip = augkit.Pipeline([augkit.HorizontalFlip(), augkit.Crop(size=(3, 3))], box_format="coco", min_visible=0.9)
    with pytest.raises(augkit.AugkitError, match=r"'objects\.bbox', which would not follow"):
        augment(data, flip)[0]
    for row in augment(data, flip, epoch=0, names={"objects.bbox": "boxes"}):
        assert len(row["objects"]["bbox"]) == len(row["objects"]["category"]) < 2
