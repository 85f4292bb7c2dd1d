"""Recipes taken apart, samples and folds, neighbours: what the verdicts rest on."""

from collections import Counter

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from augkit import Brightness, HorizontalFlip, OneOf, Rotate, Sequential, SomeOf, VerticalFlip
from augkit.assessment.dry_run import DryRun
from augkit.assessment.estimate import Pictures
from augkit.assessment.neighbors import confusions, find
from augkit.assessment.parts import take_apart, without
from augkit.assessment.sampling import FEWEST, choose, cut, too_small
from augkit.assessment.verdict import decide, find_swaps

NESTED = [
    Brightness(p=0.3),
    OneOf([Sequential([Rotate(p=0.5), HorizontalFlip()]), VerticalFlip(p=0.2), Brightness()], weights=[1, 2, 3]),
    SomeOf([HorizontalFlip(p=0.5)]),
]


def test_choices_are_taken_apart_and_no_transform_is_judged_twice():
    assert take_apart(NESTED) == [Brightness(), Rotate(), HorizontalFlip(), VerticalFlip()]


def test_what_is_left_keeps_its_order_chances_and_weights():
    first, choice = without(NESTED, {HorizontalFlip(), VerticalFlip()})
    assert first == Brightness(p=0.3)
    assert choice == OneOf([Sequential([Rotate(p=0.5)]), Brightness()], weights=[1, 3])
    assert without(NESTED, set()) == tuple(NESTED)
    assert without(NESTED, set(take_apart(NESTED))) == ()


def test_a_sample_is_even_and_hangs_on_seed_and_ids_alone():
    labels = ["a"] * 3000 + ["b"] * 900 + ["c"] * 50
    ids = [f"{label}/{number}" for number, label in enumerate(labels)]
    places = choose(labels, ids, 1500, seed=1)
    assert Counter(labels[place] for place in places) == {"a": 725, "b": 725, "c": 50}
    assert places == sorted(places)
    assert places != choose(labels, ids, 1500, seed=2)
    backwards = choose(labels[::-1], ids[::-1], 1500, seed=1)
    assert {ids[place] for place in places} == {ids[::-1][place] for place in backwards}


def test_many_classes_still_get_enough_pictures_to_be_judged():
    labels = [str(number % 100) for number in range(10_000)]
    counts = Counter(labels[place] for place in choose(labels, labels, 1500, seed=0))
    assert set(counts.values()) == {2 * FEWEST}


def test_a_class_is_too_small_by_its_sources_not_by_its_files():
    labels = ["a"] * 60 + ["b"] * 60
    sources = [f"a{number // 6}" for number in range(60)] + [f"b{number}" for number in range(60)]
    assert too_small(labels, sources) == ["a"]


def test_no_source_is_in_two_folds_and_every_picture_is_held_out_once_a_repeat():
    labels, groups = np.repeat([0, 1, 2], 80), np.repeat(np.arange(60), 4)
    folds = cut(Pictures(labels, groups), seed=3)
    assert len(folds) == 8
    for repeat in (folds[:4], folds[4:]):
        assert sorted(np.concatenate(repeat).tolist()) == list(range(240))
        sources = [set(groups[held_out]) for held_out in repeat]
        assert sum(map(len, sources)) == 60
        assert all(np.bincount(labels[held_out]).min() >= 12 for held_out in repeat)
    assert not np.array_equal(folds[0], folds[4])


def test_neighbours_are_those_of_scikit_learn_less_pictures_of_the_same_source(monkeypatch):
    rng = np.random.default_rng(0)
    clean, groups = rng.normal(size=(90, 5)).astype(np.float32), np.repeat(np.arange(30), 3)
    labels = np.repeat([0, 1, 2], 30)
    rows = clean + rng.normal(size=clean.shape).astype(np.float32)
    monkeypatch.setattr("augkit.assessment.neighbors._AT_ONCE", 90 * 7)  # blocks that don't end with the rows
    found = find(rows, clean, Pictures(labels, groups))
    distances, order = NearestNeighbors(n_neighbors=90).fit(clean).kneighbors(rows)
    for i in range(90):
        others = [place for place in order[i] if groups[place] != groups[i]]
        assert found.places[i] == others[0]
        own = next(place for place in others if labels[place] == labels[i])
        away = dict(zip(order[i].tolist(), distances[i].tolist(), strict=True))
        assert found.margins[i] == pytest.approx(away[own] - away[others[0]], abs=1e-4)


def test_classes_that_change_places_are_named_and_those_that_only_scatter_are_not():
    pictures = Pictures(np.repeat([0, 1, 2], 10), np.arange(30))
    clean = pictures.labels
    swapped = np.array([1] * 9 + [0] + [0] * 8 + [1] * 2 + [2] * 10)
    one_way = np.array([1] * 9 + [0] + [1] * 10 + [2] * 10)

    def swaps(claimed):
        kept = (claimed == clean).astype(float)
        agreements = pictures.ratio_by_class(kept, np.ones(30))
        return find_swaps("abc", agreements, confusions(clean, pictures), confusions(claimed, pictures))

    (swap,) = swaps(swapped)
    assert (swap.one, swap.other, swap.share) == ("a", "b", 0.8)
    assert swaps(one_way) == ()


@pytest.mark.parametrize(
    ("agreement", "effect", "verdict"),
    [(0.85, None, "keep"), (0.84, -0.9, "keep"), (0.84, -1.0, "warn"), (0.1, -3.0, "warn"), (0.84, -3.1, "drop")],
)
def test_the_rule_at_its_edges(agreement, effect, verdict):
    assert decide(agreement, effect) == verdict


def test_a_dry_run_judges_on_pictures_it_has_not_seen():
    rng = np.random.default_rng(0)
    rows, labels = rng.normal(size=(160, 40)).astype(np.float32), rng.integers(0, 2, 160)
    folds = cut(Pictures(labels, np.arange(160)), seed=0)
    # Copies equal to their originals: had one of a held-out picture slipped in, noise would be recognized.
    trial = DryRun.of(rows, labels, folds, [rows])
    hits = dict(trial.hits(10.0, workers=1))
    assert hits[None].mean() < 0.62
    assert hits[0].mean() < 0.62
