"""What SMOTE makes of pictures without augmentation: to compare with, seldom to use."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.decomposition import PCA

from augkit.errors import AugkitError
from augkit.features.pictures import as_sequence, load_all
from augkit.guided.smote import join
from augkit.kernels import Array, to_dtype
from augkit.oversampling.base import Parents
from augkit.oversampling.smote import SMOTE


class PixelSMOTE(BaseEstimator):  # type: ignore[misc]
    """New pictures between the pixels of a picture and of its neighbour: double exposures.

    A baseline: on the sets that `benchmarks/rebalance.py` measures it does worse than plain augmented copies.

    Parameters
    ----------
    sampler : sampler, optional
        One of augkit's; by default `SMOTE`.
    random_state : int, RandomState or None
        Of the default sampler.

    Attributes
    ----------
    parents_ : Parents

    Examples
    --------
    >>> pictures = np.arange(80, dtype=np.uint8).reshape(5, 4, 4)
    >>> more, labels = PixelSMOTE(SMOTE(k_neighbors=1, random_state=0)).fit_resample(pictures, [0, 0, 0, 1, 1])
    >>> more.shape, labels.tolist()
    ((6, 4, 4), [0, 0, 0, 1, 1, 1])
    """

    parents_: Parents

    def __init__(self, sampler: Any = None, *, random_state: Any = None) -> None:
        self.sampler = sampler
        self.random_state = random_state

    def fit_resample(self, X: Any, y: Any) -> Any:
        """Return pictures and labels with the new ones after those that were given.

        Parameters
        ----------
        X : array (N, H, W) or (N, H, W, C), or list of pictures
            All of one shape and dtype.
        y : array of N

        Raises
        ------
        AugkitError
            When pictures differ in shape or dtype.
        """
        pictures = _stack(X, type(self).__name__)
        sampler = clone(self.sampler) if self.sampler is not None else SMOTE(random_state=self.random_state)
        made, labels = self._resample(sampler, pictures, np.asarray(y))
        self.parents_ = sampler.parents_
        return join(X, list(made), type(self).__name__), labels

    def _resample(self, sampler: Any, pictures: Array, labels: Array) -> tuple[Array, Array]:
        """Return the new pictures, and all labels."""
        resampled, all_labels = sampler.fit_resample(pictures, labels)
        return resampled[len(pictures) :], all_labels


class LatentSMOTE(PixelSMOTE):
    """New pictures from points between principal components of pixels: blurred ones.

    A baseline, as `PixelSMOTE` is.

    Parameters
    ----------
    sampler, random_state
        As in `PixelSMOTE`.
    n_components : int
        Fewer where there are fewer pictures or pixels.

    Attributes
    ----------
    parents_ : Parents

    Examples
    --------
    >>> pictures = np.arange(80, dtype=np.uint8).reshape(5, 4, 4)
    >>> more, labels = LatentSMOTE(SMOTE(k_neighbors=1, random_state=0)).fit_resample(pictures, [0, 0, 0, 1, 1])
    >>> more.shape, more.dtype, labels.tolist()
    ((6, 4, 4), dtype('uint8'), [0, 0, 0, 1, 1, 1])
    """

    def __init__(self, sampler: Any = None, *, n_components: int = 64, random_state: Any = None) -> None:
        super().__init__(sampler, random_state=random_state)
        self.n_components = n_components

    def _resample(self, sampler: Any, pictures: Array, labels: Array) -> tuple[Array, Array]:
        flat = pictures.reshape(len(pictures), -1).astype(np.float32)
        pca = PCA(min(self.n_components, *flat.shape), random_state=0).fit(flat)
        latent, all_labels = sampler.fit_resample(pca.transform(flat), labels)
        values = pca.inverse_transform(latent[len(pictures) :]).reshape(-1, *pictures.shape[1:])
        return to_dtype(values, pictures), all_labels


def _stack(X: Any, whose: str) -> Array:
    pictures = list(load_all(as_sequence(X)))
    kinds = {(picture.shape, picture.dtype) for picture in pictures}
    if len(kinds) != 1:
        raise AugkitError(f"{whose}: pictures must be of one shape and dtype, got {len(kinds)} different ones")
    return np.stack(pictures)
