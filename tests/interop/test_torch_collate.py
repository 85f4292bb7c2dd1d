"""Mixing in batches is what mixing of arrays is."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")

import augkit  # noqa: E402
from augkit.interop.torch import CutMix, MixUp, to_tensor  # noqa: E402

KINDS = {"MixUp": MixUp, "CutMix": CutMix}
one_hot = torch.nn.functional.one_hot


@pytest.fixture
def batch(pairs) -> list[tuple[torch.Tensor, int]]:
    return [(to_tensor(picture), label) for picture, label in pairs]


def flats(labels: list[int], dtype=torch.float32) -> list[tuple[torch.Tensor, int]]:
    """Pictures whose grey is 10 times their place, so that each can be told from what became of it."""
    return [(torch.full((1, 16, 16), 10 * place, dtype=dtype), label) for place, label in enumerate(labels)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_label_says_how_much_of_the_picture_is_whose(kind):
    samples = flats(list(range(8)))
    images, labels = KINDS[kind](classes=8)(samples)
    expected = (labels * torch.arange(0, 80, 10)).sum(dim=1)
    torch.testing.assert_close(images.mean(dim=(1, 2, 3)), expected, rtol=0, atol=1e-3)
    torch.testing.assert_close(labels.sum(dim=1), torch.ones(8))
    assert (labels.max(dim=1).values < 1).any()


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
@pytest.mark.parametrize("kind", KINDS)
def test_pictures_are_mixed_as_arrays_are(pairs, kind, dtype):
    pictures = [picture for picture, _ in pairs]
    collate = KINDS[kind](classes=9, seed=4)
    drawn = []
    given = torch.stack([to_tensor(picture, dtype=dtype) for picture in pictures])
    collate.mixing = Watched(collate.mixing, drawn)
    images, labels = collate.mix(given, torch.arange(9))
    for place, params in enumerate(drawn):
        whose = labels[place].nonzero().flatten().tolist()
        other = next((number for number in whose if number != place), place)
        one, two = (given[number].numpy().transpose(1, 2, 0) for number in (place, other))
        expected, share = collate.mixing.inner.mix(one, two, **params)
        assert labels[place, place] == pytest.approx(1.0 if other == place else share, abs=1e-6)
        atol = 0 if kind == "CutMix" else 1e-6 if dtype == torch.float32 else 1  # ties of a half may round otherwise
        np.testing.assert_allclose(images[place].numpy().transpose(1, 2, 0).astype(float), expected, rtol=0, atol=atol)


class Watched:
    """A mixing that notes what it draws."""

    def __init__(self, inner, drawn) -> None:
        self.inner, self.drawn, self.seed, self.classes = inner, drawn, inner.seed, inner.classes

    def draw(self, draws):
        self.drawn.append(self.inner.draw(draws))
        return self.drawn[-1]

    def mix(self, *args, **params):
        return self.inner.mix(*args, **params)


@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_decides_what_is_drawn_for_it(batch, kind):
    one, again, seeded = (KINDS[kind](classes=3, seed=seed)(batch) for seed in (1, 1, 2))
    other = KINDS[kind](classes=3, seed=1)([(image.flip(2), label) for image, label in batch])
    assert all(torch.equal(a, b) for a, b in zip(one, again, strict=True))
    assert not torch.equal(one[1], seeded[1])
    assert not torch.equal(one[1], other[1])


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_given_is_left_as_it_was(batch, kind):
    images = torch.stack([image for image, _ in batch])
    before = images.clone()
    KINDS[kind](classes=3).mix(images, torch.tensor([label for _, label in batch]))
    assert torch.equal(images, before)


def test_each_picture_is_once_a_partner():
    samples = flats(list(range(16)))
    images, _ = CutMix(classes=16, alpha=1e6)(samples)  # shares near a half: every partner is to be seen
    partners = [set(image.unique().tolist()) - {10.0 * place} for place, image in enumerate(images)]
    found = [partner.pop() for partner in partners if partner]
    assert len(set(found)) == len(found) >= 14


def test_rare_classes_are_mixed_in_more():
    labels = [0] * 60 + [1] * 4
    share = {}
    for partners in ("shuffle", "rare"):
        _, soft = MixUp(classes=2, partners=partners, seed=3)(flats(labels))
        share[partners] = float(soft[:60, 1].mean())
    assert share["shuffle"] < 0.06
    assert 0.18 < share["rare"] < 0.32  # half of the partners, half of each


def test_bytes_stay_bytes():
    images, _ = MixUp(classes=2)(flats([0, 1], torch.uint8))
    assert images.dtype == torch.uint8


def test_soft_labels_dicts_and_longer_items_will_do(batch):
    collate = MixUp(classes=3, seed=1)
    images, labels, names = collate([(image, label, str(label)) for image, label in batch])
    assert list(names) == [str(label) for _, label in batch]
    soft = MixUp(seed=1).mix(
        torch.stack([image for image, _ in batch]), one_hot(torch.tensor([y for _, y in batch]), 3)
    )
    assert torch.equal(soft[0], images)
    assert torch.equal(soft[1], labels)
    fields = collate([{"image": image, "label": label, "id": 5} for image, label in batch])
    assert torch.equal(fields["image"], images)
    assert fields["id"].tolist() == [5] * 9


@pytest.mark.parametrize(
    "make",
    [
        lambda batch: MixUp()(batch),
        lambda batch: MixUp(classes=2)(batch),
        lambda batch: MixUp(classes=3)([(image, 0.5) for image, _ in batch]),
        lambda batch: MixUp(classes=3)([{"img": image, "label": label} for image, label in batch]),
        lambda batch: MixUp(classes=3)([(image.permute(1, 2, 0), label) for image, label in batch]),
        lambda batch: MixUp(classes=3, partners="near"),
        lambda batch: CutMix(classes=3, alpha=0),
    ],
)
def test_what_makes_no_sense_is_refused(batch, make):
    with pytest.raises(augkit.AugkitError):
        make(batch)
