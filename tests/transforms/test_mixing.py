"""MixUp and CutMix: exact labels, shares by the beta distribution, and what can't be mixed."""

import numpy as np
import pytest
from pictures import picture, same
from scipy import stats

from augkit import AugkitError, CutMix, MixUp
from augkit.seeding import Draws

KINDS = (MixUp, CutMix)
DTYPES = (np.uint8, np.uint16, np.float32)
TAILS = ((), (1,), (3,), (4,), (5,))
KEYS = [("one+other", copy) for copy in range(60)]


def over_kinds(function):
    return pytest.mark.parametrize("kind", KINDS)(function)


def white_of(dtype):
    return 1.0 if dtype == np.float32 else np.iinfo(dtype).max


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tail", TAILS)
def test_mixup_is_the_weighted_mean_and_so_is_its_label(dtype, tail):
    one, other = picture((9, 11, *tail), dtype), picture((9, 11, *tail), dtype, seed=1)
    for key in KEYS[:5]:
        mixed, label = MixUp()(one, other, [1, 0, 0], [0, 0.5, 0.5], key=key)
        share = MixUp().draw(Draws(0, *key))["share"]
        assert (mixed.shape, mixed.dtype) == (one.shape, dtype)
        bound = (0 if dtype == np.float32 else 0.5) + 3 * 2.0**-24 * white_of(dtype)  # rounded once; float32 before
        assert np.abs(mixed - (share * one.astype(float) + (1 - share) * other)).max() <= bound
        assert label.dtype == np.float32
        assert np.abs(label - [share, (1 - share) / 2, (1 - share) / 2]).max() <= 2.0**-25
        assert label.sum() == pytest.approx(1, abs=2.0**-23)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("size", [(40, 30), (1, 1), (1, 7), (13, 11)])
def test_the_label_of_cutmix_is_the_share_of_pixels_that_are_left(dtype, size):
    white = white_of(dtype)
    one, other = np.zeros((*size, 3), dtype), np.full((*size, 3), white, dtype)
    sizes = set()
    for key in KEYS:
        mixed, label = CutMix(classes=2)(one, other, 0, 1, key=key)
        pasted = (mixed == white).all(axis=2)
        assert (mixed[~pasted] == 0).all()
        assert label.tolist() == [np.float32(1 - pasted.mean()), np.float32(pasted.mean())]
        rows, columns = np.flatnonzero(pasted.any(axis=1)), np.flatnonzero(pasted.any(axis=0))
        assert pasted.sum() == len(rows) * len(columns)  # one rectangle
        sizes.add(pasted.sum())
    assert len(sizes) > (1 if size != (40, 30) else 20)


def test_cutmix_pastes_from_the_same_place():
    one, other = picture((40, 30, 3)), picture((40, 30, 3), seed=1)
    for key in KEYS[:10]:
        mixed, _ = CutMix()(one, other, [1, 0], [0, 1], key=key)
        assert ((mixed == one) | (mixed == other)).all()


def test_cutmix_by_hand():
    one, other = np.zeros((8, 8), np.uint8), np.full((8, 8), 9, np.uint8)
    # three quarters are to stay: half of each side, about the middle, and cut at the frame
    mixed, share = CutMix.mix(one, other, share=0.75, x=0.5, y=0.5)
    assert np.argwhere(mixed).min() == 2
    assert np.argwhere(mixed).max() == 5
    assert share == 0.75
    mixed, share = CutMix.mix(one, other, share=0.75, x=0.0, y=1.0)
    assert mixed[6:, :2].all()
    assert np.count_nonzero(mixed) == 4
    assert share == 1 - 4 / 64


@over_kinds
@pytest.mark.parametrize("alpha", [0.2, 1.0, 4.0])
def test_shares_follow_the_beta_distribution(kind, alpha):
    shares = [kind(alpha=alpha).draw(Draws(3, "a", copy))["share"] for copy in range(3000)]
    assert stats.kstest(shares, stats.beta(alpha, alpha).cdf).pvalue > 1e-5


def test_the_middle_of_the_rectangle_lies_anywhere():
    drawn = [CutMix().draw(Draws(3, "a", copy)) for copy in range(3000)]
    for axis in "xy":
        assert stats.kstest([one[axis] for one in drawn], stats.uniform.cdf).pvalue > 1e-5
    shares, places = ([one[name] for one in drawn] for name in ("share", "x"))
    assert abs(np.corrcoef(shares, places)[0, 1]) < 4.5 / np.sqrt(3000)


@over_kinds
def test_a_key_decides_and_without_one_every_call_is_different(kind):
    one, other = picture((20, 20, 3)), picture((20, 20, 3), seed=1)
    results = {key: kind(classes=2, seed=5)(one, other, 0, 1, key=key) for key in KEYS[:8]}
    for key, (mixed, label) in reversed(results.items()):
        again, again_label = kind(classes=2, seed=5)(one, other, 0, 1, key=key)
        assert same(mixed, again)
        assert same(label, again_label)
    assert len({mixed.tobytes() for mixed, _ in results.values()}) == 8
    assert len({kind(classes=2)(one, other, 0, 1)[0].tobytes() for _ in range(8)}) == 8
    assert not same(kind(classes=2, seed=6)(one, other, 0, 1, key=KEYS[0])[0], results[KEYS[0]][0])


@over_kinds
def test_a_class_number_is_its_vector_and_nothing_is_written_to(kind):
    one, other = picture((20, 20, 3)), picture((20, 20, 3), seed=1)
    first = np.array([0.0, 1.0, 0.0])
    first.setflags(write=False)
    by_vector = kind(classes=3)(one, other, first, np.array([0, 0, 1]), key=KEYS[0])
    by_number = kind(classes=3)(one, other, 1, np.int64(2), key=KEYS[0])
    assert same(by_vector[0], by_number[0])
    assert same(by_vector[1], by_number[1])
    assert not np.shares_memory(by_number[0], one)
    assert not np.shares_memory(by_number[0], other)


@over_kinds
def test_the_same_class_twice_stays_that_class(kind):
    for key in KEYS[:10]:
        _, label = kind(classes=3)(picture((5, 5)), picture((5, 5), seed=1), 2, 2, key=key)
        assert np.abs(label - [0, 0, 1]).max() <= 2.0**-23


@over_kinds
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"alpha": 0}, "alpha must be a number above 0"),
        ({"alpha": -1}, "alpha must be a number above 0"),
        ({"alpha": "1"}, "alpha must be a number above 0"),
        ({"alpha": float("nan")}, "alpha must be a number above 0"),
        ({"alpha": True}, "alpha must be a number above 0"),
        ({"classes": 0}, "classes must be a whole number from 1"),
        ({"classes": 2.0}, "classes must be a whole number from 1"),
    ],
)
def test_wrong_options_are_told_at_once(kind, options, message):
    with pytest.raises(AugkitError, match=rf"{kind.__name__}: {message}"):
        kind(**options)


@over_kinds
@pytest.mark.parametrize("label", [2, -1, 0.5, "cat", [1.0, 0.0, 0.0], [[1.0, 0.0]], None, True, ["a", "b"]])
def test_what_is_no_label_is_told(kind, label):
    with pytest.raises(AugkitError, match=r"a label must be a vector .* class number from 0 to 1; got"):
        kind(classes=2)(picture((5, 5)), picture((5, 5)), 0, label)


@over_kinds
def test_pictures_and_labels_that_do_not_match_are_told(kind):
    small, large = picture((5, 5)), picture((5, 6))
    with pytest.raises(AugkitError, match=r"same shape and dtype, got \(5, 5\) uint8 and \(5, 6\) uint8.*Resize"):
        kind()(small, large, [1, 0], [0, 1])
    with pytest.raises(AugkitError, match="same shape and dtype"):
        kind()(small, picture((5, 5), np.uint16), [1, 0], [0, 1])
    with pytest.raises(AugkitError, match="same classes, got 2 and 3"):
        kind()(small, small, [1, 0], [0, 1, 0])
    with pytest.raises(AugkitError, match="a label must be a vector"):
        kind()(small, small, 0, 1)  # numbers need `classes`
    with pytest.raises(AugkitError, match="float64"):
        kind()(np.zeros((5, 5)), np.zeros((5, 5)), [1, 0], [0, 1])


@over_kinds
@pytest.mark.parametrize(
    "options",
    [{"seed": "x"}, {"seed": None}, {"seed": 0.5}, {"classes": True}, {"classes": 10**12}, {"alpha": 10**400}],
)
def test_options_of_another_type_are_told_at_once(kind, options):
    (name,) = options
    with pytest.raises(AugkitError, match=rf"{kind.__name__}: {name} must be a"):
        kind(**options)


@over_kinds
@pytest.mark.parametrize("label", [[np.nan, 1.0], [np.inf, 0.0], [1j, 0], [], ["a", "b"], [True, False]])
def test_a_label_that_is_no_share_for_each_class_is_told(kind, label):
    with pytest.raises(AugkitError, match="a label must be a vector of numbers"):
        kind()(picture((4, 5)), picture((4, 5)), label, label)
