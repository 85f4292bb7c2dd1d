"""Copies are made while fitting, and nowhere else."""

from collections import Counter

import numpy as np
import pytest
from imblearn.pipeline import Pipeline
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score

import augkit
from augkit.interop.sklearn import AugmentingSampler

MOVE = augkit.Pipeline([augkit.Translate(), augkit.Rotate()], seed=7)
FLIP = augkit.Pipeline([augkit.HorizontalFlip(p=1.0)])


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    """Sixty scans, 40 zeros and ones, 20 of twos: rows of 64 numbers from 0 to 16."""
    X, y = load_digits(return_X_y=True)
    rows = np.concatenate([np.flatnonzero(y == label)[:count] for label, count in ((0, 24), (1, 24), (2, 12))])
    return X[rows], y[rows]


@pytest.mark.parametrize(
    ("dtype", "white"), [(np.float64, None), (np.float32, None), (np.uint8, None), (np.float64, 16.0), (np.int64, 16)]
)
@pytest.mark.parametrize("shape", [(64,), (8, 8), (8, 8, 1)])
def test_classes_become_equal_whatever_the_form_of_the_pictures(digits, dtype, white, shape):
    scans, y = digits
    top = white or (255 if dtype == np.uint8 else 1)
    X = (scans / 16 * top).astype(dtype).reshape(-1, *shape)
    sampler = AugmentingSampler(MOVE, shape=(8, 8) if shape == (64,) else None, white=white)
    more, labels = sampler.fit_resample(X, y)
    assert Counter(labels.tolist()) == {0: 24, 1: 24, 2: 24}
    assert (more.dtype, more.shape) == (dtype, (72, *shape))
    assert (more[:60] == X).all()
    assert 0 <= more.min() <= more.max() <= top
    assert (labels == y[sampler.sample_indices_]).all()
    assert Counter(sampler.sample_indices_[60:].tolist()) == dict.fromkeys(np.flatnonzero(y == 2).tolist(), 1)


def test_copies_are_those_of_the_pipeline(digits):
    X, y = digits
    pictures = np.rint(X.reshape(-1, 8, 8) * 255 / 16).astype(np.uint8)
    sampler = AugmentingSampler(MOVE, sampling_strategy={2: 30})
    more, _ = sampler.fit_resample(pictures, y)
    times: Counter[int] = Counter()
    for made, parent in zip(more[60:], sampler.sample_indices_[60:].tolist(), strict=True):
        times[parent] += 1
        assert made.tobytes() == MOVE(pictures[parent], key=(str(parent), times[parent])).tobytes()
    assert set(times.values()) == {1, 2}


def test_the_same_data_give_the_same_copies_and_another_seed_others(digits):
    X, y = digits
    sampler = AugmentingSampler(MOVE, shape=(8, 8), white=16)
    one, again = (clone(sampler).fit_resample(X, y)[0] for _ in range(2))
    other = AugmentingSampler(augkit.Pipeline(MOVE.transforms, seed=8), shape=(8, 8), white=16).fit_resample(X, y)[0]
    assert (one == again).all()
    assert (one != other).any()


class Watching(ClassifierMixin, BaseEstimator):
    """A classifier that checks what it is fitted on and asked about."""

    seen: list[tuple[str, np.ndarray]] = []  # noqa: RUF012 (shared by the clones that cross-validation makes)

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.seen.append(("fit", X))
        return self

    def predict(self, X):
        self.seen.append(("predict", X))
        return np.full(len(X), self.classes_[0])


def test_cross_validation_leaks_no_copy_of_a_test_picture(digits):
    X, y = digits
    Watching.seen.clear()
    model = Pipeline([("augment", AugmentingSampler(FLIP, shape=(8, 8), white=16)), ("model", Watching())])
    cross_val_score(model, X, y, cv=4)
    assert [what for what, _ in Watching.seen] == ["fit", "predict"] * 4
    originals = {row.tobytes() for row in X}
    for (_, fitted), (_, asked) in zip(Watching.seen[::2], Watching.seen[1::2], strict=True):
        trained = {row.tobytes() for row in fitted}
        tested = {row.tobytes() for row in asked}
        copies = {row.reshape(8, 8)[:, ::-1].tobytes() for row in asked}
        assert tested <= originals
        assert len(asked) == 15
        assert len(fitted) == 54, "18 of each class"
        assert not trained & tested
        assert not trained & copies
        assert any(row.reshape(8, 8)[:, ::-1].tobytes() in trained for row in fitted[45:])


def test_a_search_over_recipes_is_a_grid_search(digits):
    X, y = digits
    model = Pipeline(
        [("augment", AugmentingSampler(MOVE, shape=(8, 8), white=16)), ("model", LogisticRegression(max_iter=500))]
    )
    search = GridSearchCV(model, {"augment__pipeline": [MOVE, FLIP]}, cv=3).fit(X / 1, y)
    assert search.best_score_ > 0.9
    assert len(search.cv_results_["params"]) == 2


def test_a_class_that_is_large_enough_gets_nothing(digits):
    X, y = digits
    more, labels = AugmentingSampler(MOVE, shape=(8, 8), white=16).fit_resample(X[:48], y[:48])
    assert (more.shape, labels.shape) == ((48, 64), (48,))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"white": 16}, "each row of X holds 64 numbers, shape is None"),
        ({"white": 16, "shape": (8, 9)}, r"shape is \(8, 9\)"),
        ({"shape": (8, 8)}, "pixels are 0 to 16, expected 0 .black. to 1"),
        ({"shape": (8, 8), "white": 16, "pipeline": augkit.Pipeline([augkit.Resize(size=(4, 4))])}, "keep their size"),
    ],
)
def test_what_does_not_fit_is_refused(digits, options, said):
    X, y = digits
    with pytest.raises(augkit.AugkitError, match=said):
        AugmentingSampler(**{"pipeline": MOVE} | options).fit_resample(X, y)


def test_what_is_no_pipeline_is_told(digits):
    with pytest.raises(augkit.AugkitError, match=r"expected an augkit\.Pipeline, got list"):
        AugmentingSampler([augkit.Rotate()], shape=(8, 8)).fit_resample(digits[0] / 16, digits[1])
