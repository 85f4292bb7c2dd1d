"""Tables of normal noise: how near their sums are to a normal rounded to whole levels, by exact arithmetic."""

import math

import numpy as np
import pytest

from augkit.kernels.normal import byte_tables, byte_tables_of, deviation_before_rounding, inverse_normal

LEVELS = np.arange(-256, 257)
STDS = [*np.geomspace(2.0, 27.0, 60).tolist(), 2.55, 10.2]


def law_of_sum(std: float) -> np.ndarray:
    """The probability of each level for the sum of an entry of one table and one of the other."""
    one, other = (np.frombuffer(table, np.int8).astype(int) for table in byte_tables(std))
    assert len(one) == len(other) == 256
    sums = np.add.outer(one, other).ravel()
    return np.bincount(sums + 256, minlength=len(LEVELS)) / 65536


def law_wanted(std: float) -> np.ndarray:
    """The probability of each level for a normal rounded to whole levels that has this deviation."""
    sigma = math.sqrt(std**2 - 1 / 12)
    below = np.array([math.erfc(-(level + 0.5) / sigma / math.sqrt(2)) / 2 for level in LEVELS])
    return np.diff(below, prepend=0.0)


@pytest.mark.parametrize("std", STDS)
def test_the_sum_of_two_tables_is_normal(std):
    found, wanted = law_of_sum(std), law_wanted(std)
    assert (found == found[::-1]).all()  # so every odd moment is 0
    variance = (found * LEVELS**2).sum()
    assert abs(math.sqrt(variance) / std - 1) < 1e-3
    assert abs((found * LEVELS**4).sum() / variance**2 - 3) < 0.04
    assert np.abs(np.cumsum(found) - np.cumsum(wanted)).max() < 1e-3
    assert np.abs(found - wanted).sum() / 2 < 3e-3


@pytest.mark.parametrize("std", STDS)
def test_sums_reach_far_and_stay_signed_bytes(std):
    reach = np.abs(LEVELS[law_of_sum(std) > 0]).max()
    assert 3.9 * std < reach <= 127


def test_a_stronger_noise_never_gets_the_tables_of_a_weaker_one():
    found = [(law_of_sum(std) * LEVELS**2).sum() for std in np.linspace(2.0, 27.0, 999).tolist()]
    assert (np.diff(found) >= 0).all()


@pytest.mark.parametrize("std", [0.0, 0.5, 1.99, 27.01, 255.0])
def test_no_tables_where_none_are_good_enough(std):
    assert byte_tables(std) is None


def test_quantiles_are_symmetric_and_have_deviation_1():
    table = inverse_normal().astype(float)
    assert (table == -table[::-1]).all()
    assert abs(table.std() - 1) < 1.1e-5  # medians of equal shares lie a little nearer to 0 than their means
    assert 4.2 < table.max() < 4.33


@pytest.mark.parametrize("std", [0.05, 0.3, 0.7, 1.0, 1.5, 20.0])
def test_the_deviation_before_rounding_gives_the_one_asked_for(std):
    sigma = deviation_before_rounding(std)
    shares = np.diff([math.erfc(-(level + 0.5) / sigma / math.sqrt(2)) / 2 for level in range(-201, 201)])
    # Sheppard's correction leaves a relative error of about 2 exp(-2 pi^2 sigma^2) above 1; bisecting none
    assert abs(math.sqrt((shares * np.arange(-200, 201) ** 2).sum()) / std - 1) < 1e-5


def test_tables_of_many_deviations_are_those_of_each():
    stds = np.concatenate([[0.0, 1.99, 2.0, 27.0, 27.1, 300.0], np.random.default_rng(0).uniform(2, 27, 2000)])
    assert byte_tables_of(stds) == [byte_tables(float(std)) for std in stds]
