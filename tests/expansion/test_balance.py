import pytest
from hypothesis import given
from hypothesis import strategies as st

from augkit import AugkitError
from augkit.expansion.balance import Amount, spread

SIZES = {"a": 10, "b": 4, "c": 1}


@pytest.mark.parametrize(
    ("options", "totals"),
    [
        ({}, {"a": 10, "b": 10, "c": 10}),
        ({"balance": "max"}, {"a": 10, "b": 10, "c": 10}),
        ({"balance": "median"}, {"a": 10, "b": 4, "c": 4}),
        ({"balance": "7"}, {"a": 10, "b": 7, "c": 7}),
        ({"balance": 7}, {"a": 10, "b": 7, "c": 7}),
        ({"per_class": 12}, {"a": 12, "b": 12, "c": 12}),
        ({"copies": 2}, {"a": 30, "b": 12, "c": 3}),
        ({"copies": 0}, SIZES),
        ({"factor": 2.5}, {"a": 25, "b": 10, "c": 3}),
        ({"factor": 1}, SIZES),
    ],
)
def test_each_amount_gives_the_totals_it_says(options, totals):
    assert Amount.of(**options).totals(SIZES) == totals


def test_a_class_without_usable_images_stays_empty_and_does_not_pull_the_median():
    assert Amount.of(balance="median").totals({"a": 5, "b": 3, "none": 0}) == {"a": 5, "b": 4, "none": 0}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"balance": "most"}, "--balance must be max, median or a whole number"),
        ({"balance": "0"}, "--balance"),
        ({"balance": "2.5"}, "--balance"),
        ({"per_class": 0}, "--per-class"),
        ({"copies": -1}, "--copies"),
        ({"factor": 0.5}, "--factor"),
        ({"factor": float("nan")}, "--factor"),
        ({"balance": "max", "copies": 2}, "choose one of --balance, --copies"),
    ],
)
def test_a_wrong_amount_is_refused_with_the_option_named(options, says):
    with pytest.raises(AugkitError, match=says):
        Amount.of(**options)


ids = st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=20, unique=True)


@given(ids, st.integers(0, 100), st.integers(0, 5))
def test_copies_are_spread_as_evenly_as_can_be_and_add_up(names, copies, seed):
    shares = spread(names, copies, seed)
    assert sum(shares.values()) == copies
    assert max(shares.values()) - min(shares.values()) <= 1


@given(ids, st.integers(0, 100), st.data())
def test_taking_an_image_out_never_takes_a_copy_from_another(names, copies, data):
    before = spread(names, copies, seed=1)
    failed = data.draw(st.sets(st.sampled_from(names), max_size=len(names) - 1))
    left = [name for name in names if name not in failed]
    # the total holds: what failed is made up for, as originals and as copies
    after = spread(left, copies + len(failed), seed=1)
    assert all(after[name] >= before[name] for name in left)


def test_the_odd_copies_do_not_all_go_to_the_first_names():
    names = [f"{number:03d}" for number in range(100)]
    lucky = [name for name, share in spread(names, 50, seed=0).items() if share]
    # 50 of 100 by lot: the mean rank is 49.5 with a deviation of 2.9; the first fifty have 24.5
    assert 40 < sum(map(int, lucky)) / 50 < 59
    assert lucky != [name for name, share in spread(names, 50, seed=1).items() if share]
