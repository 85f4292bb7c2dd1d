"""How the memory of `augkit expand` grows with the number of pictures: python benchmarks/expand_memory.py.

Peak resident memory of the command on folders of few and of many small photos; the difference, by photo, is
what the plan, the journal and the report hold. This program itself stays small, since the kernel counts a
child's peak from that of its parent: the photos are made by other processes.
"""

import argparse
import statistics
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from measuring import AUGKIT, run

CHUNK = 500


def make_photos(folder: Path, numbers: range, side: int) -> None:
    """Write noise-like photos, each different, named after their numbers."""
    import cv2
    import numpy as np

    random = np.random.default_rng(numbers.start)
    coarse = random.integers(0, 256, (len(numbers), side // 4, side // 4, 3), np.uint8)
    for number, small in zip(numbers, coarse, strict=True):
        picture = cv2.resize(small, (side, side), interpolation=cv2.INTER_CUBIC)
        cv2.imwrite(str(folder / f"photo_{number:06d}.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 90])


def measure(count: int, side: int, rounds: int) -> tuple[list[int], float]:
    """Return the peaks in bytes, and the median seconds."""
    peaks, seconds = [], []
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "photos"
        source.mkdir()
        chunks = [range(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK)]
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            list(pool.map(make_photos, [source] * len(chunks), chunks, [side] * len(chunks)))
        for number in range(rounds):
            output = Path(scratch) / f"out{number}"
            ran = run([AUGKIT, "expand", source, output, "--copies", "1", "--quiet"])
            peaks.append(ran.peak_bytes)
            seconds.append(ran.seconds)
    return peaks, statistics.median(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=1_000, help="default: 1000")
    parser.add_argument("--many", type=int, default=20_000, help="default: 20000")
    parser.add_argument("--side", type=int, default=96, help="of a photo, in pixels (default: 96)")
    parser.add_argument("--rounds", type=int, default=1, help="runs on each folder, medians (default: 1)")
    options = parser.parse_args()
    medians = []
    for count in (options.few, options.many):
        peaks, seconds = measure(count, options.side, options.rounds)
        medians.append(statistics.median(peaks))
        all_peaks = ", ".join(f"{peak / 2**20:.1f}" for peak in peaks)
        print(f"{count:,} photos and 1 copy of each: peak {all_peaks} MiB, {seconds:.1f} s", flush=True)
    grown = (medians[1] - medians[0]) / (options.many - options.few)
    print(f"{grown:.0f} bytes for each further photo and its copy")


if __name__ == "__main__":
    main()
