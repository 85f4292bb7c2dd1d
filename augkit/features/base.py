"""What all features have in common: pictures become small views, views become rows, rows are kept."""

import hashlib
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from augkit.errors import AugkitError
from augkit.features.cache import Cache
from augkit.features.hog import Floats
from augkit.features.pictures import as_sequence, load_all
from augkit.kernels import Array

# Options that rows do not depend on; what a network holds is in its maker.
_NO_MATTER = ("path", "model", "weights", "cache_folder", "batch_size")


def is_fitted(features: Any) -> bool:
    """Return whether an estimator has been fitted."""
    try:
        check_is_fitted(features)
    except NotFittedError:
        return False
    return True


class PictureFeatures(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator, ABC):  # type: ignore[misc]
    """Pictures in, one float32 row each out: a scikit-learn transformer.

    Pictures are an array (N, H, W) or (N, H, W, C), or a list of arrays of any size, Pillow pictures or paths; grey,
    RGB or RGBA; uint8, uint16, or float32 in [0, 1]. A row depends on its picture alone.
    """

    cache_folder: str | os.PathLike[str] | None = None
    batch_size = 128
    _n_features_out: int

    @abstractmethod
    def view(self, picture: Array) -> Array:
        """Return all that is seen of a picture: features of the view are those of the picture."""

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the number of features from the first picture; labels are not looked at."""
        pictures = as_sequence(X)
        if not len(pictures):
            raise AugkitError(f"{type(self).__name__}: no picture to fit to")
        self._n_features_out = next(self._rows(pictures[:1])).shape[1]
        return self

    def transform(self, X: Any) -> Floats:
        """Return one row for each picture.

        Raises
        ------
        AugkitError
            When there is no picture, or one can't be used; its place is named.
        """
        parts = [self._finish(rows) for rows in self._rows(as_sequence(X))]
        if not parts:
            raise AugkitError(f"{type(self).__name__}: no picture to transform")
        return np.concatenate(parts)

    def transform_once(self, pictures: Sequence[Array], group: int) -> Floats:
        """Return one row for each of a few arrays that won't be seen again: nothing is kept.

        Matrix products see so many pictures at a time, since their last bits depend on how many they see.
        """
        rows = self._compute([self.view(picture) for picture in pictures])
        return np.concatenate([self._finish(rows[first : first + group]) for first in range(0, len(rows), group)])

    def _rows(self, pictures: Sequence[Any]) -> Iterator[Floats]:
        """Yield the rows of one batch after the other, as they are before anything that was fitted."""
        maker = self._maker()
        folder = None if self.cache_folder is None else os.fspath(self.cache_folder)
        cache = None if maker is None else Cache(type(self).__name__.encode() + b"\0" + maker, folder)
        try:
            for first in range(0, len(pictures), self.batch_size):
                batch = pictures[first : first + self.batch_size]
                views = [self.view(picture) for picture in load_all(batch, first)]
                yield self._compute(views) if cache is None else cache.rows(views, self._compute)
        finally:
            if cache is not None:
                cache.close()

    @abstractmethod
    def _compute(self, views: Sequence[Array]) -> Floats:
        """Return one row for each view."""

    @abstractmethod
    def _maker(self) -> bytes | None:
        """Return what rows depend on besides the view; None if that can't be told, so that no row is kept."""

    def _finish(self, rows: Floats) -> Floats:
        """Return rows with what was fitted applied to them."""
        return rows

    def fingerprint(self) -> str | None:
        """Return a digest of what rows depend on besides the pictures; None where that can't be told.

        >>> from augkit import HOGFeatures
        >>> HOGFeatures().fingerprint() == HOGFeatures(n_components=32).fingerprint()
        False
        """
        maker = self._maker()
        if maker is None:
            return None
        options = {name: value for name, value in self.get_params().items() if name not in _NO_MATTER}
        told = f"{type(self).__name__} {options} ".encode()
        return hashlib.blake2b(told + maker, digest_size=16).hexdigest()

    def needs_fit(self) -> bool:
        """Return whether `transform` can only follow `fit`."""
        return bool(self.__sklearn_tags__().requires_fit)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.no_validation = True
        return tags
