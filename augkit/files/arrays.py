"""Files of named arrays (.npz), without pickles: nothing in them can run."""

import io
import os
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from augkit.errors import AugkitError
from augkit.files.read import exists
from augkit.files.write import Writer

_UNFINISHED = ".augkit-unfinished"


def read_arrays(path: str) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of an .npz file by name.

    Raises
    ------
    AugkitError
        When it can't be read, or holds anything but plain arrays.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            if not isinstance(file, np.lib.npyio.NpzFile):
                raise AugkitError(f"{path} holds one array without a name; expected an .npz file of named arrays")
            return {name: file[name] for name in file.files}
    except OSError as error:
        raise AugkitError(f"{path} can't be read: {error.strerror or error}") from None
    except (ValueError, EOFError, zipfile.BadZipFile) as error:
        if isinstance(error, AugkitError):
            raise
        raise AugkitError(f"{path} is no .npz file of plain arrays: {error}") from None


def write_arrays(path: str, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Write arrays to an .npz file, which appears whole or not at all."""
    data = io.BytesIO()
    np.savez(data, allow_pickle=False, **arrays)
    write_file(path, data.getvalue())


def write_file(path: str, data: bytes) -> None:
    """Write a single file, which appears whole or not at all."""
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
    if os.path.isdir(path):
        raise AugkitError(f"OUTPUT {path} is a folder; name a file")
    if exists(path) and not overwrite:
        raise AugkitError(f"OUTPUT {path} is there already; name another file, or replace it with --overwrite")
