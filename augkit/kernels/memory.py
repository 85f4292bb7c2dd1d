"""Memory for pixels, used again as soon as nobody holds it.

A fresh array of a megabyte costs its page faults: with fresh arrays, a chain of kernels takes a third longer.
Arrays from here are ordinary numpy arrays. Their memory goes to the next caller of the same thread once the last
array over it is gone, be it a view, a slice or a tensor made of it (benchmarks/memory.py).
"""

import math
import sys
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from augkit.kernels import Array

_LEAST, _MOST = 1 << 16, 1 << 25  # bytes: below, malloc has them warm; above, keeping them would be greedy
_FEW = _LEAST // 8  # values, of whatever dtype
_KEPT = 16


class _Blocks(threading.local):
    def __init__(self) -> None:
        self.blocks: dict[int, list[Array]] = {}
        self.count = 0


_local = _Blocks()


def empty(shape: Sequence[int], dtype: npt.DTypeLike) -> Array:
    """Return an array of this shape with arbitrary contents, like `numpy.empty`.

    >>> empty((2, 3), np.uint8).shape
    (2, 3)
    """
    values = math.prod(shape)
    if values < _FEW:
        return np.ndarray(shape, dtype)
    kind = np.dtype(dtype)
    count = values * kind.itemsize
    if not _LEAST <= count <= _MOST:
        return np.empty(shape, kind)
    blocks = _local.blocks.setdefault(count, [])
    block = _find_free(blocks)
    if block is None:
        block = np.empty(count, np.uint8)
        _keep(block)
    return np.ndarray(shape, kind, block)


def _keep(block: Array) -> None:
    """Remember a block; when there are many, forget one of the size that was first asked for."""
    if _local.count == _KEPT:
        size, oldest = next((size, blocks) for size, blocks in _local.blocks.items() if blocks)
        del oldest[0]
        if not oldest and size != block.nbytes:
            del _local.blocks[size]
        _local.count -= 1
    _local.blocks[block.nbytes].append(block)
    _local.count += 1


def copy_of(image: Array) -> Array:
    """Return a copy that may be written to."""
    copy = empty(image.shape, image.dtype)
    np.copyto(copy, image)
    return copy


def room_like(image: Array, over: bool) -> Array:
    """Return memory for a picture of this shape and dtype: its own, if it may and can be written over."""
    return image if over and _takes_writing(image) else empty(image.shape, image.dtype)


def editable(image: Array, over: bool) -> Array:
    """Return the picture itself, if it may and can be written over, or else a copy."""
    return image if over and _takes_writing(image) else copy_of(image)


def _takes_writing(image: Array) -> bool:
    """Return whether OpenCV can write to an array; of one column, it may refuse numpy's strides."""
    return image.flags.carray and image.shape[1] > 1


def target(shape: Sequence[int], dtype: np.dtype[Any]) -> Array | None:
    """Return memory for a function of OpenCV to write to, or None where it is as well off with fresh memory."""
    return empty(shape, dtype) if math.prod(shape) * dtype.itemsize >= _LEAST else None


def target_like(image: Array, over: bool = False) -> Array | None:
    """Return memory for a function of OpenCV to write a picture of this shape and dtype to, or None as `target`.

    Of a picture that may be written over, that is its own.
    """
    if over and _takes_writing(image):
        return image
    return empty(image.shape, image.dtype) if image.nbytes >= _LEAST else None


def _find_free(blocks: list[Array]) -> Array | None:
    for place in range(len(blocks)):
        if _references(blocks, place) == _FREE:
            return blocks[place]
    return None


def _references(blocks: list[Array], place: int) -> int:
    return sys.getrefcount(blocks[place])


def _references_when_free() -> int:
    """Return what `_references` counts for a block that only its list holds; -1 where that can't be told apart."""
    blocks = [np.empty(8, np.uint8)]
    free = _references(blocks, 0)
    held = np.ndarray((8,), np.uint8, buffer=blocks[0])
    return free if _references(blocks, 0) > free and held is not None else -1


_FREE = _references_when_free()
