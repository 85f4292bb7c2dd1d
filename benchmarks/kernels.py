"""The choices inside the kernels, each beside the plain way of doing it, interleaved, medians, on a photo.

Usage: python benchmarks/kernels.py
"""

import statistics
import time
from collections.abc import Callable

import cv2
import numpy as np
from sklearn.datasets import load_sample_images

from augkit.geometry import about_center, rotation
from augkit.kernels import noise, one_thread
from augkit.kernels.warp import warp

PHOTO = np.ascontiguousarray(load_sample_images().images[0])
SIZE = PHOTO.shape[:2]
MATRIX = about_center(rotation(10.0), SIZE)
ROWS = np.array(MATRIX[:6]).reshape(2, 3)
TABLE = np.arange(256, dtype=np.uint8)
LINE = np.array([[1.1, 0, 0, 3], [0, 1.1, 0, 5], [0, 0, 1.1, 2]])
LEVELS = np.clip(np.rint(noise._inverse_normal() * 5), -127, 127).astype(np.int8)
FIELD = noise._field(LEVELS, 7, PHOTO.shape)
WIDE = FIELD.astype(np.int16)


PAIRS: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
    "warp by way of four channels, against three": (
        lambda: warp(PHOTO, MATRIX, SIZE),
        lambda: cv2.warpAffine(PHOTO, ROWS, SIZE[::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101),
    ),
    "gain and offset as a matrix, against three tables": (
        lambda: cv2.transform(PHOTO, LINE),
        lambda: cv2.LUT(PHOTO, np.stack([TABLE] * 3, axis=1)[None]),
    ),
    "one table, against three": (
        lambda: cv2.LUT(PHOTO, TABLE),
        lambda: cv2.LUT(PHOTO, np.stack([TABLE] * 3, axis=1)[None]),
    ),
    "noise added as int8, against int16": (
        lambda: noise._add_levels(PHOTO, FIELD),
        lambda: cv2.add(PHOTO, WIDE, dtype=cv2.CV_8U),
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
            print(f"{name}: {ours:.2f} ms, {plain:.2f} ms, {plain / ours:.2f} times as long")


if __name__ == "__main__":
    main()
