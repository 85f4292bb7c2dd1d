"""The manifest: one line for each file, saying how it came about; while a run goes on, also its journal."""

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import cv2
import numpy as np
import PIL

import augkit
from augkit.errors import AugkitError
from augkit.expansion.plan import Source
from augkit.files.records import Record, find_files, gather, read_records
from augkit.transforms.base import Drawn
from augkit.transforms.catalog import find

NAME = "augkit.manifest.jsonl"
_PREFIX, _SUFFIX = "augkit.manifest", ".jsonl"


def make_header(seed: int, recipe: Record, amount: str, output: Record, max_pixels: int) -> Record:
    """Return the first line: what, beside the sources, the files depend on."""
    versions = {
        "augkit": augkit.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "opencv": cv2.__version__,
        "pillow": PIL.__version__,
    }
    return {
        "manifest": 1,
        "versions": versions,
        "seed": seed,
        "recipe": recipe,
        "amount": amount,
        "output": output,
        "max_pixels": max_pixels,
    }


def drawn_to_json(drawn: Iterable[Drawn]) -> list[list[Any]]:
    """Return drawn numbers as plain data: [["rotate", {"degrees": 3.2}], ...]."""
    return [[kind.name(), dict(params)] for kind, params in drawn]


def drawn_from_json(data: Iterable[Sequence[Any]]) -> list[Drawn]:
    """Return what `drawn_to_json` wrote down."""
    return [Drawn(find(name), params) for name, params in data]


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
    failed : dict
        Why a source is of no use, by its id and SHA-256.
    shards : set
        The shards that have ended, as (I, N).
    end : dict or None
        The last line; None unless the run has ended.
    """

    header: Record | None = None
    done: dict[str, Done] = field(default_factory=dict)
    failed: dict[tuple[str, bytes], str] = field(default_factory=dict)
    shards: set[tuple[int, int]] = field(default_factory=set)
    end: Record | None = None


def journals(output: str) -> list[str]:
    """Return the paths of all manifests in a folder: the one, and those of shards."""
    return find_files(output, _PREFIX, _SUFFIX)


def journal_path(output: str, shard: tuple[int, int] | None) -> str:
    """Return where a run writes its lines."""
    name = NAME if shard is None else f"{_PREFIX}.shard-{shard[0]}-of-{shard[1]}{_SUFFIX}"
    return os.path.join(output, name)


def read_state(output: str) -> State:
    """Return what the manifests in a folder tell.

    Raises
    ------
    AugkitError
        When a manifest is not readable as one.
    """
    state = State()
    for path in journals(output):
        try:
            for place, line in read_records(path):
                state.end = line.get("end")
                if "manifest" in line:
                    state.header = state.header or line
                elif "shard" in line:
                    state.shards.add((line["shard"][0], line["shard"][1]))
                elif "failed" in line:
                    digest = bytes.fromhex(line["source_sha256"])
                    state.failed[line["failed"], digest] = line["reason"]
                elif "file" in line:
                    digest = bytes.fromhex(line["source_sha256"])
                    state.done[line["file"]] = Done(digest, line["bytes"], bool(line.get("link")), (path, place))
        except (OSError, AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
            raise AugkitError(f"{path} can't be read as a manifest: {type(error).__name__}: {error}") from None
        if state.done and state.header is None:
            raise AugkitError(f"{path} is no manifest of augkit: its first line says nothing of the run")
    return state


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
