"""Files of numpy arrays: those of a data set, and tables that augkit keeps for itself."""

import os
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from augkit.errors import AugkitError
from augkit.files.write import OutputError

Array = npt.NDArray[Any]

SUFFIXES = (".npy", ".npz")
ARRAY = "array"
"""The name of the one array in a .npy file."""


def load_arrays(path: str) -> dict[str, Array]:
    """Return the arrays of a .npz file by name, or the one of a .npy file, which is left on disk until it is used.

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
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise AugkitError(f"{path} can't be read as numpy arrays: {error}") from None


def save_arrays(path: str, arrays: Mapping[str, Array]) -> None:
    """Write a .npz file, which appears whole or not at all; its folder is made."""
    folder, name = os.path.split(os.path.abspath(path))
    temporary = os.path.join(folder, f".{name}.tmp")
    try:
        os.makedirs(folder, exist_ok=True)
        with open(temporary, "wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]
        os.replace(temporary, path)
    except OSError as error:
        raise OutputError(f"{path} can't be written: {error.strerror}") from None
