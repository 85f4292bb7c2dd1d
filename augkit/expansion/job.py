"""One job: read a picture once, make its copies, write them, and say for each how it came about."""

import dataclasses
import hashlib
from collections.abc import Iterator, Sequence
from threading import Event
from typing import TYPE_CHECKING, NamedTuple

import cv2

from augkit.errors import AugkitError
from augkit.expansion.plan import Job, Output
from augkit.expansion.report import OutOfMemoryError
from augkit.files.encode import encode
from augkit.files.picture import Array, decode
from augkit.files.read import path_of, read_bytes
from augkit.files.records import Record
from augkit.files.write import OutputError, Writer, remove
from augkit.geometry import Size
from augkit.guided.thumbnail import thumbnail_size
from augkit.pipeline import Pipeline
from augkit.sample import Sample
from augkit.transforms.base import Drawn, SpatialTransform
from augkit.transforms.crop import Resize, SizedTransform
from augkit.transforms.plain import drawn_to_json

if TYPE_CHECKING:
    from augkit.expansion.guide import FolderGuide

_TOO_FEW = "the recipe has too few outcomes to make every copy different"
_MILD = "no candidate stays nearer to its own class than to another: a mild change instead"
_ATTEMPTS = 50  # a recipe that has not found anything new by then has no more to offer


class Outcome(NamedTuple):
    """What became of a job: the manifest lines of what it wrote; why its source is of no use; notes.

    A failure is lasting when the same bytes will always fail, and not when they could not be read.
    """

    job: Job
    lines: Sequence[Record] = ()
    failure: str = ""
    lasting: bool = True
    notes: Sequence[str] = ()


class UnreadableError(AugkitError):
    """A source that could be read before and can't be now."""


class Rendered(NamedTuple):
    """A picture ready to be written."""

    copy: int
    data: bytes
    drawn: Sequence[Drawn]
    note: str
    led: Record


@dataclasses.dataclass(frozen=True)
class Worker:
    """Does jobs; shared by all workers, so it holds nothing that changes.

    Parameters
    ----------
    root : str
        The source folder.
    pipeline : Pipeline
    output : Output
    max_pixels : int
    writer : Writer
    stop : Event
        Once set, jobs end after the picture in hand.
    guide : FolderGuide or None
        What chooses among draws; None for plain copies.
    """

    root: str
    pipeline: Pipeline
    output: Output
    max_pixels: int
    writer: Writer
    stop: Event
    guide: "FolderGuide | None" = None

    def __call__(self, job: Job) -> Outcome:
        """Do the job. Only an output that can't be written raises; a source of no use is a result."""
        lines: list[Record] = []
        notes: list[str] = []
        try:
            data = self._read(job)
            pictures = self.render(job, data) if max(job.copies) or job.converted else iter(())
            picture = next(pictures, None)  # decodes, before anything of this source is written
            if 0 in job.copies and not job.converted:
                lines.append(self._pass_on(job, data))
            while picture is not None and not self.stop.is_set():
                self.writer.write(job.name(picture.copy), picture.data)
                lines.append(_line(job, picture.copy, picture.data, picture.drawn) | picture.led)
                if "only" in picture.led.get("guided", ()):
                    notes.append(_MILD)
                if picture.note and picture.note not in notes:
                    notes.append(picture.note)
                picture = next(pictures, None)
        except OutputError:
            raise
        except MemoryError:
            raise OutOfMemoryError from None
        except (AugkitError, cv2.error) as error:
            if isinstance(error, cv2.error) and error.code == cv2.Error.StsNoMem:
                raise OutOfMemoryError from None
            remove(self.writer.root, [line["file"] for line in lines])
            lasting = not isinstance(error, UnreadableError)
            return Outcome(job, failure=" ".join(str(error).split()), lasting=lasting)
        alike = len(lines) - len({line["sha256"] for line in lines})
        if alike and _TOO_FEW not in notes:
            notes.append(_TOO_FEW)
        return Outcome(job, lines, notes=notes)

    def render(self, job: Job, data: bytes) -> Iterator[Rendered]:
        """Yield the encoded pictures of a job: the copies, and the original if it has to be written anew."""
        image, icc = decode(data, self.max_pixels)
        size = (image.shape[0], image.shape[1])
        image_id, copies = job.source.image_id, [copy for copy in job.copies if copy]
        led = {} if self.guide is None else self.guide.lead(image_id, image, copies)
        if self.guide is None:
            draws, repeated = distinct_draws(self.pipeline, image_id, copies, size)
        else:
            draws, repeated = {copy: led[copy].choice.drawn for copy in copies}, set()
        for copy in job.copies:
            if copy or job.converted:
                drawn = with_size(draws[copy] if copy else [], self.output.size)
                written, note = self._render(job, image, icc, drawn)
                if copy in repeated:
                    note = _TOO_FEW
                record = {"guided": led[copy].to_record()} if copy in led else {}
                yield Rendered(copy, written, drawn, note, record)

    def _render(self, job: Job, image: Array, icc: bytes | None, drawn: Sequence[Drawn]) -> tuple[bytes, str]:
        changed = self.pipeline.apply(Sample(image=image), drawn).image
        if changed.dtype != image.dtype:
            raise AugkitError(
                f"the recipe makes {changed.dtype} of {image.dtype}, which is for a network and not for files; "
                f"leave out its Normalize, ToFloat or FromFloat"
            )
        return encode(changed, job.kind, quality=self.output.quality, icc=icc)

    def _read(self, job: Job) -> bytes:
        try:
            data = read_bytes(path_of(self.root, job.source.image_id))
        except OSError as error:
            raise UnreadableError(f"can't be read: {error.strerror}") from None
        if hashlib.sha256(data).digest() != job.source.digest:
            raise UnreadableError("changed while augkit was running")
        return data

    def _pass_on(self, job: Job, data: bytes) -> Record:
        if self.output.originals == "link":
            self.writer.link(job.names.original, path_of(self.root, job.source.image_id))
            return _line(job, 0, data, ()) | {"link": True}
        self.writer.write(job.names.original, data)
        return _line(job, 0, data, ())


def distinct_draws(
    pipeline: Pipeline, image_id: str, copies: Sequence[int], size: Size
) -> tuple[dict[int, list[Drawn]], set[int]]:
    """Return what is drawn for some copies of an image: each different from all others and from the original.

    Beside it are returned the copies that repeat an earlier one, where the recipe has too few outcomes. A draw that
    repeats an earlier one, or changes nothing, is drawn again; copy k depends on the copies before it only, so the
    same number always gives the same picture.
    """
    if any(step.varies for step in pipeline.transforms):
        return {copy: pipeline.draw(size, key=(image_id, copy)) for copy in copies}, set()
    seen = {"[]"}
    draws: dict[int, list[Drawn]] = {}
    repeated: set[int] = set()
    for copy in range(1, max(copies, default=0) + 1):
        for attempt in range(_ATTEMPTS):
            drawn = pipeline.draw(size, key=(image_id, copy, attempt))
            said = str(drawn_to_json(drawn))
            if said not in seen:
                break
        else:
            repeated.add(copy)
        seen.add(said)
        draws[copy] = drawn
    return draws, repeated


def draw_again(pipeline: Pipeline, header: Record, line: Record, size: Size) -> list[Drawn]:
    """Return what was drawn for a line of a manifest, before `with_size`: nothing for an original."""
    image_id, copy = line["source"], line["copy"]
    if "guided" not in line:
        return distinct_draws(pipeline, image_id, [copy], size)[0][copy] if copy else []
    seen = thumbnail_size(size, header["guided"]["side"])
    drawn = pipeline.draw(seen, key=(image_id, copy, line["guided"]["candidate"]))
    only = line["guided"].get("only")
    return drawn if only is None else drawn[only : only + 1]


def with_size(drawn: Sequence[Drawn], size: Size | None) -> list[Drawn]:
    """Return the draw with a resize after its leading spatial steps: one warp does both, and the rest is cheap.

    Where a later step may change the picture's size, the resize comes last.
    """
    if size is None:
        return list(drawn)
    place = next((i for i, step in enumerate(drawn) if not issubclass(step.kind, SpatialTransform)), len(drawn))
    if any(map(_may_resize, drawn[place:])):
        place = len(drawn)
    return [*drawn[:place], Drawn(Resize, {"height": size[0], "width": size[1]}), *drawn[place:]]


def _may_resize(step: Drawn) -> bool:
    if issubclass(step.kind, SizedTransform):
        return "height" in step.params
    return not (step.kind.foresees_size and step.kind.keeps_size)


def _line(job: Job, copy: int, data: bytes, drawn: Sequence[Drawn]) -> Record:
    return {
        "file": job.name(copy),
        "source": job.source.image_id,
        "class": job.source.label,
        "source_sha256": job.source.digest.hex(),
        "copy": copy,
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "operations": drawn_to_json(drawn),
    }
