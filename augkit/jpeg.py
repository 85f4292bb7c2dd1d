"""Decoding JPEG, which is most of what reading a data set costs."""

from typing import Any

import numpy as np
import numpy.typing as npt
import simplejpeg

_SMALL = 1 << 16  # bytes of pixels, up to which it costs more to place rows than they gain


def decode_jpeg(data: Any, size: tuple[int, int], *, colored: bool) -> npt.NDArray[np.uint8]:
    """Return the pixels of a JPEG: those of `cv2.imdecode`, 1.2 to 1.8 times as fast.

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
    pixels: npt.NDArray[np.uint8]
    if count <= _SMALL:
        pixels = simplejpeg.decode_jpeg(data, kind)
    else:
        room = np.empty(count + 32, np.uint8)
        first = (16 - room.__array_interface__["data"][0]) % 32
        pixels = simplejpeg.decode_jpeg(data, kind, buffer=room[first:])
    return pixels if colored else pixels[..., 0]
