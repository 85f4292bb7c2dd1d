"""The default features: no network, no download, nothing to install."""

import os
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.decomposition import PCA
from sklearn.utils.validation import check_is_fitted

from augkit.errors import AugkitError
from augkit.features.base import PictureFeatures
from augkit.features.descriptor import SIZE, describe
from augkit.features.hog import Floats
from augkit.features.pictures import as_sequence
from augkit.kernels import Array
from augkit.kernels.view import to_view

_VERSION = b"1"  # another one whenever the descriptor changes: cached rows of the old one are not found any more
_MOST_FITTED = 10_000  # pictures that PCA learns from, evenly taken: more only cost memory


class HOGFeatures(PictureFeatures):
    """Shape, colour and layout of a 32 x 32 view, by principal components.

    Histograms of oriented gradients (Dalal and Triggs, 2005) at cells of 4 and 8 pixels, a histogram of 64 colours and
    an 8 x 8 thumbnail, reduced by PCA that is not whitened: whitening would make the noise of the last components as
    loud as the first.

    Parameters
    ----------
    n_components : int or None
        Features to keep; fewer where there are fewer pictures to fit to. None keeps all 2,344 numbers of the
        descriptor.
    cache_folder : path, optional
        Where computed rows are kept for later runs. In memory they are kept always.

    Attributes
    ----------
    pca_ : sklearn.decomposition.PCA

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> features = HOGFeatures(n_components=8).fit_transform((load_digits().images[:100] * 15).astype("uint8"))
    >>> features.shape, features.dtype
    ((100, 8), dtype('float32'))
    """

    def __init__(self, n_components: int | None = 64, *, cache_folder: str | os.PathLike[str] | None = None) -> None:
        self.n_components = n_components
        self.cache_folder = cache_folder

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the principal components; labels are not looked at.

        Raises
        ------
        AugkitError
            When there are fewer than two pictures, or one can't be used.
        """
        pictures = as_sequence(X)
        if self.n_components is None:
            return super().fit(pictures)
        if len(pictures) < 2:
            raise AugkitError(f"HOGFeatures: principal components need at least 2 pictures, got {len(pictures)}")
        rows = np.concatenate(list(self._rows(pictures[:: -(-len(pictures) // _MOST_FITTED)])))
        self.pca_ = PCA(min(self.n_components, *rows.shape), random_state=0).fit(rows)
        # Pickling changes the layout of what is not contiguous, and the layout changes the last bits of products.
        self.pca_.components_ = np.ascontiguousarray(self.pca_.components_)
        self._n_features_out = self.pca_.n_components_
        return self

    def _finish(self, rows: Floats) -> Floats:
        if self.n_components is None:
            return rows
        check_is_fitted(self)
        # What PCA.transform does to rows, without its checks, which take longer than a few rows do.
        return rows @ self.pca_.components_.T - self.pca_.mean_ @ self.pca_.components_.T

    def view(self, picture: Array) -> Array:
        """Return the picture at 32 x 32."""
        return to_view(picture, SIZE)

    def _compute(self, views: Sequence[Array]) -> Floats:
        return describe(views)

    def _maker(self) -> bytes:
        return _VERSION

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = self.n_components is not None
        return tags
