"""A copy of a data set with known faults planted in it, for benchmarks/audit.py."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

FLIPPED, NEAR, EXACT, LEAKED, BROKEN, TURNED = 0.05, 0.02, 0.01, 0.01, 0.01, 0.01
"""What part of all pictures gets which fault."""


@dataclass
class Planted:
    """What was planted, by the ids of the files.

    Parameters
    ----------
    flipped, broken, turned : set of str
        Files with a wrong label, that can't be read, with a turn noted in EXIF.
    near, exact, leaked : dict
        The source of each copy.
    """

    flipped: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    turned: set[str] = field(default_factory=set)
    near: dict[str, str] = field(default_factory=dict)
    exact: dict[str, str] = field(default_factory=dict)
    leaked: dict[str, str] = field(default_factory=dict)

    @property
    def copies(self) -> dict[str, str]:
        """The source of every copy, of whatever kind."""
        return self.near | self.exact | self.leaked


def plant(source: Path, root: Path, seed: int = 0) -> Planted:
    """Copy a data set with train and test folders, and plant faults; no picture gets two of them."""
    shutil.copytree(source, root)
    rng = np.random.default_rng(seed)
    train, test = (sorted((root / split).glob("*/*.jpg")) for split in ("train", "test"))
    count = len(train) + len(test)
    order = iter(rng.permutation(len(train)))
    take = lambda part: [train[next(order)] for _ in range(round(part * count))]  # noqa: E731
    planted = Planted()
    name = lambda path: path.relative_to(root).as_posix()  # noqa: E731
    for number, path in enumerate(take(NEAR)):
        copy = path.with_name(f"near_{path.name}")
        write(copy, vary(read(path), number))
        planted.near[name(copy)] = name(path)
    for path in take(EXACT):
        copy = path.with_name(f"again_{path.name}")
        shutil.copyfile(path, copy)
        planted.exact[name(copy)] = name(path)
    for number, path in enumerate(test[place] for place in rng.permutation(len(test))[: round(LEAKED * count)]):
        copy = root / "train" / path.parent.name / f"leaked_{path.name}"
        if number % 4:
            write(copy, vary(read(path), number))
        else:
            shutil.copyfile(path, copy)
        planted.leaked[name(copy)] = name(path)
    for number, path in enumerate(take(BROKEN)):
        data = path.read_bytes()
        path.write_bytes((data[: len(data) // 2], b"", data[: len(data) - 40], b"<html>404</html>")[number % 4])
        planted.broken.add(name(path))
    for path in take(TURNED):
        exif = Image.Exif()
        exif[0x0112] = 6
        Image.fromarray(np.rot90(read(path))).save(path, quality=95, exif=exif)
        planted.turned.add(name(path))
    classes = sorted(folder.name for folder in (root / "train").iterdir())
    for path in take(FLIPPED):
        wrong = rng.choice([label for label in classes if label != path.parent.name])
        target = root / "train" / wrong / f"flipped_{path.parent.name}_{path.name}"
        path.rename(target)
        planted.flipped.add(name(target))
    return planted


def read(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB"))


def write(path: Path, picture: np.ndarray) -> None:
    Image.fromarray(picture).save(path, quality=85)


def vary(picture: np.ndarray, number: int) -> np.ndarray:
    """Return a near duplicate: smaller, larger, recompressed, mirrored, or mirrored and larger."""
    height, width = picture.shape[:2]
    kind = number % 5
    if kind >= 3:
        picture = np.ascontiguousarray(picture[:, ::-1])
    if kind == 0:
        return cv2.resize(picture, (width * 3 // 4, height * 3 // 4), interpolation=cv2.INTER_AREA)
    if kind in (1, 4):
        return cv2.resize(picture, (width * 3 // 2, height * 3 // 2), interpolation=cv2.INTER_CUBIC)
    if kind == 2:
        coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 50])[1]
        return cv2.imdecode(coded, cv2.IMREAD_UNCHANGED)
    return picture
