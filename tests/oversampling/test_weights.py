"""Weights and corrected scores, by hand and against scikit-learn."""

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

from augkit import AugkitError, class_weights, logit_adjust

LABELS = np.repeat(["cat", "dog", "owl"], [50, 5, 20])


def test_inverse_weights_are_those_scikit_learn_calls_balanced():
    weights = class_weights(LABELS)
    expected = compute_class_weight("balanced", classes=np.unique(LABELS), y=LABELS)
    assert list(weights) == ["cat", "dog", "owl"]
    np.testing.assert_allclose(list(weights.values()), expected, rtol=1e-12)


def test_effective_weights_by_hand():
    weights = class_weights([0, 0, 0, 1], "effective", beta=0.5)
    assert weights[0] == pytest.approx(2 * (0.5 / 0.875) / (0.5 / 0.875 + 1))
    assert sum(weights.values()) == pytest.approx(2)


def test_effective_weights_go_from_none_to_inverse():
    even = class_weights(LABELS, "effective", beta=0.0)
    assert set(even.values()) == {1.0}
    inverse = class_weights(LABELS, "effective", beta=1 - 1e-9)
    assert inverse["dog"] / inverse["cat"] == pytest.approx(10, rel=1e-5)


def test_adjusted_scores_are_those_of_equal_frequencies():
    rng = np.random.default_rng(0)
    even = rng.dirichlet(np.ones(3), size=40)  # posteriors under equal priors
    prior = np.array([0.7, 0.2, 0.1])
    skewed = np.log(even * prior / (even * prior).sum(axis=1, keepdims=True))
    adjusted = np.exp(logit_adjust(skewed, [70, 20, 10]))
    np.testing.assert_allclose(adjusted / adjusted.sum(axis=1, keepdims=True), even, rtol=1e-10)


def test_tau_says_how_far_and_the_dtype_stays():
    scores = np.array([[1.0, 2.0]], np.float32)
    np.testing.assert_array_equal(logit_adjust(scores, [3, 1], tau=0), scores)
    assert logit_adjust(scores, [3, 1]).dtype == np.float32
    half, whole = (logit_adjust([[0, 0]], [3, 1], tau=tau)[0] for tau in (0.5, 1))
    assert whole[1] - whole[0] == pytest.approx(np.log(3))
    assert half[1] - half[0] == pytest.approx(np.log(3) / 2)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: class_weights([0], "invers"), "did you mean 'inverse'"),
        (lambda: class_weights([0], beta=1.0), "beta must be at least 0 and less than 1, got 1.0"),
        (lambda: class_weights([]), "y is empty"),
        (lambda: logit_adjust([[1.0, 2.0]], [1, 2, 3]), r"got \(3,\) for scores \(1, 2\)"),
        (lambda: logit_adjust([[1.0, 2.0]], [1, 0]), "every class needs rows"),
    ],
)
def test_wrong_arguments_are_named(call, says):
    with pytest.raises(AugkitError, match=says):
        call()
