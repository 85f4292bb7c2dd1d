"""How long oversampling takes beside imbalanced-learn, and how it grows.

Usage: python benchmarks/smote.py [--rounds 7] [--grow] [--save]

Two classes of float32 features; the rare one has the rows that the table names, the other three times as many. Rounds
are interleaved, both sides get the same data. `--grow` adds times and the peak of memory up to 200,000 rows of the rare
class, which grows by half there, ours alone (some minutes).
"""

import argparse
import resource
import statistics
import subprocess
import sys
import time
import warnings
from pathlib import Path

import imblearn.over_sampling as peers
import numpy as np
from measuring import cpu_model, ratios, spread, versions

import augkit

RESULTS = Path(__file__).parent / "results" / "smote.md"
FEATURES = 512
SIZES = (2_000, 5_000, 10_000, 20_000)
LARGE = (20_000, 50_000, 100_000, 200_000)


def rows(rare: int, common: int) -> tuple[np.ndarray, np.ndarray]:
    """Return features of two classes that overlap."""
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [common, rare])
    X = rng.standard_normal((len(y), FEATURES), dtype=np.float32)
    X[y == 1] += np.float32(0.05)
    return X, y


def seconds(sampler: object, X: np.ndarray, y: np.ndarray) -> float:
    started = time.perf_counter()
    sampler.fit_resample(X, y)
    return time.perf_counter() - started


def compare(name: str, rare: int, rounds: int) -> str:
    """Return a row of the table: one sampler at one size."""
    X, y = rows(rare, 3 * rare)
    ours, theirs = [], []
    for number in range(rounds):
        ours.append(seconds(getattr(augkit, name)(random_state=number), X, y))
        theirs.append(seconds(getattr(peers, name)(random_state=number), X, y))
    return (
        f"| {name} | {rare:,} | {statistics.median(ours):.3f} | {statistics.median(theirs):.3f} | "
        f"{spread(ratios(theirs, ours))} |"
    )


def measure_growth(rare: int) -> str:
    """Return a row of the second table, measured in another process."""
    command = [sys.executable, __file__, "--one", str(rare)]
    row = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    print(row, flush=True)
    return row


def grow(rare: int) -> None:
    """Print seconds and peak memory of our SMOTE at one size, in a process of its own."""
    X, y = rows(rare, rare + rare // 2)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    taken = seconds(augkit.SMOTE(random_state=0), X, y)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"| {rare:,} | {taken:.1f} | {before / 2**20:.2f} | {peak / 2**20:.2f} |")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--grow", action="store_true")
    parser.add_argument("--save", action="store_true", help=f"write {RESULTS}")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        grow(options.one)
        return
    warnings.simplefilter("ignore")
    grown = [measure_growth(rare) for rare in LARGE] if options.grow else []  # first: this process is small still
    lines = [
        f"{FEATURES} features, float32; the rare class becomes three times as large; {options.rounds} interleaved "
        f"rounds (3 at 20,000), medians; the ratio is the median of those within a round (least-most); {cpu_model()}",
        "",
        "| sampler | rows of the rare class | augkit, s | imbalanced-learn, s | times as long |",
        "|---|---|---|---|---|",
    ]
    print("\n".join(lines), flush=True)
    for name in ("SMOTE", "BorderlineSMOTE", "ADASYN"):
        for rare in SIZES if name == "SMOTE" else SIZES[:2]:
            lines.append(compare(name, rare, min(options.rounds, 3) if rare >= 20_000 else options.rounds))
            print(lines[-1], flush=True)
    if grown:
        lines += [
            "",
            "SMOTE of augkit, the rare class growing by half, once each in a process of its own:",
            "",
            "| rows of the rare class | s | peak before, with the data, GiB | peak after, GiB |",
            "|---|---|---|---|",
            *grown,
        ]
    lines += ["", versions("augkit", "imbalanced-learn", "scikit-learn", "numpy")]
    if options.save:
        RESULTS.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
