"""What balancing is worth: a small network and a linear model, trained on every kind of balance, on test pictures.

Usage: python benchmarks/rebalance.py [--data FOLDER] [--seeds 3] [--steps 500] [--sizes N ...] [--arms NAME ...]
[--save]

FOLDER holds train and test, or class folders alone, of which a third is kept for testing, or images and annotations in
Pascal VOC's form, whose boxes are cut out, every third image for testing; by default it is the long-tailed CIFAR-10
beside the project. `--sizes` takes so many pictures of the classes instead of all. Each seed splits anew: half of test
may stand in for classes that train has too few of, so that the sizes of train are given to other classes wherever there
are pictures enough (the largest classes keep theirs).

Arms make the training set, all from the same split: nothing, copies, class weights, augmented copies (recipe classic,
and that recipe as augkit.assess leaves it), GuidedSMOTE behind its gate and forced, SMOTE on pixels and on their
principal components. Every arm trains the same network in the same way, the last state is the one that is tested, and
the same logistic regression on HOGFeatures of the arm's pictures. What heads make of either is rebalance_report.py's.

Needs torch. What the models of an arm say is kept in build/rebalance, so a run can go on later, and heads can be
learned anew in a minute.
"""

import argparse
import os
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # one core, before numpy is imported

import numpy as np
from rebalance_report import report
from sklearn.linear_model import LogisticRegression

import augkit
from augkit.expansion.balance import spread
from augkit.features.pictures import load_all
from augkit.files.scan import EXTENSIONS
from augkit.kernels.view import to_view

RESULTS = Path(__file__).parent / "results"
KEPT = Path(__file__).parents[1] / "build" / "rebalance"
FOLDER = Path(__file__).parents[2] / "shared" / "data" / "cifar10-lt"
SIDE = 32
BATCH = 64
SIDES = ("xmin", "ymin", "xmax", "ymax")


class Split(NamedTuple):
    """Training pictures (N, 32, 32, 3) and their classes, and those to test on."""

    images: np.ndarray
    y: np.ndarray
    test_images: np.ndarray
    test_y: np.ndarray


class Arm(NamedTuple):
    """What a network is trained on."""

    images: np.ndarray
    y: np.ndarray
    weights: list[float] | None = None
    note: str = ""


def read(folder: Path) -> dict[str, np.ndarray]:
    """Return the pictures of each class folder at 32 x 32."""
    classes = {}
    for place in sorted(path for path in folder.iterdir() if path.is_dir()):
        paths = sorted(path for path in place.rglob("*") if path.suffix.lower() in EXTENSIONS)
        classes[place.name] = np.stack([to_view(picture, SIDE) for picture in load_all(paths)])
    return classes


def cut_out(folder: Path) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return what the boxes of annotated images hold, by class; every third image is for testing."""
    parts: tuple[dict[str, list], dict[str, list]] = ({}, {})
    for number, path in enumerate(sorted((folder / "annotations").glob("*.xml"))):
        (image,) = load_all(list((folder / "images").glob(f"{path.stem}.*")))
        for found in ElementTree.parse(path).getroot().iter("object"):
            left, top, right, bottom = (int(found.findtext(f"bndbox/{side}")) for side in SIDES)
            crop = image[max(0, top) : bottom, max(0, left) : right]
            if min(crop.shape[:2]) >= 8:
                parts[number % 3 == 2].setdefault(found.findtext("name"), []).append(to_view(crop, SIDE))
    train, test = ({name: np.stack(part[name]) for name in sorted(part)} for part in parts)
    return train, test


def load(folder: Path, rng: np.random.Generator) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the pictures to train on, in random order, and those to test on, by class."""
    if (folder / "train").is_dir():
        train, test = read(folder / "train"), read(folder / "test")
        for name, pictures in test.items():
            shuffled, half = rng.permutation(pictures), len(pictures) // 2
            train[name] = rng.permutation(np.concatenate([train[name], shuffled[:half]]))
            test[name] = shuffled[half:]
        return train, test
    if (folder / "annotations").is_dir():
        train, test = cut_out(folder)
        return {name: rng.permutation(pictures) for name, pictures in train.items()}, test
    whole = {name: rng.permutation(pictures) for name, pictures in read(folder).items()}
    thirds = {name: len(pictures) // 3 for name, pictures in whole.items()}
    train = {name: pictures[thirds[name] :] for name, pictures in whole.items()}
    return train, {name: pictures[: thirds[name]] for name, pictures in whole.items()}


def make_split(folder: Path, seed: int, wanted: Sequence[int] = ()) -> Split:
    """Return a split of the folder: the sizes of train given to classes by lot, the rest of test to test on."""
    rng = np.random.default_rng(seed)
    train, test = load(folder, rng)
    own = folder / "train"
    sizes = wanted or [sum(1 for _ in (own / name).iterdir()) if own.is_dir() else len(train[name]) for name in train]
    sizes = sorted(sizes, reverse=True)
    pools, tests = list(train.values()), [test[name] for name in train]
    while True:
        ranks = rng.permutation(len(sizes))
        if all(len(pool) >= sizes[rank] for pool, rank in zip(pools, ranks, strict=True)):
            break
    counts = [sizes[rank] for rank in ranks]
    return Split(
        np.concatenate([pool[:count] for pool, count in zip(pools, counts, strict=True)]),
        np.repeat(np.arange(len(counts)), counts),
        np.concatenate(tests),
        np.repeat(np.arange(len(tests)), [len(pictures) for pictures in tests]),
    )


def augmented(split: Split, pipeline: augkit.Pipeline) -> Arm:
    """Return the set balanced by augmented copies, spread evenly as augkit expand spreads them."""
    rows, numbers = [], []
    most = max(Counter(split.y.tolist()).values())
    for label in np.unique(split.y):
        members = [str(row) for row in np.flatnonzero(split.y == label)]
        for name, copies in spread(members, most - len(members), pipeline.seed).items():
            rows += [int(name)] * copies
            numbers += range(1, copies + 1)
    made = pipeline.batch(split.images[rows], [(str(row), copy) for row, copy in zip(rows, numbers, strict=True)])
    return Arm(np.concatenate([split.images, made]), np.concatenate([split.y, split.y[rows]]))


def balanced(split: Split, seed: int) -> dict[str, Callable[[], Arm]]:
    """Return how to make each arm, by its name."""
    classic = augkit.load_recipe("classic", seed=seed)

    def weights() -> Arm:
        return Arm(split.images, split.y, list(augkit.class_weights(split.y).values()))

    def auto() -> Arm:
        found = augkit.assess("classic", split.images, split.y, seed=seed)
        dropped = ", ".join(verdict.name for verdict in found.named("drop")) or "nothing"
        return augmented(split, found.suggested.pipeline(seed=seed))._replace(note=f"dropped: {dropped}")

    def guided(gate: Any) -> Arm:
        sampler = augkit.GuidedSMOTE(classic, gate=gate, workers=1)
        made = sampler.fit_resample(split.images, split.y)
        return Arm(*made, note=str(sampler.report_))

    return {
        "none": lambda: Arm(split.images, split.y),
        "copies": lambda: augmented(split, augkit.Pipeline([], seed=seed)),
        "class weights": weights,
        "classic": lambda: augmented(split, classic),
        "classic, auto recipe": auto,
        "guided, gated": lambda: guided("auto"),
        "guided, forced": lambda: guided(False),
        "pixel SMOTE": lambda: Arm(*augkit.PixelSMOTE(random_state=seed).fit_resample(split.images, split.y)),
        "PCA SMOTE": lambda: Arm(*augkit.LatentSMOTE(random_state=seed).fit_resample(split.images, split.y)),
    }


def train(arm: Arm, classes: int, steps: int, seed: int) -> Any:
    """Return a network of three blocks of convolution, trained for so many steps; no step is picked."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    torch.set_num_threads(1)

    def block(inputs: int, outputs: int) -> list[nn.Module]:
        return [
            nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
            nn.MaxPool2d(2),
        ]

    network = nn.Sequential(
        *block(3, 16), *block(16, 32), *block(32, 64), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(256, classes)
    )
    weight = None if arm.weights is None else torch.tensor(arm.weights)
    loss = nn.CrossEntropyLoss(weight)
    optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps)
    x, y = as_tensor(arm.images), torch.from_numpy(arm.y)
    rng = np.random.default_rng(seed)
    order = np.concatenate([rng.permutation(len(y)) for _ in range(-(-steps * BATCH // len(y)))])
    for step in range(steps):
        part = torch.from_numpy(order[step * BATCH : (step + 1) * BATCH])
        optimizer.zero_grad()
        loss(network(x[part]), y[part]).backward()
        optimizer.step()
        schedule.step()
    return network.eval()


def as_tensor(images: np.ndarray) -> Any:
    """Return pictures as a batch for the network."""
    import torch

    return torch.from_numpy(np.ascontiguousarray(images.transpose(0, 3, 1, 2))).float() / 127.5 - 1


def run_through(network: Any, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what enters the last layer, and the scores that leave it."""
    import torch

    with torch.inference_mode():
        parts = [network[:-1](as_tensor(images[first : first + 500])) for first in range(0, len(images), 500)]
        features = torch.cat(parts)
        return features.numpy(), network[-1](features).numpy()


def examine(split: Split, arm: Arm, steps: int, seed: int) -> dict[str, Any]:
    """Return what both models, trained on an arm, say of the original pictures and of those to test on."""
    network = train(arm, int(split.y.max()) + 1, steps, seed)
    own, _ = run_through(network, split.images)
    test, scores = run_through(network, split.test_images)
    features = augkit.HOGFeatures().fit(split.images)
    weights = None if arm.weights is None else dict(enumerate(arm.weights))
    model = LogisticRegression(max_iter=1000, class_weight=weights).fit(features.transform(arm.images), arm.y)
    linear_test = features.transform(split.test_images)
    return {
        "y": split.y,
        "test_y": split.test_y,
        "counts": np.bincount(arm.y),
        "weighted": arm.weights is not None,
        "note": arm.note,
        "network_own": own,
        "network_test": test,
        "network_scores": scores,
        "linear_own": features.transform(split.images),
        "linear_test": linear_test,
        "linear_scores": model.predict_log_proba(linear_test),
    }


def run_seed(options: argparse.Namespace, seed: int) -> dict[str, Path]:
    """Return the files of what the models of each arm say, which are made where they are not there."""
    split = make_split(options.data, seed, options.sizes)
    stem = "-".join(map(str, [options.data.name, *options.sizes, options.steps, seed]))
    files = {}
    for name, make in balanced(split, seed).items():
        if options.arms and name not in options.arms:
            continue
        files[name] = place = KEPT / f"{stem}-{name.replace(', ', '_').replace(' ', '_')}.npz"
        if place.is_file():
            continue
        started = time.perf_counter()
        found = examine(split, make(), options.steps, seed)
        KEPT.mkdir(parents=True, exist_ok=True)
        with (unfinished := place.with_suffix(".part")).open("wb") as file:
            np.savez(file, **found)
        unfinished.replace(place)
        print(f"seed {seed}: {name}, {time.perf_counter() - started:.0f} s {found['note']}", file=sys.stderr)
    return files


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=FOLDER)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--sizes", type=int, nargs="*", default=[])
    parser.add_argument("--arms", nargs="*", default=[])
    parser.add_argument("--save", action="store_true", help=f"write a file in {RESULTS}")
    options = parser.parse_args()
    if not options.data.is_dir():
        sys.exit(f"{options.data} is not there; name a data set with --data")
    warnings.simplefilter("ignore")
    trained = f"{options.steps} steps of {BATCH}"
    lines = report(options.data.name, trained, [run_seed(options, seed) for seed in range(options.seeds)])
    print("\n".join(lines))
    if options.save:
        name = "rebalance" if options.data.resolve() == FOLDER.resolve() else f"rebalance_{options.data.name}"
        (RESULTS / f"{name}.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
