"""A training loop's loader, with nothing trained.

PyTorch's DataLoader with two workers over photos cropped to 224 pixels and over pictures of 32: augkit and
Albumentations, each with the pipelines *classic* and *common* of `peers/steps.py`, and decoding alone, the floor. All
loaders live at once, in workers that stay, and take turns, an epoch each, in another order every round; a ratio is
taken within a round.
"""

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"  # it would ask the network for a newer version

import cv2
import numpy as np
import torch
from measuring import cpu_model, ratios, spread, versions
from peers import sides, steps
from torch.utils.data import DataLoader, Dataset

import augkit
from augkit.interop.torch import AugmentedDataset, KeyedSampler, to_tensor

RESULTS = Path(__file__).parent / "results" / "dataloader.md"
SHARED = Path(__file__).parents[2] / "shared" / "data"
SIZES = {224: SHARED / "bccd" / "images", 32: SHARED / "cifar10-lt" / "train"}
PIPELINES = ("classic", "common")
BATCH = 32
FLOOR, OURS, THEIRS = "decoding alone", "augkit", "Albumentations"
BYTES = partial(to_tensor, dtype=torch.uint8)


class Pictures(Dataset[Any]):
    """Files decoded and cropped to a square, and what is done to each."""

    def __init__(self, paths: list[Path], size: int, transform: Callable[[Any], Any] | None = None) -> None:
        self.paths, self.size, self.transform = paths, size, transform

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> Any:
        cv2.setNumThreads(0)
        picture = cv2.imdecode(np.fromfile(self.paths[index], np.uint8), cv2.IMREAD_COLOR_RGB)
        top, left = ((side - self.size) // 2 for side in picture.shape[:2])
        picture = np.ascontiguousarray(picture[top : top + self.size, left : left + self.size])
        return picture if self.transform is None else self.transform(picture)


def loaders(paths: list[Path], size: int, workers: int) -> dict[str, DataLoader[Any]]:
    """Return a loader for each side, whose workers stay."""
    options = {"batch_size": BATCH, "num_workers": workers, "persistent_workers": workers > 0}
    found = {FLOOR: DataLoader(Pictures(paths, size, BYTES), shuffle=True, **options)}
    ours, theirs = sides.augkit(), sides.albumentations()
    for name in PIPELINES:
        pipeline = augkit.Pipeline(steps.make(name, "augkit", size, ours.names), border="constant")
        data = AugmentedDataset(Pictures(paths, size), pipeline, transform=BYTES)
        found[f"{OURS}, {name}"] = DataLoader(data, sampler=KeyedSampler(data), **options)
        compose = theirs.chain(steps.make(name, "albumentations", size, theirs.names))
        pictures = Pictures(paths, size, partial(_composed, compose))
        found[f"{THEIRS}, {name}"] = DataLoader(pictures, shuffle=True, **options)
    return found


def _composed(compose: Callable[[Any], Any], picture: Any) -> Any:
    return BYTES(compose(picture))


def seconds(loader: DataLoader[Any]) -> float:
    """Return how long an epoch takes."""
    started = time.perf_counter()
    for _ in loader:
        pass
    return time.perf_counter() - started


def measure(size: int, options: argparse.Namespace) -> list[str]:
    """Return the lines of a table for one size of picture."""
    paths = sorted(path for path in SIZES[size].rglob("*") if path.suffix in (".jpg", ".png"))
    paths = paths[:: max(1, len(paths) // options.pictures)][: options.pictures]
    live = loaders(paths, size, options.workers)
    taken: dict[str, list[float]] = {name: [] for name in live}
    for number in range(options.rounds + 1):
        order = list(live)
        random.Random(number).shuffle(order)
        for name in order:
            duration = seconds(live[name])
            if number:  # the first round starts the workers and fills the caches
                taken[name].append(duration)
    lines = [
        f"## {len(paths)} pictures of {size}x{size} pixels",
        "",
        f"| loader | pictures a second | times as long as {FLOOR} | {THEIRS} takes times as long |",
        "|---|---|---|---|",
    ]
    for name, values in taken.items():
        rate = len(paths) / statistics.median(values)
        theirs = taken.get(name.replace(OURS, THEIRS), values)
        gain = "" if theirs is values else spread(ratios(theirs, values))
        lines.append(f"| {name} | {rate:,.0f} | {spread(ratios(values, taken[FLOOR]))} | {gain} |")
    return [*lines, ""]


def main() -> None:
    """Print a table for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="default: 7")
    parser.add_argument("--workers", type=int, default=2, help="default: 2")
    parser.add_argument("--pictures", type=int, default=320, help="of each size, default: 320")
    parser.add_argument("--save", action="store_true", help=f"write {RESULTS}")
    options = parser.parse_args()
    missing = [str(folder) for folder in SIZES.values() if not folder.is_dir()]
    if missing:
        sys.exit(f"the pictures are not beside the project: {', '.join(missing)}")
    lines = [
        "# PyTorch's DataLoader",
        "",
        f"BCCD photos cropped to 224 pixels and CIFAR-10 pictures, decoded from files, in batches of {BATCH} of uint8 "
        f"tensors; {options.workers} workers; median (min-max) of {options.rounds} interleaved rounds; {cpu_model()}. "
        "The pipelines are those of [the transforms](transforms.md). The aims, at 224 pixels: Albumentations takes at "
        f"least 5 times as long with *classic*, and augkit at most 1.5 times as long as {FLOOR} with *common*.",
        "",
    ]
    for size in SIZES:
        lines += measure(size, options)
    lines += [versions("augkit", "albumentations", "torch", "numpy", "opencv-python-headless"), ""]
    text = "\n".join(lines)
    print(text)
    if options.save:
        RESULTS.write_text(text)


if __name__ == "__main__":
    main()
