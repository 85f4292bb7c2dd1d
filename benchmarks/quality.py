"""How near chains of warps and motion blurs come to what a perfect camera would see, in PSNR, beside Albumentations'.

The reference is the mean of 8x8 samples for each pixel of the result, of the bilinear surface through a photo, and of a
scene that is a formula, without any pixels; of a motion blur, of 16 samples for each pixel of its line, spread over the
line and the pixel. All that is compared lies inside the source, so that borders don't count.

Usage: python benchmarks/quality.py
"""

import math
import os
from collections.abc import Callable, Iterable
from pathlib import Path

import cv2
import numpy as np
from measuring import versions
from sklearn.datasets import load_sample_images

from augkit import CenterCrop, MotionBlur, Pipeline, Resize, Rotate, Sample, Scale, Translate
from augkit.fusing import realize
from augkit.operations import fuse
from augkit.transforms.base import Drawn

os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"  # else it asks the network for a newer version
import albumentations as A  # noqa: N812

SIZE = (427, 640)
TIMES = 8  # samples a pixel, along each axis
LENGTHS, ANGLES = (3, 5, 7), (10, 25, 40, 65, 80)  # of motion blurs, in pixels and degrees
SPREAD = np.array([0.5698402909980532, 0.7548776662466927])  # steps that fill a square evenly (Roberts 2018)
MARGIN = 20  # pixels that a motion blur's border may have a part in
RESULTS = Path(__file__).parent / "results" / "quality.md"
Scene = Callable[[np.ndarray, np.ndarray], np.ndarray]
Chain = tuple[list[Drawn], list[A.BasicTransform]]


def formula(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return a scene of waves 6 to 60 pixels long and of discs with edges a pixel wide, from 0 to 255."""
    waves = sum(
        height * np.sin(2 * math.pi * (x * math.cos(turn) + y * math.sin(turn)) / length + turn)
        for height, length, turn in ((30, 6, 0.3), (25, 9, 1.9), (20, 17, 2.6), (20, 60, 0.9))
    )
    discs = sum(
        15 * (1 - np.tanh(2 * (np.hypot(x - 640 * px, y - 427 * py) - radius)))
        for px, py, radius in ((0.4, 0.5, 60), (0.6, 0.4, 35), (0.55, 0.65, 20), (0.35, 0.3, 12))
    )
    return np.clip(110 + waves + discs, 0, 255)


def surface(photo: np.ndarray) -> Scene:
    """Return the bilinear surface through a photo's pixels."""

    def look(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        left, top = np.floor(x - 0.5).astype(int), np.floor(y - 0.5).astype(int)
        right, down = (x - 0.5 - left)[..., None], (y - 0.5 - top)[..., None]
        upper = photo[top, left] * (1 - right) + photo[top, left + 1] * right
        lower = photo[top + 1, left] * (1 - right) + photo[top + 1, left + 1] * right
        return upper * (1 - down) + lower * down

    return look


def seen(scene: Scene, matrix: Iterable[float], out: tuple[int, int]) -> np.ndarray:
    """Return what a perfect camera sees of a scene moved by a matrix: the mean over each pixel."""
    inverse = np.linalg.inv(np.reshape(tuple(matrix), (3, 3)))
    total = 0.0
    for i in range(TIMES):
        for j in range(TIMES):
            y, x = np.mgrid[: out[0], : out[1]] + np.array([i + 0.5, j + 0.5]).reshape(2, 1, 1) / TIMES
            u, v, w = np.tensordot(inverse, np.stack([x, y, np.ones_like(x)]), 1)
            total = total + scene(u / w, v / w)
    return total / TIMES**2


def dragged(scene: Scene, length: float, degrees: float) -> np.ndarray:
    """Return what a perfect camera sees while it moves along a line."""
    pixels, total, count = np.mgrid[: SIZE[0], : SIZE[1]], 0.0, round(16 * length)
    line = length * np.array([-math.sin(math.radians(degrees)), math.cos(math.radians(degrees))])
    for number in range(count):
        place = line * ((number + 0.5) / count - 0.5) + (0.5 + number * SPREAD) % 1
        y, x = (np.clip(axis + at, 1, size - 2) for axis, at, size in zip(pixels, place, SIZE, strict=True))
        total = total + scene(x, y)
    return total / count


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    """Return the peak signal-to-noise ratio of 8 bits, in decibels."""
    return 10 * math.log10(255**2 / np.mean((one.astype(np.float64) - other) ** 2))


def shrinking(parts: float) -> Chain:
    """Rotate, zoom a little, shift, cut out the middle; then bring it to a part of its size, if any."""
    window = (300, 450)
    out = (round(window[0] / parts), round(window[1] / parts))
    ours = [
        Drawn(Rotate, {"degrees": 10.0}),
        Drawn(Scale, {"factor": 1.05}),
        Drawn(Translate, {"x": 5 / 640, "y": -3 / 427}),
        Drawn(CenterCrop, {"height": window[0], "width": window[1]}),
    ]
    still = {"scale": 1.0, "translate_percent": 0.0, "rotate": 0.0, "shear": 0.0, "p": 1.0}
    shift = {"translate_px": {"x": (5, 5), "y": (-3, -3)}, "translate_percent": None}
    border = {"border_mode": cv2.BORDER_REFLECT_101}
    theirs = [
        A.Rotate((10, 10), p=1, **border),
        A.Affine(**still | {"scale": 1.05} | border),
        A.Affine(**still | shift | border),
        A.CenterCrop(*window, p=1),
    ]
    if parts != 1:
        ours.append(Drawn(Resize, {"height": out[0], "width": out[1]}))
        theirs.append(A.Resize(*out, interpolation=cv2.INTER_AREA, p=1))  # its default aliases
    return ours, theirs


def turning(count: int) -> Chain:
    """Rotate so many times by 7 degrees, then cut out the middle."""
    border = {"border_mode": cv2.BORDER_REFLECT_101}
    ours = [Drawn(Rotate, {"degrees": 7.0})] * count + [Drawn(CenterCrop, {"height": 200, "width": 200})]
    theirs = [A.Rotate((7, 7), p=1, **border) for _ in range(count)]
    return ours, [*theirs, A.CenterCrop(200, 200, p=1)]


def measure(scene: Scene, image: np.ndarray, chain: Chain) -> list[float]:
    """Return PSNR of the fused chain, of it by cubic interpolation, of ours one by one, and of Albumentations'."""
    ours, theirs = chain
    operations = realize(ours, SIZE)
    (warp,) = fuse(operations)
    reference = seen(scene, warp.matrix, warp.out)
    fused, cubic = (Pipeline([], interpolation=name).replay(ours, image) for name in ("linear", "cubic"))
    sample, view = Sample(image=image), Pipeline([]).view
    for operation in operations:
        sample = operation.apply(sample, view)
    other = A.Compose(theirs)(image=image)["image"]
    return [psnr(result, reference) for result in (fused, cubic, sample.image, other)]


def measure_blurs(scene: Scene, image: np.ndarray, length: int) -> np.ndarray:
    """Return PSNR of our motion blur, of Albumentations' and of the picture as it is, the mean over angles."""
    inner, rows = (slice(MARGIN, -MARGIN), slice(MARGIN, -MARGIN)), []
    for degrees in ANGLES:
        reference = dragged(scene, length, degrees)[inner]
        ours = Pipeline([]).replay([Drawn(MotionBlur, {"length": length / min(SIZE), "degrees": degrees})], image)
        turned = {"angle_range": (360 - degrees,) * 2, "direction_range": (0.0, 0.0), "allow_shifted": False}
        theirs = A.Compose([A.MotionBlur(blur_limit=(length, length), p=1, **turned)])(image=image)["image"]
        rows.append([psnr(result[inner], reference) for result in (ours, theirs, image)])
    return np.mean(rows, axis=0)


def main() -> None:
    """Print one table a scene, and write them down."""
    photo = np.ascontiguousarray(load_sample_images().images[0])
    drawn = np.rint(seen(formula, np.eye(3).ravel(), SIZE)).astype(np.uint8)
    lines = [
        "# How near to a perfect camera",
        "",
        "PSNR in decibels against 8x8 samples a pixel; more is nearer. "
        "The surface of the photo is what linear interpolation looks at, so it favours that over cubic; the formula "
        f"favours neither. {versions('augkit', 'opencv-python-headless', 'albumentations', 'numpy')}.",
    ]
    chains = {"rotate, scale, shift, crop": shrinking(1)}
    chains |= {f"the same, then to 1/{parts} of the size": shrinking(parts) for parts in (2, 3, 5)}
    chains |= {f"rotated {count} times, cropped": turning(count) for count in range(1, 9)}
    for title, scene, image in (
        ("A photo (427x640, the bilinear surface through its pixels)", surface(photo.astype(np.float64)), photo),
        ("A formula (waves of 6 to 60 pixels, discs with edges of a pixel)", formula, drawn),
    ):
        lines += ["", f"## {title}", "", "| chain | fused | fused, cubic | one by one | Albumentations |"]
        lines.append("|---|---|---|---|---|")
        for name, chain in chains.items():
            lines.append(f"| {name} | " + " | ".join(f"{value:.1f}" for value in measure(scene, image, chain)) + " |")
        lines += ["", f"Motion blurs, the mean of lines at {', '.join(map(str, ANGLES))} degrees:", ""]
        lines += ["| length | augkit | Albumentations | not blurred |", "|---|---|---|---|"]
        for length in LENGTHS:
            values = measure_blurs(scene, image, length)
            lines.append(f"| {length} pixels | " + " | ".join(f"{value:.1f}" for value in values) + " |")
    text = "\n".join(lines) + "\n"
    print(text, end="")
    RESULTS.write_text(text)


if __name__ == "__main__":
    main()
