"""What guiding costs: augkit expand --method guided beside plain copies, photos of 224 x 224.

Usage: python benchmarks/guided.py [--rounds 5] [--sources 200] [--copies 5] [--save]

Both write the same number of JPEG files from the same sources, with the recipe classic and two workers, one after the
other in each round. The gate is measured and overruled: the pictures are crops of two photos. Seconds of the processors
are told beside those on the wall, which depend on what else the machine does.
"""

import argparse
import tempfile
from pathlib import Path

import cv2
import numpy as np
from measuring import AUGKIT, cpu_model, ratios, run, spread, versions
from sklearn.datasets import load_sample_images

RESULTS = Path(__file__).parent / "results" / "guided.md"
SIDE = 224


def write_crops(folder: Path, count: int) -> None:
    """Write crops of two photos as two classes."""
    rng = np.random.default_rng(0)
    for label, photo in zip(("china", "flower"), load_sample_images().images, strict=True):
        (folder / label).mkdir(parents=True)
        for number, (top, left) in enumerate(rng.integers(0, (427 - SIDE, 640 - SIDE), (count // 2, 2))):
            crop = photo[top : top + SIDE, left : left + SIDE, ::-1]
            cv2.imwrite(str(folder / label / f"{number:04d}.jpg"), crop, [cv2.IMWRITE_JPEG_QUALITY, 95])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sources", type=int, default=200)
    parser.add_argument("--copies", type=int, default=5)
    parser.add_argument("--save", action="store_true", help=f"write {RESULTS}")
    options = parser.parse_args()
    ran: dict[str, list] = {"plain": [], "guided": []}
    with tempfile.TemporaryDirectory() as folder:
        write_crops(Path(folder, "in"), options.sources)
        for number in range(options.rounds):
            for method, done in ran.items():
                out = Path(folder, f"{method}-{number}")
                command = [AUGKIT, "expand", f"{folder}/in", out, "--copies", str(options.copies), "--quiet"]
                command += ["--workers", "2", "--method", method] + ["--no-gate"] * (method == "guided")
                done.append(run(command))
    wall = {method: [one.seconds for one in done] for method, done in ran.items()}
    processors = {method: [one.processor_seconds for one in done] for method, done in ran.items()}
    lines = [
        f"{options.sources} photos of {SIDE}x{SIDE}, {options.copies} copies each, recipe classic, JPEG at 95, "
        f"2 workers; median (least-most) of {options.rounds} interleaved rounds, start of Python included; "
        f"{cpu_model()}",
        "",
        "| | plain, s | guided, s | times as long |",
        "|---|---|---|---|",
    ]
    for name, seconds in (("on the wall", wall), ("of the processors", processors)):
        plain, guided = seconds["plain"], seconds["guided"]
        lines.append(f"| {name} | {spread(plain)} | {spread(guided)} | {spread(ratios(guided, plain))} |")
    lines += ["", versions("augkit", "numpy", "opencv-python-headless", "scikit-learn")]
    print("\n".join(lines))
    if options.save:
        RESULTS.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
