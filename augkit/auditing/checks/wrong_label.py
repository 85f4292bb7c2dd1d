"""Pictures that probably bear a wrong label: confident learning (Northcutt et al., 2021) on their features."""

import importlib.util
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from augkit.auditing.finding import Finding
from augkit.auditing.likelihood import FOLDS, out_of_fold
from augkit.auditing.needs import MissingPackageError
from augkit.auditing.table import Table

LIKELIHOOD = 0.015
"""The label given is less likely than this. Confident learning alone flags a third of CIFAR-10 on simple features, most
of it wrongly (benchmarks/audit.py)."""
FAIR = 0.05
"""And less likely than this if all classes were equally common: that a class is rare is no evidence against a picture.
Without it, most pictures of the rarest classes of a long-tailed CIFAR-10 are doubted (benchmarks/audit.py)."""
SURE = 0.9
"""A picture is dropped only if another class is so likely: simple features also doubt rare, precious pictures."""
_FEWEST = 50


def check(table: Table) -> Iterator[Finding]:
    """Yield each picture whose label confident learning doubts, and which is hardly likely besides, the least first.

    What is hardly likely must be so too where the frequencies of the classes are left out (as by Menon et al., 2021).
    """
    if importlib.util.find_spec("cleanlab") is None:
        raise MissingPackageError("it needs cleanlab: pip install 'augkit[audit]'")
    places, labels = _labelled(table)
    if len(places) < _FEWEST or len(set(labels)) < 2:
        return
    classes, codes = np.unique(labels, return_inverse=True)
    likely = out_of_fold(table.features[np.searchsorted(table.usable, places)], codes)
    given = likely[np.arange(len(codes)), codes]
    fair = likely / np.bincount(codes)
    fair_given = fair[np.arange(len(codes)), codes] / fair.sum(axis=1)
    doubtful = np.flatnonzero(_doubted(codes, likely) & (given < LIKELIHOOD) & (fair_given < FAIR))
    for number in doubtful[np.argsort(given[doubtful], kind="stable")]:
        best = int(likely[number].argmax())
        yield Finding(
            check="wrong-label",
            level="warning",
            reason=f"labelled {labels[number]}, looks like {classes[best]} "
            f"({likely[number, best]:.0%} against {given[number]:.1%})",
            advice="Look at it and correct the label; if nobody can tell what it shows, remove it.",
            files=table.names([places[number]]),
            value=float(given[number]),
            threshold=LIKELIHOOD,
            confidence=float(likely[number, best]),
            drop=table.names([places[number]] if likely[number, best] >= SURE else []),
        )


def _doubted(codes: npt.NDArray[Any], likely: npt.NDArray[Any]) -> npt.NDArray[Any]:
    from cleanlab.filter import find_label_issues

    return np.asarray(find_label_issues(codes, likely, filter_by="both", n_jobs=1))


def _labelled(table: Table) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return places and labels of usable pictures whose class can be divided into folds."""
    counts = Counter(table.labels[place] for place in table.usable)
    places = [
        place for place in table.usable if table.labels[place] is not None and counts[table.labels[place]] >= FOLDS
    ]
    return np.array(places, np.intp), np.array([str(table.labels[place]) for place in places])
