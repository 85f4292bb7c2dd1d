"""What is to be measured: the pictures of a folder with their splits and labels."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy.typing as npt

from augkit.errors import AugkitError
from augkit.expansion import manifest
from augkit.files.arrays import SUFFIXES
from augkit.files.read import visible_files
from augkit.files.scan import EXTENSIONS, FLAT, TRAIN, Scan, scan

Array = npt.NDArray[Any]

_NO_CLASS = "folder without images: no class"


class Entry(NamedTuple):
    """A picture before it is looked at: its id, its split ("" if there is none) and its label."""

    image_id: str
    split: str
    label: str | None


@dataclass(frozen=True)
class Folder:
    """What lies in a folder.

    Parameters
    ----------
    root : str
    entries : list of Entry
        Sorted by id.
    failed : dict
        Why an entry can't be read, by its id.
    strays : list of (id, reason)
    empty_classes : list of str
    array_files : list of str
        Ids of the .npy and .npz files.
    files : list of str
        Ids of all files, hidden ones left out.
    """

    root: str
    entries: list[Entry]
    failed: dict[str, str] = field(default_factory=dict)
    strays: list[tuple[str, str]] = field(default_factory=list)
    empty_classes: list[str] = field(default_factory=list)
    array_files: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


def list_folder(source: str) -> Folder:
    """Return what is to be measured in a folder, or in the folder of a manifest.

    Raises
    ------
    AugkitError
        When the folder doesn't exist, can't be read or holds no picture.
    """
    if os.path.basename(source) == manifest.NAME:
        source = os.path.dirname(source) or "."
    found = scan(source)
    files = visible_files(source)
    empty, strays = _besides(found, {parent for name in files for parent in _parents(name)})
    return Folder(
        source,
        sorted(_entries(found)),
        failed=dict(found.failed),
        strays=strays,
        empty_classes=empty,
        array_files=[name for name in files if name.endswith(SUFFIXES)],
        files=files,
    )


def _entries(found: Scan) -> Iterator[Entry]:
    """Yield the pictures of all splits, and what looks like one and can't be reached."""
    train = _train_folder(found)
    for label, ids in found.classes.items():
        for image_id in ids:
            yield Entry(image_id, train, None if label == FLAT else label)
    for image_id in found.passed_on:
        if _is_named_so(image_id):
            split, *folders = image_id.split("/")[:-1]
            yield Entry(image_id, split, folders[0] if folders else None)
    for image_id, _ in found.failed:
        yield Entry(image_id, *_place_of(image_id, train))


def _besides(found: Scan, with_files: set[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the empty class folders, and everything else that is no picture of a class, with its reason."""
    empty = []
    strays = [(image_id, "not an image") for image_id in found.passed_on if not _is_named_so(image_id)]
    for image_id, reason in found.left_out:
        if reason == _NO_CLASS and image_id not in with_files:
            empty.append(image_id.rstrip("/"))
        elif os.path.basename(image_id) != manifest.NAME:
            strays.append((image_id, "folder without pictures" if reason == _NO_CLASS else reason))
    return sorted(empty), sorted(stray for stray in strays if not stray[0].endswith(SUFFIXES))


def _is_named_so(image_id: str) -> bool:
    return os.path.splitext(image_id)[1].lower() in EXTENSIONS


def _train_folder(found: Scan) -> str:
    """Return the name of the folder for training; empty where the classes lie in the root."""
    tops = {image_id.split("/")[0] for ids in found.classes.values() for image_id in ids}
    top = min(tops, default="")
    is_split = len(tops) == 1 and top.lower() in TRAIN and set(found.classes) != {top}
    return top if is_split else ""


def _parents(name: str) -> list[str]:
    """Return the ids of all folders above a file, with a slash at the end."""
    parts = name.split("/")[:-1]
    return ["/".join(parts[: count + 1]) + "/" for count in range(len(parts))]


def _place_of(image_id: str, train: str) -> tuple[str, str | None]:
    """Return split and label by the folders that an id goes through."""
    folders = image_id.split("/")[:-1]
    split = folders.pop(0) if train and folders else ""
    return split, folders[0] if folders else None


def find_families(root: str, ids: Sequence[str], rows: Array) -> dict[int, str]:
    """Return the source of each picture that the folder's manifest names, by name or, if it was moved, by its bytes."""
    by_name: dict[str, str] = {}
    by_digest: dict[bytes, str] = {}
    try:
        for _, line in manifest.read_lines(root):
            if "file" in line:
                by_name[line["file"]] = line["source"]
                by_digest[bytes.fromhex(line["sha256"])] = line["source"]
    except AugkitError:  # a damaged manifest says nothing of the pictures
        return {}
    if not by_name:
        return {}
    found = {place: by_name.get(name) or by_digest.get(rows["file"][place].tobytes()) for place, name in enumerate(ids)}
    return {place: source for place, source in found.items() if source is not None}
