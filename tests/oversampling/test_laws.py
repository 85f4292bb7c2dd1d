"""What holds for every sampler, found by discovery; imbalanced-learn's own checks; and the numbers of its SMOTE."""

import importlib
import pickle
import pkgutil
import warnings
from collections import Counter

import imblearn.over_sampling as peers
import numpy as np
import pytest
from imblearn.utils.estimator_checks import parametrize_with_checks
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.neighbors import NearestNeighbors

import augkit.oversampling
from augkit.oversampling.base import Oversampler


def discover() -> list[type[Oversampler]]:
    for module in pkgutil.iter_modules(augkit.oversampling.__path__):
        importlib.import_module(f"augkit.oversampling.{module.name}")
    return sorted(Oversampler.__subclasses__(), key=lambda sampler: sampler.__name__)


SAMPLERS = discover()
KINDS = [sampler(random_state=0) for sampler in SAMPLERS] + [
    sampler(random_state=0, kind="borderline-2") for sampler in SAMPLERS if hasattr(sampler(), "kind")
]


@pytest.fixture(params=KINDS, ids=str)
def sampler(request) -> Oversampler:
    return clone(request.param)


@pytest.fixture
def rows() -> tuple[np.ndarray, np.ndarray]:
    """Four classes of 120, 60, 30 and 30 that overlap."""
    X, y = make_classification(
        600,
        n_features=12,
        n_informative=8,
        n_classes=4,
        weights=[0.5, 0.25, 0.125, 0.125],
        class_sep=0.7,
        random_state=1,
    )
    picked = np.concatenate([np.flatnonzero(y == label)[:count] for label, count in enumerate((120, 60, 30, 30))])
    order = np.random.default_rng(0).permutation(picked)
    return X[order], y[order]


def test_all_samplers_are_found():
    assert [sampler.__name__ for sampler in SAMPLERS] == ["ADASYN", "BorderlineSMOTE", "EOS", "SMOTE"]
    assert {sampler.__name__ for sampler in SAMPLERS} <= set(augkit.__all__)


CHECKS = parametrize_with_checks(KINDS)


@pytest.mark.parametrize(CHECKS.args[0], list(CHECKS.args[1]), **CHECKS.kwargs)  # it gives pytest a generator
def test_imbalanced_learn_accepts_it(estimator, check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(estimator)


def test_originals_come_first_and_classes_are_even(sampler, rows):
    X, y = rows
    resampled, labels = sampler.fit_resample(X, y)
    np.testing.assert_array_equal(resampled[: len(X)], X)
    np.testing.assert_array_equal(labels[: len(y)], y)
    assert Counter(labels) == dict.fromkeys(range(4), 120)


def test_parents_tell_where_every_new_row_lies(sampler, rows):
    X, y = rows
    resampled, labels = sampler.fit_resample(X, y)
    first, second, steps = sampler.parents_
    assert len(first) == len(second) == len(steps) == len(resampled) - len(X)
    np.testing.assert_allclose(resampled[len(X) :], X[first] + steps[:, None] * (X[second] - X[first]), atol=1e-12)
    np.testing.assert_array_equal(y[first], labels[len(X) :])
    assert ((steps >= 0) & (steps < 1)).all()
    assert (first != second).all()


def test_two_classes_that_need_as_many_rows_get_different_steps(sampler, rows):
    X, y = rows
    _, labels = sampler.fit_resample(X, y)
    new = labels[len(y) :]
    assert (new == 2).sum() == (new == 3).sum()
    assert not np.isin(sampler.parents_.steps[new == 2], sampler.parents_.steps[new == 3]).any()


def test_the_same_seed_gives_the_same_rows_and_another_other_ones(sampler, rows):
    one = sampler.fit_resample(*rows)[0]
    np.testing.assert_array_equal(clone(sampler).fit_resample(*rows)[0], one)
    assert not np.array_equal(clone(sampler).set_params(random_state=1).fit_resample(*rows)[0], one)


@pytest.mark.parametrize(
    ("strategy", "counts"),
    [
        ("minority", {0: 120, 1: 60, 2: 120, 3: 30}),
        ("not minority", {0: 120, 1: 120, 2: 30, 3: 120}),
        ("not majority", {0: 120, 1: 120, 2: 120, 3: 120}),
        ("all", {0: 120, 1: 120, 2: 120, 3: 120}),
        ({1: 70, 3: 31}, {0: 120, 1: 70, 2: 30, 3: 31}),
        (lambda y: {2: 40}, {0: 120, 1: 60, 2: 40, 3: 30}),
    ],
)
def test_sampling_strategies_are_those_of_imbalanced_learn(sampler, rows, strategy, counts):
    sampler.set_params(sampling_strategy=strategy)
    assert Counter(sampler.fit_resample(*rows)[1].tolist()) == counts


def test_a_fraction_is_that_of_two_classes(sampler, rows):
    X, y = rows[0], (rows[1] == 1).astype(int)
    labels = sampler.set_params(sampling_strategy=0.5).fit_resample(X, y)[1]
    assert Counter(labels.tolist()) == {0: 180, 1: 90}


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.uint8, np.int16])
def test_the_dtype_stays(sampler, rows, dtype):
    X = ((rows[0] - rows[0].min()) * 8).astype(dtype)
    X.setflags(write=False)
    resampled = sampler.fit_resample(X, rows[1])[0]
    assert resampled.dtype == dtype
    first, second, steps = sampler.parents_
    exact = X[first].astype(float) + steps[:, None] * (X[second].astype(float) - X[first])
    tolerance = 0.5 if np.issubdtype(dtype, np.integer) else 64 * float(np.finfo(dtype).eps) * np.abs(exact).max()
    assert np.abs(resampled[len(X) :] - exact).max() <= tolerance


@pytest.mark.parametrize("shape", [(3, 4), (2, 2, 3)])
def test_pictures_are_flattened_and_come_back_in_their_shape(sampler, rows, shape):
    X, y = rows
    flat = sampler.fit_resample(X, y)[0]
    pictures, labels = clone(sampler).fit_resample(X.reshape(len(X), *shape), y)
    assert pictures.shape == (len(labels), *shape)
    np.testing.assert_array_equal(pictures.reshape(len(labels), -1), flat)


def test_a_small_class_uses_fewer_neighbours_and_says_so(sampler, rows):
    X, y = rows
    keep = np.concatenate([np.flatnonzero(y != 3), np.flatnonzero(y == 3)[:3]])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        _, labels = sampler.fit_resample(X[keep], y[keep])
    assert Counter(labels) == dict.fromkeys(range(4), 120)
    among_all = isinstance(sampler, augkit.EOS) or getattr(sampler, "kind", "") == "borderline-2"
    if not among_all or any("as by SMOTE" in str(warning.message) for warning in caught):
        told = f"class 3 has 3 rows: k_neighbors is 2 for it, not {sampler.k_neighbors}"
        assert told in [str(warning.message) for warning in caught]


@pytest.mark.filterwarnings("ignore:class")
def test_a_class_of_two_lies_between_its_rows_or_goes_to_its_enemies(sampler, rows):
    X, y = rows
    keep = np.concatenate([np.flatnonzero(y != 3), np.flatnonzero(y == 3)[:2]])
    _, labels = sampler.fit_resample(X[keep], y[keep])
    assert Counter(labels) == dict.fromkeys(range(4), 120)


def test_a_class_of_one_is_copied_and_says_so(sampler, rows):
    X, y = rows
    keep = np.concatenate([np.flatnonzero(y != 3), np.flatnonzero(y == 3)[:1]])
    with pytest.warns(UserWarning, match="class 3 has a single row: its new rows are copies of it"):
        resampled, labels = sampler.fit_resample(X[keep], y[keep])
    copies = resampled[labels == 3]
    assert len(copies) == 120
    assert (copies == X[keep[-1]]).all()


@pytest.mark.filterwarnings("ignore:class")
def test_classes_far_apart_are_balanced_all_the_same(sampler):
    X = np.concatenate(
        [np.random.default_rng(0).normal(100 * label, 1, (count, 3)) for label, count in enumerate((40, 12))]
    )
    labels = sampler.fit_resample(X, np.repeat(["far", "near"], [40, 12]))[1]
    assert Counter(labels.tolist()) == {"far": 40, "near": 40}


@pytest.mark.filterwarnings("ignore:class")
def test_classes_that_are_even_already_get_nothing(sampler, rows):
    X, y = rows[0][:8], np.arange(8) % 2
    resampled, labels = sampler.fit_resample(X, y)
    assert (len(resampled), len(labels), len(sampler.parents_.rows)) == (8, 8, 0)


@pytest.mark.filterwarnings("ignore:class")
def test_rows_that_are_all_alike_do_no_harm(sampler):
    X = np.ones((30, 4), np.float32)
    resampled = sampler.fit_resample(X, np.repeat([0, 1], [20, 10]))[0]
    assert (resampled == 1).all()
    assert len(resampled) == 40


def test_a_searcher_of_the_users_finds_the_same_rows(sampler, rows):
    plain = sampler.fit_resample(*rows)[0]
    counts = {name: value for name, value in sampler.get_params().items() if name.endswith("_neighbors")}
    searchers = {name: NearestNeighbors(n_neighbors=count + 1) for name, count in counts.items()}
    np.testing.assert_array_equal(clone(sampler).set_params(**searchers).fit_resample(*rows)[0], plain)


def test_faiss_finds_the_same_rows(sampler, rows):
    pytest.importorskip("faiss", reason="faiss is not installed")
    plain = sampler.fit_resample(*rows)[0]
    counts = {name: value for name, value in sampler.get_params().items() if name.endswith("_neighbors")}
    searchers = {name: augkit.FaissNeighbors(count + 1) for name, count in counts.items()}
    np.testing.assert_array_equal(clone(sampler).set_params(**searchers).fit_resample(*rows)[0], plain)


def test_samplers_are_cloned_and_pickled(sampler, rows):
    sampler.fit_resample(*rows)
    again = pickle.loads(pickle.dumps(sampler))
    np.testing.assert_array_equal(again.parents_.steps, sampler.parents_.steps)
    assert clone(sampler).get_params() == sampler.get_params()


def test_wrong_parameters_are_named(sampler, rows):
    with pytest.raises(ValueError, match="'k_neighbors' parameter"):
        clone(sampler).set_params(k_neighbors=0).fit_resample(*rows)
    with pytest.raises(ValueError, match="'k_neighbors' parameter"):
        clone(sampler).set_params(k_neighbors="five").fit_resample(*rows)


def test_smote_with_the_same_draws_is_imbalanced_learns(rows):
    X, y = rows[0], (rows[1] >= 2).astype(int)
    ours = augkit.SMOTE(random_state=7).fit_resample(X, y)
    theirs = peers.SMOTE(random_state=7).fit_resample(X, y)
    np.testing.assert_allclose(ours[0], theirs[0], rtol=0, atol=1e-12)
    np.testing.assert_array_equal(ours[1], theirs[1])


def test_borderline_smote_with_the_same_draws_is_imbalanced_learns(rows):
    X, y = rows[0], (rows[1] >= 2).astype(int)
    ours = augkit.BorderlineSMOTE(random_state=7).fit_resample(X, y)
    theirs = peers.BorderlineSMOTE(random_state=7).fit_resample(X, y)
    np.testing.assert_allclose(ours[0], theirs[0], rtol=0, atol=1e-12)


def test_adasyn_gives_each_row_what_imbalanced_learns_gives_it_up_to_one(rows):
    X, y = rows[0], (rows[1] >= 2).astype(int)
    sampler = augkit.ADASYN(random_state=7)
    sampler.fit_resample(X, y)
    new = peers.ADASYN(random_state=7).fit_resample(X, y)[0][len(X) :]
    members = np.flatnonzero(y == 1)
    # Theirs doesn't tell parents, but goes through them in order: so many rows on the way from each.
    ours = np.bincount(sampler.parents_.rows, minlength=len(X))[members]
    around = NearestNeighbors(n_neighbors=6).fit(X).kneighbors(X[members], return_distance=False)[:, 1:]
    hardness = (y[around] != 1).mean(axis=1)
    theirs = np.rint(hardness / hardness.sum() * (len(y) - 2 * len(members))).astype(int)
    assert theirs.sum() == len(new)
    assert np.abs(ours - theirs).max() <= 1


def test_means_and_spreads_are_those_of_imbalanced_learn(rows):
    """What differs in draws is compared in distribution: over many seeds, features by features."""
    X, y = rows[0], (rows[1] >= 2).astype(int)
    for name in ("SMOTE", "BorderlineSMOTE", "ADASYN"):
        pools = []
        for home in (augkit, peers):
            made = [getattr(home, name)(random_state=seed).fit_resample(X, y)[0][len(X) :] for seed in range(60)]
            pools.append(np.concatenate(made))
        ours, theirs = pools
        error = np.sqrt(ours.var(axis=0) / 60 / 8)  # rows of one seed share parents: count eight of them as independent
        assert (np.abs(ours.mean(axis=0) - theirs.mean(axis=0)) < 5 * error).all(), name
        np.testing.assert_allclose(ours.std(axis=0), theirs.std(axis=0), rtol=0.1)


def test_columns_of_whole_numbers_are_rounded_beside_others_too():
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    rng = np.random.default_rng(0)
    whole, fractions = rng.integers(0, 1000, 60), rng.random(60)
    frame = pandas.DataFrame({"whole": whole.astype(np.int32), "fraction": fractions})
    labels = [0] * 40 + [1] * 20
    found, _ = augkit.SMOTE(random_state=0).fit_resample(frame, labels)
    exact, _ = augkit.SMOTE(random_state=0).fit_resample(frame.astype(float), labels)
    assert found.dtypes.to_dict() == frame.dtypes.to_dict()
    np.testing.assert_array_equal(found["whole"], np.rint(exact["whole"]))
    np.testing.assert_array_equal(found["fraction"], exact["fraction"])


@pytest.mark.parametrize("beside", [True, False])
def test_given_rows_of_a_frame_are_not_touched(beside):
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = pandas.DataFrame({"id": np.arange(18) + 2**53 + 1, "large": np.uint64(2**64 - 1)})
    if beside:
        frame["fraction"] = np.linspace(0, 1, 18)
    found, _ = augkit.SMOTE(random_state=0, k_neighbors=2).fit_resample(frame, [0] * 12 + [1] * 6)
    assert len(found) == 24
    if beside:  # of whole numbers alone, imbalanced-learn's array has another dtype than both
        pandas.testing.assert_frame_equal(found[:18], frame)
