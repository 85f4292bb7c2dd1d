"""augkit's transforms and pipelines against other libraries and against memory: python benchmarks/transforms.py.

Every step alone, and the pipelines *classic* (rotate, flip, scale and translate, resized crop, pad, brightness and
contrast, PCA colour, sharpness, Gaussian noise, salt-and-pepper), the same without PCA, and *common* (classic without
PCA, sharpness, salt-and-pepper), on a photo as RGB uint8, one thread. What each library is asked for stands in
peers/steps.py. Albumentations works in the same process as augkit; the others have environments of their own, made at
the first run, and processes that answer over a pipe, so that all sides take turns within seconds.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import cv2
import numpy as np
from limits import distances, shares
from measuring import ROOT, environment
from peers.client import Measured, Worker, measure
from peers.steps import CHAINS, PIPELINES
from transforms_report import Result, report

PEERS = {
    "augrs": ("augrs-py==0.1.0", "numpy==2.4.6"),
    "imgaug": ("imaug==0.4.3", "numpy==2.2.6"),  # the fork that works with numpy 2
    "torchvision": ("torch==2.14.1", "torchvision==0.29.1", "numpy==2.4.6"),  # 5.5 GB
}
SIZES = (32, 224, 512, 1024)
BATCH = {32: 128}  # pictures so small also come many at once
LIMIT_SIZES = (224, 1024)


def photo(size: int) -> np.ndarray:
    """Return the middle of scikit-learn's photo of a palace in China as a square of this size, smooth at any."""
    from sklearn.datasets import load_sample_image

    whole = load_sample_image("china.jpg")
    side = min(whole.shape[:2])
    left = (whole.shape[1] - side) // 2
    square = np.ascontiguousarray(whole[:side, left : left + side])
    return cv2.resize(square, (size, size), interpolation=cv2.INTER_AREA if size < side else cv2.INTER_CUBIC)


def start(stack: ExitStack, peers: Sequence[str], pictures: Path) -> tuple[dict[str, Worker], dict[str, str]]:
    """Return a worker for each side, and the peers that could not be had with the reason."""
    here = stack.enter_context(Worker(sys.executable, pictures))
    workers, missing = {"augkit": here, "albumentations": here}, {}
    for peer in peers:
        try:
            python = environment(peer, PEERS[peer])
        except (OSError, subprocess.CalledProcessError) as error:
            missing[peer] = f"its environment could not be made: {error}"
        else:
            workers[peer] = stack.enter_context(Worker(python, pictures))
    return workers, missing


def measure_all(workers: Mapping[str, Worker], options: argparse.Namespace) -> list[Measured]:
    """Return every chain at every size, and the pipelines for many small pictures."""
    measured = []
    for size in options.sizes:
        started = time.perf_counter()
        jobs = [(chain, 0) for chain in CHAINS]
        jobs += [(chain, BATCH[size]) for chain in PIPELINES if size in BATCH]
        for chain, many in jobs:
            measured.append(measure(workers, chain, size, many, rounds=options.rounds, turn=options.turn))
        print(f"{size} pixels: {time.perf_counter() - started:.0f} s", file=sys.stderr)
    return measured


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[2])
    parser.add_argument("--sizes", type=int, nargs="+", default=None, help="of pictures (default: 32 224 512 1024)")
    parser.add_argument(
        "--peers",
        nargs="*",
        choices=PEERS,
        default=["augrs", "imgaug"],
        help="beside Albumentations (default: augrs imgaug; torchvision takes 5.5 GB of disk)",
    )
    parser.add_argument("--rounds", type=int, help="default: 9")
    parser.add_argument("--turn", type=float, help="seconds of one side's turn (default: 0.03)")
    parser.add_argument("--quick", action="store_true", help="32 and 224 pixels, 3 short rounds, printed only")
    parser.add_argument("--output", type=Path, help="default: benchmarks/results/transforms.md")
    options = parser.parse_args(arguments)
    options.sizes = options.sizes or ((32, 224) if options.quick else SIZES)
    options.rounds = options.rounds or (3 if options.quick else 9)
    options.turn = options.turn or (0.003 if options.quick else 0.03)
    if options.output is None and not options.quick:
        options.output = ROOT / "benchmarks" / "results" / "transforms.md"

    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        for size in options.sizes:
            np.save(Path(scratch) / f"{size}.npy", photo(size))
        workers, missing = start(stack, options.peers, Path(scratch))
        measured = measure_all(workers, options)
    packages = {peer: ", ".join(PEERS[peer]) for peer in options.peers if peer not in missing}
    limit_sizes = [size for size in options.sizes if size in LIMIT_SIZES]
    result = Result(
        measured=measured,
        distances=[
            distance
            for size in limit_sizes
            for distance in distances(photo(size), rounds=options.rounds, turn=options.turn / 3)
        ],
        shares={
            (chain, size): shares(photo(size), chain, seconds=options.turn * options.rounds * 5)
            for chain in ("classic", "common")
            for size in options.sizes
        },
        missing=missing,
        packages=packages,
    )
    text = report(result, options.rounds, options.turn)
    print(text)
    if options.output is not None:
        options.output.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
