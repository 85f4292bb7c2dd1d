"""The only place where pixels change: arrays in, new arrays out, no randomness of their own.

Told `over=True`, a kernel may write over the array it is given.

Pictures are (H, W) or (H, W, C) with uint8, uint16, or float32 in [0, 1]. Quantities are fractions of the full
range, so that a kernel says the same thing of every dtype. A fourth channel is alpha: geometry moves it,
nothing else touches it.
"""

import contextlib
import math
import sys
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

Color: TypeAlias = tuple[float, float, float]
"""Red, green and blue."""

Fill: TypeAlias = float | Color
"""What a constant border shows: a grey or a colour in [0, 1]."""

BYTE, FLOAT = np.dtype(np.uint8), np.dtype(np.float32)
"""To compare with, in half the time that comparing with the types takes."""

WHITE = {BYTE: 255.0, np.dtype(np.uint16): 65535.0, FLOAT: 1.0}
"""The value of white in pictures of a dtype."""

MOST_CHANNELS = 128
"""What OpenCV takes."""

DEPTHS = {BYTE: cv2.CV_8U, np.dtype(np.uint16): cv2.CV_16U, FLOAT: cv2.CV_32F}
"""What OpenCV calls the dtypes of pictures."""


def maximum(image: Array) -> float:
    """Return the value of white: 255, 65535 or 1."""
    return WHITE[image.dtype]


def channels(image: Array) -> int:
    """Return the number of channels, alpha included; 1 for a 2-D picture."""
    shape: tuple[int, ...] = image.shape
    return shape[2] if len(shape) == 3 else 1


def by_channels(function: Callable[[Array], Array], image: Array) -> Array:
    """Return what a function that does the same to every channel makes of a picture of more than OpenCV takes."""
    parts = np.array_split(image, math.ceil(image.shape[2] / MOST_CHANNELS), axis=2)
    return np.concatenate([function(np.ascontiguousarray(part)) for part in parts], axis=2)


def has_alpha(image: Array) -> bool:
    """Return whether the last channel is alpha: pictures of four channels are RGBA."""
    shape: tuple[int, ...] = image.shape
    return len(shape) == 3 and shape[2] == 4


def to_dtype(values: Array, like: Array) -> Array:
    """Return float values, in levels, rounded and clipped to the dtype of another picture."""
    if like.dtype == FLOAT:
        low = np.maximum(values, 0.0)
        return np.minimum(low, 1.0, out=low).astype(FLOAT, copy=False)
    whole = np.rint(values)  # np.clip takes three times as long for a table
    return np.minimum(np.maximum(whole, 0.0, out=whole), maximum(like), out=whole).astype(like.dtype)


def in_range(image: Array) -> Array:
    """Return a float picture clipped to [0, 1], NaN as 0: for what counts values or takes ends and means."""
    return np.fmin(np.fmax(image, np.float32(0.0)), np.float32(1.0))


@cache
def jitted() -> Any:
    """Return the module of compiled kernels, or None where numba is not installed, or doesn't work with this numpy."""
    try:
        import numba  # noqa: F401  # asked first: a tool that imports every file may leave half of ours behind

        from augkit.kernels import jit
    except ImportError:
        return None
    return jit


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Keep OpenCV from starting threads of its own, where the work is already spread over workers."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(0)  # not 1, which waits forever in a forked process whose parent had used threads
    try:
        yield
    finally:
        cv2.setNumThreads(before if before > 1 else 0)  # 0 reads as 1


def leave_threads_alone() -> None:
    """Keep OpenCV from starting threads in a worker of PyTorch's loader, of which each has one processor at best.

    Zero, not one: told one in a forked process, OpenCV waits forever for threads that only its parent has.
    """
    data = sys.modules.get("torch.utils.data")  # who has workers of it has imported it
    if data is not None and data.get_worker_info() is not None and cv2.getNumThreads() > 1:
        cv2.setNumThreads(0)
