"""A linear head that learns from balanced features."""

from collections.abc import Callable
from typing import Any, Self, TypeVar

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from augkit.oversampling.eos import EOS

Method = TypeVar("Method", bound=Callable[..., Any])

# Values of C for columns of variance 1, settled on splits of CIFAR-10 and digits that no reported figure comes from.
ANY_FEATURES = 0.01
TRAINED_FEATURES = 0.003  # of the pictures that the network was trained on: it tells them apart too easily


def default_classifier(X: npt.NDArray[Any], C: float = ANY_FEATURES) -> LogisticRegression:
    """Return logistic regression, more strongly regularized than is usual: synthetic rows are easily learned too well.

    `C` is that for columns of variance 1; what is used stands in inverse proportion to their mean variance, so that the
    unit of the features doesn't matter. Columns of several units must be scaled before.

    >>> default_classifier(np.array([[0.0, 3.0], [2.0, 3.0]])).C  # variances of 1 and 0
    0.02
    """
    return LogisticRegression(C=C / (float(X.var(axis=0).mean()) or 1.0), max_iter=1000)


def _if_classifier_has(method: str) -> Callable[[Method], Method]:
    def has(head: "RebalancedHead") -> bool:
        chosen = LogisticRegression() if head.classifier is None else head.classifier
        return hasattr(getattr(head, "classifier_", chosen), method)

    return available_if(has)


class RebalancedHead(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier over features that is trained on what a sampler makes of them.

    Parameters
    ----------
    sampler : sampler, optional
        Any of augkit or imbalanced-learn; by default `EOS`.
    classifier : classifier, optional
        By default logistic regression with `C` = 0.01 / mean variance of the columns. For a network's features of the
        pictures it was trained on, which it tells apart too easily, `rebalance_head` takes 0.003 instead of 0.01.
    random_state : int, RandomState or None
        Of the default sampler; one that you give has its own.

    Attributes
    ----------
    sampler_, classifier_
        What was fitted.
    classes_ : array

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> X, y = load_digits(return_X_y=True)
    >>> keep = (y > 4) | (np.arange(len(y)) < 200)  # 0 to 4 are rare
    >>> plain = LogisticRegression(max_iter=1000).fit(X[keep] / 16, y[keep])
    >>> head = RebalancedHead(random_state=0).fit(X[keep] / 16, y[keep])
    >>> bool(head.score(X / 16, y) > plain.score(X / 16, y))
    True
    """

    def __init__(self, sampler: Any = None, classifier: Any = None, *, random_state: Any = None) -> None:
        self.sampler = sampler
        self.classifier = classifier
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> Self:
        """Oversample, then fit the classifier."""
        X, y = validate_data(self, X, y)
        check_classification_targets(y)
        self.sampler_ = EOS(random_state=self.random_state) if self.sampler is None else clone(self.sampler)
        chosen = default_classifier(X) if self.classifier is None else self.classifier
        self.classes_ = np.unique(y)
        if len(self.classes_) < 2:
            raise ValueError(f"RebalancedHead needs rows of at least two classes, got 1 class: {self.classes_[0]!r}")
        self.classifier_ = clone(chosen).fit(*self.sampler_.fit_resample(X, y))
        return self

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Return the class of each row."""
        rows = self._checked(X)
        return self.classifier_.predict(rows)

    @_if_classifier_has("predict_proba")
    def predict_proba(self, X: Any) -> npt.NDArray[Any]:
        """Return the probability of each class."""
        rows = self._checked(X)
        return self.classifier_.predict_proba(rows)

    @_if_classifier_has("decision_function")
    def decision_function(self, X: Any) -> npt.NDArray[Any]:
        """Return the scores of the classes."""
        rows = self._checked(X)
        return self.classifier_.decision_function(rows)

    def _checked(self, X: Any) -> Any:
        check_is_fitted(self)
        return validate_data(self, X, reset=False)
