"""Reading whole files, and asking what is there."""

import errno
import os
from collections.abc import Collection

from augkit.errors import AugkitError

_LARGEST = 1 << 31


def path_of(root: str, image_id: str) -> str:
    """Return where the file of an id lies: ids are paths below a root in POSIX form."""
    return os.path.join(root, *image_id.split("/"))


def read_bytes(path: str) -> bytes:
    """Return the bytes of a file of up to 2 GiB, more than any picture has; OSError if it is larger."""
    with open(path, "rb") as file:
        if os.fstat(file.fileno()).st_size > _LARGEST:
            raise OSError(errno.EFBIG, f"larger than {_LARGEST >> 30} GiB")
        return file.read()


def exists(path: str) -> bool:
    """Return whether something is there, be it a broken link."""
    return os.path.lexists(path)


def is_written(path: str, length: int) -> bool:
    """Return whether a file of this length is there."""
    try:
        return os.stat(path, follow_symlinks=False).st_size == length
    except OSError:
        return False


def is_link(path: str, target: str) -> bool:
    """Return whether a link is there that leads to where a file really is."""
    return os.path.islink(path) and os.path.realpath(path) == os.path.realpath(target)


def is_empty(folder: str, *, besides: Collection[str] = ()) -> bool:
    """Return whether a folder holds nothing but hidden files and those named, or doesn't exist.

    Raises
    ------
    AugkitError
        When it is no folder, or can't be read.
    """
    try:
        return all(name.startswith(".") or name in besides for name in os.listdir(folder))
    except FileNotFoundError:
        if os.path.islink(folder):
            raise AugkitError(f"OUTPUT {folder} is a broken link; name another folder") from None
        return True
    except OSError as error:
        raise AugkitError(f"OUTPUT {folder} can't be used: {error.strerror}") from None


def visible_files(root: str) -> list[str]:
    """Return the ids of all files below a folder, sorted, without hidden ones."""
    found: list[str] = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        below = os.path.relpath(folder, root).replace(os.sep, "/")
        prefix = "" if below == "." else f"{below}/"
        found.extend(f"{prefix}{name}" for name in names if not name.startswith("."))
    return sorted(found)


def stamp_of(path: str) -> tuple[int, int]:
    """Return length and time of change in nanoseconds, by which a changed file is told; OSError if it isn't there."""
    found = os.stat(path)
    return found.st_size, found.st_mtime_ns
