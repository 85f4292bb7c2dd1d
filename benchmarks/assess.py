"""How well verdicts on transforms foretell what they do to a small network.

Usage: python benchmarks/assess.py [--sets arrows,digits,...] [--transforms vertical_flip,...] [--seeds 3] [--steps 500]
       python benchmarks/assess.py --again 10 [--sets cifar] [--transforms vertical_flip,...]
       python benchmarks/assess.py --time

Needs torch (`pip install augkit[torch]`). Each transform is judged by `augkit.assess` on the training pictures alone;
then a small network (three convolutions, 500 steps of 64) is trained without it and with copies made by it for half of
each batch, from the same start and with the same batches, and tried on clean pictures of neither. `--again` judges with
so many seeds and trains nothing: how far do verdicts depend on the draw? Sets that need data beside the project are
left out where it is absent.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from measuring import cpu_model, versions

import augkit
from augkit.kernels.view import to_view
from augkit.transforms.base import Transform

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import labelled  # noqa: E402

RESULTS = Path(__file__).parent / "results" / "assess.md"
SIDE = 32
COPIES = 4  # drawn for each picture before training
BATCH = 64
TRANSFORMS: dict[str, Transform] = {
    step.name(): step
    for step in (
        augkit.HorizontalFlip(),
        augkit.VerticalFlip(),
        augkit.Rotate90(),
        augkit.Transpose(),
        augkit.Invert(),
        augkit.ChannelShuffle(),
        augkit.Rotate(degrees=(-12.0, 12.0)),
        augkit.GaussianNoise(std=(0.01, 0.05)),
        augkit.Brightness(offset=(-0.2, 0.2)),
        augkit.Contrast(),
        augkit.HueSaturation(),
        augkit.Crop(fraction=(0.65, 1.0)),
    )
}


class Set(NamedTuple):
    """Training pictures, and others to test on."""

    images: Sequence[np.ndarray]
    labels: Sequence[str]
    groups: Sequence[str] | None
    test_images: Sequence[np.ndarray]
    test_labels: Sequence[str]


def split(images: Sequence, labels: Sequence, groups: Sequence, test: Callable[[int], bool]) -> Set:
    """Return a set whose sources, by number, are for training or for the test."""
    numbers = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    for_test = [test(numbers[group]) for group in groups]

    def take(values: Sequence, wanted: bool) -> list:
        return [value for value, chosen in zip(values, for_test, strict=True) if chosen == wanted]

    return Set(*(take(each, False) for each in (images, labels, groups)), take(images, True), take(labels, True))


def arrows() -> Set:
    images, labels = labelled.arrows(60, seed=0)
    return Set(images, labels, None, *labelled.arrows(100, seed=1))


def digits() -> Set:
    images, labels = labelled.digits()
    return split(list(images), [str(label) for label in labels], range(len(labels)), lambda number: number >= 900)


def cells() -> Set:
    return split(*labelled.cells(), lambda number: number % 3 == 0)


def cifar() -> Set:
    folder = labelled.SHARED / "cifar10-lt"
    images, labels = labelled.folder(folder / "train")
    return Set(images, labels, None, *labelled.folder(folder / "test"))


SETS = {"arrows": arrows, "digits": digits, "cells": cells, "cifar": cifar}
NEEDS = {"cells": "bccd", "cifar": "cifar10-lt"}


def views(images: Sequence[np.ndarray]) -> np.ndarray:
    return np.stack([to_view(image, SIDE) for image in images])


def copies_of(step: Transform, images: Sequence[np.ndarray]) -> np.ndarray:
    """Return some augmented copies of each picture, (COPIES, N, SIDE, SIDE, 3)."""
    pipeline = augkit.Pipeline([step], seed=1)
    return np.stack(
        [views([pipeline(image, key=(str(i), copy)) for i, image in enumerate(images)]) for copy in range(COPIES)]
    )


def train(data: "Set", clean: np.ndarray, copies: np.ndarray | None, test: np.ndarray, seed: int, steps: int) -> float:
    """Return balanced accuracy, in points, of a network trained without copies or with them in half of each batch."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    names, labels = np.unique(data.labels, return_inverse=True)

    def block(before: int, after: int) -> list[nn.Module]:
        return [nn.Conv2d(before, after, 3, padding=1), nn.MaxPool2d(2), nn.BatchNorm2d(after), nn.ReLU()]

    network = nn.Sequential(
        *block(3, 16), *block(16, 32), *block(32, 64), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(256, len(names))
    ).to(memory_format=torch.channels_last)

    def tensor(images: np.ndarray) -> "torch.Tensor":  # as the arrays lie in memory: channels last
        return torch.from_numpy(images).permute(0, 3, 1, 2).float() / 127.5 - 1.0

    optimizer = torch.optim.Adam(network.parameters(), lr=2e-3)
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        chosen = rng.integers(0, len(clean), BATCH)
        which, changed = rng.integers(0, COPIES, BATCH), rng.random(BATCH) < 0.5
        batch = clean[chosen]
        if copies is not None:
            batch[changed] = copies[which[changed], chosen[changed]]
        loss = nn.functional.cross_entropy(network(tensor(batch)), torch.from_numpy(labels[chosen]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    network.eval()
    with torch.no_grad():
        found = torch.cat([network(tensor(test[i : i + 256])).argmax(1) for i in range(0, len(test), 256)]).numpy()
    truth = np.array(data.test_labels)
    return 100.0 * float(np.mean([(names[found][truth == name] == name).mean() for name in np.unique(truth)]))


def judge(name: str, data: Set, steps: Sequence[Transform], seeds: int, training: int) -> list[str]:
    """Return rows of the table: verdict and measured effect of each transform on one set."""
    recipe = augkit.Pipeline(steps)
    verdicts = augkit.assess(recipe, data.images, data.labels, groups=data.groups).verdicts
    clean, test = views(data.images), views(data.test_images)
    without = [train(data, clean, None, test, seed, training) for seed in range(seeds)]
    print(f"{name}: {np.mean(without):.1f} without augmentation", flush=True)
    rows = []
    for found in verdicts:
        copies = copies_of(found.transform, data.images)
        gains = [train(data, clean, copies, test, seed, training) - before for seed, before in enumerate(without)]
        dry = "" if found.effect is None else f"{found.effect.value:+.1f}"
        effect = f"{np.mean(gains):+.1f} ({min(gains):+.1f} to {max(gains):+.1f})"
        agreement = "" if found.agreement is None else f"{found.agreement.value:.2f}"
        cells = (name, found.name, agreement, dry, found.verdict, effect, remark(found.verdict, float(np.mean(gains))))
        rows.append(f"| {' | '.join(cells)} |")
        print(rows[-1], flush=True)
    return rows


def judge_again(sets: Sequence[str], steps: Sequence[Transform], seeds: int) -> list[str]:
    """Return a table of how often each verdict was given, by seed."""
    rows = ["| set | transform | dry run: mean (least to most) | verdicts |", "|---|---|---|---|"]
    for name in sets:
        data, recipe = SETS[name](), augkit.Pipeline(steps)
        found = [
            augkit.assess(recipe, data.images, data.labels, groups=data.groups, seed=seed).verdicts
            for seed in range(seeds)
        ]
        for verdicts in zip(*found, strict=True):
            effects = [verdict.effect.value for verdict in verdicts if verdict.effect is not None]
            dry = f"{np.mean(effects):+.1f} ({min(effects):+.1f} to {max(effects):+.1f})" if effects else ""
            counts = Counter(verdict.verdict for verdict in verdicts).most_common()
            told = ", ".join(f"{verdict} {count}" for verdict, count in counts)
            rows.append(f"| {name} | {verdicts[0].name} | {dry} | {told} |")
    return rows


def measure_time(sets: Sequence[str]) -> list[str]:
    """Return what it takes to judge all transforms on each set."""
    lines = []
    for name in sets:
        data = SETS[name]()
        found = augkit.assess(augkit.Pipeline(TRANSFORMS.values()), data.images, data.labels, groups=data.groups)
        tried = sum(verdict.effect is not None for verdict in found.verdicts)
        lines.append(
            f"{name}: {len(found.verdicts)} transforms judged on {found.pictures:,} pictures in {found.seconds:.1f} s, "
            f"{tried} of them tried out"
        )
        print(lines[-1], flush=True)
    return lines


def remark(verdict: str, effect: float) -> str:
    """Return whether the measured effect is what the verdict foretold."""
    if verdict == "keep" and effect < -3.0:
        return "MISSED"
    if verdict == "drop" and effect > -1.0:
        return "false alarm"
    return ""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--transforms", default=",".join(TRANSFORMS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--save", action="store_true", help=f"append to {RESULTS}")
    parser.add_argument("--again", type=int, default=0, metavar="SEEDS", help="judge with so many seeds, train nothing")
    parser.add_argument("--time", action="store_true", help="measure how long judging takes, and train nothing")
    options = parser.parse_args()
    sets = [name for name in options.sets.split(",") if is_there(name)]
    steps = [TRANSFORMS[wanted] for wanted in options.transforms.split(",")]
    if options.again:
        command = f"--again {options.again} --sets {options.sets} --transforms {options.transforms}"
        lines = judge_again(sets, steps, options.again)
        report([f"`python benchmarks/assess.py {command}`", "", *lines], options.save)
        return
    if options.time:
        report([f"`python benchmarks/assess.py --time --sets {options.sets}`", "", *measure_time(sets)], options.save)
        return
    started = time.perf_counter()
    rows: list[str] = []
    for name in sets:
        rows += judge(name, SETS[name](), steps, options.seeds, options.steps)
    marks = [row.split("|")[-2].strip() for row in rows]
    lines = [
        f"`python benchmarks/assess.py --sets {options.sets} --transforms {options.transforms} "
        f"--seeds {options.seeds} --steps {options.steps}`",
        "",
        "| set | transform | agreement | dry run | verdict | measured: mean (least to most) | |",
        "|---|---|---|---|---|---|---|",
        *rows,
        "",
        f"{len(rows)} cases: {marks.count('MISSED')} kept that cost more than 3 points, {marks.count('false alarm')} "
        f"dropped that cost less than 1. {time.perf_counter() - started:.0f} s.",
    ]
    report(lines, options.save)


def is_there(name: str) -> bool:
    """Return whether the pictures of a set are there; say so if they are not."""
    found = name not in NEEDS or (labelled.SHARED / NEEDS[name]).is_dir()
    if not found:
        print(f"{name}: its pictures are not beside this project, left out")
    return found


def report(lines: Sequence[str], save: bool) -> None:
    """Print lines, with what they were measured on; append them to the results if asked to."""
    text = "\n".join([*lines, "", f"{cpu_model()}; {versions('augkit', 'torch', 'scikit-learn')}", "", ""])
    print(text)
    if save:
        with RESULTS.open("a") as file:
            file.write(text)


if __name__ == "__main__":
    main()
