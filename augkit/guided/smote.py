"""GuidedSMOTE: SMOTE says where a class lacks pictures, augmentation makes real ones there."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, clone

from augkit.errors import AugkitError, whole_number
from augkit.execution import count_workers, run
from augkit.features.function import as_features
from augkit.features.pictures import as_sequence, load_all
from augkit.guided.audition import Choice, Guide, one_blas_thread, thumbnail_side
from augkit.guided.gate import LEAST_ACCURACY, neighbor_accuracy
from augkit.guided.thumbnail import make_thumbnail
from augkit.kernels import Array, one_thread
from augkit.oversampling.base import Parents
from augkit.oversampling.smote import SMOTE
from augkit.pipeline import Pipeline, check_pipeline
from augkit.transforms.base import Drawn


@dataclass(frozen=True)
class GuidedReport:
    """What `GuidedSMOTE` did.

    Parameters
    ----------
    accuracy : float
        Leave-one-out accuracy of the nearest neighbour in the features, the mean over classes.
    guided : bool
        Whether the gate let it lead; otherwise the copies are plain augmented ones.
    made : int
        New pictures.
    unsafe : int
        Those for which no candidate was safe, so that they are near copies of their parent.
    """

    accuracy: float
    guided: bool
    made: int
    unsafe: int

    def __str__(self) -> str:
        features = f"the features' nearest neighbours are right in {self.accuracy:.2f} of cases"
        if not self.guided:
            return f"{features}, less than {LEAST_ACCURACY}: {self.made} plain augmented copies, not guided ones"
        return f"{features}: {self.made} guided copies, {self.unsafe} of them mild for want of a safe candidate"


class _Order(NamedTuple):
    """All new pictures of one parent: their places among the new ones; copy k is the k-th of them."""

    row: int
    places: list[int]


class _Made(NamedTuple):
    place: int
    picture: Array
    drawn: list[Drawn]
    choice: Choice | None


class GuidedSMOTE(BaseEstimator):  # type: ignore[misc]
    """Augmented pictures near the points that SMOTE would make in a space of features.

    For each point some draws for its parent are tried on a thumbnail. Of those that stay nearer to their own class than
    to any other, the nearest to the point is done to the picture itself; where none does, the mildest single step is.
    Every picture is an augmented real one; the features only choose.

    Where the features can't tell the classes apart this does harm, so a gate measures them first: below a leave-one-out
    accuracy of 0.45 it makes plain augmented copies instead, with a warning.

    Parameters
    ----------
    pipeline : Pipeline
        What may be done; its seed makes all draws.
    features : optional
        As in `augkit.embed`; fitted to the pictures where they need it. `HOGFeatures` by default.
    sampler : sampler, optional
        One of augkit's, which tells parents; by default `SMOTE` with the seed of the pipeline.
    candidates : int
        Draws to choose from for each picture.
    gate : "auto" or False
        False leads whatever the accuracy.
    workers : int, optional
        Threads; by default one for each processor. They don't change what comes out.

    Attributes
    ----------
    parents_ : Parents
        Picture, neighbour and step of every new picture.
    drawn_ : list
        What was done to each parent.
    choices_ : list of Choice
        With the distances; empty where the gate was shut.
    report_ : GuidedReport

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> import augkit
    >>> digits = load_digits()
    >>> images, y = (digits.images[:60] * 15).astype("uint8"), digits.target[:60]
    >>> guided = GuidedSMOTE(augkit.load_recipe("digits", seed=7), sampler=augkit.SMOTE(k_neighbors=2, random_state=7))
    >>> more, labels = guided.fit_resample(images, y)
    >>> more.shape, np.bincount(labels).tolist(), guided.report_.guided
    ((80, 8, 8), [8, 8, 8, 8, 8, 8, 8, 8, 8, 8], True)
    """

    parents_: Parents
    drawn_: list[list[Drawn]]
    choices_: list[Choice]
    report_: GuidedReport

    def __init__(
        self,
        pipeline: Pipeline,
        features: Any = None,
        sampler: Any = None,
        *,
        candidates: int = 8,
        gate: str | bool = "auto",
        workers: int | None = None,
    ) -> None:
        self.pipeline = pipeline
        self.features = features
        self.sampler = sampler
        self.candidates = candidates
        self.gate = gate
        self.workers = workers

    def fit_resample(self, X: Any, y: Any) -> Any:
        """Return pictures and labels with the new ones after those that were given.

        Parameters
        ----------
        X : array (N, H, W) or (N, H, W, C), or list of pictures of any size
            Arrays, Pillow pictures or paths.
        y : array of N

        Returns
        -------
        X, y
            An array for an array. After a list, new pictures are arrays.

        Raises
        ------
        AugkitError
            When pictures and labels don't match, or the sampler tells no parents.
        """
        check_pipeline(self.pipeline)
        check_options(self.candidates, self.gate)
        workers = count_workers(self.workers)
        pictures = list(load_all(as_sequence(X)))
        labels = np.asarray(y)
        if not pictures or labels.shape != (len(pictures),):
            raise AugkitError(
                f"GuidedSMOTE: y must hold a label for each picture, got {labels.shape} for {len(pictures)}"
            )
        with one_thread(), one_blas_thread():
            guide = self._guide(pictures, labels)
            sampler = clone(self.sampler) if self.sampler is not None else SMOTE(random_state=self.pipeline.seed)
            _, resampled = sampler.fit_resample(guide.rows, labels)
            if not hasattr(sampler, "parents_"):
                raise AugkitError(
                    f"GuidedSMOTE: {type(sampler).__name__} tells no parents_; take augkit's SMOTE, BorderlineSMOTE, "
                    f"ADASYN or EOS"
                )
            self.parents_ = sampler.parents_
            accuracy = neighbor_accuracy(guide.rows, labels)
            guided = self.gate is False or accuracy >= LEAST_ACCURACY
            made = self._make(pictures, guide if guided else None, workers)
        self.drawn_ = [one.drawn for one in made]
        self.choices_ = [one.choice for one in made if one.choice is not None]
        unsafe = sum(choice.only is not None for choice in self.choices_)
        self.report_ = GuidedReport(accuracy, guided, len(made), unsafe)
        if not guided:
            warnings.warn(f"GuidedSMOTE: {self.report_}; gate=False forces it", UserWarning, stacklevel=2)
        return join(X, [one.picture for one in made], "GuidedSMOTE"), resampled

    def _guide(self, pictures: Sequence[Array], labels: npt.NDArray[Any]) -> Guide:
        features = as_features(self.features)
        side = thumbnail_side(features)
        thumbnails = [make_thumbnail(picture, side) for picture in pictures]
        return Guide.of(self.pipeline, features, thumbnails, labels, side, self.candidates)

    def _make(self, pictures: Sequence[Array], guide: Guide | None, workers: int) -> list[_Made]:
        """Return the new pictures in the order of their parents."""
        places: dict[int, list[int]] = {}
        for place, row in enumerate(self.parents_.rows.tolist()):
            places.setdefault(row, []).append(place)

        def make(order: _Order) -> list[_Made]:
            return self._perform(pictures[order.row], order, guide)

        orders = [_Order(row, mine) for row, mine in places.items()]
        return sorted((one for made in run(make, orders, workers) for one in made), key=lambda one: one.place)

    def _perform(self, picture: Array, order: _Order, guide: Guide | None) -> list[_Made]:
        keys = [(str(order.row), copy) for copy in range(1, len(order.places) + 1)]
        choices: Sequence[Choice | None] = [None] * len(keys)
        if guide is None:
            size = (picture.shape[0], picture.shape[1])
            draws = [self.pipeline.draw(size, key=key) for key in keys]
        else:
            rows, neighbors, steps = (values[order.places].tolist() for values in self.parents_)
            points = [guide.point(*parents) for parents in zip(rows, neighbors, steps, strict=True)]
            chosen = guide.choose(make_thumbnail(picture, guide.side), order.row, points, keys)
            choices, draws = chosen, [choice.drawn for choice in chosen]
        return [
            _Made(place, self.pipeline.replay(drawn, picture), drawn, choice)
            for place, drawn, choice in zip(order.places, draws, choices, strict=True)
        ]


def check_options(candidates: int, gate: str | bool) -> None:
    """Raise AugkitError unless these options can be meant."""
    whole_number("candidates", candidates, 1)
    if gate != "auto" and gate is not False:
        raise AugkitError(f"gate must be 'auto' or False, got {gate!r}")


def join(X: Any, made: Sequence[Array], whose: str) -> Any:
    """Return the pictures that were given, and the new ones after them: an array for an array.

    Raises
    ------
    AugkitError
        When new pictures have another shape than those of the array.
    """
    if not isinstance(X, np.ndarray) or X.ndim == 1:
        return [*X, *made]
    others = {picture.shape for picture in made} - {X.shape[1:]}
    if others:
        raise AugkitError(
            f"{whose}: new pictures have shapes like {min(others)}, not {X.shape[1:]}; give a list instead"
        )
    return np.concatenate([X, np.stack(made)]) if made else X.copy()
