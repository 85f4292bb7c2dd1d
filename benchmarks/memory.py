"""What using memory again saves: a rotation of a photo with kept and with fresh arrays, interleaved, medians.

Usage: python benchmarks/memory.py
"""

import statistics
import time

import numpy as np
from sklearn.datasets import load_sample_images

import augkit
from augkit.kernels import memory, one_thread


def main() -> None:
    """Print the time of one call each way, and their ratio."""
    photo = np.ascontiguousarray(load_sample_images().images[0])
    pipeline = augkit.Pipeline([augkit.Rotate(), augkit.Brightness(), augkit.Sharpness()])
    least, seconds = memory._LEAST, {"kept": [], "fresh": []}
    with one_thread():
        for number in range(200):
            for side in seconds:
                memory._LEAST = least if side == "kept" else 1 << 62  # nothing is as large: plain numpy.empty
                started = time.perf_counter()
                pipeline(photo, key=("photo", number))
                seconds[side].append(time.perf_counter() - started)
    kept, fresh = (statistics.median(values) * 1e3 for values in seconds.values())
    print(f"rotate, brightness and sharpness of a {photo.shape[1]}x{photo.shape[0]} photo:")
    print(f"kept arrays {kept:.2f} ms, fresh arrays {fresh:.2f} ms, {fresh / kept:.2f} times as long")


if __name__ == "__main__":
    main()
