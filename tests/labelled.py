"""Labelled pictures to judge recipes on: arrows, digits, CIFAR-10 and blood cells."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import cv2
import numpy as np
from sklearn.datasets import load_digits

SHARED = Path(__file__).parents[2] / "shared" / "data"
TURNS = {"right": 0, "up": 90, "left": 180, "down": 270}


def arrows(each: int = 60, side: int = 32, seed: int = 0) -> tuple[np.ndarray, list[str]]:
    """Arrows in four directions, somewhat moved and turned, over lines of other colours, with noise."""
    rng = np.random.default_rng(seed)
    images, labels = [], []
    for label, turn in TURNS.items():
        for _ in range(each):
            images.append(_arrow(turn, side, rng))
            labels.append(label)
    return np.stack(images), labels


def _arrow(turn: float, side: int, rng: np.random.Generator) -> np.ndarray:
    image = np.full((side, side, 3), rng.integers(60, 200, 3), np.uint8)
    for _ in range(4):
        (x1, y1), (x2, y2) = rng.integers(0, side, (2, 2)).tolist()
        cv2.line(image, (x1, y1), (x2, y2), rng.integers(0, 255, 3).tolist(), 1, cv2.LINE_AA)
    angle = np.deg2rad(turn + rng.uniform(-12, 12))
    along = np.array([np.cos(angle), -np.sin(angle)]) * side * rng.uniform(0.28, 0.36)
    middle = side / 2 + rng.uniform(-0.06, 0.06, 2) * side
    start, end = (tuple(map(int, np.rint(point))) for point in (middle - along, middle + along))
    color = rng.choice([rng.integers(0, 50, 3), rng.integers(205, 255, 3)]).tolist()
    cv2.arrowedLine(image, start, end, color, 2, cv2.LINE_AA, tipLength=0.45)
    return np.clip(image + rng.normal(0, 10, image.shape), 0, 255).astype(np.uint8)


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Handwritten digits, 8 x 8 and grey."""
    loaded = load_digits()
    return (loaded.images * 15).astype(np.uint8), loaded.target


def cells(folder: Path = SHARED / "bccd") -> tuple[list[np.ndarray], list[str], list[str]]:
    """Crops of blood cells by the boxes of their annotations: pictures, classes, and the picture each was cut from."""
    images, labels, sources = [], [], []
    for path in sorted((folder / "annotations").glob("*.xml")):
        image = cv2.cvtColor(cv2.imread(str(folder / "images" / f"{path.stem}.jpg")), cv2.COLOR_BGR2RGB)
        for thing in ElementTree.parse(path).getroot().iter("object"):
            x1, y1, x2, y2 = (int(float(thing.findtext(f"bndbox/{end}"))) for end in ("xmin", "ymin", "xmax", "ymax"))
            crop = image[max(y1, 0) : y2, max(x1, 0) : x2]
            if min(crop.shape[:2]) >= 8:
                images.append(np.ascontiguousarray(crop))
                labels.append(thing.findtext("name"))
                sources.append(path.stem)
    return images, labels, sources


def folder(root: Path) -> tuple[list[np.ndarray], list[str]]:
    """The pictures of a folder of class folders."""
    paths = sorted(path for path in root.rglob("*") if path.suffix in (".png", ".jpg"))
    images = [cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB) for path in paths]
    return images, [path.parent.name for path in paths]
