"""Finding the pictures of a data set: what is a class, what belongs to another split, what is left out."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field

from augkit.errors import AugkitError
from augkit.files.read import path_of

EXTENSIONS = frozenset(
    ".jpg .jpeg .jpe .jfif .png .apng .webp .bmp .dib .tif .tiff .gif .ppm .pgm .pbm .pnm .jp2 .avif".split()
)
TRAIN = frozenset(["train", "training"])
OTHER_SPLITS = frozenset("val valid validation dev test testing eval".split())
FLAT = "."
"""The class of pictures that lie in no class folder."""

# Pictures under a name that doesn't say so; formats with short or ambiguous signatures are not guessed.
_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")


@dataclass(frozen=True)
class Scan:
    """What lies in a folder; ids are paths relative to its root in POSIX form, sorted.

    Parameters
    ----------
    root : str
    output : str or None
        Where the output lies really, if there is one; no link may lead there.
    classes : dict
        Ids of the pictures of each class, by class name.
    passed_on : list of str
        Ids of the files of other splits, whatever they are.
    left_out : list of (id, reason)
        Files and folders that are no pictures of a class.
    failed : list of (id, reason)
        What looks like a picture and can't be reached.
    """

    root: str
    output: str | None = None
    classes: dict[str, list[str]] = field(default_factory=dict)
    passed_on: list[str] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)

    def path(self, image_id: str) -> str:
        """Return where the picture of this id lies."""
        return path_of(self.root, image_id)


def scan(root: str, *, output: str | None = None) -> Scan:
    """Return what lies in a folder of class folders, in a data set with splits, or in a flat folder.

    Hidden files and folders are passed over without a word. Links are followed unless they lead back
    to a folder above them.

    Raises
    ------
    AugkitError
        When the folder doesn't exist, can't be read, holds no picture, or leads to the output by a link.
    """
    if not os.path.isdir(root):
        problem = "is a file, not a folder" if os.path.exists(root) else "does not exist"
        raise AugkitError(f"SOURCE {root} {problem}; name a folder of images or of class folders")
    found = Scan(root, output=None if output is None else os.path.realpath(output))
    try:
        _scan(found)
    except OSError as error:
        raise AugkitError(f"SOURCE {error.filename or root} can't be read: {error.strerror}") from None
    if not any(found.classes.values()) and not found.failed:
        raise AugkitError(f"SOURCE {root} holds no images: expected class folders with {_some_extensions()} files")
    return found


def _scan(found: Scan) -> None:
    top = _entries(found.root)
    folders = [name for name, is_folder in top if is_folder]
    train = _train_folder(found.root, folders)
    if train is None:
        _scan_classes(found, "")
        return
    _scan_classes(found, f"{train}/")
    for name in folders:
        if name.lower() in OTHER_SPLITS:
            found.passed_on.extend(image_id for image_id in _walk(found, f"{name}/") if _is_regular(found, image_id))
        elif name != train:
            found.left_out.append((f"{name}/", "neither train nor another split"))
    found.left_out.extend((name, "beside the splits") for name, is_folder in top if not is_folder)


def _scan_classes(found: Scan, prefix: str) -> None:
    """Fill in the classes below a prefix ("" or "train/")."""
    flat: list[str] = []
    for name, is_folder in _entries(found.path(prefix.rstrip("/")) if prefix else found.root):
        if is_folder:
            images = _images(found, f"{prefix}{name}/")
            if images:
                found.classes[name] = images
            else:
                found.left_out.append((f"{prefix}{name}/", "folder without images: no class"))
        elif _is_image(found, f"{prefix}{name}"):
            flat.append(f"{prefix}{name}")
    if found.classes:
        found.left_out.extend((image_id, "image outside the class folders") for image_id in flat)
    elif flat:
        found.classes[FLAT] = flat


def _images(found: Scan, prefix: str) -> list[str]:
    return sorted(image_id for image_id in _walk(found, prefix) if _is_image(found, image_id))


def _train_folder(root: str, folders: list[str]) -> str | None:
    """Return the folder to expand in a data set's root: train beside another split, or alone with folders in it."""
    train = next((name for name in folders if name.lower() in TRAIN), None)
    if train is None or any(name.lower() in OTHER_SPLITS for name in folders):
        return train
    alone = len(folders) == 1 and any(is_folder for _, is_folder in _entries(os.path.join(root, train)))
    return train if alone else None


def _entries(folder: str) -> list[tuple[str, bool]]:
    """Return names and whether each is a folder, sorted, without hidden ones."""
    with os.scandir(folder) as entries:
        visible = [entry for entry in entries if not entry.name.startswith(".") and entry.name != "__MACOSX"]
        return sorted((entry.name, _is_folder(entry)) for entry in visible)


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a loop, or into a folder that is closed to us: it is listed as a file
        return False


def _walk(found: Scan, prefix: str, above: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the files below a prefix; folders that can't be entered go to `failed`."""
    folder = found.path(prefix.rstrip("/"))
    here = os.path.realpath(folder)
    above = above or (os.path.realpath(found.root),)
    if found.output is not None and os.path.commonpath([here, found.output]) in (here, found.output):
        raise AugkitError(f"SOURCE leads to OUTPUT {found.output} by the link {folder}; name an OUTPUT beside them")
    if here in above:
        found.failed.append((prefix.rstrip("/"), "link leads back to a folder above it"))
        return
    try:
        entries = _entries(folder)
    except OSError as error:
        found.failed.append((prefix.rstrip("/"), f"folder can't be read: {error.strerror}"))
        return
    for name, is_folder in entries:
        if is_folder:
            yield from _walk(found, f"{prefix}{name}/", (*above, here))
        else:
            yield f"{prefix}{name}"


def _is_image(found: Scan, image_id: str) -> bool:
    """Return whether to take this for a picture; note in the scan what it is otherwise."""
    named_so = os.path.splitext(image_id)[1].lower() in EXTENSIONS
    try:
        if not named_so and not _has_signature(found.path(image_id)):
            found.left_out.append((image_id, "not an image"))
            return False
    except OSError:
        found.left_out.append((image_id, "not an image"))
        return False
    return _is_regular(found, image_id)


def _is_regular(found: Scan, image_id: str) -> bool:
    """Return whether this can be read as a file; note in the scan what it is otherwise."""
    path = found.path(image_id)
    try:
        if stat.S_ISREG(os.stat(path).st_mode):
            return True
    except OSError as error:
        what = "broken link" if os.path.islink(path) else "can't be read"
        found.failed.append((image_id, f"{what}: {error.strerror}"))
        return False
    found.left_out.append((image_id, "not a regular file"))
    return False


def _has_signature(path: str) -> bool:
    if not stat.S_ISREG(os.stat(path).st_mode):
        return False
    with open(path, "rb") as file:
        start = file.read(12)
    return start.startswith(_SIGNATURES) or (start[:4] == b"RIFF" and start[8:] == b"WEBP")


def _some_extensions() -> str:
    return ", ".join(sorted(EXTENSIONS & {".jpg", ".png", ".webp", ".tif", ".bmp", ".gif"}))
