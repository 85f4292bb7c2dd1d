"""Decoding JPEG, which is most of what reading a data set costs."""

import threading
from typing import Any

import numpy as np
import numpy.typing as npt
import simplejpeg

_SMALL = 1 << 15  # bytes of pixels, which are sooner copied than memory for them is placed


def _between(count: int) -> npt.NDArray[np.uint8]:
    """Return memory that begins in the middle between two multiples of 32 bytes."""
    room = np.empty(count + 32, np.uint8)
    first = (16 - room.__array_interface__["data"][0]) % 32
    return room[first : first + count]


class _Rooms(threading.local):
    def __init__(self) -> None:
        self.small = _between(_SMALL)


_rooms = _Rooms()


def decode_jpeg(data: Any, size: tuple[int, int], *, colored: bool) -> npt.NDArray[np.uint8]:
    """Return the pixels of a JPEG: those of `cv2.imdecode`, 1.1 to 1.5 times as fast.

    That one lets libjpeg-turbo write rows which begin at a multiple of 32 bytes; these it writes past the cache, and
    whoever reads the picture next has to wait for it. Here, rows begin in between (benchmarks/kernels.py).

    Parameters
    ----------
    data : bytes or array of bytes
    size : (int, int)
        Height and width, as the file's head has them.
    colored : bool
        Whether to return (H, W, 3) RGB, or (H, W) grey.

    Raises
    ------
    ValueError
        When the data are damaged, or colours are sampled in a way that TurboJPEG doesn't know.
    """
    height, width = size
    count, kind = height * width * (3 if colored else 1), "RGB" if colored else "GRAY"
    room = _rooms.small if count <= _SMALL else _between(count)
    pixels: npt.NDArray[np.uint8] = simplejpeg.decode_jpeg(data, kind, buffer=room)
    if count <= _SMALL:
        pixels = pixels.copy()
    return pixels if colored else pixels[..., 0]
