"""The audition: what was drawn is tried on a thumbnail, and the draw that leads nearest to a point is chosen."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from augkit.features.base import PictureFeatures
from augkit.features.hog import Floats
from augkit.kernels import Array
from augkit.oversampling.neighbors import Rows
from augkit.pipeline import Pipeline
from augkit.seeding import Key
from augkit.transforms.base import Drawn

_MOST_SIDE = 224  # features that look at the whole picture are shown a thumbnail of this side
_MOST_KNOWN = 1000  # rows of a class that candidates are compared with, evenly taken


class Choice(NamedTuple):
    """What was chosen for one synthetic point.

    Attributes
    ----------
    drawn : list of Drawn
    candidate : int
        Which of the candidates, from 0.
    only : int or None
        Where no candidate was safe: the one step of what was drawn for it that was kept.
    distance : float
        To the synthetic point.
    own, other : float
        To the nearest picture of its class (its parent counts), and to the nearest of any other.
    """

    drawn: list[Drawn]
    candidate: int
    only: int | None
    distance: float
    own: float
    other: float


class _Seen(NamedTuple):
    """What candidates look like to the features: distances, a number for each."""

    distance: list[float]
    own: list[float]
    other: list[float]
    parent: list[float]


@dataclass(frozen=True, eq=False)
class Guide:
    """Chooses among draws; a value, shared by workers.

    Parameters
    ----------
    pipeline : Pipeline
    features : PictureFeatures
        Fitted.
    rows : array (N, features)
        Of the thumbnails of all pictures.
    labels : array of N
    side : int
        Shorter side of a thumbnail.
    candidates : int
        Draws to choose from.
    """

    pipeline: Pipeline
    features: PictureFeatures
    rows: Floats
    labels: npt.NDArray[Any]
    side: int
    candidates: int

    @classmethod
    def of(
        cls,
        pipeline: Pipeline,
        features: PictureFeatures,
        thumbnails: Sequence[Array],
        labels: npt.NDArray[Any],
        side: int,
        candidates: int,
    ) -> Self:
        """Return the guide over these pictures; features are fitted to them where they need it."""
        if features.needs_fit():
            features = clone(features).fit(thumbnails)
        return cls(pipeline, features, features.transform(thumbnails), labels, side, candidates)

    @cached_property
    def _known(self) -> Rows:
        members = (np.flatnonzero(self.labels == label) for label in np.unique(self.labels))
        return np.concatenate([rows[:: -(-len(rows) // _MOST_KNOWN)] for rows in members])

    @cached_property
    def _codes(self) -> Rows:
        return np.unique(self.labels, return_inverse=True)[1]

    @cached_property
    def _known_rows(self) -> npt.NDArray[np.float64]:
        return self.rows[self._known].astype(np.float64)

    @cached_property
    def _known_squares(self) -> npt.NDArray[np.float64]:
        return np.einsum("ij,ij->i", self._known_rows, self._known_rows)

    def point(self, row: int, neighbor: int, step: float) -> npt.NDArray[np.float64]:
        """Return the synthetic point between two rows."""
        start = self.rows[row].astype(np.float64)
        return start + step * (self.rows[neighbor] - start)

    def choose(
        self, thumbnail: Array, row: int, points: Sequence[npt.NDArray[np.float64]], keys: Sequence[tuple[str, int]]
    ) -> list[Choice]:
        """Return for each point the draw that leads nearest to it and stays nearer to its class than to any other.

        Where none does, the one step that changes the picture least, of the draw that is least astray. What is chosen
        for one point does not depend on the others.

        Parameters
        ----------
        thumbnail : array
            Of the parent; draws are made for its size.
        row : int
            The parent's.
        points : sequence of arrays
        keys : sequence of (image id, copy)
            One for each point; candidates are its attempts.
        """
        attempts = [(image_id, copy, number) for image_id, copy in keys for number in range(self.candidates)]
        if not attempts:
            return []
        described = self.features.transform_once(self._perform(thumbnail, attempts), self.candidates)
        groups = described.reshape(len(points), self.candidates, -1)
        return [
            self._choose(thumbnail, found, row, point, key)
            for found, point, key in zip(groups, points, keys, strict=True)
        ]

    def _perform(self, thumbnail: Array, keys: Sequence[Key]) -> Sequence[Array]:
        """Return what the draws of these keys make of a thumbnail."""
        many = np.broadcast_to(thumbnail, (len(keys), *thumbnail.shape))
        if self.pipeline.does_at_once(many.shape, many.dtype):
            return self.pipeline.batch(many, keys)  # type: ignore[return-value]
        return [self.pipeline(thumbnail, key=key) for key in keys]

    def _choose(
        self,
        thumbnail: Array,
        tried: Floats,
        row: int,
        point: npt.NDArray[np.float64],
        key: tuple[str, int],
    ) -> Choice:
        seen = self._see(tried, row, point)
        safe = [number for number in range(self.candidates) if seen.own[number] < seen.other[number]]
        least = min(range(self.candidates), key=lambda number: seen.own[number] - seen.other[number])
        best = min(safe, key=seen.distance.__getitem__) if safe else least
        drawn = self.pipeline.draw((thumbnail.shape[0], thumbnail.shape[1]), key=(*key, best))
        if safe or not drawn:
            return _choice(seen, best, drawn, best, None)
        single = [[step] for step in drawn]
        replayed = [self.pipeline.replay(steps, thumbnail) for steps in single]
        seen = self._see(self.features.transform_once(replayed, len(replayed)), row, point)
        mildest = min(range(len(single)), key=seen.parent.__getitem__)
        return _choice(seen, mildest, single[mildest], best, mildest)

    def _see(self, described: Floats, row: int, point: npt.NDArray[np.float64]) -> _Seen:
        found = described.astype(np.float64)
        squares = np.einsum("ij,ij->i", found, found)[:, None] - 2 * (found @ self._known_rows.T) + self._known_squares
        distances = np.sqrt(np.maximum(squares, 0))
        is_own = self._codes[self._known] == self._codes[row]
        parent = np.linalg.norm(found - self.rows[row], axis=1)
        own = np.minimum(distances[:, is_own].min(axis=1), parent)
        other = distances[:, ~is_own].min(axis=1, initial=np.inf)
        return _Seen(*(_rounded(values) for values in (np.linalg.norm(found - point, axis=1), own, other, parent)))


def _rounded(values: Array) -> list[float]:
    """Return numbers without their last digits, which another processor may compute otherwise."""
    return [float(f"{value:.5g}") for value in values]


def _choice(seen: _Seen, place: int, drawn: list[Drawn], candidate: int, only: int | None) -> Choice:
    return Choice(drawn, candidate, only, seen.distance[place], seen.own[place], seen.other[place])


def one_blas_thread() -> AbstractContextManager[Any]:
    """Return a context in which matrix products start no threads of their own.

    Those of a few candidates are too small to share, and what is computed then doesn't depend on the number of cores.
    """
    return threadpool_limits(1, user_api="blas")


def thumbnail_side(features: PictureFeatures) -> int:
    """Return the shorter side of thumbnails that show features as much as they look at, up to 224."""
    return max(features.view(np.zeros((_MOST_SIDE, _MOST_SIDE, 3), np.uint8)).shape[:2])
