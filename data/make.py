"""Write the sample data from what scikit-learn ships: handwritten digits with a long tail, and two photos.

Usage: python data/make.py [FOLDER]

FOLDER (default: the folder of this script) gets digits/0 ... digits/9 and photos/. What is there is kept.
"""

import shutil
import sys
from importlib import resources
from pathlib import Path

import cv2
import numpy as np
from sklearn.datasets import load_digits

MOST, FEWEST = 150, 8
SIDE = 64


def class_sizes() -> list[int]:
    """Return how many images each digit gets: a geometric fall from the most to the fewest."""
    return [round(MOST * (FEWEST / MOST) ** (digit / 9)) for digit in range(10)]


def write_digits(folder: Path) -> None:
    """Write the scans, enlarged from 8x8, as grey PNG: 0 is black paper, white is ink."""
    digits = load_digits()
    for digit, count in enumerate(class_sizes()):
        (folder / str(digit)).mkdir(parents=True)
        scans = digits.images[digits.target == digit][:count]
        for number, scan in enumerate(scans, 1):
            grey = np.clip(cv2.resize(scan / 16 * 255, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC), 0, 255)
            if not cv2.imwrite(str(folder / str(digit) / f"{number:03d}.png"), np.rint(grey).astype(np.uint8)):
                sys.exit(f"{folder} can't be written")


def write_photos(folder: Path) -> None:
    """Copy the two photos byte for byte."""
    folder.mkdir(parents=True)
    for name in ("china.jpg", "flower.jpg"):
        (folder / name).write_bytes((resources.files("sklearn.datasets.images") / name).read_bytes())


def main() -> None:
    """Write what is missing; each set appears whole or not at all."""
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for name, write in (("digits", write_digits), ("photos", write_photos)):
        if (root / name).exists():
            continue
        unfinished = root / f".{name}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        write(unfinished)
        unfinished.rename(root / name)
        print(f"{name}: {sum(1 for _ in (root / name).rglob('*.*'))} images in {root / name}")


if __name__ == "__main__":
    main()
