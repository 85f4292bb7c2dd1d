"""How fast the default features are, and how well nearest neighbours are found by them.

Usage: python benchmarks/features.py [FOLDER] [--save]

FOLDER holds train and test with a folder for each class; by default the long-tailed CIFAR-10 beside the project.
Accuracy is that of the nearest picture of train, averaged over the classes of test.
"""

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # one core, before numpy is imported

import numpy as np
from measuring import cpu_model, spread, versions
from sklearn.datasets import load_digits, load_sample_images
from sklearn.metrics import balanced_accuracy_score
from sklearn.neighbors import KNeighborsClassifier

import augkit
from augkit.features import cache
from augkit.features.descriptor import describe
from augkit.features.pictures import load_all
from augkit.files.scan import EXTENSIONS
from augkit.kernels import one_thread
from augkit.kernels.view import to_view

RESULTS = Path(__file__).parent / "results" / "features.md"
FOLDER = Path(__file__).parents[2] / "shared" / "data" / "cifar10-lt"
COUNT = 2048
ROUNDS = 7


def measure_speed() -> list[str]:
    """Return a table: pictures a second, for the descriptor alone and with everything around it."""
    photo = np.ascontiguousarray(load_sample_images().images[0])
    rng = np.random.default_rng(0)

    def crops(size: int) -> list[np.ndarray]:
        places = rng.integers(0, (427 - size, 640 - size), (COUNT, 2))
        return [np.ascontiguousarray(photo[top : top + size, left : left + size]) for top, left in places]

    small, large = crops(32), crops(224)
    fitted = augkit.HOGFeatures().fit(small[:500])

    def transform(pictures: list[np.ndarray], *, forget: bool) -> None:
        if forget:
            cache._memory = cache._Memory(cache._MOST_BYTES)
        fitted.transform(pictures)

    jobs: dict[str, Callable[[], object]] = {
        "the descriptor alone, of 32x32 views": lambda: [describe(small[i : i + 128]) for i in range(0, COUNT, 128)],
        "HOGFeatures.transform, new pictures of 32x32": lambda: transform(small, forget=True),
        "HOGFeatures.transform, pictures of 32x32 seen before": lambda: transform(small, forget=False),
        "HOGFeatures.transform, new pictures of 224x224": lambda: transform(large, forget=True),
    }
    lines = ["| on one core | pictures a second |", "|---|---|"]
    for name, job in jobs.items():
        job()
        rates = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            job()
            rates.append(COUNT / (time.perf_counter() - started))
        lines.append(f"| {name} | {spread(rates, 0)} |")
    return lines


def read(folder: Path) -> tuple[list[np.ndarray], np.ndarray]:
    """Return the pictures of a folder of class folders, and their labels."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in EXTENSIONS)
    return list(load_all(paths)), np.array([path.relative_to(folder).parts[0] for path in paths])


def measure_neighbours(name: str, train: tuple[list, np.ndarray], test: tuple[list, np.ndarray]) -> str:
    """Return a row of the table: accuracy of the nearest neighbour by pixels and by features."""

    def accuracy(known: np.ndarray, asked: np.ndarray) -> float:
        nearest = KNeighborsClassifier(1).fit(known, train[1])
        return balanced_accuracy_score(test[1], nearest.predict(asked))

    def pixels(pictures: list) -> np.ndarray:
        return np.stack([to_view(picture, 32).ravel() for picture in pictures]).astype(np.float32)

    plain = accuracy(pixels(train[0]), pixels(test[0]))
    features = augkit.HOGFeatures().fit(train[0])
    ours = accuracy(features.transform(train[0]), features.transform(test[0]))
    return f"| {name} | {len(train[1]):,} / {len(test[1]):,} | {plain:.3f} | {ours:.3f} | {ours / plain:.2f} |"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    parser.add_argument("--save", action="store_true", help=f"write {RESULTS}")
    options = parser.parse_args()
    with one_thread():
        lines = [f"median (least-most) of {ROUNDS} rounds; {cpu_model()}", "", *measure_speed()]
        print("\n".join(lines), flush=True)
        digits = load_digits()
        images = list((digits.images * 15).astype(np.uint8))
        rows = [
            measure_neighbours("digits, 8x8", (images[:500], digits.target[:500]), (images[500:], digits.target[500:]))
        ]
        if (options.folder / "train").is_dir():
            rows.append(
                measure_neighbours(options.folder.name, read(options.folder / "train"), read(options.folder / "test"))
            )
        else:
            print(f"{options.folder} has no train: left out")
    lines += [
        "",
        "| nearest neighbour, balanced accuracy | train / test | by pixels | by HOGFeatures | ratio |",
        "|---|---|---|---|---|",
        *rows,
        "",
        versions("augkit", "numpy", "opencv-python-headless", "scikit-learn"),
    ]
    print("\n".join(lines[-5 - len(rows) :]))
    if options.save:
        RESULTS.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
