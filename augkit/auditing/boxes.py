"""Annotated boxes that can't be: of Pascal VOC (XML), COCO (JSON) and YOLO (text) files found in the folder."""

import json
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from xml.etree import ElementTree

from augkit.files.read import path_of, read_bytes

_SLACK = 1.0  # pixels: counted from 1, or rounded up, a box may end one beyond
_SUFFIXES = (".xml", ".json", ".txt")
_SIDES = ("xmin", "ymin", "xmax", "ymax")

Sizes = Mapping[str, tuple[int, int]]
"""Width and height of each readable picture, by id."""


class Box(NamedTuple):
    """A box in pixels, and what is wrong with its label ("" if nothing)."""

    left: float
    top: float
    right: float
    bottom: float
    label_fault: str = ""


def find_faults(root: str, files: Sequence[str], sizes: Sizes) -> tuple[list[tuple[str, str]], set[str]]:
    """Return the id of each picture with boxes that can't be, with what is wrong; and the files that tell of boxes.

    Parameters
    ----------
    root : str
    files : list of str
        Ids of all files in the folder.
    sizes : dict
    """
    by_name: dict[str, list[str]] = defaultdict(list)
    for image_id in sizes:
        name = image_id.rpartition("/")[2]
        for key in {name, os.path.splitext(name)[0]}:
            by_name[key].append(image_id)
    found: list[tuple[str, str]] = []
    read: set[str] = set()
    for file in files:
        suffix = os.path.splitext(file)[1].lower()
        if suffix not in _SUFFIXES:
            continue
        try:
            data = read_bytes(path_of(root, file))
            annotated = list(_READERS[suffix](data, file, by_name, sizes))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, ElementTree.ParseError):
            continue  # some other file of this suffix
        read |= {file} if annotated else set()
        for image_id, boxes in annotated:
            faults = [fault for box in boxes if (fault := _fault(box, *sizes[image_id]))]
            if faults:
                found.append((image_id, f"{len(faults)} of {len(boxes)} boxes in {file} can't be: {faults[0]}"))
    return found, read


def _fault(box: Box, width: int, height: int) -> str:
    shown = f"({box.left:g}, {box.top:g}) to ({box.right:g}, {box.bottom:g})"
    if box.right <= box.left or box.bottom <= box.top:
        return f"{shown} has no area"
    if min(box.left, box.top) < -_SLACK or box.right > width + _SLACK or box.bottom > height + _SLACK:
        return f"{shown} leaves the picture of {width}x{height}"
    return box.label_fault


Named = Mapping[str, list[str]]
Annotated = Iterator[tuple[str, list[Box]]]


def _voc(data: bytes, file: str, by_name: Named, sizes: Sizes) -> Annotated:
    tree = ElementTree.fromstring(data)
    name = (tree.findtext("filename") or "").strip()
    for image_id in by_name.get(name) or by_name.get(_stem(file), []):
        boxes = []
        for found in tree.iter("bndbox"):
            left, top, right, bottom = (float(found.findtext(side) or "nan") for side in _SIDES)
            boxes.append(Box(left, top, right, bottom))
        yield image_id, boxes


def _coco(data: bytes, file: str, by_name: Named, sizes: Sizes) -> Annotated:
    content: Any = json.loads(data)
    categories = {category["id"] for category in content["categories"]}
    boxes: dict[Any, list[Box]] = defaultdict(list)
    for annotation in content["annotations"]:
        left, top, width, height = map(float, annotation["bbox"])
        category = annotation["category_id"]
        fault = "" if category in categories else f"category {category} is not among the categories"
        boxes[annotation["image_id"]].append(Box(left, top, left + width, top + height, fault))
    for image in content["images"]:
        for image_id in by_name.get(image["file_name"].rpartition("/")[2], []):
            yield image_id, boxes[image["id"]]


def _yolo(data: bytes, file: str, by_name: Named, sizes: Sizes) -> Annotated:
    lines = [[float(number) for number in line.split()] for line in data.decode().splitlines() if line.strip()]
    if not lines or any(len(line) != 5 for line in lines):
        raise ValueError("no YOLO labels")
    for image_id in by_name.get(_stem(file), []):
        width, height = sizes[image_id]
        boxes = [
            Box((x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height,
                "" if label >= 0 and label == int(label) else f"label {label:g} is no class number")
            for label, x, y, w, h in lines
        ]  # fmt: skip
        yield image_id, boxes


def _stem(file: str) -> str:
    return os.path.splitext(file.rpartition("/")[2])[0]


_READERS = {".xml": _voc, ".json": _coco, ".txt": _yolo}
