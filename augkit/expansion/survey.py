"""The survey: every file of the source looked at, before anything is decided."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from functools import partial

from augkit.errors import AugkitError
from augkit.execution import run
from augkit.expansion import manifest
from augkit.expansion.plan import Source
from augkit.expansion.report import Failure, OutOfMemoryError
from augkit.expansion.request import Request
from augkit.files.picture import UnusableImageError, examine
from augkit.files.read import path_of, read_bytes
from augkit.files.scan import Scan, scan


@dataclass
class Survey:
    """What a source folder holds: usable pictures by id, and everything else with its reason."""

    found: Scan
    sources: list[Source] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    left_out: list[Failure] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)


def make_survey(request: Request) -> Survey:
    """Return what the source holds, every file of it looked at."""
    found = scan(request.source, output=request.output)
    labelled = [(image_id, label) for label, ids in found.classes.items() for image_id in ids]
    passed_on: list[tuple[str, str | None]] = []
    if request.written.originals != "none":
        passed_on = [(image_id, None) for image_id in found.passed_on]
    todo: list[tuple[str, str | None]] = sorted([*labelled, *passed_on])
    survey = Survey(found, failed=[Failure(*failure) for failure in found.failed])
    survey.left_out.extend(Failure(*left) for left in found.left_out)
    for number, (examined, note) in enumerate(run(partial(_examine, request), todo, request.workers), 1):
        if isinstance(examined, Failure):
            survey.failed.append(examined)
        else:
            survey.sources.append(examined)
        if note:
            survey.notes[note] += 1
        request.progress("examine", number, len(todo))
    survey.sources.sort()
    if manifest.journals(request.source):
        survey.notes["the source was itself written by augkit expand: its copies are copied like its originals"] += 0
    if not any(source.label is not None for source in survey.sources):
        first = sorted(survey.failed, key=lambda failure: failure.file)[0]
        raise AugkitError(
            f"SOURCE {request.source} holds no usable image: {len(survey.failed)} can't be used, "
            f"the first is {first.file}: {first.reason}"
        )
    return survey


def _examine(request: Request, entry: tuple[str, str | None]) -> tuple[Source | Failure, str]:
    image_id, label = entry
    try:
        data = read_bytes(path_of(request.source, image_id))
    except OSError as error:
        return Failure(image_id, f"can't be read: {error.strerror}"), ""
    except MemoryError:
        raise OutOfMemoryError from None
    digest = hashlib.sha256(data).digest()
    if label is None:
        return Source(image_id, None, digest, len(data), "", 0, 0), ""
    try:
        facts = examine(data, request.max_pixels)
    except UnusableImageError as error:
        return Failure(image_id, str(error)), ""
    except MemoryError:
        raise OutOfMemoryError from None
    return Source(image_id, label, digest, len(data), facts.format, facts.height, facts.width), facts.note()
