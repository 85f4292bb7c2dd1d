"""How likely each label is, told by a classifier that has not seen the picture."""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

FOLDS = 5
_LANDMARKS = 500
_AT_MOST = 10_000  # pictures that each fold's classifier learns from: more cost time and change little
_BLOCK = 8192  # pictures told at once


def out_of_fold(features: Array, labels: Array) -> Array:
    """Return the probability of each class (columns, sorted) for each picture (rows).

    A logistic regression on random landmarks of a Gaussian kernel (Nystroem; Williams and Seeger, 2001) learns from
    four fifths of the pictures and tells the last fifth.

    Parameters
    ----------
    features : array (N, D)
    labels : array (N,)
        At least as many of each as there are folds.
    """
    from sklearn.model_selection import StratifiedKFold
    from threadpoolctl import threadpool_limits

    features = (features - features.mean(axis=0)).astype(np.float64)  # in single precision it converges slowly
    gamma = 0.5 / (features.shape[1] * max(float(features.var()), 1e-12))
    classes = np.unique(labels)
    found = np.zeros((len(labels), len(classes)), np.float32)
    with threadpool_limits(1):  # on products so small, threads of BLAS only wait for each other
        for train, told in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(features, labels):
            some = _at_most(train, labels)
            classifier = _classifier(gamma, len(some)).fit(features[some], labels[some])
            for start in range(0, len(told), _BLOCK):
                block = told[start : start + _BLOCK]
                found[block] = classifier.predict_proba(features[block])
    return calibrate(found, labels)


def calibrate(likely: Array, labels: Array) -> Array:
    """Return probabilities sharpened or softened by one exponent, so that the labels are as likely as can be.

    Temperature scaling (Guo et al., 2017): after it, 2 % means the same whatever the data and the classifier.
    """
    from scipy.optimize import minimize_scalar

    logs = np.log(np.maximum(likely, 1e-12))
    codes = np.searchsorted(np.unique(labels), labels)

    def sharpened(exponent: float) -> Array:
        scores = exponent * logs
        scores -= scores.max(axis=1, keepdims=True)
        return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))

    def loss(exponent: float) -> float:
        return -float(sharpened(exponent)[np.arange(len(codes)), codes].mean())

    best = minimize_scalar(loss, bounds=(0.2, 5.0), method="bounded").x
    return np.asarray(np.exp(sharpened(float(best))), np.float32)


def _at_most(places: Array, labels: Array) -> Array:
    """Return so many of the places that a classifier can learn from them quickly, as many of each class as fit."""
    own = labels[places]
    classes = np.unique(own)
    each = max(1, _AT_MOST // len(classes))
    kept = [members[:: max(1, len(members) // each)] for members in (places[own == name] for name in classes)]
    return np.concatenate(kept)


def _classifier(gamma: float, count: int) -> Any:
    from sklearn.kernel_approximation import Nystroem
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    landmarks = Nystroem(gamma=gamma, n_components=min(_LANDMARKS, count), random_state=0)
    return make_pipeline(landmarks, LogisticRegression(C=3.0, tol=1e-3, max_iter=1000))
