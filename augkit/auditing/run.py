"""Auditing a data set: measure each picture once, then let every check look at the table."""

import os
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from augkit.auditing.arrays import Arrays, from_pair, load
from augkit.auditing.boxes import find_faults
from augkit.auditing.checks import Check, choose
from augkit.auditing.embedding import check_spec
from augkit.auditing.finding import LEVELS, Finding
from augkit.auditing.measure import find_range, keep, look_for_odd_values, measure_arrays, measure_files, recall
from augkit.auditing.needs import MissingPackageError
from augkit.auditing.report import Report
from augkit.auditing.source import find_families, list_folder
from augkit.auditing.table import Table
from augkit.execution import count_workers
from augkit.files.arrays import SUFFIXES
from augkit.files.picture import MAX_PIXELS
from augkit.files.read import path_of

Array = npt.NDArray[Any]
Progress: TypeAlias = Callable[[str, int, int], None]
"""Told what is being done ("measure" or "check"), how much of it is done, and of how much."""


def audit(
    source: str | os.PathLike[str] | tuple[Sequence[Any], Sequence[Any]],
    *,
    checks: str | Sequence[str] = "all",
    features: str = "default",
    measurements: str | os.PathLike[str] | None = None,
    workers: int | str = "auto",
    max_pixels: int = MAX_PIXELS,
    progress: Progress | None = None,
) -> Report:
    """Find what would spoil a training: wrong labels, leaks, duplicates, damaged files, odd pictures, lopsided classes.

    Nothing is changed. Each picture is read once; a bad file is a finding, never an error.

    Parameters
    ----------
    source : path or (images, labels)
        A folder of class folders, a data set with splits, a flat folder, the folder of an augkit manifest, a .npy or
        .npz file, or a sequence of arrays (H, W), (H, W, C) or (C, H, W) with one label each (or None).
    checks : "all", or names
        Which checks to make; a list, or names with commas between them.
    features : "default", "FILE.onnx" or "torch:NAME:WEIGHTS"
        What wrong labels and outliers are told by.
    measurements : path, optional
        A .npz file where measurements are kept: a second run looks only at files that have changed.
    workers : int or "auto"
        Threads; "auto" takes one for each processor.
    max_pixels : int
        Larger pictures are not read.
    progress : callable, optional
        Told (what, done, of how many) now and then.

    Raises
    ------
    AugkitError
        When the source holds no picture, there is no such check, or one that was asked for by name lacks a package.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> images = np.random.default_rng(0).random((20, 16, 16, 3))
    >>> images[3] = images[8]
    >>> images[5, 0, 0, 0] = np.nan
    >>> report = augkit.audit((images, ["cat", "dog"] * 10), checks=["label-conflict", "invalid-values"])
    >>> [(finding.check, finding.files) for finding in report.findings]
    [('label-conflict', ('3', '8')), ('invalid-values', ('5',))]
    """
    started = time.perf_counter()
    chosen = choose(checks)
    check_spec(features)
    count = count_workers(workers)
    tell: Progress = progress or (lambda what, done, of: None)
    kept = None if measurements is None else os.fspath(measurements)
    if isinstance(source, tuple):
        table, measured = _measure_arrays(from_pair(*source), features, count, tell)
    elif os.fspath(source).endswith(SUFFIXES) and os.path.isfile(source):
        table, measured = _measure_arrays(load(os.fspath(source)), features, count, tell)
    else:
        table, measured = _measure_folder(os.fspath(source), kept, features, count, max_pixels, tell)
    findings, skipped = _look(table, chosen, asked=checks != "all", progress=tell)
    return Report(
        source="" if isinstance(source, tuple) else os.fspath(source),
        findings=findings,
        checks={check.name: check.summary for check in chosen if check.name not in skipped},
        skipped=skipped,
        seconds=time.perf_counter() - started,
        measured=measured,
        table=table,
    )


def _measure_folder(
    source: str, kept: str | None, features: str, workers: int, max_pixels: int, progress: Progress
) -> tuple[Table, int]:
    folder = list_folder(source)
    ids = [entry.image_id for entry in folder.entries]
    known = recall(kept) if kept is not None else {}
    rows, reasons, measured = measure_files(
        folder.root,
        ids,
        known=known,
        max_pixels=max_pixels,
        workers=workers,
        progress=lambda done, of: progress("measure", done, of),
    )
    del known
    if kept is not None and measured:
        keep(kept, ids, rows)
    faults, annotations = find_faults(folder.root, folder.files, _sizes(ids, rows))
    annotations |= {f"{name.rpartition('/')[0]}/" for name in annotations}  # and the folders that they lie in
    table = Table(
        ids=ids,
        splits=[entry.split for entry in folder.entries],
        labels=[entry.label for entry in folder.entries],
        rows=rows,
        reasons={place: folder.failed.get(ids[place], reason) for place, reason in reasons.items()},
        root=folder.root,
        strays=[stray for stray in folder.strays if stray[0] not in annotations],
        empty_classes=folder.empty_classes,
        families=find_families(folder.root, ids, rows),
        boxes=faults,
        odd_values=list(look_for_odd_values(folder.root, folder.array_files)),
        wanted_features=features,
        pictures=lambda places: [path_of(folder.root, ids[place]) for place in places],
    )
    return table, measured


def _sizes(ids: Sequence[str], rows: Array) -> dict[str, tuple[int, int]]:
    return {
        name: (int(row["width"]), int(row["height"]))
        for name, row in zip(ids, rows[["usable", "width", "height"]], strict=True)
        if row["usable"]
    }


def _measure_arrays(arrays: Arrays, features: str, workers: int, progress: Progress) -> tuple[Table, int]:
    value_range = find_range(arrays.images)
    rows, reasons = measure_arrays(
        arrays.images, value_range, workers=workers, progress=lambda done, of: progress("measure", done, of)
    )
    table = Table(
        ids=[str(place) for place in range(len(arrays.images))],
        splits=arrays.splits,
        labels=arrays.labels,
        rows=rows,
        reasons=reasons,
        value_range=value_range,
        wanted_features=features,
        pictures=lambda places: [np.asarray(arrays.images[place]) for place in places],
    )
    return table, len(rows)


def _look(
    table: Table, checks: Sequence[Check], *, asked: bool, progress: Progress
) -> tuple[list[Finding], dict[str, str]]:
    """Return the findings, the gravest first, and the checks that lack a package; if asked for by name, that raises."""
    findings: list[Finding] = []
    skipped: dict[str, str] = {}
    for number, check in enumerate(checks, 1):
        try:
            with np.errstate(all="ignore"):
                findings.extend(check.find(table))
        except MissingPackageError as error:
            if asked:
                raise
            skipped[check.name] = str(error)
        progress("check", number, len(checks))
    findings.sort(key=lambda finding: -LEVELS.index(finding.level))
    return findings, skipped
