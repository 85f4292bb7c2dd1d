"""Expanding a folder: decide everything, then do it, so that it can be killed and run again."""

import contextlib
import dataclasses
import hashlib
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any, TypeAlias

from augkit.errors import AugkitError
from augkit.execution import available_workers, run
from augkit.expansion import manifest
from augkit.expansion.balance import Amount
from augkit.expansion.job import Outcome, Worker
from augkit.expansion.plan import Job, Output, Plan, Source, make_plan
from augkit.expansion.report import ClassCount, Failure, Report
from augkit.files.picture import UnusableImage, examine
from augkit.files.read import is_empty, is_written, path_of, read_bytes
from augkit.files.records import Journal, Record
from augkit.files.scan import Scan, scan
from augkit.files.write import Writer, remove
from augkit.geometry import Size
from augkit.kernels import one_thread
from augkit.pipeline import Pipeline
from augkit.recipes import read_recipe

MAX_PIXELS = 100_000_000
_UNFINISHED = ".augkit-unfinished"
_SAMPLE = 8  # copies made in memory to estimate bytes and time

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told what is being done ("examine" or "write"), how much of it is done, and of how much."""


def expand(
    source: str | os.PathLike[str],
    output: str | os.PathLike[str],
    *,
    balance: str | int | None = None,
    per_class: int | None = None,
    copies: int | None = None,
    factor: float | None = None,
    recipe: str | Mapping[str, Any] = "classic",
    overrides: Sequence[str] = (),
    seed: int = 0,
    format: str = "keep",  # noqa: A002
    quality: int = 95,
    size: Size | None = None,
    originals: str = "copy",
    workers: int | str = "auto",
    shard: tuple[int, int] | None = None,
    max_pixels: int = MAX_PIXELS,
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
    recipe : str or mapping
        Name of a recipe, path of a YAML file, or plain data; `overrides` as in `load_recipe`.
    seed : int
    format : {"keep", "jpg", "png", "webp", "bmp", "tiff"}
        Of written files; "keep" takes that of the source.
    quality : int
        1 to 100, for JPEG and WebP.
    size : (int, int), optional
        Height and width of all written files.
    originals : {"copy", "link", "none"}
        What becomes of the originals in the output.
    workers : int or "auto"
        Threads; "auto" takes one for each processor.
    shard : (int, int), optional
        Do the part I of N only, for I from 1; the last one to end completes the whole.
    max_pixels : int
        Larger pictures are not read.
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
    if not isinstance(seed, int) or isinstance(seed, bool):
        raise AugkitError(f"--seed must be a whole number, got {seed!r}")
    amount = Amount.of(balance=balance, per_class=per_class, copies=copies, factor=factor)
    written = Output(format, quality, size, originals)
    chosen = read_recipe(recipe, overrides=overrides)
    expansion = Expansion(
        source=os.fspath(source),
        output=os.path.abspath(output),
        amount=amount,
        written=written,
        pipeline=chosen.pipeline(seed=seed),
        header=manifest.make_header(seed, chosen.to_dict(), str(amount), written.to_dict(), max_pixels),
        workers=_count_workers(workers),
        shard=_check_shard(shard),
        max_pixels=max_pixels,
        progress=progress or (lambda what, done, of: None),
    )
    expansion.check_folders(overwrite=overwrite)
    with one_thread():
        report = expansion.estimate() if dry_run else expansion.run(overwrite=overwrite)
    return dataclasses.replace(report, seconds=time.perf_counter() - started)


@dataclass(frozen=True, kw_only=True)
class Expansion:
    """Everything a run has been told, checked."""

    source: str
    output: str
    amount: Amount
    written: Output
    pipeline: Pipeline
    header: Record
    workers: int
    shard: tuple[int, int] | None
    max_pixels: int
    progress: Progress

    def check_folders(self, *, overwrite: bool) -> None:
        """Raise AugkitError unless the output can be written without losing anything."""
        source, output = os.path.realpath(self.source), os.path.realpath(self.output)
        if source == output:
            raise AugkitError(f"SOURCE and OUTPUT are the same folder, {output}; name another OUTPUT")
        for inner, outer, where in ((output, source, "inside SOURCE"), (source, output, "around SOURCE")):
            if inner.startswith(os.path.join(outer, "")):
                raise AugkitError(f"OUTPUT {output} lies {where} {source}; name one beside it")
        state = manifest.read_state(self.output)
        if state.header is None:
            if not is_empty(self.output) and not manifest.journals(self.output):
                raise AugkitError(
                    f"OUTPUT {output} is not empty and was not written by augkit; name a new or an empty folder"
                )
        elif not overwrite:
            self._check_same(state.header)

    def _check_same(self, before: Record) -> None:
        for name in ("seed", "recipe", "output"):
            if before.get(name) != self.header[name]:
                raise AugkitError(
                    f"OUTPUT {self.output} was written with {_difference(name, before.get(name), self.header[name])}; "
                    f"run with the same options to resume it, name another OUTPUT, or replace it with --overwrite"
                )

    def survey(self) -> "Survey":
        """Return what the source holds, every file of it looked at."""
        found = scan(self.source)
        labelled = [(image_id, label) for label, ids in found.classes.items() for image_id in ids]
        passed_on: list[tuple[str, str | None]] = []
        if self.written.originals != "none":
            passed_on = [(image_id, None) for image_id in found.passed_on]
        todo: list[tuple[str, str | None]] = sorted([*labelled, *passed_on])
        survey = Survey(found, failed=[Failure(*failure) for failure in found.failed])
        survey.left_out.extend(Failure(*left) for left in found.left_out)
        for number, (examined, note) in enumerate(run(self._examine, todo, self.workers), 1):
            if isinstance(examined, Failure):
                survey.failed.append(examined)
            else:
                survey.sources.append(examined)
            if note:
                survey.notes[note] += 1
            self.progress("examine", number, len(todo))
        survey.sources.sort()
        if not any(source.label is not None for source in survey.sources):
            first = sorted(survey.failed, key=lambda failure: failure.file)[0]
            raise AugkitError(
                f"SOURCE {self.source} holds no usable image: {len(survey.failed)} can't be used, "
                f"the first is {first.file}: {first.reason}"
            )
        return survey

    def _examine(self, entry: tuple[str, str | None]) -> tuple[Source | Failure, str]:
        image_id, label = entry
        try:
            data = read_bytes(path_of(self.source, image_id))
        except OSError as error:
            return Failure(image_id, f"can't be read: {error.strerror}"), ""
        digest = hashlib.sha256(data).digest()
        if label is None:
            return Source(image_id, None, digest, len(data), "", 0, 0), ""
        try:
            facts = examine(data, self.max_pixels)
        except UnusableImage as error:
            return Failure(image_id, str(error)), ""
        return Source(image_id, label, digest, len(data), facts.format, facts.height, facts.width), facts.note()

    def plan(self, survey: "Survey") -> Plan:
        """Return the plan for what was found usable."""
        return make_plan(survey.sources, list(survey.found.classes), self.amount, self.written, self.pipeline.seed)

    def run(self, *, overwrite: bool) -> Report:
        """Do all, or the shard's part; when it was the last shard's, complete the whole."""
        survey = self.survey()
        plan = self.plan(survey)
        if overwrite:
            self._remove_earlier()
        state = manifest.read_state(self.output)
        ours = [job.name(copy) for job in plan.jobs() for copy in job.copies]
        self._check_leftovers(state, set(ours))
        part = Part(self, survey, plan, self._still_valid(state, plan))
        part.check_versions(state)
        if not part.todo() and state.end is not None and state.header == self.header:
            return part.report(kept=len(part.done))
        kept = len(part.done)
        writer = Writer(self.output, _UNFINISHED if self.shard is None else _unfinished_of(self.shard))
        with Journal(
            manifest.journal_path(self.output, self.shard), self.header, fresh=state.header is None
        ) as journal:
            try:
                writer.clean()
                part.work(writer, journal)
                if self.shard is None:
                    part.finish()
                else:
                    journal.append([{"shard": list(self.shard)}])
            finally:
                writer.clean()
        if self.shard is not None:
            missing = _missing_shards(manifest.read_state(self.output), self.shard[1])
            if not missing:
                return self._complete()
            return part.report(kept=kept, waiting_for=missing)
        return part.report(kept=kept)

    def _complete(self) -> Report:
        """Do what is left once all shards have run: fill the classes up for sources that failed, gather the lines."""
        return dataclasses.replace(self, shard=None).run(overwrite=False)

    def _remove_earlier(self) -> None:
        state = manifest.read_state(self.output)
        journals = [os.path.basename(path) for path in manifest.journals(self.output)]
        remove(self.output, [*state.done, *journals])

    def _check_leftovers(self, state: manifest.State, ours: set[str]) -> None:
        others = [name for name in state.done if name not in ours]
        if others:
            raise AugkitError(
                f"OUTPUT {self.output} holds {len(others)} files of an earlier run that this one would not make "
                f"(the first is {min(others)}): SOURCE or the number of copies has changed; name another OUTPUT, "
                f"or replace it with --overwrite"
            )

    def _still_valid(self, state: manifest.State, plan: Plan) -> dict[str, manifest.Done]:
        valid = {}
        for job in plan.jobs():
            for copy in job.copies:
                name = job.name(copy)
                done = state.done.get(name)
                if done is not None and done.source_sha256 == job.source.digest:
                    if is_written(path_of(self.output, name), done.bytes, link=done.link):
                        valid[name] = done
        return valid

    def estimate(self) -> Report:
        """Return the plan as a report, with bytes and seconds told from a few copies made in memory."""
        survey = self.survey()
        plan = self.plan(survey)
        part = Part(self, survey, plan, self._still_valid(manifest.read_state(self.output), plan))
        todo = [job for job in plan.jobs() if max(job.copies)]
        worker = Worker(self.source, self.pipeline, self.written, self.max_pixels, Writer("", ""), Event())
        started, made, size = time.perf_counter(), 0, 0
        for job in todo[:: max(1, len(todo) // _SAMPLE)]:
            with contextlib.suppress(AugkitError, OSError):
                data = read_bytes(path_of(self.source, job.source.image_id))
                rendered = next(worker.render(job._replace(copies=(max(job.copies),)), data))
                made, size = made + 1, size + len(rendered.data)
        seconds = (time.perf_counter() - started) / max(made, 1)
        created = sum(plan.copies.values())
        originals = 0 if self.written.originals != "copy" else sum(source.bytes for source in plan.sources)
        files = sum(len(job.copies) for job in plan.jobs())
        estimate = {
            "files": files,
            "bytes": round(originals + size / max(made, 1) * created),
            "seconds": round(seconds * created / self.workers, 1),
        }
        return part.planned_report(estimate)


@dataclass
class Survey:
    """What a source folder holds: usable pictures by id, and everything else with its reason."""

    found: Scan
    sources: list[Source] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    left_out: list[Failure] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)


@dataclass
class Part:
    """The work of one run, as it goes on: the plan, what is done of it, and what turned out to be of no use."""

    expansion: Expansion
    survey: Survey
    plan: Plan
    done: dict[str, manifest.Done]
    written: int = 0

    def todo(self) -> Iterator[Job]:
        """Return the jobs that are left, in this shard."""
        sources: Sequence[Source] = self.plan.sources
        if self.expansion.shard is not None:
            number, of = self.expansion.shard
            sources = sources[number - 1 :: of]
        for job in self.plan.jobs(sources):
            copies = tuple(copy for copy in job.copies if job.name(copy) not in self.done)
            if copies:
                yield job._replace(copies=copies)

    def check_versions(self, state: manifest.State) -> None:
        """Raise AugkitError if other versions than before would write the rest: its bytes might not fit."""
        before = (state.header or {}).get("versions", self.expansion.header["versions"])
        now = self.expansion.header["versions"]
        if state.done and before != now and next(self.todo(), None) is not None:
            changed = ", ".join(f"{name} {before.get(name)} (now {now[name]})" for name in now if before.get(name) != now[name])
            raise AugkitError(
                f"OUTPUT {self.expansion.output} was begun with {changed}, which may write other bytes; resume it with "
                f"the same versions, name another OUTPUT, or replace it with --overwrite"
            )

    def work(self, writer: Writer, journal: Journal) -> None:
        """Do the jobs; while sources fail, let the others of their class make up for them."""
        expansion = self.expansion
        stop = Event()
        worker = Worker(
            expansion.source, expansion.pipeline, expansion.written, expansion.max_pixels, writer, stop
        )
        while True:
            of = len(self.done) + sum(len(job.copies) for job in self.todo())
            failed = []
            for outcome in run(worker, self.todo(), expansion.workers, stop):
                if outcome.failure:
                    failed.append(outcome)
                else:
                    self._record(outcome, journal)
                expansion.progress("write", len(self.done), of)
            if not failed:
                return
            self._drop(failed)

    def _record(self, outcome: Outcome, journal: Journal) -> None:
        for line, place in zip(outcome.lines, journal.append(outcome.lines), strict=True):
            self.done[line["file"]] = manifest.to_done(line, journal.path, place)
        self.written += len(outcome.lines)
        self.survey.notes.update(outcome.notes)

    def _drop(self, failed: Sequence[Outcome]) -> None:
        gone = {outcome.job.source.image_id: outcome.failure for outcome in failed}
        self.survey.failed.extend(Failure(*failure) for failure in gone.items())
        names = [
            job.name(copy) for job in self.plan.jobs() if job.source.image_id in gone for copy in job.copies
        ]
        remove(self.expansion.output, [name for name in names if self.done.pop(name, None)])
        self.plan = self.plan.without(gone, self.expansion.pipeline.seed)

    def finish(self) -> None:
        """Write the one manifest."""
        names = [job.name(copy) for job in self.plan.jobs() for copy in job.copies]
        failed = [{"file": failure.file, "reason": failure.reason} for failure in self._failed()]
        end = {"files": len(names), "failed": failed}
        manifest.finish(self.expansion.output, self.expansion.header, names, self.done, end)

    def _failed(self) -> list[Failure]:
        return sorted(self.survey.failed, key=lambda failure: failure.file)

    def report(self, *, kept: int, waiting_for: Sequence[str] = ()) -> Report:
        """Return what is in the output now."""
        names = set(self.done)
        return self._report(names, {}, kept=kept, waiting_for=list(waiting_for))

    def planned_report(self, estimate: dict[str, float]) -> Report:
        """Return what would be in the output."""
        names = {job.name(copy) for job in self.plan.jobs() for copy in job.copies}
        return self._report(names, estimate, kept=len(self.done), dry_run=True)

    def _report(
        self,
        names: set[str],
        estimate: dict[str, float],
        *,
        kept: int,
        waiting_for: list[str] | None = None,
        dry_run: bool = False,
    ) -> Report:
        before = Counter(source.label for source in self.plan.sources)
        originals: Counter[str | None] = Counter()
        created: Counter[str | None] = Counter()
        for job in self.plan.jobs():
            for copy in job.copies:
                if job.name(copy) in names:
                    (created if copy else originals)[job.source.label] += 1
        classes = {
            label: ClassCount(
                before[label], originals[label], created[label], originals[label] + created[label], total
            )
            for label, total in sorted(self.plan.totals.items())
        }
        return Report(
            classes=classes,
            written=self.written,
            kept=kept,
            failed=self._failed(),
            left_out=sorted(self.survey.left_out, key=lambda failure: failure.file),
            notes=dict(sorted(self.survey.notes.items())),
            seconds=0.0,
            dry_run=dry_run,
            waiting_for=waiting_for or [],
            estimate=estimate,
        )


def _difference(name: str, before: Any, now: Any) -> str:
    if name == "seed":
        return f"seed {before}, not {now}"
    if not isinstance(before, dict) or (name == "recipe" and before.get("name") != now["name"]):
        return f"recipe {before.get('name') if isinstance(before, dict) else before}, not {now['name']}"
    changed = [key for key in now if before.get(key) != now[key]]
    if name == "recipe":
        return f"another form of recipe {now['name']} (changed: {', '.join(changed)})"
    return ", ".join(f"--{key} {before.get(key)}, not {now[key]}" for key in changed)


def _missing_shards(state: manifest.State, of: int) -> list[str]:
    return [f"{number}/{of}" for number in range(1, of + 1) if (number, of) not in state.shards]


def _unfinished_of(shard: tuple[int, int]) -> str:
    return os.path.join(_UNFINISHED, f"{shard[0]}-of-{shard[1]}")


def _count_workers(workers: int | str) -> int:
    if workers == "auto":
        return available_workers()
    if not isinstance(workers, int) or isinstance(workers, bool) or workers < 1:
        raise AugkitError(f"--workers must be auto or a whole number of at least 1, got {workers!r}")
    return workers


def _check_shard(shard: tuple[int, int] | None) -> tuple[int, int] | None:
    if shard is not None and not 1 <= shard[0] <= shard[1]:
        raise AugkitError(f"--shard must be I/N with I from 1 to N, got {shard[0]}/{shard[1]}")
    return shard
