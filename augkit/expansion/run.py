"""Expanding a folder: decide everything, then do it, so that it can be killed and run again."""

import contextlib
import dataclasses
import os
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from threading import Event
from typing import TYPE_CHECKING, Any

from augkit.errors import AugkitError, whole_number
from augkit.execution import count_workers
from augkit.expansion import auto, manifest
from augkit.expansion.balance import Amount
from augkit.expansion.job import Worker
from augkit.expansion.plan import Output
from augkit.expansion.report import Report
from augkit.expansion.request import Guidance, Progress, Request, check_shard
from augkit.expansion.survey import Survey, make_survey
from augkit.expansion.work import begin
from augkit.files.folder import read_pictures
from augkit.files.picture import MAX_PIXELS
from augkit.files.read import path_of, read_bytes
from augkit.files.records import Journal
from augkit.files.write import Writer, remove
from augkit.geometry import Size
from augkit.kernels import one_thread
from augkit.recipes import AnyRecipe, Recipe, read_recipe

if TYPE_CHECKING:
    from augkit.expansion.guide import FolderGuide

_UNFINISHED = ".augkit-unfinished"
_SAMPLE = 8  # copies made in memory to estimate bytes and time


def expand(
    source: str | os.PathLike[str],
    output: str | os.PathLike[str],
    *,
    balance: str | int | None = None,
    per_class: int | None = None,
    copies: int | None = None,
    factor: float | None = None,
    recipe: AnyRecipe = "classic",
    overrides: Sequence[str] = (),
    method: str = "plain",
    features: Any = None,
    gate: bool = True,
    seed: int = 0,
    format: str = "keep",  # noqa: A002
    quality: int = 95,
    size: Size | None = None,
    originals: str = "copy",
    workers: int | str = "auto",
    shard: tuple[int, int] | None = None,
    max_pixels: int | None = None,
    overwrite: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Expand and balance a folder of images into a new, complete data set.

    The bytes of every file depend on seed, recipe, source file and copy number alone. Running it again resumes:
    what is done is kept.

    Parameters
    ----------
    source : path
        A folder of class folders, a data set with train and other splits (only train is expanded), or a flat
        folder of images.
    output : path
        A new or empty folder, or one that this function wrote; neither inside the source nor around it.
    balance : "max", "median" or int, optional
        Every class up to the size of the largest or the median class, or to a number. "max" is the default.
    per_class : int, optional
        The same as `balance` with a number.
    copies : int, optional
        So many copies of each image.
    factor : float, optional
        Every class to so many times its size.
    recipe : str, mapping or Pipeline
        Name of a recipe, path of a YAML file, plain data, or a pipeline of transforms that recipes know, whose own seed
        doesn't count; `overrides` as in `load_recipe`. "auto" is classic without what
        `suggest` would drop for this source; a resumed run keeps to the verdicts of the first.
    method : {"plain", "guided"}
        "guided" makes of several draws the one that leads nearest to a point of SMOTE, as `GuidedSMOTE` does.
    features, gate : optional
        For guided copies: what tells pictures apart, as in `embed`; and whether features that can't tell the classes
        apart make it plain copies after all.
    seed : int
    format : {"keep", "jpg", "png", "webp", "bmp", "tiff"}
        Of written files; "keep" takes that of the source.
    quality : int
        1 to 100, for JPEG and WebP.
    size : (int, int), optional
        Height and width of all written files.
    originals : {"copy", "link", "none"}
        What becomes of the originals in the output. With "none" it holds only the copies that, with the originals, make
        up the totals.
    workers : int or "auto"
        Threads; "auto" takes one for each processor.
    shard : (int, int), optional
        Do the part I of N only, for I from 1; the last one to end completes the whole.
    max_pixels : int, optional
        Larger pictures are not read; by default, those of more than 89,478,485 pixels.
    overwrite : bool
        Remove first what an earlier run wrote to the output.
    dry_run : bool
        Return the plan and an estimate; touch nothing.
    progress : callable, optional
        Told (what, done, of how many) now and then.

    Returns
    -------
    Report

    Raises
    ------
    AugkitError
        When an option is wrong, nothing is usable, or the output can't be written.

    Examples
    --------
    >>> import tempfile, cv2, numpy as np, augkit
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("cats/a.png", "cats/b.png", "dogs/a.png"):
    ...         os.makedirs(f"{folder}/in/{os.path.dirname(name)}", exist_ok=True)
    ...         done = cv2.imwrite(f"{folder}/in/{name}", np.eye(16, dtype=np.uint8) * 255)
    ...     report = augkit.expand(f"{folder}/in", f"{folder}/out", per_class=4)
    >>> report.classes["dogs"]
    ClassCount(before=1, originals=1, created=3, total=4, target=4)
    """
    started = time.perf_counter()
    seed = whole_number("--seed", seed)
    max_pixels = MAX_PIXELS if max_pixels is None else whole_number("--max-pixels", max_pixels, 1)
    amount = Amount.of(balance=balance, per_class=per_class, copies=copies, factor=factor)
    written = Output(format, quality, size, originals)
    guidance = Guidance.of(method, features, gate=gate)
    start = read_recipe(auto.START if recipe == auto.NAME else recipe, overrides=overrides)
    header = manifest.make_header(seed, start.to_dict(), str(amount), written.to_dict(), max_pixels)
    if guidance is not None:
        header |= {"guided": guidance.to_dict()}
    request = Request(
        source=os.fspath(source),
        output=os.path.abspath(output) if os.fspath(output) else "",
        amount=amount,
        written=written,
        pipeline=start.pipeline(seed=seed),
        header=header,
        workers=count_workers(workers),
        shard=check_shard(shard),
        max_pixels=max_pixels,
        progress=progress or (lambda what, done, of: None),
        guidance=guidance,
    )
    if overwrite and request.shard is not None:
        raise AugkitError("--overwrite can't go with --shard: the parts would remove each other's files; remove OUTPUT")
    request.check_folders()
    request = _with_recipe(request, start, judged=recipe == auto.NAME, overwrite=overwrite)
    if not overwrite:
        request.check_same(manifest.read_state(request.output).header)
    with one_thread(), _alone(request):
        report = _estimate(request) if dry_run else _run(request, overwrite=overwrite)
    notes = auto.notes(request.header) | report.notes
    return dataclasses.replace(report, notes=notes, seconds=time.perf_counter() - started)


def _with_recipe(request: Request, start: Recipe, *, judged: bool, overwrite: bool) -> Request:
    """Return the request with its recipe as the source makes it: judged, or fitted, or as an earlier run has it."""
    earlier = auto.find_earlier(request.output, start) if judged and not overwrite else None
    if judged and earlier is None:
        return auto.judge(request, start)
    header = request.header
    if earlier is None:
        chosen = start.fit(read_pictures(request.source, request.max_pixels))
    else:
        chosen, header = read_recipe(earlier["recipe"]), header | {"assessment": earlier["assessment"]}
    pipeline = chosen.pipeline(seed=request.pipeline.seed)
    return dataclasses.replace(request, pipeline=pipeline, header=header | {"recipe": chosen.to_dict()})


def _run(request: Request, *, overwrite: bool, wait: bool = False) -> Report:
    """Do all, or the shard's part; when it was the last shard's, complete the whole."""
    request, survey, guide = _look(request)
    with Journal(manifest.journal_path(request.output, request.shard), wait=wait) as journal:
        if overwrite:
            _remove_earlier(request.output, journal)
        state = manifest.read_state(request.output)
        request.check_same(state.header)
        work = begin(request, survey, state, guide)
        if work.is_done() and not work.dropped and state.end is not None and state.header == request.header:
            return work.report()
        work.check_versions(state)
        if not manifest.has_header(journal.path):  # none, or one that a full disk has torn
            journal.clear()
        journal.begin(request.header)
        writer = Writer(request.output, _unfinished(request.shard))
        try:
            writer.clean()
            work.do(writer, journal)
            if request.shard is None:
                work.finish()
                writer.clean_all(_UNFINISHED)
                return work.report()
            journal.append([{"shard": list(request.shard)}])
        finally:
            writer.clean()
    state = manifest.read_state(request.output)
    missing = [f"{number}/{request.shard[1]}" for number in range(1, request.shard[1] + 1)
               if (number, request.shard[1]) not in state.shards]  # fmt: skip
    if missing and state.end is None:
        return work.report(waiting_for=missing)
    # The last shard fills the classes up for sources that failed in others, and gathers the lines.
    whole = _run(dataclasses.replace(request, shard=None), overwrite=False, wait=True)
    return dataclasses.replace(whole, written=whole.written + work.written, kept=whole.kept - work.written)


def _alone(request: Request) -> AbstractContextManager[Any]:
    """Return a context for the work of this request: what leads copies starts no threads of its own."""
    if request.guidance is None:
        return contextlib.nullcontext()
    from augkit.guided.audition import one_blas_thread

    return one_blas_thread()


def _look(request: Request) -> tuple[Request, Survey, "FolderGuide | None"]:
    """Return what the source holds and what leads its copies, and the request with all that they depend on."""
    survey = make_survey(request)
    if request.guidance is None:
        return request, survey, None
    from augkit.expansion.guide import make_guide

    record, guide = make_guide(request, survey, request.guidance)
    return dataclasses.replace(request, header=request.header | {"guided": record}), survey, guide


def _estimate(request: Request) -> Report:
    """Return the plan as a report, with bytes and seconds told from a few copies made in memory."""
    request, survey, guide = _look(request)
    work = begin(request, survey, manifest.read_state(request.output), guide)
    plan = work.plan
    with_copies = [job for job in plan.jobs() if 1 in job.copies]
    worker = Worker(
        request.source, request.pipeline, request.written, request.max_pixels, Writer("", ""), Event(), guide
    )
    started, made, size = time.perf_counter(), 0, 0
    for job in with_copies[:: max(1, len(with_copies) // _SAMPLE)]:
        with contextlib.suppress(AugkitError, OSError):
            data = read_bytes(path_of(request.source, job.source.image_id))
            rendered = next(worker.render(job._replace(copies=(1,)), data))
            made, size = made + 1, size + len(rendered.data)
    seconds = (time.perf_counter() - started) / max(made, 1)
    created = sum(plan.copies.values()) + sum(job.converted for job in plan.jobs() if 0 in job.copies)
    originals = 0
    if request.written.originals == "copy":
        originals = sum(job.source.bytes for job in plan.jobs() if 0 in job.copies and not job.converted)
    return work.report(
        estimate={
            "files": sum(len(job.copies) for job in plan.jobs()),
            "bytes": round(originals + size / max(made, 1) * created),
            "seconds": round(seconds * created / request.workers, 1),
        }
    )


def _remove_earlier(output: str, journal: Journal) -> None:
    """Remove the files that earlier runs wrote, then what they wrote about them."""
    others = [os.path.basename(path) for path in manifest.journals(output) if path != journal.path]
    state = manifest.read_state(output)
    remove(output, [*state.done, *state.begun, *others])
    journal.clear()


def _unfinished(shard: tuple[int, int] | None) -> str:
    return _UNFINISHED if shard is None else f"{_UNFINISHED}-{shard[0]}-of-{shard[1]}"
