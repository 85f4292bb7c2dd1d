"""What `augkit audit` finds of planted faults, beside cleanvision, imagededup and cleanlab: python benchmarks/audit.py.

The long-tailed CIFAR-10 folder (beside the project in ../shared/data/cifar10-lt, or named) is copied and spoilt: 5 %
wrong labels, 2 % near duplicates, 1 % exact ones, 1 % leaks from test into training, 1 % unreadable files, 1 % turned
ones. Precision is over findings, recall over planted faults. Peers run in an environment of their own. Times are taken
in turns on the same files without the unreadable ones.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from measuring import AUGKIT, cpu_model, ratios, spread, versions
from planting import Planted, plant

import augkit
from augkit.auditing.checks import wrong_label
from augkit.auditing.likelihood import out_of_fold
from augkit.auditing.report import Report
from augkit.execution import available_workers
from augkit.files.picture import quiet_codecs

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "shared" / "data" / "cifar10-lt"
ENVIRONMENT = HERE / ".env-audit"
PACKAGES = ("cleanvision==0.3.7", "PyWavelets", "scikit-learn", "matplotlib")
WITHOUT_DEPENDENCIES = "imagededup==0.3.3.post2"  # torch and torchvision, which its hashes don't need
COPIES = ("near-duplicate", "exact-duplicate", "leakage", "label-conflict")
SAME_CHECKS = "dark,bright,blurred,low-contrast,odd-size,odd-aspect,mode-mixture,exact-duplicate,near-duplicate,leakage"
"""What cleanvision looks for, too."""


def peer_python() -> Path:
    """Return the Python of the peers' environment, made if it is not there."""
    python, ready = ENVIRONMENT / "bin" / "python", ENVIRONMENT / "ready"
    if not ready.is_file() or ready.read_text() != " ".join(PACKAGES):
        print(f"making {ENVIRONMENT.name} with {' '.join(PACKAGES)}", file=sys.stderr)
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", WITHOUT_DEPENDENCIES], check=True)
        ready.write_text(" ".join(PACKAGES))
    return python


def ask_peer(python: Path, tool: str, folder: Path) -> dict[str, Any]:
    command = [python, HERE / "audit_peer.py", tool, folder]
    ran = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if ran.returncode:
        return {"crash": ran.stderr.strip().splitlines()[-1][:160]}
    return json.loads(ran.stdout.splitlines()[-1])


def score_copies(
    groups: Iterable[Sequence[str]], copies: Mapping[str, str], others: Mapping[str, str]
) -> tuple[int, int, int]:
    """Return true findings, findings, and planted copies found; a finding is true if it joins a copy with its source.

    Findings about `others`, planted too but not asked for here, don't count.
    """
    sets = [set(group) for group in groups]
    joined = [{copy for copy, source in copies.items() if {copy, source} <= group} for group in sets]
    aside = [any({copy, source} <= group for copy, source in others.items()) for group in sets]
    counted = [bool(found) for found, other in zip(joined, aside, strict=True) if found or not other]
    return sum(counted), len(counted), len(set().union(*joined))


def row(name: str, true: int, findings: int, found: int, planted: int) -> str:
    precision = f"{true / findings:.3f}" if findings else "-"
    return f"| {name} | {planted} | {findings} | {precision} | {found / planted:.3f} |"


def files_of(report: Report, *checks: str) -> list[tuple[str, ...]]:
    return [finding.files for finding in report.findings if finding.check in checks]


def findings_table(report: Report, planted: Planted) -> list[str]:
    """Return the rows of augkit's own checks."""
    every = planted.copies
    rows = []
    for check, copies in (
        ("near-duplicate", planted.near),
        ("exact-duplicate", planted.exact),
        ("leakage", planted.leaked),
    ):
        others = {copy: source for copy, source in every.items() if copy not in copies}
        rows.append(row(check, *score_copies(files_of(report, check), copies, others), len(copies)))
    singles = (("unreadable", planted.broken), ("exif-rotation", planted.turned), ("wrong-label", planted.flipped))
    for check, files in singles:
        named = {files_found[0] for files_found in files_of(report, check)}
        rows.append(row(check, len(named & files), len(named), len(named & files), len(files)))
    return rows


def labels_table(report: Report, planted: Planted) -> list[str]:
    """Return wrong labels as augkit finds them, and as cleanlab does by itself on the same features."""
    from cleanlab.filter import find_label_issues
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import average_precision_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    table = report.table
    codes = np.unique([table.labels[place] for place in table.usable], return_inverse=True)[1]
    names = [table.ids[place] for place in table.usable]
    wrong = np.array([name in planted.flipped for name in names])
    flagged = {files[0] for files in files_of(report, "wrong-label")}
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    features = table.features.astype(float)
    linear = cross_val_predict(LogisticRegression(max_iter=2000), features, codes, cv=folds, method="predict_proba")
    ours = out_of_fold(table.features, codes)
    sides = [
        ("augkit audit", ours, np.array([name in flagged for name in names])),
        ("cleanlab, augkit's probabilities", ours, find_label_issues(codes, ours, n_jobs=1)),
        ("cleanlab, logistic regression", linear, find_label_issues(codes, linear, n_jobs=1)),
    ]
    rows = []
    for name, likely, found in sides:
        true = int((found & wrong).sum())
        precision, recall = true / max(1, found.sum()), true / wrong.sum()
        f1 = 2 * precision * recall / max(precision + recall, 1e-12)
        ranked = average_precision_score(wrong, -likely[np.arange(len(codes)), codes])
        rows.append(f"| {name} | {found.sum()} | {precision:.3f} | {recall:.3f} | {f1:.3f} | {ranked:.3f} |")
    return rows


def peers_table(python: Path, whole: Path, readable: Path, planted: Planted) -> tuple[list[str], list[str]]:
    """Return the rows of the peers, and how they ended on the folder with unreadable files."""
    copies = planted.copies
    ends, rows = [], []
    for tool in ("cleanvision", "imagededup"):
        ran = ask_peer(python, tool, whole)
        ends.append(f"{tool}: {ran.get('crash') or 'came to its end'}")
        ran = ask_peer(python, tool, readable) if "crash" in ran else ran
        if "crash" in ran:
            ends.append(f"{tool}, without the unreadable files: {ran['crash']}")
            continue
        groups = ran["pairs"] if "pairs" in ran else ran["exact_duplicates"] + ran["near_duplicates"]
        rows.append(row(f"{tool} {ran['version']}", *score_copies(groups, copies, {}), len(copies)))
    return rows, ends


def time_sides(python: Path, folder: Path, rounds: int) -> dict[str, list[float]]:
    """Return the pictures a second of each side, in turns."""

    def ours(checks: str) -> Callable[[], float]:
        def run() -> float:
            command = [AUGKIT, "audit", folder, "--json", "--fail-on", "never", "--checks", checks]
            report = json.loads(subprocess.run(list(map(str, command)), capture_output=True, check=True).stdout)
            return report["images"] / report["seconds"]

        return run

    def cleanvision() -> float:
        ran = ask_peer(python, "cleanvision", folder)
        return ran["images"] / ran["seconds"]

    sides = {
        "augkit, the same checks": ours(SAME_CHECKS),
        "augkit, all checks": ours("all"),
        "cleanvision": cleanvision,
    }
    rates: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            rates[name].append(side())
    return rates


def without(folder: Path, planted: Planted, target: Path) -> Path:
    shutil.copytree(folder, target)
    for name in planted.broken:
        (target / name).unlink()
    return target


def untouched_table(folder: Path) -> list[str]:
    """Return what is doubted where nothing was planted, with and without regard to how frequent the classes are."""
    lines = []
    for name, fair in (("augkit audit", wrong_label.FAIR), ("by likelihood alone", 1.0)):
        with patch.object(wrong_label, "FAIR", fair):
            report = augkit.audit(folder, checks="wrong-label")
        doubted = [finding.files[0] for finding in report.findings]
        rare = [file for file in doubted if report.classes[file.partition("/")[0]] < 50]
        lines.append(f"| {name} | {len(doubted)} | {len(rare)} |")
    return lines


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[2])
    parser.add_argument("folder", type=Path, nargs="?", default=DATA, help="with train and test (default: CIFAR-10)")
    parser.add_argument(
        "--photos", type=Path, default=DATA.parent / "bccd" / "images", help="larger ones, for the time"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/audit.md")
    parser.add_argument("--date", default="")
    options = parser.parse_args(arguments)
    if not options.folder.is_dir():
        sys.exit(f"{options.folder} is not there: name a folder with train and test")
    quiet_codecs()
    python = peer_python()
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / "whole"
        planted = plant(options.folder, whole)
        readable = without(whole, planted, Path(scratch) / "readable")
        report = augkit.audit(whole)
        peers, ends = peers_table(python, whole, readable, planted)
        header = "| planted | findings | precision | recall |\n|---|---|---|---|---|"
        lines = [
            "# augkit audit on planted faults", "",
            f"{report.images:,} pictures of CIFAR-10, long-tailed, with faults planted by `benchmarks/planting.py`"
            f"{'; ' + options.date if options.date else ''}.", "",
            f"| check {header}", *findings_table(report, planted), "",
            "All copies together, whatever they are called:", "",
            f"| tool {header}",
            row("augkit audit", *score_copies(files_of(report, *COPIES), planted.copies, {}), len(planted.copies)),
            *peers, "",
            "Two of five near duplicates are mirrored, which neither peer looks for by itself.", "",
            "With the unreadable files in the folder:", "", *[f"- {end}" for end in ends], "",
            "Wrong labels, on the same features; the last column ranks all pictures by how likely their label is:", "",
            "| side | flagged | precision | recall | F1 | average precision |", "|---|---|---|---|---|---|",
            *labels_table(report, planted), "",
            "Doubted in the untouched training folder, of which no label is known to be wrong:", "",
            "| | pictures | of classes with less than 50 |", "|---|---|---|",
            *untouched_table(options.folder / "train"), "",
        ]  # fmt: skip
        for title, folder in (("32x32", readable), ("photos", options.photos)):
            if folder.is_dir():
                rates = time_sides(python, folder, options.rounds)
                faster = {name: spread(ratios(rate, rates["cleanvision"])) for name, rate in rates.items()}
                machine = f"{available_workers()} cores ({cpu_model()})"
                lines += [f"Pictures a second, {title}, median of {options.rounds} rounds in turns, {machine}:", "",
                          "| side | pictures a second | times cleanvision |", "|---|---|---|",
                          *[f"| {name} | {statistics.median(rates[name]):,.0f} | {faster[name]} |" for name in rates],
                          ""]  # fmt: skip
    packages = ("augkit", "numpy", "opencv-python-headless", "scikit-learn", "cleanlab")
    lines += [f"Versions: {versions(*packages)}; "
              f"peers in an environment of their own: {PACKAGES[0]}, {WITHOUT_DEPENDENCIES}.", ""]  # fmt: skip
    text = "\n".join(lines)
    print(text)
    if options.save:
        target = HERE / "results" / "audit.md"
        target.parent.mkdir(exist_ok=True)
        target.write_text(text)


if __name__ == "__main__":
    main()
