"""Samples of a WebDataset, keyed by their names."""

import gc
import warnings

import numpy as np
import pytest

webdataset = pytest.importorskip("webdataset", reason="webdataset is not installed: pip install webdataset")

import augkit  # noqa: E402
from augkit.interop.webdataset import Augment  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # closing is left to the collector
AS_IT_IS = {"seg.png": None}


@pytest.fixture(autouse=True)
def collect():
    yield
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        gc.collect()


@pytest.fixture
def shards(pairs, tmp_path) -> list[str]:
    """Two shards with a picture, its mask and its class."""
    paths = [str(tmp_path / f"{number}.tar") for number in range(2)]
    for number, path in enumerate(paths):
        with webdataset.TarWriter(path) as writer:
            for place in range(number, len(pairs), 2):
                picture, label = pairs[place]
                writer.write({"__key__": f"{place:04}", "png": picture, "seg.png": picture[..., 0], "cls": label})
    return paths


def samples(shards, work) -> dict[str, dict]:
    stream = webdataset.WebDataset(shards, shardshuffle=False, empty_check=False).decode("rgb8").map(work)
    return {sample["__key__"]: sample for sample in stream}


def test_the_bytes_are_those_of_the_pipeline(shards, pairs, pipeline):
    found = samples(shards, Augment(pipeline, epoch=1, names=AS_IT_IS))
    assert len(found) == len(pairs)
    for place, (picture, label) in enumerate(pairs):
        sample = found[f"{place:04}"]
        assert sample["png"].tobytes() == pipeline(picture, key=(f"{place:04}", 2)).tobytes()
        assert sample["cls"] == label


def test_epochs_differ_and_without_one_every_look_does(shards, pipeline):
    def looks(epoch) -> list[bytes]:
        return [
            sample["png"].tobytes()
            for sample in samples(shards, Augment(pipeline, epoch=epoch, names=AS_IT_IS)).values()
        ]

    assert looks(0) == looks(0)
    assert looks(0) != looks(1)
    assert looks(None) != looks(None)
    assert looks(lambda: 1) == looks(1)


def test_a_mask_follows_when_it_is_named(shards, pairs):
    flip = augkit.Pipeline([augkit.HorizontalFlip(p=1.0)])
    sample = samples(shards, Augment(flip, names={"seg.png": "mask"}))["0003"]
    assert (np.squeeze(sample["seg.png"])[..., 0] == pairs[3][0][:, ::-1, 0]).all()
    assert (sample["png"] == pairs[3][0][:, ::-1]).all()


def test_a_mask_is_not_passed_over(shards, pipeline):
    with pytest.raises(augkit.AugkitError, match=r"the item has 'seg\.png', which would not follow its picture"):
        samples(shards, Augment(pipeline))


def test_a_picture_that_was_told_counts_more_than_those_that_are_usual(pairs, pipeline):
    picture = pairs[0][0]
    sample = {"__key__": "1", "jpg": picture, "png": b"raw"}
    for names in ({"jpg": "image"}, {"png": None}, None):
        assert Augment(pipeline, names=names)(sample)["png"] == b"raw"
    stereo = {"__key__": "1", "left.jpg": picture, "jpg": "path"}
    assert Augment(pipeline, epoch=0, names={"left.jpg": "image"})(stereo)["jpg"] == "path"


def test_a_sample_without_a_picture_says_so(pipeline):
    with pytest.raises(augkit.AugkitError, match="no 'image', but '__key__', 'txt'"):
        Augment(pipeline)({"__key__": "0", "txt": "a"})


@pytest.mark.filterwarnings("ignore:This DataLoader will create:UserWarning")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_workers_change_nothing(shards, pipeline):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")
    stream = webdataset.WebDataset(shards, shardshuffle=False, nodesplitter=None)
    stream = stream.decode("rgb8").map(Augment(pipeline, epoch=0, names=AS_IT_IS)).to_tuple("__key__", "png")
    loader = torch.utils.data.DataLoader(
        stream, batch_size=None, num_workers=2, multiprocessing_context="fork", timeout=60
    )
    found = {name: picture.numpy().tobytes() for name, picture in loader}
    alone = {
        name: sample["png"].tobytes()
        for name, sample in samples(shards, Augment(pipeline, epoch=0, names=AS_IT_IS)).items()
    }
    assert found == alone
