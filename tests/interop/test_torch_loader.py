"""The same bytes for the same key, whoever loads them."""

from functools import partial
from itertools import product

import cv2
import numpy as np
import PIL.Image
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")

from torch.utils.data import DataLoader  # noqa: E402

import augkit  # noqa: E402
from augkit.interop.torch import (  # noqa: E402
    AugmentedDataset,
    BalancedSampler,
    CutMix,
    KeyedSampler,
    MixUp,
    TorchTransform,
    to_tensor,
)

pytestmark = [
    pytest.mark.filterwarnings("ignore:This DataLoader will create:UserWarning"),  # of fewer processors than workers
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]
LOADERS = {
    f"{count} {start}ed{', persistent' if stay else ''}": {
        "num_workers": count, "multiprocessing_context": start, "persistent_workers": stay, "timeout": 60,
    }
    for count, start, stay in product((1, 2), ("fork", "spawn"), (False, True))
}  # fmt: skip
SAMPLERS = {"keyed": KeyedSampler, "balanced": partial(BalancedSampler, augment="minority")}
BYTES = partial(to_tensor, dtype=torch.uint8)


def epochs(loader: DataLoader, count: int = 2) -> list[list[bytes]]:
    """The bytes of each batch, epoch by epoch."""
    return [[images.numpy().tobytes() + bytes(labels.tolist()) for images, labels in loader] for _ in range(count)]


@pytest.mark.parametrize(("kind", "workers"), [("keyed", "2 forked"), *(("balanced", workers) for workers in LOADERS)])
def test_workers_change_nothing(pairs, pipeline, kind, workers):
    data = AugmentedDataset(pairs, pipeline, transform=BYTES)
    labels = [label for _, label in pairs]

    def told(**options) -> list[list[bytes]]:
        sampler = SAMPLERS[kind](labels, seed=3)
        loader = DataLoader(data, batch_size=4, sampler=sampler, **options)
        passes = epochs(loader)
        sampler.set_epoch(1, start=4)  # one batch of it was seen before the interruption
        passes += epochs(loader, 1)
        sampler.num_replicas = 2
        for rank in range(2):
            sampler.rank = rank
            sampler.set_epoch(1)
            passes += epochs(loader, 1)
        return passes

    alone, together = told(), told(**LOADERS[workers])
    assert alone == together
    first, second, resumed, *_ = alone
    assert first != second
    assert resumed == second[1:]


def test_the_bytes_are_those_of_the_pipeline(pairs, pipeline):
    data = AugmentedDataset(pairs, pipeline)
    picture, label = data[4, 2]
    assert picture.tobytes() == pipeline(pairs[4][0], key=("4", 2)).tobytes()
    assert label == 0
    assert data[4, 0][0].tobytes() == pairs[4][0].tobytes()


FORMS = {
    "pair": lambda picture, label: (picture, label),
    "picture": lambda picture, label: picture,
    "dict": lambda picture, label: {"image": picture, "label": label},
    "pair of a dict": lambda picture, label: (picture, {"label": label}),
    "Pillow picture": lambda picture, label: (PIL.Image.fromarray(picture), label),
    "grey Pillow picture": lambda picture, label: (PIL.Image.fromarray(picture[..., 0]), label),
    "tensor": lambda picture, label: (torch.from_numpy(picture).permute(2, 0, 1), label),
    "float tensor": lambda picture, label: (torch.from_numpy(picture).permute(2, 0, 1) / 255, label),
    "sometimes grey": lambda picture, label: (picture if label else picture[..., 0], label),
    "with a mask": lambda picture, label: {"image": picture, "mask": picture[..., 0], "label": label},
}


def plain(value):
    """Pixels and labels as bytes that can be compared, with the types of what they are in."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, tuple):
        return tuple(map(plain, value))
    return type(value), getattr(value, "dtype", None), np.asarray(value).shape, np.asarray(value).tobytes()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("steps", [[augkit.Rotate(), augkit.GaussianNoise()], [augkit.OneOf([augkit.Rotate()])]])
def test_a_batch_of_small_pictures_is_what_it_is_one_by_one(pairs, steps, form):
    items = [FORMS[form](*pair) for pair in pairs]
    data = AugmentedDataset(items, augkit.Pipeline(steps, seed=7))
    indices = [(index, copy) for copy in range(3) for index in range(len(pairs))]
    together, alone = data.__getitems__(indices), [data[index] for index in indices]
    assert list(map(plain, together)) == list(map(plain, alone))


def test_a_batch_of_pictures_that_no_pipeline_takes_is_refused_as_each_of_them_is(pairs, pipeline):
    data = AugmentedDataset([PIL.Image.fromarray(picture).convert("HSV") for picture, _ in pairs], pipeline)
    with pytest.raises(augkit.AugkitError, match="mode HSV"):
        data.__getitems__([(0, 1), (1, 1)])


@pytest.mark.parametrize("kind", SAMPLERS)
def test_a_run_goes_on_from_the_middle_of_an_epoch(pairs, pipeline, kind):
    data = AugmentedDataset(pairs, pipeline, transform=BYTES)
    labels = [label for _, label in pairs]

    def loader() -> DataLoader:
        return DataLoader(data, batch_size=2, sampler=SAMPLERS[kind](labels, seed=3))

    whole, resumed = loader(), loader()
    first, second, third = epochs(whole, 3)
    resumed.sampler.set_epoch(1, start=2 * 2)
    assert len(resumed) == len(second) - 2
    assert epochs(resumed, 2) == [second[2:], third]
    assert first != second


def test_an_epoch_left_early_does_not_come_again(pairs, pipeline):
    data = AugmentedDataset(pairs, pipeline, transform=BYTES)
    loader = DataLoader(data, sampler=KeyedSampler(data))
    next(iter(loader))
    after = epochs(loader, 1)
    loader.sampler.set_epoch(1)
    assert epochs(loader, 1) == after


@pytest.mark.parametrize("kind", SAMPLERS)
@pytest.mark.parametrize("shuffle", [True, False])
def test_ranks_share_an_epoch_without_losing_or_repeating_a_sample(pairs, kind, shuffle):
    labels = [label for _, label in pairs]

    def sampler(**ranks) -> list[tuple[int, int]]:
        found = SAMPLERS[kind](labels, seed=3, shuffle=shuffle, **ranks)
        found.set_epoch(2)
        expected = len(found)
        rows = list(found)
        assert len(rows) == expected
        return rows

    alone = sampler()
    for count in (2, 4):
        ranks = [sampler(num_replicas=count, rank=rank) for rank in range(count)]
        assert sorted(row for rank in ranks for row in rank) == sorted(alone)
        assert ranks[0] == alone[::count]


def test_ranks_make_as_many_steps_when_told_to():
    shares = {
        uneven: [list(KeyedSampler(7, shuffle=False, num_replicas=3, rank=rank, uneven=uneven)) for rank in range(3)]
        for uneven in ("keep", "pad", "drop")
    }
    assert [len(share) for share in shares["keep"]] == [3, 2, 2]
    assert [[index for index, _ in share] for share in shares["pad"]] == [[0, 3, 6], [1, 4, 0], [2, 5, 1]]
    assert [[index for index, _ in share] for share in shares["drop"]] == [[0, 3], [1, 4], [2, 5]]
    for uneven, ranks in shares.items():
        assert [
            len(KeyedSampler(7, num_replicas=3, rank=rank, uneven=uneven)) for rank in range(3)
        ] == [len(share) for share in ranks]  # fmt: skip


def test_ranks_of_torch_distributed_are_found(tmp_path):
    torch.distributed.init_process_group("gloo", init_method=f"file://{tmp_path}/rendezvous", rank=0, world_size=1)
    try:
        sampler = KeyedSampler(3)
        assert (sampler.num_replicas, sampler.rank) == (1, 0)
    finally:
        torch.distributed.destroy_process_group()


def test_a_rank_that_is_none_is_refused():
    with pytest.raises(augkit.AugkitError, match="rank must be from 0 to 1"):
        KeyedSampler(3, num_replicas=2, rank=2)
    with pytest.raises(augkit.AugkitError, match="counted from 0, got 1 and -2"):
        KeyedSampler(3).set_epoch(1, start=-2)
    with pytest.raises(augkit.AugkitError, match="uneven"):
        KeyedSampler(3, uneven="repeat")


def test_forked_workers_of_a_process_that_used_threads_of_opencv_neither_hang_nor_start_their_own(photos):
    before = cv2.getNumThreads()
    cv2.setNumThreads(4)
    try:
        large = np.tile(photos[0], (4, 4, 1))
        cv2.GaussianBlur(large, (9, 9), 2)  # its threads are there from now on, in this process alone
        data = AugmentedDataset(
            [large] * 4,
            augkit.Pipeline([augkit.Rotate(), augkit.GaussianBlur()]),
            transform=lambda picture: torch.tensor([cv2.getNumThreads(), picture.shape[0]]),
        )
        loader = DataLoader(data, sampler=KeyedSampler(data), num_workers=2, multiprocessing_context="fork", timeout=60)
        assert torch.cat(list(loader)).tolist() == [[1, large.shape[0]]] * 4
        assert data[0, 1].tolist() == [4, large.shape[0]]
    finally:
        cv2.setNumThreads(before)


class TestTorchTransform:
    def loader(self, pairs, pipeline, **options) -> DataLoader:
        data = Transformed(pairs, TorchTransform(pipeline, transform=BYTES))
        return DataLoader(data, batch_size=3, **options)

    def test_the_seed_of_torch_governs(self, pairs, pipeline):
        def run(seed: int) -> list[list[bytes]]:
            torch.manual_seed(seed)
            return epochs(self.loader(pairs, pipeline))

        assert run(1) == run(1)
        assert run(1) != run(2)

    @pytest.mark.parametrize("persistent", [False, True])
    def test_workers_and_epochs_differ(self, pairs, pipeline, persistent):
        same = [pairs[0]] * 8
        options = {"num_workers": 2, "multiprocessing_context": "fork", "persistent_workers": persistent, "timeout": 60}
        torch.manual_seed(1)
        loader = self.loader(same, pipeline, **options)
        pictures = [picture.tobytes() for _ in range(2) for images, _ in loader for picture in images.numpy()]
        assert len(set(pictures)) == 16

    def test_targets_follow_when_they_are_given(self, pairs):
        picture = pairs[0][0]
        flip = TorchTransform(augkit.Pipeline([augkit.HorizontalFlip(p=1.0)]))
        image, target = flip(picture, {"boxes": torch.tensor([[0.0, 0.0, 8.0, 4.0]])})
        assert (image == picture[:, ::-1]).all()
        assert target["boxes"].tolist() == [[24.0, 0.0, 32.0, 4.0]]


class Transformed(torch.utils.data.Dataset):
    """What torchvision's folders are, in small."""

    def __init__(self, pairs, transform) -> None:
        self.pairs, self.transform = pairs, transform

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, index):
        picture, label = self.pairs[index]
        return self.transform(picture), label


def test_an_index_alone_is_drawn_by_torch(pairs, pipeline):
    data = AugmentedDataset(pairs, pipeline)

    def look(seed: int) -> bytes:
        torch.manual_seed(seed)
        return data[3][0].tobytes()

    assert look(1) == look(1)
    assert look(1) != look(2)


@pytest.mark.parametrize("kind", [MixUp, CutMix])
def test_mixing_hangs_on_no_worker(pairs, pipeline, kind):
    data = AugmentedDataset(pairs, pipeline, transform=to_tensor)

    def batches(**options) -> list[torch.Tensor]:
        sampler, mix = KeyedSampler(data, seed=3), kind(classes=3, seed=5)
        loader = DataLoader(data, batch_size=4, sampler=sampler, collate_fn=mix, **options)
        return [part for _ in range(2) for batch in loader for part in batch]

    alone, together = batches(), batches(num_workers=2, multiprocessing_context="fork", timeout=60)
    assert all(torch.equal(one, other) for one, other in zip(alone, together, strict=True))
