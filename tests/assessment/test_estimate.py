"""Class-balanced means and their intervals."""

import numpy as np
import pytest

from augkit.assessment.estimate import Pictures


def drawn(rng: np.random.Generator, sizes: list[int], shares: list[float]) -> tuple[Pictures, np.ndarray]:
    labels = np.repeat(np.arange(len(sizes)), sizes)
    return Pictures(labels, np.arange(len(labels))), (rng.random(len(labels)) < np.array(shares)[labels]).astype(float)


def test_every_class_counts_alike():
    pictures = Pictures(np.array([0, 0, 0, 1]), np.arange(4))
    assert pictures.balanced(np.array([1.0, 1.0, 0.0, 0.0])).value == pytest.approx(1 / 3)


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    rng, truth, held = np.random.default_rng(0), [0.9, 0.6, 0.3], 0
    for _ in range(400):
        pictures, values = drawn(rng, [200, 80, 30], truth)
        found = pictures.balanced(values)
        held += found.low <= np.mean(truth) <= found.high
    assert 0.93 <= held / 400 <= 0.99


def test_the_interval_of_a_ratio_holds_the_truth_about_as_often_as_it_says():
    rng, held = np.random.default_rng(1), 0
    for _ in range(400):
        pictures, below = drawn(rng, [150, 100], [0.8, 0.6])
        above = below * (rng.random(250) < 0.5)  # half of what was right stays so
        found = pictures.balanced_ratio(above, below)
        held += found.low <= 0.5 <= found.high
    assert 0.93 <= held / 400 <= 0.99


def test_copies_of_one_source_tell_no_more_than_the_source():
    labels = np.array([0, 0, 1, 1, 0, 1] * 20)
    values = np.random.default_rng(2).integers(0, 2, 120).astype(float)
    once = Pictures(labels, np.arange(120)).balanced(values)
    thrice = Pictures(np.tile(labels, 3), np.tile(np.arange(120), 3)).balanced(np.tile(values, 3))
    naive = Pictures(np.tile(labels, 3), np.arange(360)).balanced(np.tile(values, 3))
    assert thrice.value == pytest.approx(once.value)
    assert thrice.high - thrice.low == pytest.approx(once.high - once.low, rel=1e-9)
    assert naive.high - naive.low < 0.65 * (once.high - once.low)


def test_a_perfect_score_leaves_room_for_what_was_not_seen():
    found = Pictures(np.repeat([0, 1], 50), np.arange(100)).by_class(np.ones(100))[1]
    assert found.value == 1.0
    assert 0.93 < found.low < 0.97


def test_a_class_that_was_never_right_has_a_ratio_without_a_division_by_zero():
    pictures = Pictures(np.array([0, 0, 1, 1]), np.arange(4))
    zero, one = pictures.ratio_by_class(np.array([0.0, 0.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0, 1.0]))
    assert (zero.value, one.value) == (0.0, 0.5)
    assert pictures.balanced_ratio(np.zeros(4), np.zeros(4)).value == 0.0
