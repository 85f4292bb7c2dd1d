"""scikit-learn: augmented pictures as an over-sampler, which a pipeline of imbalanced-learn runs in `fit` only."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from imblearn.base import BaseSampler
from imblearn.utils import check_target_type
from sklearn.utils.validation import check_array, check_consistent_length

from augkit.errors import AugkitError
from augkit.interop.epochs import Group, draw_order
from augkit.pipeline import Pipeline, check_pipeline
from augkit.seeding import Draws

__all__ = ["AugmentingSampler"]
Array = npt.NDArray[Any]


class AugmentingSampler(BaseSampler):
    """Fills up the smaller classes with augmented copies of their pictures.

    Inside `imblearn.pipeline.Pipeline` it works while fitting only: scoring and cross-validation see originals, and no
    copy of a test picture is ever trained on.

    Parameters
    ----------
    pipeline : Pipeline
        What makes a copy; its seed decides, so the same data give the same copies. Pictures must keep their size.
    sampling_strategy : float, str, dict or callable
        How many of which class, as all over-samplers of imbalanced-learn have it; "auto" makes all as large as the
        largest.
    shape : (height, width) or (height, width, channels), optional
        Of a picture, where X holds each as one row.
    white : float, optional
        The value of white; without it 255 for whole numbers, and 1 for fractions.

    Attributes
    ----------
    sample_indices_ : array (n_samples_new,)
        The row of X that each row of the result is, or is a copy of.

    Examples
    --------
    >>> import augkit
    >>> from sklearn.datasets import load_digits
    >>> X, y = load_digits(return_X_y=True)
    >>> X, y = X[:25], y[:25]
    >>> sampler = AugmentingSampler(augkit.Pipeline([augkit.Translate()]), shape=(8, 8), white=16)
    >>> more, labels = sampler.fit_resample(X, y)
    >>> more.shape, sorted(np.bincount(y).tolist()), sorted(np.bincount(labels).tolist())
    ((30, 64), [2, 2, 2, 2, 2, 3, 3, 3, 3, 3], [3, 3, 3, 3, 3, 3, 3, 3, 3, 3])
    """

    _sampling_type = "over-sampling"
    _parameter_constraints: ClassVar[dict[str, Any]] = {}

    def __init__(
        self,
        pipeline: Pipeline,
        *,
        sampling_strategy: Any = "auto",
        shape: Sequence[int] | None = None,
        white: float | None = None,
    ) -> None:
        super().__init__(sampling_strategy=sampling_strategy)
        self.pipeline = pipeline
        self.shape = shape
        self.white = white

    def _check_X_y(self, X: Any, y: Any, accept_sparse: Any = None) -> tuple[Array, Array, bool]:  # noqa: N802
        y, binarize_y = check_target_type(y, indicate_one_vs_all=True)
        pictures = check_array(X, allow_nd=True)
        check_consistent_length(pictures, y)
        self.n_features_in_ = pictures.shape[1] if pictures.ndim == 2 else int(np.prod(pictures.shape[1:]))
        return pictures, y, binarize_y

    def _fit_resample(self, X: Array, y: Array) -> tuple[Array, Array]:
        check_pipeline(self.pipeline)
        pictures, white = self._pictures(X)
        parents: list[Array] = [np.arange(len(X))]
        copies: list[Array] = []
        for number, (label, count) in enumerate(self.sampling_strategy_.items()):
            rows = np.flatnonzero(y == label)
            turns = Group(rows[draw_order(Draws(self.pipeline.seed, "turns", number), len(rows))], count).turns(0)
            parents.append(turns[:, 0])
            copies.extend(self._copy(pictures[row], (str(row), copy)) for row, copy in turns.tolist())
        self.sample_indices_ = np.concatenate(parents)
        made = np.stack(copies).reshape(-1, *X.shape[1:]) if copies else X[:0]
        if made.dtype != X.dtype:
            made = (np.rint(made * white) if np.issubdtype(X.dtype, np.integer) else made * white).astype(X.dtype)
        return np.concatenate([X, made]), y[self.sample_indices_]

    def _copy(self, picture: Array, key: tuple[str, int]) -> Array:
        made: Array = self.pipeline(picture, key=key)
        if made.shape != picture.shape:
            raise AugkitError(
                f"AugmentingSampler: the pipeline makes {made.shape} of pictures of {picture.shape}; they must keep "
                "their size here: leave out Resize and the like"
            )
        return made

    def _pictures(self, X: Array) -> tuple[Array, float]:
        """Return the rows as pictures of a dtype that pipelines take, and the value of white."""
        if X.ndim == 2 and (self.shape is None or int(np.prod(self.shape)) != X.shape[1]):
            raise AugkitError(
                f"AugmentingSampler: each row of X holds {X.shape[1]} numbers, shape is {self.shape}; say "
                "shape=(height, width) or (height, width, channels)"
            )
        pictures = X if self.shape is None else X.reshape(len(X), *self.shape)
        white = self.white or (255.0 if np.issubdtype(X.dtype, np.integer) else 1.0)
        low, high = X.min(initial=0), X.max(initial=0)
        if low < 0 or high > white:
            raise AugkitError(
                f"AugmentingSampler: pixels are {low:g} to {high:g}, expected 0 (black) to {white:g} (white); say "
                "white=... or scale them first"
            )
        if pictures.dtype == np.uint8 and white == 255.0:
            return pictures, white
        return (pictures / white).astype(np.float32), white
