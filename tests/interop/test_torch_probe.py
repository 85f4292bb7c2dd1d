"""The small network for trials."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")

import augkit  # noqa: E402
from augkit import AugkitError  # noqa: E402
from augkit.interop.torch import ProbeNetwork  # noqa: E402


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    """Zeros, ones and twos, named."""
    images, labels, _ = augkit.load_pictures(side=16)
    keep = np.flatnonzero(labels < 3)[::3]
    return images[keep], np.array(["zero", "one", "two"])[labels[keep]]


def test_it_learns_and_is_the_same_again(digits):
    images, labels = digits
    state = torch.get_rng_state()
    one, again = (ProbeNetwork(steps=30).fit(images, labels) for _ in range(2))
    other = ProbeNetwork(steps=30, random_state=1).fit(images, labels)
    assert one.score(images, labels) > 0.95
    assert one.losses_ == again.losses_ != other.losses_
    assert np.array_equal(one.decision_function(images), again.decision_function(images))
    assert one.classes_.tolist() == ["one", "two", "zero"]
    assert torch.equal(torch.get_rng_state(), state)


def test_features_are_what_enters_the_last_layer(digits):
    images, labels = digits
    network = ProbeNetwork(steps=5).fit(images, labels)
    head = network.network_[-1]
    scores = network.transform(images) @ head.weight.detach().numpy().T + head.bias.detach().numpy()
    np.testing.assert_allclose(scores, network.decision_function(images), atol=1e-4)


def test_the_pipeline_changes_every_picture_anew(digits):
    images, labels = digits

    class Watched(augkit.Pipeline):
        seen: list = []  # noqa: RUF012

        def batch(self, images, keys=None):
            self.seen += keys
            return super().batch(images, keys)

    ProbeNetwork(Watched([augkit.Rotate()]), steps=20, batch_size=16).fit(images, labels)
    assert len(Watched.seen) == len(set(Watched.seen)) == 320
    assert {copy for _, copy in Watched.seen} == set(range(1, -(-320 // len(images)) + 1))


def test_weights_move_mistakes_to_where_they_cost_less(digits):
    images, labels = digits
    noise = np.random.default_rng(0).integers(0, 256, images.shape, dtype=np.uint8)  # nothing to learn
    weights = {"zero": 1.0, "one": 100.0, "two": 1.0}
    found = ProbeNetwork(class_weight=weights, steps=20).fit(noise, labels).predict(noise)
    assert (found == "one").mean() > 0.9


@pytest.mark.parametrize(
    ("images", "labels", "said"),
    [
        (np.zeros((4, 8, 8), np.uint8), [0, 0, 1, 1], r"\(N, H, W, C\)"),
        (np.zeros((4, 8, 8, 3)), [0, 0, 1, 1], "uint8"),
        (np.zeros((4, 8, 8, 3), np.uint8), [0, 1], "a label for each of 4"),
        (np.zeros((4, 8, 8, 3), np.uint8), [1, 1, 1, 1], "two classes"),
    ],
)
def test_what_it_cannot_learn_from_is_refused(images, labels, said):
    with pytest.raises(AugkitError, match=said):
        ProbeNetwork(steps=1).fit(images, labels)


def test_classes_are_weighed_as_scikit_learn_weighs_them(digits):
    images, labels = digits
    rare = np.concatenate([np.flatnonzero(labels == "one"), np.flatnonzero(labels == "two")[:4]])
    networks = [
        ProbeNetwork(steps=5, class_weight=weight).fit(images[rare], labels[rare])
        for weight in ("balanced", augkit.class_weights(labels[rare]), None)
    ]
    assert networks[0].losses_ == networks[1].losses_ != networks[2].losses_
