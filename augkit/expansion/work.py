"""The work of one run as it goes on, and what it comes to."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

from augkit.errors import AugkitError
from augkit.execution import run
from augkit.expansion import manifest
from augkit.expansion.job import Outcome, Worker
from augkit.expansion.plan import Job, Plan, Source, make_plan
from augkit.expansion.report import ClassCount, Failure, Report
from augkit.expansion.request import Request
from augkit.expansion.survey import Survey
from augkit.files.read import exists, is_link, is_written, path_of
from augkit.files.records import Journal
from augkit.files.write import Writer, remove

if TYPE_CHECKING:
    from augkit.expansion.guide import FolderGuide


@dataclass
class Work:
    """The plan, what is done of it, and what turned out to be of no use.

    Parameters
    ----------
    request : Request
    survey : Survey
    plan : Plan
        For the sources not known to be of no use; it changes when one turns out to be.
    mine : set of str or None
        The sources of this shard.
    useless : dict
        The sources that passed the survey and could not be decoded or encoded, and why.
    done : dict
        Where the manifest lines of the files that are written stand, by file name.
    earlier : set of str
        The files that an earlier run has written.
    guide : FolderGuide or None
        What leads the copies; None for plain ones.
    dropped : set of str
        Files of useless sources that an earlier run may not have come to remove.
    """

    request: Request
    survey: Survey
    plan: Plan
    mine: AbstractSet[str] | None
    useless: dict[Source, str] = field(default_factory=dict)
    done: dict[str, manifest.Place] = field(default_factory=dict)
    earlier: AbstractSet[str] = frozenset()
    guide: "FolderGuide | None" = None
    dropped: AbstractSet[str] = frozenset()

    @property
    def kept(self) -> int:
        """How many files an earlier run has written."""
        return sum(name in self.done for name in self.earlier)

    @property
    def written(self) -> int:
        """How many files this run has written, and not taken back."""
        return len(self.done) - self.kept

    def todo(self) -> Iterator[Job]:
        """Return the jobs that are left, in this shard."""
        for job in self.plan.jobs():
            if self.mine is None or job.source.image_id in self.mine:
                copies = tuple(copy for copy in job.copies if job.name(copy) not in self.done)
                if copies:
                    yield job._replace(copies=copies)

    def is_done(self) -> bool:
        """Return whether no job is left."""
        return next(self.todo(), None) is None

    def check_versions(self, state: manifest.State) -> None:
        """Raise AugkitError if other versions than before would write the rest: its bytes might not fit."""
        now: Mapping[str, str] = self.request.header["versions"]
        before: Mapping[str, str] = now if state.header is None else state.header.get("versions", {})
        changed = [f"{name} {before.get(name)} (now {now[name]})" for name in now if before.get(name) != now[name]]
        if state.done and changed and not self.is_done():
            raise AugkitError(
                f"OUTPUT {self.request.output} was begun with {', '.join(changed)}, which may write other bytes; "
                f"resume with the same versions, name another OUTPUT, or replace it with --overwrite"
            )

    def do(self, writer: Writer, journal: Journal) -> None:
        """Do the jobs; where sources fail, let the others of their class make up for them."""
        request = self.request
        remove(request.output, sorted(self.dropped))
        stop = Event()
        worker = Worker(request.source, request.pipeline, request.written, request.max_pixels, writer, stop, self.guide)
        while True:
            of = len(self.done) + sum(len(job.copies) for job in self.todo())
            failed = []
            for outcome in run(worker, self._announced(journal), request.workers, stop):
                if outcome.failure:
                    failed.append(outcome)
                else:
                    self._record(outcome, journal)
                request.progress("write", len(self.done), of)
            if failed:
                self._drop(failed, journal)
            if not failed or self.mine is not None:
                return  # what shards lack, the last of them makes up

    def _announced(self, journal: Journal) -> Iterator[Job]:
        """Yield the jobs that are left, each written down before its first file is."""
        for job in self.todo():
            journal.append([{"begun": [job.name(copy) for copy in job.copies]}])
            yield job

    def _record(self, outcome: Outcome, journal: Journal) -> None:
        for line, place in zip(outcome.lines, journal.append(outcome.lines), strict=True):
            self.done[line["file"]] = journal.path, place
        self.survey.notes.update(outcome.notes)

    def _drop(self, failed: Sequence[Outcome], journal: Journal) -> None:
        gone = {outcome.job.source: outcome.failure for outcome in failed}
        lasting = {outcome.job.source: outcome.failure for outcome in failed if outcome.lasting}
        journal.append([manifest.failure_line(source, reason) for source, reason in lasting.items()])
        self.useless.update(lasting)
        ids = {source.image_id for source in gone}
        self.survey.failed.extend(Failure(source.image_id, reason) for source, reason in gone.items())
        names = [job.name(copy) for job in self.plan.jobs() if job.source.image_id in ids for copy in job.copies]
        remove(self.request.output, [name for name in names if self.done.pop(name, None)])
        self.plan = self.plan.without(ids, self.request.pipeline.seed)

    def finish(self) -> None:
        """Write the one manifest.

        Raises
        ------
        AugkitError
            When no source has turned out to be of use.
        """
        if not self.done:
            raise AugkitError(f"no image of SOURCE {self.request.source} could be used: {self._failed()[0].reason}")
        names = (job.name(copy) for job in self.plan.jobs() for copy in job.copies)
        manifest.finish(
            self.request.output, self.request.header, names, self.done,
            [manifest.failure_line(*failure) for failure in sorted(self.useless.items())],
            {"files": len(self.done), "failed": [failure._asdict() for failure in self._failed()]},
        )  # fmt: skip

    def _nothing_to_balance(self, created: Counter[str | None]) -> dict[str, int]:
        alone = len(self.plan.totals) == 1 and self.request.amount.value in ("max", "median")
        note = "one class only, so there is nothing to balance; ask for --copies N or --factor X"
        return {note: 0} if alone and not created else {}

    def _failed(self) -> list[Failure]:
        return sorted(self.survey.failed)

    def report(self, *, waiting_for: Sequence[str] = (), estimate: Mapping[str, float] | None = None) -> Report:
        """Return what is in the output now; with an estimate, what would be in it."""
        before = Counter(source.label for source in self.plan.sources)
        originals: Counter[str | None] = Counter()
        created: Counter[str | None] = Counter()
        for job in self.plan.jobs():
            for copy in job.copies:
                if estimate is not None or job.name(copy) in self.done:
                    (created if copy else originals)[job.source.label] += 1
        return Report(
            classes={
                label: ClassCount(
                    before[label], originals[label], created[label], originals[label] + created[label], target
                )
                for label, target in sorted(self.plan.totals.items())
            },
            written=self.written,
            kept=self.kept,
            passed_on=originals[None],
            failed=self._failed(),
            left_out=sorted(self.survey.left_out),
            notes=dict(sorted(self.survey.notes.items())) | self._nothing_to_balance(created),
            seconds=0.0,
            dry_run=estimate is not None,
            waiting_for=list(waiting_for),
            estimate=dict(estimate or {}),
        )


def begin(request: Request, survey: Survey, state: manifest.State, guide: "FolderGuide | None" = None) -> Work:
    """Return the work that is left after what earlier runs have done, and found to be of no use.

    Raises
    ------
    AugkitError
        When the output holds files that this plan would not make.
    """
    plan = make_plan(survey.sources, list(survey.found.classes), request.amount, request.written, request.pipeline.seed)
    useless = {
        source: state.failed[source.image_id, source.digest]
        for source in survey.sources
        if (source.image_id, source.digest) in state.failed
    }
    survey.failed.extend(Failure(source.image_id, reason) for source, reason in useless.items())
    named = [job.names for job in plan.jobs() if job.source in useless] if useless else []
    plan = plan.without({source.image_id for source in useless}, request.pipeline.seed)
    digests = {source.digest for source in useless}
    mine = None
    if request.shard is not None:
        number, of = request.shard
        mine = {source.image_id for source in survey.sources[number - 1 :: of]}
    work = Work(request, survey, plan, mine, useless, guide=guide)
    left = set(state.done) | {name for name in state.begun if exists(path_of(request.output, name))}
    for job in plan.jobs():
        for copy in job.copies:
            name = job.name(copy)
            left.discard(name)
            done = state.done.get(name)
            if done is not None and _is_valid(done, job, copy, request):
                work.done[name] = done.place
    work.dropped = {
        name
        for name in left
        if (name not in state.done or state.done[name].source_sha256 in digests)
        and any(names.has(name) for names in named)
    }
    left -= work.dropped
    if left:
        raise AugkitError(
            f"OUTPUT {request.output} holds {len(left)} files of an earlier run that this one would not make "
            f"(the first is {min(left)}): SOURCE, what of it can be used, or the number of copies has "
            f"changed; name another OUTPUT, "
            f"or replace it with --overwrite"
        )
    work.earlier = frozenset(work.done)
    return work


def _is_valid(done: manifest.Done, job: Job, copy: int, request: Request) -> bool:
    """Return whether a file is there as it was written, of a source that has not changed."""
    if done.source_sha256 != job.source.digest:
        return False
    path = path_of(request.output, job.name(copy))
    return is_link(path, path_of(request.source, job.source.image_id)) if done.link else is_written(path, done.bytes)
