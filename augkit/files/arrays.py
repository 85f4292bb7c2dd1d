"""Files of named arrays (.npz), without pickles: nothing in them can run."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from augkit.errors import AugkitError
from augkit.files.write import write_file


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
