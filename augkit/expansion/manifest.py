"""The manifest: one line for each file, saying how it came about; while a run goes on, also its journal."""

import os
import platform
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import NamedTuple, TypeAlias

import cv2
import numpy as np
import PIL

import augkit
from augkit.errors import AugkitError
from augkit.expansion.plan import Source
from augkit.files.records import Record, find_files, gather, read_records

NAME = "augkit.manifest.jsonl"
_FORMAT = 1
_PREFIX, _SUFFIX = "augkit.manifest", ".jsonl"
_DIGEST = re.compile("[0-9a-f]{64}")
_JOURNAL = re.compile(r"augkit\.manifest(\.shard-\d+-of-\d+)?\.jsonl")


def make_header(seed: int, recipe: Record, amount: str, output: Record, max_pixels: int) -> Record:
    """Return the first line: what, beside the sources, the files depend on."""
    versions = {
        "augkit": augkit.__version__,
        "machine": platform.machine(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "opencv": cv2.__version__,
        "pillow": PIL.__version__,
    }
    if _has_step(recipe, "albumentations"):
        versions["albumentations"] = version("albumentations")
    return {
        "manifest": _FORMAT,
        "versions": versions,
        "seed": seed,
        "recipe": recipe,
        "amount": amount,
        "output": output,
        "max_pixels": max_pixels,
    }


def _has_step(holder: Record, name: str) -> bool:
    """Return whether a recipe, or a choice in it, has a step of this name."""
    steps = [step for plain in holder.get("transforms", ()) for step in plain.items()]
    return any(step == name or _has_step(options, name) for step, options in steps)


Place: TypeAlias = tuple[str, int]
"""Path of a manifest, and where in it a line begins."""


class Done(NamedTuple):
    """A file that was written: of which source, how long, whether a link, and where its line stands."""

    source_sha256: bytes
    bytes: int
    link: bool
    place: Place


@dataclass
class State:
    """What earlier runs left in the output folder.

    Parameters
    ----------
    header : dict or None
        The first line; None where there is no manifest.
    done : dict
        The files written, by name.
    begun : set
        The files that a run was about to write.
    failed : dict
        Why a source is of no use, by its id and SHA-256.
    shards : set
        The shards that have ended, as (I, N).
    end : dict or None
        The last line; None unless the run has ended.
    """

    header: Record | None = None
    done: dict[str, Done] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)
    failed: dict[tuple[str, bytes], str] = field(default_factory=dict)
    shards: set[tuple[int, int]] = field(default_factory=set)
    end: Record | None = None


def journals(output: str) -> list[str]:
    """Return the paths of all manifests in a folder: the one, and those of shards."""
    return [path for path in find_files(output, _PREFIX, _SUFFIX) if _JOURNAL.fullmatch(os.path.basename(path))]


def journal_path(output: str, shard: tuple[int, int] | None) -> str:
    """Return where a run writes its lines."""
    name = NAME if shard is None else f"{_PREFIX}.shard-{shard[0]}-of-{shard[1]}{_SUFFIX}"
    return os.path.join(output, name)


def has_header(path: str) -> bool:
    """Return whether a manifest begins with a whole header."""
    return "manifest" in next((line for _, line in read_records(path)), {})


def read_state(output: str) -> State:
    """Return what the manifests in a folder tell.

    Raises
    ------
    AugkitError
        When a manifest is not readable as one.
    """
    state = State()
    for place, line in read_lines(output):
        state.end = line.get("end")
        if "manifest" in line:
            _check_header(place[0], line, state.header)
            state.header = state.header or line
        elif "shard" in line:
            state.shards.add((line["shard"][0], line["shard"][1]))
        elif "begun" in line:
            state.begun.update(line["begun"])
        elif "failed" in line:
            state.failed[line["failed"], bytes.fromhex(line["source_sha256"])] = line["reason"]
        elif "file" in line:
            digest = bytes.fromhex(line["source_sha256"])
            state.done[line["file"]] = Done(digest, line["bytes"], bool(line.get("link")), place)
        if state.header is None:
            raise AugkitError(f"{place[0]} is no manifest of augkit: its first line says nothing of the run")
    return state


def read_lines(output: str) -> Iterator[tuple[Place, Record]]:
    """Yield the lines of all manifests in a folder, each checked for what its kind must say."""
    for path in journals(output):
        try:
            for place, line in read_records(path):
                for kind, keys in _KEYS.items():
                    if kind in line and not (
                        all(isinstance(line.get(key), wanted) for key, wanted in keys.items())
                        and _DIGEST.fullmatch(line.get("source_sha256", "0" * 64))
                        and [type(number) for number in line.get("shard", (1, 1))] == [int, int]
                    ):
                        raise AugkitError(
                            f"{path} can't be read as a manifest: byte {place} begins a damaged line; remove the folder"
                        )
                for name in (line.get("file", "_"), *line.get("begun", ())):
                    if not isinstance(name, str) or not _is_below(name):
                        raise AugkitError(f"{path} names a file outside its folder: {name}; nothing is done")
                yield (path, place), line
        except OSError as error:
            raise AugkitError(f"{path} can't be read: {error.strerror}") from None


_KEYS: dict[str, dict[str, type]] = {
    "manifest": {"manifest": int, "versions": dict, "seed": int, "recipe": dict, "output": dict, "max_pixels": int},
    "file": {
        "file": str,
        "source": str,
        "source_sha256": str,
        "copy": int,
        "sha256": str,
        "bytes": int,
        "operations": list,
    },
    "failed": {"failed": str, "source_sha256": str, "reason": str},
    "begun": {"begun": list},
    "shard": {"shard": list},
    "end": {"end": dict},
}


def _is_below(name: str) -> bool:
    """Return whether a name in a manifest is a plain path below its folder."""
    return "\0" not in name and all(part not in ("", ".", "..") and os.sep not in part for part in name.split("/"))


def _check_header(path: str, header: Record, first: Record | None) -> None:
    if header["manifest"] != _FORMAT:
        raise AugkitError(f"{path} has format {header['manifest']}, this augkit knows {_FORMAT}; take a newer augkit")
    if first is not None and any(header.get(key) != first.get(key) for key in ("seed", "recipe", "output", "guided")):
        raise AugkitError(
            f"{path} speaks of another seed, recipe, output or guide than the manifest beside it; remove OUTPUT"
        )


def failure_line(source: Source, reason: str) -> Record:
    """Return the line of a source that turned out to be of no use."""
    return {"failed": source.image_id, "source_sha256": source.digest.hex(), "reason": reason}


def finish(
    output: str,
    header: Record,
    names: Iterable[str],
    done: dict[str, Place],
    failed: Iterable[Record],
    end: Record,
) -> None:
    """Replace all journals by the one manifest: header, files in the order of the plan, failures, end."""
    gather(
        os.path.join(output, NAME), header, (done[name] for name in names), [*failed, {"end": end}], journals(output)
    )
