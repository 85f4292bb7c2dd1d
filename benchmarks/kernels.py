"""The choices inside the kernels, each beside the plain way of doing it, interleaved, medians, on a photo.

Usage: python benchmarks/kernels.py
"""

import math
import operator
import os
import statistics
import time
from collections.abc import Callable
from unittest import mock

import cv2
import numpy as np
import stringzilla
from sklearn.datasets import load_sample_images

from augkit.geometry import about_center, rotation
from augkit.jpeg import decode_jpeg
from augkit.kernels import detail, many, one_thread
from augkit.kernels.bits import MOST, random_bytes, random_words
from augkit.kernels.detail import _line, motion_blur
from augkit.kernels.noise import add_signed, gaussian, normal_bytes, places, strike
from augkit.kernels.normal import byte_tables, inverse_normal
from augkit.kernels.warp import warp
from augkit.seeding import Draws

PHOTO = np.ascontiguousarray(load_sample_images().images[0])
SIZE = PHOTO.shape[:2]
MATRIX = about_center(rotation(10.0), SIZE)
ROWS = np.array(MATRIX[:6]).reshape(2, 3)
TABLE = np.arange(256, dtype=np.uint8)
LINE = np.array([[1.1, 0, 0, 3], [0, 1.1, 0, 5], [0, 0, 1.1, 2]])
LEVELS = np.rint(inverse_normal() * 5).astype(np.int8)
WORDS = np.random.SFC64(7)
TABLES = byte_tables(5.0) or (b"", b"")
FIELD = normal_bytes(TABLES, 7, 0, PHOTO.size)
WIDE = FIELD.reshape(PHOTO.shape).astype(np.int16)
NOISY = np.empty_like(PHOTO)
LARGE = cv2.resize(PHOTO, (1024, 1024))
THROWS = random_words(7, 4096, np.dtype("<u8"))
STRUCK = places(THROWS, 1 << 20)
SMALL = cv2.resize(PHOTO, (32, 32), interpolation=cv2.INTER_AREA)
SMALL_MATRIX = about_center(rotation(10.0), (32, 32))
JPEG = cv2.imencode(".jpg", cv2.cvtColor(PHOTO, cv2.COLOR_RGB2BGR))[1].tobytes()
SMALL_JPEG = cv2.imencode(".jpg", cv2.resize(PHOTO, (64, 64), interpolation=cv2.INTER_AREA))[1].tobytes()
MANY, AMOUNTS = np.stack([SMALL] * 128), np.linspace(0.2, 1.0, 128)
WHOLE_LINE = np.zeros((5, 5), np.float32)
WHOLE_LINE[[3, 2, 2, 2, 1], range(5)] = 1 / 5
LINE_OF_20 = _line(20.0, math.radians(20.0))


def _nothing() -> None: ...


def without_numba(function: Callable[[], object]) -> Callable[[], object]:
    """Return the function as it is where numba is not installed."""

    def call() -> object:
        with mock.patch.multiple(many, jitted=_nothing), mock.patch.multiple(detail, jitted=_nothing):
            return function()

    return call


PAIRS: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
    "warp by way of four channels, against three": (
        lambda: warp(PHOTO, MATRIX, SIZE),
        lambda: cv2.warpAffine(PHOTO, ROWS, SIZE[::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101),
    ),
    "warp of 32 x 32 with a border of one grey, which is framed, against one that OpenCV makes": (
        lambda: warp(SMALL, SMALL_MATRIX, (32, 32), "constant"),
        lambda: warp(SMALL, SMALL_MATRIX, (32, 32), "replicate"),
    ),
    "motion blur of 20 pixels in parts, against one kernel": (
        lambda: motion_blur(PHOTO, 20.0 / min(SIZE), 20.0),
        lambda: cv2.filter2D(PHOTO, -1, LINE_OF_20, borderType=cv2.BORDER_REFLECT_101),
    ),
    "8 KB of fresh random bytes by AES, against the system's": (
        lambda: stringzilla.Aes256CtrKey(os.urandom(32)).xor(bytes(1 << 13), bytes(12)),
        lambda: os.urandom(1 << 13),
    ),
    "a word without a key, against the system's": (
        lambda: Draws.fresh(1),
        lambda: int.from_bytes(os.urandom(8), "little"),
    ),
    "128 pictures of 32 x 32 sharpened by numba, against by OpenCV": (
        lambda: many.sharpen_many(MANY, AMOUNTS),
        without_numba(lambda: many.sharpen_many(MANY, AMOUNTS)),
    ),
    "motion blur of 5 pixels by numba, against by OpenCV": (
        lambda: motion_blur(LARGE, 5.0 / 1024, 20.0),
        without_numba(lambda: motion_blur(LARGE, 5.0 / 1024, 20.0)),
    ),
    "the same by OpenCV, against a line of whole pixels by OpenCV": (
        without_numba(lambda: motion_blur(LARGE, 5.0 / 1024, 20.0)),
        lambda: cv2.filter2D(LARGE, -1, WHOLE_LINE, borderType=cv2.BORDER_REFLECT_101),
    ),
    "JPEG decoded to rows between multiples of 32 bytes, against by OpenCV": (
        lambda: decode_jpeg(JPEG, SIZE, colored=True),
        lambda: cv2.imdecode(np.frombuffer(JPEG, np.uint8), cv2.IMREAD_COLOR_RGB),
    ),
    "the same of 64 x 64": (
        lambda: decode_jpeg(SMALL_JPEG, (64, 64), colored=True),
        lambda: cv2.imdecode(np.frombuffer(SMALL_JPEG, np.uint8), cv2.IMREAD_COLOR_RGB),
    ),
    "gain and offset as a matrix, against three tables": (
        lambda: cv2.transform(PHOTO, LINE),
        lambda: cv2.LUT(PHOTO, np.stack([TABLE] * 3, axis=1)[None]),
    ),
    "one table, against three": (
        lambda: cv2.LUT(PHOTO, TABLE),
        lambda: cv2.LUT(PHOTO, np.stack([TABLE] * 3, axis=1)[None]),
    ),
    "random bytes by AES, against SFC64": (
        lambda: random_bytes(7, MOST),
        lambda: WORDS.random_raw(MOST // 8),
    ),
    "normal levels by AES and two tables of bytes, against SFC64 and one of 16 bits": (
        lambda: normal_bytes(TABLES, 7, 0, MOST // 2),
        lambda: cv2.LUT(WORDS.random_raw(MOST // 8).view("<u2")[None], LEVELS),
    ),
    "noise added as int8, against int16": (
        lambda: add_signed(PHOTO.reshape(1, -1), FIELD, NOISY.reshape(1, -1)),
        lambda: cv2.add(PHOTO, WIDE, NOISY, dtype=cv2.CV_8U),
    ),
    "noise of 1024 x 1024 in pieces, against at once": (
        lambda: gaussian(LARGE, 5.0 / 255, 7, over=True),
        lambda: add_signed(LARGE.reshape(1, -1), normal_bytes(TABLES, 7, 0, LARGE.size), LARGE.reshape(1, -1)),
    ),
    "4096 pixels made black or white each at once, against by colours": (
        lambda: strike(LARGE.reshape(-1, 3), STRUCK, THROWS),
        lambda: operator.setitem(LARGE.reshape(-1, 3), STRUCK, 255 * (THROWS & 1).astype(np.uint8)[:, None]),
    ),
}


def main() -> None:
    """Print one ratio a choice."""
    print(f"{SIZE[1]}x{SIZE[0]} photo, one thread, medians of 101 interleaved rounds")
    with one_thread():
        for name, sides in PAIRS.items():
            seconds: tuple[list[float], list[float]] = ([], [])
            for _ in range(101):
                for side, taken in zip(sides, seconds, strict=True):
                    started = time.perf_counter()
                    side()
                    taken.append(time.perf_counter() - started)
            ours, plain = (statistics.median(taken) * 1e3 for taken in seconds)
            print(f"{name}: {ours:.2g} ms, {plain:.2g} ms, {plain / ours:.2f} times as long")


if __name__ == "__main__":
    main()
