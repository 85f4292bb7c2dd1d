"""A training loop's loader, with nothing trained: python benchmarks/dataloader.py.

PyTorch's DataLoader with two workers over photos cropped to 224 pixels and over pictures of 32; augkit and
Albumentations, each with the pipelines *classic* and *common*, and decoding alone: the floor. All loaders live at once
and take turns, an epoch each; a ratio is taken within a round.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"  # it would ask the network for a newer version

import albumentations as A  # noqa: N812
import cv2
import numpy as np
import torch
from measuring import cpu_model, ratios, spread, versions
from torch.utils.data import DataLoader, Dataset

import augkit
from augkit.interop.torch import AugmentedDataset, KeyedSampler, to_tensor

SHARED = Path(__file__).parents[2] / "shared" / "data"
SIZES = {224: SHARED / "bccd" / "images", 32: SHARED / "cifar10-lt" / "train"}
BATCH = 32
FLOOR, OURS, THEIRS = "decoding alone", "augkit", "Albumentations"
BYTES = partial(to_tensor, dtype=torch.uint8)


def our_steps(size: int) -> dict[str, list[Any]]:
    """Return augkit's steps of each pipeline."""
    geometry = [
        augkit.Rotate(degrees=(-15, 15)),
        augkit.HorizontalFlip(),
        augkit.Scale(factor=(0.85, 1.15)),
        augkit.Translate(fraction=(-0.1, 0.1)),
        augkit.ResizedCrop(area=(0.3, 1.0), size=(size, size)),
        augkit.Pad(size=(size * 5 // 4, size * 5 // 4)),
        augkit.Brightness(offset=(-0.15, 0.15)),
        augkit.Contrast(gain=(0.8, 1.2)),
    ]
    noise = augkit.GaussianNoise(std=(0.01, 0.04))
    color = augkit.PCAColorJitter(std=(0.1, 0.1))
    specks = augkit.SaltAndPepper(amount=(0.002, 0.02))
    classic = [*geometry, color, augkit.Sharpness(amount=(0.2, 1.0)), noise, specks]
    return {"classic": classic, "common": [*geometry, noise]}


def their_steps(size: int) -> dict[str, list[Any]]:
    """Return Albumentations' counterparts."""
    geometry = [
        A.Rotate((-15, 15), p=1),
        A.HorizontalFlip(p=1),
        A.Affine(scale=(0.85, 1.15), translate_percent=(-0.1, 0.1), keep_ratio=True, p=1),
        A.RandomResizedCrop((size, size), scale=(0.3, 1.0)),
        A.PadIfNeeded(size * 5 // 4, size * 5 // 4),
        A.RandomBrightnessContrast((-0.15, 0.15), (-0.2, 0.2), p=1),
    ]
    noise = A.GaussNoise(std_range=(0.01, 0.04), p=1)
    specks = A.SaltAndPepper(amount=(0.002, 0.02), salt_vs_pepper=(0.5, 0.5), p=1)
    sharpen = A.Sharpen(alpha=(0.2, 0.5), lightness=(1, 1), p=1)
    return {"classic": [*geometry, A.FancyPCA(alpha=0.1, p=1), sharpen, noise, specks], "common": [*geometry, noise]}


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


class Theirs:
    """Albumentations as a transform."""

    def __init__(self, steps: list[Any]) -> None:
        self.compose = A.Compose(steps)

    def __call__(self, picture: Any) -> Any:
        """Return an augmented picture as a tensor."""
        return BYTES(self.compose(image=picture)["image"])


def loaders(paths: list[Path], size: int, workers: int) -> dict[str, DataLoader[Any]]:
    """Return a loader for each side, whose workers stay."""
    options = {"batch_size": BATCH, "num_workers": workers, "persistent_workers": workers > 0}
    sides = {FLOOR: DataLoader(Pictures(paths, size, BYTES), shuffle=True, **options)}
    for name, steps in our_steps(size).items():
        data = AugmentedDataset(Pictures(paths, size), augkit.Pipeline(steps, border="constant"), transform=BYTES)
        sides[f"{OURS} {name}"] = DataLoader(data, sampler=KeyedSampler(data), **options)
    for name, steps in their_steps(size).items():
        sides[f"{THEIRS} {name}"] = DataLoader(Pictures(paths, size, Theirs(steps)), shuffle=True, **options)
    return sides


def seconds(loader: DataLoader[Any]) -> float:
    """Return how long an epoch takes."""
    started = time.perf_counter()
    for _ in loader:
        pass
    return time.perf_counter() - started


def measure(size: int, options: argparse.Namespace) -> str:
    """Return a table for one size of picture."""
    paths = sorted(path for path in SIZES[size].rglob("*") if path.suffix in (".jpg", ".png"))
    paths = paths[:: max(1, len(paths) // options.pictures)][: options.pictures]
    sides = loaders(paths, size, options.workers)
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(options.rounds + 1):
        for name, loader in sides.items():
            duration = seconds(loader)
            if number:  # the first round starts the workers and fills the caches
                taken[name].append(duration)
    lines = [
        f"{len(paths)} pictures of {size}x{size} pixels\n",
        f"| loader | pictures a second | times as long as {FLOOR} | {THEIRS} takes times as long |",
        "|---|---|---|---|",
    ]
    for name, values in taken.items():
        rate = len(paths) / statistics.median(values)
        theirs = taken.get(name.replace(OURS, THEIRS), values)
        gain = "" if theirs is values else spread(ratios(theirs, values))
        lines.append(f"| {name} | {rate:.0f} | {spread(ratios(values, taken[FLOOR]))} | {gain} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="default: 7")
    parser.add_argument("--workers", type=int, default=2, help="default: 2")
    parser.add_argument("--pictures", type=int, default=240, help="of each size, default: 240")
    options = parser.parse_args()
    missing = [str(folder) for folder in SIZES.values() if not folder.is_dir()]
    if missing:
        sys.exit(f"the pictures are not beside the project: {', '.join(missing)}")
    print(f"median (min-max) of {options.rounds} interleaved rounds, {options.workers} workers; {cpu_model()}\n")
    for size in SIZES:
        print(f"{measure(size, options)}\n")
    print(versions("augkit", "albumentations", "torch", "numpy", "opencv-python-headless"))


if __name__ == "__main__":
    main()
