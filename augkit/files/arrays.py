"""Files of numpy arrays (.npy, .npz), without pickles: nothing in them can run."""

import io
import os
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from augkit.errors import AugkitError
from augkit.files.write import write_file

Array = npt.NDArray[Any]

SUFFIXES = (".npy", ".npz")
ARRAY = "array"
"""The name of the one array in a .npy file."""


def load_arrays(path: str) -> dict[str, Array]:
    """Return the arrays of an .npz file by name, or the one of a .npy file, which is left on disk until it is used.

    Raises
    ------
    AugkitError
        When it can't be read, or holds Python objects, which are never run.
    """
    try:
        loaded = np.load(path, mmap_mode="r", allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            return {ARRAY: loaded}
        with loaded:
            return {name: loaded[name] for name in loaded.files}
    except OSError as error:
        raise AugkitError(f"{path} can't be read: {error.strerror or error}") from None
    except (ValueError, EOFError, zipfile.BadZipFile) as error:
        suffix = os.path.splitext(path)[1] or ".npz"
        raise AugkitError(f"{path} is no {suffix} file of plain arrays: {error}") from None


def read_arrays(path: str) -> dict[str, Array]:
    """Return the arrays of an .npz file by name.

    Raises
    ------
    AugkitError
        When it can't be read, or holds anything but plain arrays with names.
    """
    arrays = load_arrays(path)
    if isinstance(arrays.get(ARRAY), np.memmap):
        raise AugkitError(f"{path} holds one array without a name; expected an .npz file of named arrays")
    return arrays


def write_arrays(path: str, arrays: Mapping[str, Array]) -> None:
    """Write arrays to an .npz file, which appears whole or not at all."""
    data = io.BytesIO()
    np.savez(data, allow_pickle=False, **arrays)
    write_file(path, data.getvalue())
