"""Balance without new rows: weights for a loss, and scores corrected for how common classes were."""

from typing import Any

import numpy as np
import numpy.typing as npt

from augkit.errors import AugkitError, suggest

_SCHEMES = ("effective", "inverse")


def class_weights(y: npt.ArrayLike, scheme: str = "inverse", *, beta: float = 0.999) -> dict[Any, float]:
    """Return a weight for each class: rare classes weigh more.

    Parameters
    ----------
    y : array of N
        Labels.
    scheme : {"inverse", "effective"}
        "inverse" is rows / (classes * rows of the class), which scikit-learn calls balanced. "effective" is one over
        the effective number of rows, (1 - beta^n) / (1 - beta), scaled so that weights add up to the number of
        classes (Cui et al., 2019).
    beta : float in [0, 1)
        0 weighs all classes alike, near 1 it is inverse.

    Returns
    -------
    dict
        In the order of the sorted labels: scikit-learn's `class_weight`; for a loss of PyTorch,
        ``torch.tensor(list(weights.values()))``.

    Raises
    ------
    AugkitError
        When there is no label, or an option is wrong.

    Examples
    --------
    >>> class_weights(["cat", "cat", "cat", "dog"])
    {'cat': 0.6666666666666666, 'dog': 2.0}
    >>> {label: round(weight, 3) for label, weight in class_weights([0, 0, 0, 1], "effective", beta=0.5).items()}
    {0: 0.727, 1: 1.273}
    """
    if scheme not in _SCHEMES:
        raise AugkitError(f"class_weights: scheme must be one of {', '.join(_SCHEMES)}{suggest(scheme, _SCHEMES)}")
    if not 0 <= beta < 1:
        raise AugkitError(f"class_weights: beta must be at least 0 and less than 1, got {beta}")
    labels, counts = np.unique(np.asarray(y), return_counts=True)
    if not len(labels):
        raise AugkitError("class_weights: y is empty")
    if scheme == "inverse":
        weights = counts.sum() / (len(counts) * counts)
    else:
        weights = (1 - beta) / (1 - np.power(beta, counts))
        weights *= len(weights) / weights.sum()
    return dict(zip(labels.tolist(), weights.tolist(), strict=True))


def logit_adjust(scores: npt.ArrayLike, counts: npt.ArrayLike, tau: float = 1.0) -> npt.NDArray[np.floating[Any]]:
    """Return scores as if all classes had been equally common in training (Menon et al., 2021, equation 9).

    No new picture and no new training: only what the frequency of a class had added to its score is taken away.

    Parameters
    ----------
    scores : array (N, classes)
        Logits or logarithms of probabilities.
    counts : array of classes
        Rows of each class in training, in the order of the scores.
    tau : float
        0 leaves scores as they are, 1 takes away the whole advantage.

    Raises
    ------
    AugkitError
        When counts don't fit the scores, or a class has none.

    Examples
    --------
    >>> logit_adjust([[2.0, 1.0]], [90, 10]).argmax()
    np.int64(1)
    """
    values, known = np.asarray(scores), np.asarray(counts, np.float64)
    if known.ndim != 1 or values.ndim < 1 or values.shape[-1] != len(known):
        raise AugkitError(
            f"logit_adjust: counts must hold one number for each column of scores; "
            f"got {known.shape} for scores {values.shape}"
        )
    if not (known > 0).all():
        raise AugkitError(f"logit_adjust: every class needs rows to be adjusted for; got counts {known.tolist()}")
    floats = values if np.issubdtype(values.dtype, np.floating) else values.astype(np.float64)
    return floats - (tau * np.log(known / known.sum())).astype(floats.dtype)
