"""Choices: each transform, each subset and each sequence as often as it should come."""

import math
from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from augkit import (
    AugkitError,
    Brightness,
    HorizontalFlip,
    Invert,
    OneOf,
    Pipeline,
    Rotate,
    Sequential,
    SomeOf,
    Transpose,
    VerticalFlip,
)

PLAIN = (HorizontalFlip(), VerticalFlip(), Transpose(), Invert())
NAMES = tuple(step.name() for step in PLAIN)
COUNT = 4000


def drawn_names(step) -> list[tuple[str, ...]]:
    pipeline = Pipeline([step], seed=2)
    return [
        tuple(kind.name() for kind, _ in pipeline.draw((9, 9), key=(f"{number}.png", 1))) for number in range(COUNT)
    ]


def chi_square(found: list, shares: dict) -> None:
    """All that was found is among what can be, and as often; one in 100,000 right laws would be refused."""
    assert set(found) <= {outcome for outcome, share in shares.items() if share > 0}
    likely = [(outcome, share * COUNT) for outcome, share in shares.items() if share > 0]
    assert sum(share for _, share in likely) == pytest.approx(COUNT)
    counts = Counter(found)
    chi = sum((counts[outcome] - expected) ** 2 / expected for outcome, expected in likely)
    assert chi < stats.chi2.isf(1e-5, len(likely) - 1)


@pytest.mark.parametrize(
    "weights", [None, (1, 1, 1, 1), (3, 1, 0.5, 5.5), (0, 2, 1, 0), (0, 0, 0, 7), (1e-300, 0, 0, 1)]
)
def test_one_is_chosen_by_weight(weights):
    given = weights or (1,) * 4
    shares = {(name,): weight / sum(given) for name, weight in zip(NAMES, given, strict=True)}
    shares = {outcome: share for outcome, share in shares.items() if share > 1e-9}
    found = drawn_names(OneOf(PLAIN, weights=weights))
    assert set(found) == set(shares)
    if len(shares) > 1:
        chi_square(found, shares)


def test_the_chosen_one_happens_with_its_own_p_and_all_with_that_of_the_choice():
    step = OneOf([HorizontalFlip(p=0.5), Invert()], weights=(1, 3), p=0.8)
    shares = {("horizontal_flip",): 0.8 * 0.25 * 0.5, ("invert",): 0.8 * 0.75, (): 0.2 + 0.8 * 0.25 * 0.5}
    chi_square(drawn_names(step), shares)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4])
def test_every_subset_of_a_size_is_equally_likely_and_keeps_the_order(count):
    subsets = list(combinations(NAMES, count))
    found = drawn_names(SomeOf(PLAIN, count=(count, count)))
    assert set(found) == set(subsets)
    if len(subsets) > 1:
        chi_square(found, {subset: 1 / len(subsets) for subset in subsets})


def test_every_number_of_them_is_equally_likely():
    found = [len(names) for names in drawn_names(SomeOf(PLAIN, count=(1, 3)))]
    chi_square(found, {1: 1 / 3, 2: 1 / 3, 3: 1 / 3})


def test_more_than_there_are_is_all_of_them():
    assert set(drawn_names(SomeOf(PLAIN, count=(9, 9)))) == {NAMES}
    # of 3 to 6, four numbers, three are all
    chi_square([len(names) for names in drawn_names(SomeOf(PLAIN, count=(3, 6)))], {3: 0.25, 4: 0.75})


def test_some_have_their_own_p():
    step = SomeOf([HorizontalFlip(p=0.25), Invert()], count=(2, 2), p=0.5)
    both = ("horizontal_flip", "invert")
    chi_square(drawn_names(step), {both: 0.125, ("invert",): 0.375, (): 0.5})


def test_a_sequence_is_all_or_nothing_in_its_order():
    chi_square(drawn_names(Sequential(PLAIN, p=0.3)), {NAMES: 0.3, (): 0.7})
    inner = Sequential([HorizontalFlip(p=0.5), Invert()], p=0.5)
    chi_square(drawn_names(inner), {("horizontal_flip", "invert"): 0.25, ("invert",): 0.25, (): 0.5})


def test_choices_nest():
    step = OneOf([Sequential([HorizontalFlip(), Invert()]), SomeOf([VerticalFlip(), Transpose()], count=(1, 1))])
    shares = {("horizontal_flip", "invert"): 0.5, ("vertical_flip",): 0.25, ("transpose",): 0.25}
    chi_square(drawn_names(step), shares)
    pipeline = Pipeline([step], seed=4)
    assert Pipeline.from_dict(pipeline.to_dict()) == pipeline


def test_sizes_are_those_of_the_picture_for_each():
    """A choice inside a pipeline sees the size of the picture, as a transform there does."""
    image = np.zeros((20, 40), np.uint8)
    result = Pipeline([Sequential([Transpose(), Rotate()])])(image)
    assert result.shape == (40, 20)


@pytest.mark.parametrize("kind", [OneOf, SomeOf, Sequential])
@pytest.mark.parametrize("given", [[], (), None, "ab", Rotate(), [Rotate], [Rotate(), 3], {Rotate()}, iter([Rotate()])])
def test_what_is_no_list_of_transforms_is_told(kind, given):
    with pytest.raises(AugkitError, match=rf"{kind.__name__}: transforms must be a list of transforms"):
        kind(given)


@pytest.mark.parametrize(
    "weights",
    [(1,), (1, 2, 3), (1, -1), (0, 0), (1, math.nan), (1, math.inf), (1e308, 1e308), ("1", 2), 3, (True, 1), "ab"],
)
def test_what_are_no_weights_is_told(weights):
    with pytest.raises(AugkitError, match="OneOf: weights must be 2 numbers from 0 up"):
        OneOf([Rotate(), Brightness()], weights=weights)


def test_weights_may_be_an_array():
    assert OneOf(PLAIN[:2], weights=np.array([1, 2])) == OneOf(PLAIN[:2], weights=(1.0, 2.0))


def nested(depth: int) -> Sequential:
    step = Sequential([Rotate()])
    for _ in range(depth - 1):
        step = Sequential([step])
    return step


def test_choices_nest_as_deep_as_they_can_be_read_back_and_no_deeper():
    pipeline = Pipeline([nested(30)])
    assert len(pipeline.draw((8, 8))) == 1
    assert Pipeline.from_dict(pipeline.to_dict()) == pipeline
    with pytest.raises(AugkitError, match="choices may be nested 30 deep"):
        nested(31)
