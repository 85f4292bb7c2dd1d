"""Which transforms give the same bytes on OpenCV 4.12 as on 5, and which differ and by how much.

augkit asks for OpenCV 5. This makes an environment of its own with opencv-python-headless 4.12, where augkit is
installed without its dependencies, runs every transform in both, and compares. What doesn't run there is said.

Usage: python benchmarks/opencv_versions.py
"""

import pickle
import subprocess
import sys
import venv
from collections import Counter
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).parents[1]
HOME = ROOT / "benchmarks" / ".env-opencv4"
RESULTS = ROOT / "benchmarks" / "results" / "opencv_versions.md"
PACKAGES = (
    "opencv-python-headless==4.12.0.88",
    "numpy",
    "pillow",
    "pydantic",
    "pyyaml",
    "scikit-learn",
    "simplejpeg>=1.8",
    "stringzilla>=5.3",
)
KINDS = ("uint8", "uint16", "float32")
COPIES = 8


def pictures(kind: str) -> dict[str, np.ndarray]:
    """Return a photo of this dtype in grey, RGB, RGBA and with five channels."""
    from sklearn.datasets import load_sample_images

    photo = load_sample_images().images[0][100:260, 200:420]
    white = 1.0 if kind == "float32" else float(np.iinfo(kind).max)
    values = photo * (white / 255)
    colors = values.astype(kind) if kind == "float32" else np.rint(values).astype(kind)
    alpha = np.full((*colors.shape[:2], 1), white, kind)
    many = np.concatenate([colors, colors[..., :2]], axis=2)
    shapes = {
        "grey": colors[..., 1],
        "RGB": colors,
        "RGBA": np.concatenate([colors, alpha], axis=2),
        "5 channels": many,
    }
    return {name: np.ascontiguousarray(image) for name, image in shapes.items()}


def run_all() -> dict[tuple[str, str, str], list[np.ndarray] | str]:
    """Return what each transform makes of each picture, or why it can't."""
    from augkit import Pipeline
    from augkit.transforms.catalog import catalog

    done: dict[tuple[str, str, str], list[np.ndarray] | str] = {}
    ours = {name: kind for name, kind in catalog().items() if name != "albumentations"}
    for name, kind in ours.items():
        for dtype in KINDS:
            for shape, image in pictures(dtype).items():
                try:
                    pipeline = Pipeline([kind()], seed=5)
                    done[name, dtype, shape] = [pipeline(image, key=(shape, copy)) for copy in range(COPIES)]
                except Exception as error:  # whatever it is, it goes into the table
                    done[name, dtype, shape] = f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"
    return done


def run_with_opencv_4() -> tuple[str, dict[tuple[str, str, str], list[np.ndarray] | str]]:
    """Return the version of the other OpenCV and what every transform makes with it."""
    python = HOME / "bin" / "python"
    if not python.exists():
        venv.create(HOME, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", "--editable", ROOT], check=True)
    ran = subprocess.run([python, __file__, "--run"], check=True, capture_output=True)
    return pickle.loads(ran.stdout)  # of our own making


def compare(ours: list[np.ndarray] | str, others: list[np.ndarray] | str) -> tuple[str, float, float]:
    """Return a verdict, the largest difference in 255ths of white, and the share of values that differ."""
    if isinstance(others, str) or isinstance(ours, str):
        return (others if isinstance(others, str) else f"only on 5: {ours}"), 0.0, 0.0
    white = 1.0 if ours[0].dtype == np.float32 else float(np.iinfo(ours[0].dtype).max)
    distances = [np.abs(a.astype(np.float64) - b) / white * 255 for a, b in zip(ours, others, strict=True)]
    most, share = max(part.max() for part in distances), np.mean([(part > 0).mean() for part in distances])
    return "same" if most == 0 else "differs", float(most), float(share)


def told(verdicts: dict[str, tuple[str, float, float]]) -> str:
    """Return the cell of a transform and a dtype, over the kinds of pictures."""
    broken = {shape: verdict for shape, (verdict, _, _) in verdicts.items() if verdict not in ("same", "differs")}
    fine = [(most, share) for verdict, most, share in verdicts.values() if verdict in ("same", "differs")]
    cells = []
    if fine:
        most, share = (max(part) for part in zip(*fine, strict=True))
        cells.append("same" if most == 0 else f"{most:.2g} ({share:.1%})")
    if broken:
        cells.append("does not run" if not fine else f"does not run: {', '.join(broken)}")
    return "; ".join(cells)


def main() -> None:
    """Print the table and write it down."""
    theirs_version, theirs = run_with_opencv_4()
    ours = run_all()
    lines = [
        f"# Transforms on OpenCV {theirs_version} against {cv2.__version__}",
        "",
        "The largest difference in 255ths of white, and the largest share of values that differ, over "
        f"{COPIES} draws of pictures in grey, RGB, RGBA and of 5 channels. Where several operations are drawn, one may "
        "magnify what another left: a level beyond a threshold is solarized, equalizing spreads neighbours.",
        "",
        "| transform | " + " | ".join(KINDS) + " |",
        "|---|" + "---|" * len(KINDS),
    ]
    reasons: Counter[str] = Counter()
    for name in dict.fromkeys(transform for transform, _, _ in ours):
        cells = []
        for dtype in KINDS:
            keys = [key for key in ours if key[:2] == (name, dtype)]
            verdicts = {key[2]: compare(ours[key], theirs[key]) for key in keys}
            reasons.update(verdict for verdict, _, _ in verdicts.values() if verdict not in ("same", "differs"))
            cells.append(told(verdicts))
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    lines += ["", "What does not run, and how often:", ""]
    lines += [f"- {count} times `{reason}`" for reason, count in reasons.most_common()]
    text = "\n".join(lines) + "\n"
    print(text, end="")
    RESULTS.write_text(text)


if __name__ == "__main__":
    if sys.argv[1:] == ["--run"]:
        sys.stdout.buffer.write(pickle.dumps((cv2.__version__, run_all())))
    else:
        main()
