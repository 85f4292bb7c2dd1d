"""What may be given as pictures: arrays, lists of arrays, Pillow pictures, paths, or a mix of them."""

import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from augkit.errors import AugkitError
from augkit.files.folder import read_picture
from augkit.files.picture import pillow_pixels
from augkit.kernels import Array
from augkit.sample import check_image


def as_sequence(pictures: Any) -> Sequence[Any]:
    """Return pictures as something that can be counted and sliced.

    Raises
    ------
    AugkitError
        When this is a single picture, or nothing that holds pictures.
    """
    pictures = by_place(pictures)
    if isinstance(pictures, np.ndarray):
        if pictures.ndim in (3, 4):
            return pictures  # type: ignore[return-value]
        if pictures.ndim == 1:
            return pictures.tolist()
        raise AugkitError(
            f"pictures must be an array (N, H, W) or (N, H, W, C), or a list; got shape {pictures.shape}; "
            f"put a single picture into a list"
        )
    if isinstance(pictures, str | bytes | os.PathLike) or hasattr(pictures, "convert"):
        raise AugkitError(f"pictures must be a list or an array, got one {type(pictures).__name__}; put it into a list")
    try:
        return pictures if hasattr(pictures, "__getitem__") and hasattr(pictures, "__len__") else list(pictures)
    except TypeError:
        raise AugkitError(
            f"pictures must be an array, or a list of arrays, Pillow pictures or paths; got {type(pictures).__name__}"
        ) from None


def by_place(values: Any) -> Any:
    """Return values to be looked up by their places: a Series of pandas as a list, since it goes by its index."""
    return list(values) if hasattr(values, "iloc") and values.ndim == 1 else values


def load_all(pictures: Sequence[Any], first: int = 0) -> Iterator[Array]:
    """Yield pictures as arrays; an error names the place, counted from `first`."""
    for number, picture in enumerate(pictures, first):
        try:
            yield _load(picture)
        except AugkitError as error:
            name = f" ({os.fspath(picture)})" if isinstance(picture, str | os.PathLike) else ""
            raise AugkitError(f"picture {number}{name}: {error}") from None


def _load(picture: Any) -> Array:
    if isinstance(picture, str | os.PathLike):
        try:
            return read_picture(os.fspath(picture))
        except OSError as error:
            raise AugkitError(f"can't be read: {error.strerror}") from None
    if hasattr(picture, "convert"):
        return pillow_pixels(picture)
    check_image(picture)
    return picture
