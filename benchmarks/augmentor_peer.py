"""One run of Augmentor, started by benchmarks/expand.py with the Python of Augmentor's own environment.

Its operations that come nearest to the recipe classic, each with the range the recipe has. Augmentor has
nothing for translation, padding, gamma, PCA colour, clarity, sharpness and noise; pictures keep their size,
as in augkit.
"""

import json
import random
import sys
import time
from importlib.metadata import version
from pathlib import Path

import Augmentor
from PIL import Image

OPERATIONS = "flip, rotate, zoom, crop brought back to size, brightness, contrast, colour"


def main(source: str, output: str, pictures: str, quality: str, seed: str) -> None:
    """Make so many pictures; print seconds, bytes and versions as JSON, on a line of its own."""
    random.seed(int(seed))
    _save_with(int(quality))
    started = time.perf_counter()
    pipeline = Augmentor.Pipeline(source, output)
    pipeline.flip_left_right(0.5)
    pipeline.rotate(1.0, max_left_rotation=12, max_right_rotation=12)
    pipeline.zoom(0.7, min_factor=1.0, max_factor=1.15)
    pipeline.zoom_random(0.5, percentage_area=0.9)
    pipeline.random_brightness(0.7, min_factor=0.88, max_factor=1.12)
    pipeline.random_contrast(0.7, min_factor=0.8, max_factor=1.25)
    pipeline.random_color(0.5, min_factor=0.8, max_factor=1.2)
    pipeline.sample(int(pictures))
    seconds = time.perf_counter() - started
    files = [file for file in Path(output).iterdir() if file.is_file()]
    facts = {
        "seconds": seconds,
        "pictures": len(files),
        "bytes": sum(file.stat().st_size for file in files),
        "operations": OPERATIONS,
        "versions": ", ".join(f"{name} {version(name)}" for name in ("Augmentor", "Pillow", "numpy")),
    }
    print(f"\n{json.dumps(facts)}")


def _save_with(quality: int) -> None:
    """Let Pillow save with augkit's quality: Augmentor has no option for it and would write quality 75."""
    plain = Image.Image.save

    def save(self: Image.Image, path: str, **options: object) -> None:
        plain(self, path, **{"quality": quality} | options)

    Image.Image.save = save


if __name__ == "__main__":
    main(*sys.argv[1:])
