"""Writing: every file appears whole, by rename, or not at all."""

import contextlib
import itertools
import os
import shutil
import threading
from collections.abc import Callable, Iterable

from augkit.errors import AugkitError
from augkit.files.read import exists, path_of

_numbers = itertools.count()
_UNFINISHED = ".augkit-unfinished"


class OutputError(AugkitError):
    """The output can't be written: no file is to blame, so the run must end."""


class Writer:
    """Writes files below a folder, through a folder for unfinished ones on the same disk.

    Parameters
    ----------
    root : str
        The output folder.
    unfinished : str
        Name of the folder for unfinished files, below the root.
    """

    def __init__(self, root: str, unfinished: str) -> None:
        self.root = root
        self._unfinished = os.path.join(root, unfinished)
        self._made: set[str] = set()
        self._lock = threading.Lock()

    def write(self, name: str, data: bytes) -> None:
        """Write a file; `name` is its path below the root in POSIX form."""

        def fill(path: str) -> None:
            with open(path, "xb") as file:
                file.write(data)

        self._place(name, fill)

    def link(self, name: str, target: str) -> None:
        """Write a symbolic link to where a file really is."""
        self._place(name, lambda path: os.symlink(os.path.realpath(target), path))

    def _place(self, name: str, fill: Callable[[str], None]) -> None:
        final = path_of(self.root, name)
        with self._lock:
            number = next(_numbers)
        temporary = os.path.join(self._unfinished, f"{os.getpid()}-{number}")
        try:
            self._make_folder(self._unfinished)
            self._make_folder(os.path.dirname(final))
            try:
                fill(temporary)
                try:
                    os.replace(temporary, final)
                except FileNotFoundError:  # another job took back all it had written, and the empty folder with it
                    self._made.discard(os.path.dirname(final))
                    self._make_folder(os.path.dirname(final))
                    os.replace(temporary, final)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(temporary)
                raise
        except OSError as error:
            raise OutputError(f"{final} can't be written: {error.strerror}") from None

    def _make_folder(self, folder: str) -> None:
        if folder not in self._made:
            check_below(self.root, folder)
            os.makedirs(folder, exist_ok=True)
            self._made.add(folder)

    def clean_all(self, prefix: str) -> None:
        """Remove the folders for unfinished files that any killed run has left."""
        for name in os.listdir(self.root):
            if name.startswith(prefix):
                shutil.rmtree(os.path.join(self.root, name), ignore_errors=True)

    def clean(self) -> None:
        """Remove what an earlier run left unfinished, and the folder for it."""
        shutil.rmtree(self._unfinished, ignore_errors=True)
        self._made.discard(self._unfinished)


def check_place(path: str) -> None:
    """Raise OutputError if no file can be written there: to be told before the work, not after it."""
    folder = os.path.dirname(path) or "."
    reason = _in_the_way(path)
    if not reason and not os.path.isdir(folder):
        reason = f"there is no folder {folder}; make it first"
    elif not reason and not os.access(folder, os.W_OK):
        reason = f"no permission to write in {folder}"
    if reason:
        raise OutputError(f"{path} can't be written: {reason}")


def _in_the_way(path: str) -> str:
    """Return what is there that no file may take the place of; "" if that is nothing, or a file."""
    if os.path.isdir(path):
        return "it is a folder"
    return "it is no file but a device, a pipe or a broken link" if exists(path) and not os.path.isfile(path) else ""


def check_below(root: str, path: str) -> None:
    """Raise OutputError if a path below the output really lies elsewhere: a link leads out of it."""
    real_root, real = os.path.realpath(root), os.path.realpath(path)
    if os.path.commonpath([real_root, real]) != real_root:
        raise OutputError(f"{path} lies outside OUTPUT {root}, in {real}: nothing is written or removed there")


def remove(root: str, names: Iterable[str]) -> None:
    """Remove files below a folder, and the folders that this leaves empty."""
    folders: set[str] = set()
    for name in names:
        path = path_of(root, name)
        folder = os.path.dirname(path)
        try:
            if folder not in folders:
                check_below(root, folder)
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                os.unlink(path)
        except OSError as error:
            raise OutputError(f"{path} can't be removed: {error.strerror}") from None
        while folder != root and folder not in folders:
            folders.add(folder)
            folder = os.path.dirname(folder)
    for folder in sorted(folders, key=len, reverse=True):
        with contextlib.suppress(OSError):
            os.rmdir(folder)


def write_file(path: str, data: bytes) -> None:
    """Write a single file, which appears whole or not at all; its folder is made."""
    folder, name = os.path.split(os.path.abspath(path))
    writer = Writer(folder, f"{_UNFINISHED}-{os.getpid()}")
    try:
        writer.write(name, data)
    finally:
        writer.clean()


def check_new(path: str, *, overwrite: bool) -> None:
    """Raise AugkitError if a file is there that may not be replaced."""
    if not path:
        raise AugkitError("OUTPUT must be named")
    if reason := _in_the_way(path):
        raise AugkitError(f"OUTPUT {path} can't be written: {reason}; name a file")
    if exists(path) and not overwrite:
        raise AugkitError(f"OUTPUT {path} is there already; name another file, or replace it with --overwrite")
