"""Folders with known faults, made of parts of real photos."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from augkit.kernels.measure import measure_tone

SIDE = 48


@pytest.fixture(scope="session")
def crops(photos) -> dict[str, list[np.ndarray]]:
    """Pictures of two classes: parts of two photos that don't overlap, dealt out so that nothing tells the classes."""
    squares = [
        np.ascontiguousarray(photo[top : top + SIDE, left : left + SIDE])
        for photo in photos
        for top in range(0, photo.shape[0] - SIDE, SIDE)
        for left in range(0, photo.shape[1] - SIDE, SIDE)
    ]
    lively = [square for square in squares if is_lively(square)]
    np.random.default_rng(0).shuffle(lively)
    return {"cat": lively[::2], "dog": lively[1::2]}


def is_lively(square: np.ndarray) -> bool:
    """Whether nothing is to be said against a picture by itself."""
    low, high = np.percentile(cv2.cvtColor(square, cv2.COLOR_RGB2GRAY), (1, 99))
    in_focus = measure_tone(square).sharpness > 0.2
    return bool(low < 150 and high > 110 and high - low > 80 and in_focus)


@pytest.fixture
def clean(tmp_path: Path, crops) -> Path:
    """A folder of two classes, 15 pictures each, without any fault."""
    return write_folder(tmp_path / "data", {f"{label}/{n:02d}.png": square for label in crops
                                            for n, square in enumerate(crops[label][:15])})  # fmt: skip


@pytest.fixture
def with_splits(tmp_path: Path, crops) -> Path:
    """The same with 15 pictures for training and 5 for testing of each class."""
    pictures = {}
    for label in crops:
        for number, square in enumerate(crops[label][:20]):
            split = "train" if number < 15 else "test"
            pictures[f"{split}/{label}/{number:02d}.png"] = square
    return write_folder(tmp_path / "data", pictures)


def write_folder(root: Path, pictures: dict[str, np.ndarray]) -> Path:
    for name, picture in pictures.items():
        put(root / name, picture)
    return root


def put(path: Path, picture: np.ndarray, **options: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path, **options)


@pytest.fixture
def faulty(with_splits: Path, crops) -> Path:
    """A folder with one fault at least of every kind that a folder can have."""
    root, cat, dog = with_splits, crops["cat"], crops["dog"]
    train = root / "train"
    (train / "cat" / "empty.jpg").write_bytes(b"")
    whole = (train / "cat" / "00.png").read_bytes()
    (train / "cat" / "truncated.png").write_bytes(whole[: len(whole) // 2])
    (train / "cat" / "again.png").write_bytes(whole)
    (train / "cat" / "named.jpg").write_bytes(Path(make_png(root, cat[30])).read_bytes())
    put(train / "cat" / "small.jpg", cv2.resize(cat[1], (36, 36), interpolation=cv2.INTER_AREA), quality=80)
    put(train / "cat" / "leak.png", np.ascontiguousarray(cat[17][:, ::-1]))
    put(train / "dog" / "conflict.png", cat[2])
    put(train / "cat" / "blank.png", np.full_like(cat[0], 128))
    put(train / "cat" / "dark.png", cat[31] // 8)
    put(train / "cat" / "bright.png", 230 + cat[32] // 12)
    put(train / "cat" / "faint.png", 110 + cat[33] // 12)
    put(train / "cat" / "blurred.png", cv2.GaussianBlur(max(cat[38:], key=np.mean), (0, 0), 8))
    put(train / "cat" / "wide.png", np.hstack([cat[35], cat[36], cat[37], dog[30]]))
    exif = Image.Exif()
    exif[0x0112] = 6
    put(train / "cat" / "turned.jpg", dog[31], exif=exif)
    put(train / "cat" / "grey.png", cv2.cvtColor(dog[32], cv2.COLOR_RGB2GRAY))
    put(train / "rare" / "one.png", dog[33])
    put(train / "common" / "one.png", dog[34])
    for number in range(35, min(50, len(dog))):
        put(train / "dog" / f"{number}.png", dog[number])
    (train / "nothing").mkdir()
    (train / "cat" / "notes.txt").write_text("x")
    array = np.zeros((4, 4), np.float32)
    array[0, 0] = np.nan
    np.save(train / "cat" / "array.npy", array)
    return root


def make_png(root: Path, picture: np.ndarray) -> Path:
    path = root.parent / "made.png"
    put(path, picture)
    return path


@pytest.fixture
def found() -> Callable[..., list[tuple[str, ...]]]:
    """A function that returns the files of the findings of one check."""
    return lambda report, check: [finding.files for finding in report.findings if finding.check == check]
