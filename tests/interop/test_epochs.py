"""Which pictures an epoch shows."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from augkit import AugkitError
from augkit.interop.epochs import balanced, draw_epoch, draw_order, everything, totals
from augkit.seeding import Draws

SIZES = st.dictionaries(st.sampled_from("abcd"), st.integers(1, 9), min_size=1)


def labels_of(sizes: dict[str, int]) -> list[str]:
    return [label for label, size in sizes.items() for _ in range(size)]


@given(SIZES, st.integers(1, 12), st.integers(0, 5))
def test_every_epoch_has_exactly_the_counts_asked_for(sizes, to, epoch):
    labels = labels_of(sizes)
    rows = draw_epoch(balanced(labels, to, "all", 7), epoch, None)
    assert Counter(labels[index] for index, _ in rows) == dict.fromkeys(sizes, to)


@given(SIZES, st.integers(1, 12), st.integers(1, 5))
def test_items_of_a_class_take_turns_through_the_epochs(sizes, to, epochs):
    labels = labels_of(sizes)
    groups = balanced(labels, to, "all", 7)
    epoch = [Counter(draw_epoch(groups, number, None)[:, 0].tolist()) for number in range(epochs)]
    for times in (*epoch, sum(epoch, Counter())):
        for label in sizes:
            shown = [times[index] for index, of in enumerate(labels) if of == label]
            assert max(shown) - min(shown) <= 1


@given(SIZES, st.integers(1, 12))
def test_no_copy_is_shown_twice_and_each_is_the_next_one(sizes, to):
    groups = balanced(labels_of(sizes), to, "all", 7)
    shown = [tuple(row) for epoch in range(4) for row in draw_epoch(groups, epoch, None).tolist()]
    assert len(set(shown)) == len(shown)
    for index in {index for index, _ in shown}:
        copies = sorted(copy for place, copy in shown if place == index)
        assert copies == list(range(1, len(copies) + 1))


def test_rare_classes_are_augmented_more_than_frequent_ones():
    labels = labels_of({"a": 10, "b": 5, "c": 1})
    for epoch in range(3):
        rows = draw_epoch(balanced(labels, "max", "minority", 7), epoch, None)
        plain = Counter(labels[index] for index, copy in rows if copy == 0)
        assert plain == {"a": 10, "b": 5, "c": 1}
        assert len({index for index, copy in rows if copy == 0}) == 16


def test_everything_is_shown_once_an_epoch():
    assert draw_epoch(everything(3), 4, None).tolist() == [[0, 5], [1, 5], [2, 5]]


def test_an_order_is_a_shuffle_that_hangs_on_seed_and_epoch():
    def order(seed: int, epoch: int) -> list[int]:
        return draw_order(Draws(seed, "epoch", epoch), 100).tolist()

    assert sorted(order(7, 0)) == list(range(100))
    assert order(7, 0) == order(7, 0)
    assert len({tuple(order(seed, epoch)) for seed in (7, 8) for epoch in (0, 1)}) == 4


def test_an_order_is_the_same_on_every_machine_and_numpy():
    assert draw_order(Draws(7, "epoch", 0), 8).tolist() == [0, 4, 7, 5, 2, 1, 6, 3]


def test_places_are_shuffled_evenly():
    first = Counter(int(draw_order(Draws(7, "epoch", epoch), 5)[0]) for epoch in range(2000))
    assert sum((first[place] - 400) ** 2 / 400 for place in range(5)) < 18.5  # chi-square, 4 degrees, p = .001


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("max", {"a": 9, "b": 4, "c": 1}),
        ("median", {"a": 4, "b": 4, "c": 4}),
        (6, {"a": 6, "b": 6, "c": 6}),
        ({"c": 3, "a": 0}, {"a": 0, "b": 4, "c": 3}),
    ],
)
def test_totals_are_those_asked_for(to, expected):
    expected = dict.fromkeys("abc", 9) if to == "max" else expected
    assert totals({"a": 9, "b": 4, "c": 1}, to) == expected


@pytest.mark.parametrize("to", ["most", 0, -1, 2.5, True, None, {"a": -1}, {"z": 1}])
def test_totals_that_make_no_sense_are_refused(to):
    with pytest.raises(AugkitError, match="to"):
        totals({"a": 9, "b": 4}, to)


def test_a_balance_needs_labels_and_a_known_kind_of_augmentation():
    with pytest.raises(AugkitError, match="no labels"):
        balanced([], "max", "all", 0)
    with pytest.raises(AugkitError, match="minority"):
        balanced(["a"], "max", "rare", 0)


def test_whole_arrays_of_numbers_do_as_counts():
    assert totals({"a": 2}, np.int64(5)) == {"a": 5}


def test_a_class_named_in_another_type_is_told():
    with pytest.raises(AugkitError, match=r"to: there is no class '9'; did you mean 9\?"):
        totals({8: 3, 9: 1}, {"9": 5})
