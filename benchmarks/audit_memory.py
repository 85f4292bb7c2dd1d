"""How the memory of `augkit audit` grows with the number of pictures: python benchmarks/audit_memory.py.

Peak resident memory of the command with all checks on folders of few and of many small photos in two classes, and what
each further photo adds. This program itself stays small, since the kernel counts a child's peak from that of its
parent: the photos are made by other processes.
"""

import argparse
import json
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from expand_memory import CHUNK, make_photos
from measuring import AUGKIT, run


def measure(count: int, side: int) -> tuple[int, float, int]:
    """Return the peak in bytes, seconds, and the number of findings."""
    with tempfile.TemporaryDirectory() as scratch:
        folders = [Path(scratch) / "photos" / name for name in ("one", "two")]
        for folder in folders:
            folder.mkdir(parents=True)
        chunks = [range(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK)]
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            list(pool.map(make_photos, folders * len(chunks), chunks, [side] * len(chunks)))
        ran = run([AUGKIT, "audit", Path(scratch) / "photos", "--json", "--fail-on", "never"])
    return ran.peak_bytes, ran.seconds, len(json.loads(ran.output)["findings"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", type=int, nargs="+", default=[5_000, 20_000], help="default: 5000 20000")
    parser.add_argument("--side", type=int, default=32, help="of a photo, in pixels (default: 32)")
    options = parser.parse_args()
    measured = []
    for count in options.counts:
        peak, seconds, findings = measure(count, options.side)
        measured.append((count, peak))
        print(f"{count:,} photos: {peak / 2**20:,.0f} MiB at most, {seconds:.0f} s, {findings:,} findings", flush=True)
    (few, low), (many, high) = measured[0], measured[-1]
    if many > few:
        each = (high - low) / (many - few)
        print(
            f"{each / 1024:.1f} KiB for each further photo; "
            f"100,000 photos, told from that: {(low + each * (1e5 - few)) / 2**20:,.0f} MiB"
        )


if __name__ == "__main__":
    main()
