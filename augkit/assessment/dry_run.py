"""The dry run: what a linear head that learns from augmented copies loses on clean pictures it has not seen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from augkit.assessment.estimate import Codes
from augkit.assessment.neighbors import Rows
from augkit.assessment.sampling import FOLDS, REPEATS
from augkit.execution import run

_COPIES = 0.5  # what a picture and its copy weigh each, so that both heads are regularized alike
_STEPS = 1000
# A head that is regularized too little gains by any copies, also by wrong ones, and hides what they cost.
_STRENGTHS = (0.01, 0.1, 1.0, 10.0)

Floats = npt.NDArray[np.float64]


class Task(NamedTuple):
    """One head to train: on which copies, with what strength, and which pictures it is judged on."""

    copies: int | None
    strength: float
    held_out: Codes


@dataclass(frozen=True)
class DryRun:
    """Heads over features of untouched pictures and of augmented copies; a logistic regression, classes not weighted.

    Parameters
    ----------
    clean : array (n, d)
        Features of the untouched pictures: what is judged on, always.
    labels : array (n,)
    folds : sequence of arrays
        The pictures that each fold holds out; every picture is held out once in each repeat.
    copies : sequence of array (n, d)
        Features of one augmented copy of each picture, learned from beside the pictures that are not held out.
    """

    clean: Rows
    labels: Codes
    folds: Sequence[Codes]
    copies: Sequence[Rows]

    @classmethod
    def of(cls, clean: Rows, labels: Codes, folds: Sequence[Codes], copies: Sequence[Rows]) -> "DryRun":
        """Return the dry run of rows scaled to 1 in the mean of squares.

        One number for all columns: strengths then mean the same for any features, and the loud columns stay loud.
        """
        scale = np.float32(np.sqrt((clean.astype(np.float64) ** 2).mean()) or 1.0)
        return cls(clean / scale, labels, folds, [rows / scale for rows in copies])

    def choose_strength(self, workers: int) -> float:
        """Return the strength whose heads make the held-out pictures likeliest, without any copies."""
        tasks = [Task(None, strength, held_out) for strength in _STRENGTHS for held_out in self.folds[:FOLDS]]
        likelihood = dict.fromkeys(_STRENGTHS, 0.0)
        for task, chances in run(self._predict, tasks, workers):
            own = chances[np.arange(len(chances)), self.labels[task.held_out]]
            likelihood[task.strength] += round(float(np.log(np.maximum(own, 1e-12)).sum()), 6)  # in any order
        return max(_STRENGTHS, key=likelihood.__getitem__)

    def hits(self, strength: float, workers: int) -> Iterator[tuple[int | None, Floats]]:
        """Yield, for each set of copies and for None, the share of repeats that got each picture right."""
        every = [None, *range(len(self.copies))]
        hits = {number: np.zeros(len(self.labels)) for number in every}
        left = dict.fromkeys(every, len(self.folds))
        tasks = [Task(number, strength, held_out) for number in every for held_out in self.folds]
        for task, chances in run(self._predict, tasks, workers):
            hits[task.copies][task.held_out] += (chances.argmax(axis=1) == self.labels[task.held_out]) / REPEATS
            left[task.copies] -= 1
            if not left[task.copies]:
                yield task.copies, hits[task.copies]

    def _predict(self, task: Task) -> tuple[Task, Floats]:
        """Return the probability of each class for the pictures held out."""
        known = np.setdiff1d(np.arange(len(self.labels)), task.held_out)
        rows, wanted, weights = self.clean[known], self.labels[known], np.ones(len(known))
        if task.copies is not None:
            rows = np.concatenate([rows, self.copies[task.copies][known]])
            wanted, weights = np.tile(wanted, 2), np.full(2 * len(known), _COPIES)
        head = LogisticRegression(C=task.strength, max_iter=_STEPS).fit(rows, wanted, sample_weight=weights)
        chances = np.zeros((len(task.held_out), int(self.labels.max()) + 1))
        chances[:, head.classes_] = head.predict_proba(self.clean[task.held_out])
        return task, chances
