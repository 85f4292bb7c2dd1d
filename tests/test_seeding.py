"""Draws: numbers that are a function of (seed, image id, copy, attempt) and of nothing else."""

import math
import multiprocessing
import os
from hashlib import blake2b
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from augkit.errors import AugkitError
from augkit.seeding import _OF_COLUMNS, Draws, ManyDraws, for_each
from augkit.transforms.catalog import catalog

SIGMAS = 4.5  # all keys are fixed: a bound this wide fails for a wrong distribution, not for bad luck

keys = st.tuples(
    st.integers(-(2**70), 2**70),
    st.text(st.characters(codec="utf-8"), max_size=20),
    st.integers(0, 10**9),
    st.integers(0, 9),
)
GOLDEN_BITS = [865448020668929, 4272359958513680, 832870725276690]

reals = st.floats(-1e6, 1e6)


class Fixed(Draws):
    """Draws whose first 53 bits are given."""

    def __init__(self, value: int) -> None:
        super().__init__(0, "", 0)
        self._words.append(value << 11)


def many(count: int, take) -> np.ndarray:
    """One number for each of `count` copies: what a data set sees, never a long stream of one key."""
    return np.array([take(Draws(11, "cat/001.jpg", copy)) for copy in range(count)])


def test_bits_are_blake2b_in_counter_mode():
    root = blake2b(b"7 3 0 cat/001.jpg").digest()
    words = []
    for block in range(3):
        digest = blake2b(root + block.to_bytes(8, "little")).digest() if block else root
        words += [int.from_bytes(digest[i : i + 8], "little") >> 11 for i in reversed(range(0, 64, 8))]
    draws = Draws(7, "cat/001.jpg", 3)
    assert [draws.bits() for _ in range(24)] == words


def test_numbers_never_change_between_versions():
    draws = Draws(7, "cat/001.jpg", 3)
    assert [draws.bits() for _ in range(3)] == GOLDEN_BITS
    draws = Draws(7, "cat/001.jpg", 3)
    assert draws.uniform() == GOLDEN_BITS[0] / 2**53


@settings(deadline=None, max_examples=60)
@given(keys, keys)
def test_numbers_are_the_same_exactly_when_the_keys_are(one, other):
    first, second = Draws(*one), Draws(*other)
    assert ([first.bits() for _ in range(2)] == [second.bits() for _ in range(2)]) == (one == other)


def test_every_part_of_the_key_counts():
    keys = [(0, "a", 0, 0), (1, "a", 0, 0), (0, "b", 0, 0), (0, "a", 1, 0), (0, "a", 0, 1)]
    assert len({Draws(*key).bits() for key in keys}) == len(keys)


def test_keys_that_read_alike_or_add_up_to_the_same_are_different():
    keys = [(7, "1", 0), (8, "0", 0), (7, "0", 1), (1, "2 3", 4), (1, "3", 4), (1, " 2 3", 4), (12, "3", 4)]
    assert len({Draws(*key).bits() for key in keys}) == len(keys)


def test_left_out_attempt_is_attempt_0():
    assert Draws(1, "a", 2).bits() == Draws(1, "a", 2, 0).bits()


def test_names_that_are_no_utf_8_are_told_apart():
    names = [b"\xff.jpg", b"\xfe.jpg", "\u00ff.jpg".encode()]
    assert len({Draws(1, name.decode("utf-8", "surrogateescape"), 0).bits() for name in names}) == 3


def test_bits_are_53_bits_each_as_often_set_as_not():
    count = 4000
    bits = many(count, Draws.bits)
    assert bits.max() < 2**53
    share = np.array([(bits >> place & 1).mean() for place in range(53)])
    assert np.abs(share - 0.5).max() < SIGMAS * 0.5 / math.sqrt(count)


@settings(deadline=None)
@given(reals, reals, st.sampled_from([0, 1, 2**52, 2**53 - 2, 2**53 - 1]))
def test_uniform_never_leaves_its_range(one, other, bits):
    low, high = sorted((one, other))
    assert low <= Fixed(bits).uniform(low, high) <= high


@given(reals)
def test_uniform_of_an_empty_range_is_its_only_value(value):
    assert Draws(1, "a", 0).uniform(value, value) == value


def test_uniform_fills_its_range_evenly():
    # Kolmogorov's statistic exceeds 2.2 / sqrt(n) once in 8,000 times: 2 exp(-2 * 2.2^2).
    count = 4000
    ordered = np.sort(many(count, lambda draws: draws.uniform(-3.0, 5.0)))
    expected = -3.0 + 8.0 * (np.arange(count) + 0.5) / count
    assert np.abs(ordered - expected).max() / 8.0 < 2.2 / math.sqrt(count)


def test_normal_is_normal():
    count = 4000
    ordered = np.sort(many(count, lambda draws: draws.normal(2.0, 3.0)))
    cdf = NormalDist(2.0, 3.0).cdf
    gaps = np.abs(np.array([cdf(value) for value in ordered]) - (np.arange(count) + 0.5) / count)
    assert gaps.max() < 2.2 / math.sqrt(count)


@pytest.mark.parametrize("bits", [0, 2**53 - 1])
def test_normal_is_finite_at_the_ends_of_its_bits(bits):
    assert math.isfinite(Fixed(bits).normal())


@pytest.mark.parametrize("of", [("a", range(4000)), (None, [1])], ids=["copies", "images"])
def test_neighbouring_keys_are_uncorrelated(of):
    name, copies = of
    if name is None:
        values = [Draws(3, f"{number:05d}.png", 1).uniform() for number in range(4000)]
    else:
        values = [Draws(3, name, copy).uniform() for copy in copies]
    products = [(one - 0.5) * (other - 0.5) * 12 for one, other in pairwise(values)]
    assert abs(np.mean(products)) < SIGMAS / math.sqrt(len(products))


def test_numbers_of_one_key_are_uncorrelated():
    draws = Draws(3, "a", 1)
    values = np.array([draws.uniform() for _ in range(8000)]) - 0.5
    for lag in (1, 2, 7, 8, 9, 16):
        assert abs(np.mean(values[lag:] * values[:-lag]) * 12) < SIGMAS / math.sqrt(len(values) - lag)


@pytest.mark.parametrize("p", [0.05, 0.3, 0.5, 0.99])
def test_chance_means_its_probability(p):
    count = 4000
    hits = many(count, lambda draws: draws.chance(p)).sum()
    assert abs(hits - count * p) < SIGMAS * math.sqrt(count * p * (1 - p))


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_chance_that_is_settled_uses_up_no_number(p):
    draws = Draws(1, "a", 0)
    assert draws.chance(p) is bool(p)
    assert draws.bits() == Draws(1, "a", 0).bits()


def test_chance_is_exact_at_the_ends_of_its_bits():
    assert Fixed(0).chance(1e-300)
    assert not Fixed(2**53 - 1).chance(1 - 2**-53)


def test_choice_takes_each_option_equally_often():
    count, options = 4000, "abcde"
    taken = [Draws(11, "x", copy).choice(options) for copy in range(count)]
    for option in options:
        assert abs(taken.count(option) - count / 5) < SIGMAS * math.sqrt(count * 0.2 * 0.8)


def test_choice_reaches_the_first_and_the_last_option():
    assert Fixed(0).choice("abc") == "a"
    assert Fixed(2**53 - 1).choice("abc") == "c"


# What mixing and policies draw


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-3, 4), (0.2, 3.9), (5, 5), (0, 30)])
def test_integers_are_equally_likely_from_end_to_end(low, high):
    first, last = math.ceil(low), math.floor(high)
    values = many(6000, lambda draws: draws.integer(low, high))
    counts = np.bincount(values - first, minlength=last - first + 1)
    assert len(counts) == last - first + 1
    expected = 6000 / len(counts)
    assert ((counts - expected) ** 2 / expected).sum() < stats.chi2.isf(1e-5, max(len(counts) - 1, 1))


@pytest.mark.parametrize("bits", [0, 2**53 - 1])
def test_integers_reach_both_ends_and_no_further(bits):
    assert Fixed(bits).integer(-2, 7) == (-2 if bits == 0 else 7)
    assert type(Fixed(bits).integer(0.5, 2.5)) is int


@pytest.mark.parametrize("shape", [0.2, 0.5, 1.0, 1.5, 7.0, 200.0])
def test_gammas_are_those_of_their_distribution(shape):
    values = many(5000, lambda draws: draws.gamma(shape))
    # Kolmogorov and Smirnov's distance, whose exact tail scipy has
    assert stats.kstest(values, stats.gamma(shape).cdf).pvalue > 1e-5
    assert (values >= 0).all()


@pytest.mark.parametrize("alpha", [0.1, 0.4, 1.0, 3.0, 100.0])
def test_betas_are_those_of_their_distribution(alpha):
    values = many(5000, lambda draws: draws.beta(alpha))
    assert stats.kstest(values, stats.beta(alpha, alpha).cdf).pvalue > 1e-5
    assert 0 <= values.min() <= values.max() <= 1


def test_a_beta_too_small_for_floats_is_one_end_or_the_other():
    values = many(400, lambda draws: draws.beta(1e-4))
    # outside both ends by 1e-9, an arcsine-like law has 2 * alpha * log(1e9) = 0.4 % of its weight
    at_ends = (values < 1e-9) | (values > 1 - 1e-9)
    assert at_ends.mean() > 0.97
    assert abs((values > 0.5).mean() - 0.5) < SIGMAS * 0.5 / math.sqrt(400)


def test_without_a_key_numbers_are_like_no_others():
    assert len({Draws.of(7, None).bits() for _ in range(50)}) == 50
    assert Draws.of(7, ("a", 1)).bits() == Draws(7, "a", 1).bits() == Draws.of(7, ("a", np.int64(1), 0)).bits()
    assert Draws.of(7, ("a", 1, 2)).bits() == Draws(7, "a", 1, 2).bits()


@pytest.mark.parametrize(
    "key", ["a", "ab", ("a",), ("a", "1"), ("a", 1.5), (1, "a"), ("a", 1, 2, 3), 7, ("a", None), ()]
)
def test_what_is_no_key_is_told(key):
    with pytest.raises(AugkitError, match=r"key must be \(text, whole number\)"):
        Draws.of(0, key)


def test_what_numpy_does_for_columns_is_the_same_to_the_last_bit():
    catalog()  # whose transforms say so of functions of their own
    assert len(_OF_COLUMNS) > 2
    rng = np.random.default_rng(0)
    halves = np.arange(0, 200) / 2
    values = np.concatenate([rng.uniform(0, 3, 5000), rng.uniform(0, 1e6, 5000), rng.random(5000) ** 40, halves])
    for function in _OF_COLUMNS:
        assert for_each(function, values).tolist() == [function(value) for value in values.tolist()]


def test_numbers_without_keys_are_like_no_others_in_any_block():
    draws = [ManyDraws(1, [None] * 5) for _ in range(2)]
    columns = np.array([[many.uniform() for _ in range(20)] for many in draws])
    assert len(np.unique(columns)) == 200
    assert 0 <= columns.min() <= columns.max() < 1


def test_pictures_with_and_without_keys_may_come_together():
    many = ManyDraws(1, [None, ("a", 1), None])
    columns = np.array([many.uniform() for _ in range(20)])
    alone = Draws.of(1, ("a", 1))
    assert columns[:, 1].tolist() == [alone.uniform() for _ in range(20)]
    assert len(np.unique(columns)) == 60


# Without a key


def entropy() -> list[int]:
    return [*Draws.fresh(8), Draws.of(0, None).bits(), *ManyDraws(0, [None, None]).bits().tolist()]


def test_numbers_without_a_key_never_come_again():
    numbers = [number for _ in range(2000) for number in entropy()]
    assert len(set(numbers)) == len(numbers)


def test_numbers_without_a_key_are_uniform_bits():
    words = np.array([Draws.fresh(8) for _ in range(2000)], np.uint64)
    ones = np.unpackbits(words.view(np.uint8)).mean()
    assert abs(ones - 0.5) < SIGMAS * 0.5 / math.sqrt(8 * words.nbytes)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes don't fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_draws_other_numbers_than_its_parent_and_its_siblings():
    with multiprocessing.get_context("fork").Pool(3) as pool:
        children = pool.map(_own, range(3), chunksize=1)
    assert len({number for numbers in [*children, entropy()] for number in numbers}) == 4 * len(entropy())


def _own(place: int) -> list[int]:
    return entropy()


def test_halves_of_characters_make_keys_of_their_own():
    names = ["\ud800", "\udcff", "\udbff", "?"]
    assert len({Draws.of(0, (name, 1)).bits() for name in names}) == len(names)
