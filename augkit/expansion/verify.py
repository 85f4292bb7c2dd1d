"""Checking an output against its manifest, and telling how one of its files came about."""

import hashlib
import os
from dataclasses import dataclass, field
from typing import Any

from augkit.errors import AugkitError, suggest
from augkit.expansion import manifest
from augkit.expansion.job import draw_again, with_size
from augkit.expansion.plan import Output
from augkit.expansion.report import Failure
from augkit.files.encode import encode, format_of
from augkit.files.picture import decode
from augkit.files.read import path_of, read_bytes, visible_files
from augkit.files.records import Record
from augkit.kernels import one_thread
from augkit.pipeline import Pipeline
from augkit.recipes import read_recipe
from augkit.sample import Sample
from augkit.transforms.plain import drawn_from_json, drawn_to_json


@dataclass
class Verification:
    """What was found.

    Parameters
    ----------
    checked : int
        Files whose bytes were compared with the manifest.
    rebuilt : int
        Files that were made anew from their source and compared byte for byte.
    problems : list of Failure
        Files that differ, are missing, or are in no manifest.
    """

    checked: int = 0
    rebuilt: int = 0
    problems: list[Failure] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 when everything is as it should be, 1 when not."""
        return 1 if self.problems else 0

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, as ``augkit verify --json`` prints it."""
        problems = [{"file": problem.file, "reason": problem.reason} for problem in self.problems]
        return {"checked": self.checked, "rebuilt": self.rebuilt, "problems": problems}


def verify(
    output: str | os.PathLike[str], *, source: str | os.PathLike[str] | None = None, sample: int = 50
) -> Verification:
    """Check every file of an output against its manifest.

    Parameters
    ----------
    output : path
        A folder that `expand` wrote.
    source : path, optional
        The folder it was made from: some files are rebuilt from it and compared byte for byte, and so is
        what was drawn for them.
    sample : int
        How many files to rebuild, evenly spread.

    Raises
    ------
    AugkitError
        When there is no manifest, or a source file needed is missing.
    """
    output = os.fspath(output)
    result = Verification()
    state, header, lines = read_manifest(output)
    if state.end is None:
        result.problems.append(Failure(manifest.NAME, "the run has not ended; run the same command again"))
    for name, line in lines.items():
        result.checked += 1
        reason = _compare(path_of(output, name), line)
        if reason:
            result.problems.append(Failure(name, reason))
    strangers = set(visible_files(output)) - set(lines)
    strangers -= {os.path.basename(path) for path in manifest.journals(output)} | state.begun
    result.problems.extend(Failure(name, "not in the manifest") for name in sorted(strangers))
    if source is not None:
        made = [line for line in lines.values() if line["sha256"] != line["source_sha256"]]
        chosen = [made[number * len(made) // sample] for number in range(sample)] if len(made) > sample else made
        with one_thread():
            for line in chosen:
                _rebuild(os.fspath(source), header, line, result)
    return result


def read_manifest(output: str) -> tuple[manifest.State, Record, dict[str, Record]]:
    """Return what the manifest of an output tells: in short, its header, and its lines by file name."""
    state = manifest.read_state(output)
    if state.header is None:
        raise AugkitError(f"{output} holds no {manifest.NAME}; name a folder that augkit expand wrote")
    return state, state.header, {line["file"]: line for _, line in manifest.read_lines(output) if "file" in line}


def find_line(path: str) -> tuple[str, Record, Record]:
    """Return the output folder that a file lies in, and header and line of the manifest that speak of it."""
    full = os.path.abspath(path)
    folder = os.path.dirname(full)
    while not manifest.journals(folder):
        if folder == os.path.dirname(folder):
            raise AugkitError(f"{path}: no {manifest.NAME} in the folders above it; name a file that augkit wrote")
        folder = os.path.dirname(folder)
    _, header, lines = read_manifest(folder)
    name = os.path.relpath(full, folder).replace(os.sep, "/")
    if name not in lines:
        raise AugkitError(f"{name} is not in the manifest of {folder}{suggest(name, lines)}")
    return folder, header, lines[name]


def _compare(path: str, line: Record) -> str:
    try:
        data = read_bytes(path)
    except FileNotFoundError:
        return "missing"
    except OSError as error:
        return f"can't be read: {error.strerror}"
    return "" if hashlib.sha256(data).hexdigest() == line["sha256"] else "its bytes have changed"


def _rebuild(source: str, header: Record, line: Record, result: Verification) -> None:
    name, image_id, output = line["file"], line["source"], Output.from_dict(header["output"])
    try:
        data = read_bytes(path_of(source, image_id))
    except OSError as error:
        raise AugkitError(
            f"source {image_id} can't be read below {source}: {error.strerror}; "
            "--source must be the folder that the output was made from"
        ) from None
    if hashlib.sha256(data).hexdigest() != line["source_sha256"]:
        result.problems.append(Failure(name, f"its source {image_id} has changed"))
        return
    pipeline = _pipeline(header)
    image, icc = decode(data, header["max_pixels"])
    size = (image.shape[0], image.shape[1])
    drawn = with_size(draw_again(pipeline, header, line, size), output.size)
    result.rebuilt += 1
    if drawn_to_json(drawn) != line["operations"]:
        result.problems.append(Failure(name, "seed and recipe draw other operations than the manifest has"))
        return
    changed = pipeline.apply(Sample(image=image), drawn_from_json(line["operations"])).image
    rebuilt, _ = encode(changed, format_of(name), quality=output.quality, icc=icc)
    if hashlib.sha256(rebuilt).hexdigest() != line["sha256"]:
        now = manifest.make_header(0, {}, "", {}, 0)["versions"]
        why = "" if now == header["versions"] else f"; it was made with {header['versions']}, this is {now}"
        result.problems.append(Failure(name, f"rebuilding it gives other bytes{why}"))


def _pipeline(header: Record) -> Pipeline:
    return read_recipe(header["recipe"]).pipeline(seed=header["seed"])
