"""Guided copies of a folder: each has a point of its own by its key, so that no order of work changes anything."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from augkit.errors import AugkitError
from augkit.execution import run
from augkit.expansion.plan import Source
from augkit.expansion.request import Guidance, Request
from augkit.expansion.survey import Survey
from augkit.files.picture import Array, UnusableImageError, decode
from augkit.files.read import path_of, read_bytes
from augkit.files.records import Record
from augkit.guided.audition import Choice, Guide, thumbnail_side
from augkit.guided.gate import LEAST_ACCURACY, neighbor_accuracy
from augkit.guided.thumbnail import make_thumbnail
from augkit.oversampling.neighbors import Rows
from augkit.seeding import Draws

_NEIGHBORS = 5  # of the same class, among which one is drawn, as in SMOTE
_POINT = -1  # the attempt whose numbers are those of the point; attempts from 0 are candidates


class Led(NamedTuple):
    """What was chosen for a copy, and for which point."""

    choice: Choice
    neighbor: str
    step: float

    def to_record(self) -> Record:
        """Return what the manifest keeps of it, beside the operations."""
        choice = self.choice
        record: Record = {
            "neighbor": self.neighbor,
            "step": self.step,
            "candidate": choice.candidate,
            "distance": choice.distance,
            "own": choice.own,
        }
        if np.isfinite(choice.other):  # there is another class
            record["other"] = choice.other
        if choice.only is not None:
            record["only"] = choice.only
        return record


@dataclass(frozen=True, eq=False)
class FolderGuide:
    """Leads the copies of a folder; a value, shared by workers.

    Parameters
    ----------
    guide : Guide
    ids : sequence of str
        Of the pictures, in the order of the guide's rows.
    rows : dict
        Where each of them stands.
    """

    guide: Guide
    ids: Sequence[str]
    rows: dict[str, int]

    def lead(self, image_id: str, picture: Array, copies: Sequence[int]) -> dict[int, Led]:
        """Return what is chosen for some copies of a picture; each depends on its own number alone."""
        row = self.rows[image_id]
        neighbors = self._neighbors(row).tolist() if copies else []
        seed = self.guide.pipeline.seed
        ends = [draw_point(Draws.of(seed, (image_id, copy, _POINT)), neighbors) for copy in copies]
        points = [self.guide.point(row, neighbor, step) for neighbor, step in ends]
        thumbnail = make_thumbnail(picture, self.guide.side)
        choices = self.guide.choose(thumbnail, row, points, [(image_id, copy) for copy in copies])
        return {
            copy: Led(choice, self.ids[neighbor], step)
            for copy, choice, (neighbor, step) in zip(copies, choices, ends, strict=True)
        }

    def _neighbors(self, row: int) -> Rows:
        """Return the nearest rows of the same class; the row itself where it is the only one."""
        members = np.flatnonzero(self.guide.labels == self.guide.labels[row])
        others = members[members != row]
        if not len(others):
            return members
        distances = np.linalg.norm(self.guide.rows[others] - self.guide.rows[row], axis=1)
        return others[np.argsort(distances, kind="stable")[:_NEIGHBORS]]


def draw_point(draws: Draws, neighbors: Sequence[int]) -> tuple[int, float]:
    """Return a neighbour, each as likely as the other, and how far toward it the point lies."""
    return draws.choice(neighbors), draws.uniform()


def make_guide(request: Request, survey: Survey, guidance: Guidance) -> tuple[Record, FolderGuide | None]:
    """Return what the manifest's first line says of the guide, and the guide; none where the gate is shut.

    Every labelled picture is decoded. Those that can't be have no row here; their jobs report them.

    Raises
    ------
    AugkitError
        When a picture has changed since the survey.
    """
    sources = [source for source in survey.sources if source.label is not None]
    side = thumbnail_side(guidance.features)
    thumbnails: dict[str, Array] = {}
    for number, (source, seen) in enumerate(run(partial(_look, request, side), sources, request.workers), 1):
        if seen is not None:
            thumbnails[source.image_id] = seen
        request.progress("embed", number, len(sources))
    known = [source for source in sources if source.image_id in thumbnails]
    if len(known) < 2:
        raise AugkitError(f"SOURCE {request.source}: --method guided needs at least 2 usable images, got {len(known)}")
    views = [thumbnails[source.image_id] for source in known]
    labels = np.array([source.label for source in known])
    guide = Guide.of(request.pipeline, guidance.features, views, labels, side, guidance.candidates)
    accuracy = round(neighbor_accuracy(guide.rows, labels), 4)
    led = not guidance.gate or accuracy >= LEAST_ACCURACY
    survey.notes[_told(guidance, accuracy, led=led)] += 0
    record = guidance.to_dict() | {"side": side, "sources": _digest(known), "accuracy": accuracy, "led": led}
    ids = [source.image_id for source in known]
    return record, FolderGuide(guide, ids, {name: row for row, name in enumerate(ids)}) if led else None


def _look(request: Request, side: int, source: Source) -> tuple[Source, Array | None]:
    try:
        data = read_bytes(path_of(request.source, source.image_id))
    except OSError as error:
        raise AugkitError(f"source {source.image_id} can't be read any more: {error.strerror}; run again") from None
    if hashlib.sha256(data).digest() != source.digest:
        raise AugkitError(f"source {source.image_id} changed while augkit was running; run again")
    try:
        return source, make_thumbnail(decode(data, request.max_pixels)[0], side)
    except UnusableImageError:
        return source, None


def _digest(sources: Sequence[Source]) -> str:
    digest: Any = hashlib.sha256()
    for source in sources:
        digest.update(f"{source.image_id}\0{source.label}\0".encode("utf-8", "surrogateescape") + source.digest)
    return digest.hexdigest()


def _told(guidance: Guidance, accuracy: float, *, led: bool) -> str:
    measured = f"nearest neighbours by {type(guidance.features).__name__} are right in {accuracy:.2f} of cases"
    if not led:
        return (
            f"plain copies, not guided ones: {measured} (mean over classes, each picture left out in turn), "
            f"less than {LEAST_ACCURACY}; --no-gate guides all the same"
        )
    return f"guided copies: {measured} (mean over classes, each picture left out in turn)"
