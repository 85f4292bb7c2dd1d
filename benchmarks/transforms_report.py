"""What benchmarks/transforms.py found, as Markdown: ratios beside the aims first, then everything."""

import datetime
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from limits import Distance
from measuring import cpu_model, ratios, spread, versions
from peers.client import Measured
from peers.steps import CHAINS, PIPELINES, STEPS

import augkit

Column = tuple[int, int]
"""Side of the pictures in pixels, and how many of them in one call (0 for one)."""

COLUMNS: tuple[Column, ...] = ((32, 0), (32, 128), (224, 0), (512, 0), (1024, 0))
AIMS = {
    ("classic", "albumentations"): (10, 30, 14, 16, 17),
    ("classic without PCA", "albumentations"): (7, 20, 8, 8, 8),
    ("common", "augrs"): (1.0, 2.5, 3, 4, 4),
}
MANY = ("augkit", "augrs", "imgaug") if hasattr(augkit.Pipeline, "batch") else ("augrs", "imgaug")
ALONE = (1.5, None, 1.0, 1.0, 1.0)
"""What every single transform is to reach against Albumentations."""


class Result(NamedTuple):
    """Everything that was measured."""

    measured: list[Measured]
    distances: list[Distance]
    shares: dict[tuple[str, int], dict[str, float]]
    missing: dict[str, str]
    packages: dict[str, str]


def report(result: Result, rounds: int, turn: float) -> str:
    """Return the whole report."""
    sizes = sorted({one.size for one in result.measured})
    lines = [
        "# Transforms against other libraries",
        "",
        f"How many times as long as augkit the others take for one picture: median (min-max) of {rounds} interleaved "
        f"rounds, each ratio taken within a round, turns of about {turn * 1e3:g} ms, after 50 calls that don't count. "
        "Above 1 augkit is faster. "
        f"A photo, square, RGB uint8, one thread, processor time; {cpu_model()}; {datetime.date.today().isoformat()}.",
        "",
        "## Aims",
        "",
        *_aims(result.measured),
        "",
        "## Pipelines",
        "",
        "Batches go through a call of the library's own where it has one that draws new numbers for each picture "
        f"({', '.join(MANY)}), one by one otherwise.",
        "",
        *_measured(
            [one for one in result.measured if one.chain in PIPELINES],
            "pipeline and pixels",
            lambda one: f"{one.chain}, {one.size}{f', batch of {one.many}' if one.many else ''}",
        ),
    ]
    for size in sizes:
        alone = [one for one in result.measured if one.chain in STEPS and one.size == size]
        lines += ["", f"## Single transforms, {size} pixels", "", *_measured(alone, "transform", lambda one: one.chain)]
    if result.distances:
        lines += ["", "## Distance to the limit", "", *_distances(result.distances)]
    lines += ["", "## Where the time of a pipeline goes", "", *_shares(result.shares)]
    lines += ["", "## What each library was asked for", "", *_steps(result.measured)]
    wrong = [f"- {peer}: {reason}" for peer, reason in result.missing.items()]
    failed: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for one in result.measured:
        for side, reason in one.errors.items():
            failed[side, reason].append(f"{one.chain} at {one.size}")
    wrong += [f"- {side}: {reason} ({', '.join(jobs)})" for (side, reason), jobs in failed.items()]
    if wrong:
        lines += ["", "## What did not work", "", *wrong]
    here = versions("augkit", "albumentations", "numpy", "opencv-python-headless")
    there = "".join(f"; {peer}: {packages}" for peer, packages in result.packages.items())
    return "\n".join([*lines, "", f"Versions: {here}{there}.", ""])


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]


def _gain(one: Measured, side: str) -> list[float] | None:
    """Return how many times as long as augkit a side took, round by round."""
    if side not in one.seconds or "augkit" not in one.seconds:
        return None
    return ratios(one.seconds[side], one.seconds["augkit"])


def _aims(measured: Sequence[Measured]) -> list[str]:
    found = {(one.chain, one.size, one.many): one for one in measured}
    rows = []
    for (chain, side), aims in AIMS.items():
        cells = [f"{chain} against {side}"]
        for (size, many), aim in zip(COLUMNS, aims, strict=True):
            one = found.get((chain, size, many))
            gain = None if one is None else _gain(one, side)
            cells.append("not measured" if gain is None else _verdict(statistics.median(gain), aim))
        rows.append(cells)
    for name, chains in (
        ("slowest step of the pipelines, alone", {step for chain in PIPELINES.values() for step in chain}),
        ("slowest of all transforms, alone", set(STEPS)),
    ):
        cells = [f"{name}, against albumentations"]
        for (size, many), aim in zip(COLUMNS, ALONE, strict=True):
            gains = {
                chain: statistics.median(gain)
                for chain in chains
                if (one := found.get((chain, size, many))) and (gain := _gain(one, "albumentations"))
            }
            if aim is None or not gains:
                cells.append("" if aim is None else "not measured")
                continue
            slowest = min(gains, key=lambda chain: gains[chain])
            below = (
                f"{sum(gain < least for gain in gains.values())} below {least:g}"
                for least in sorted({aim, 1.0}, reverse=True)
            )
            cells.append(f"{_verdict(gains[slowest], aim)}: {slowest}; of {len(gains)} are {', '.join(below)}")
        rows.append(cells)
    head = [f"{size}, batch of {many}" if many else f"{size} pixels" for size, many in COLUMNS]
    return _table(["", *head], rows)


def _verdict(value: float, aim: float) -> str:
    return f"{value:.2f}, {'met' if value >= aim else '**missed**'} (>= {aim:g})"


def _measured(measured: Sequence[Measured], label: str, name: Callable[[Measured], str]) -> list[str]:
    sides = list(dict.fromkeys(side for one in measured for side in one.seconds if side != "augkit"))
    rows = []
    for one in measured:
        gains = [_gain(one, side) for side in sides]
        ours = f"{statistics.median(one.seconds['augkit']) * 1e6:.1f}" if "augkit" in one.seconds else "failed"
        rows.append([name(one), ours, *("" if gain is None else spread(gain) for gain in gains)])
    return _table([label, "augkit, us a picture", *sides], rows)


def _distances(found: Sequence[Distance]) -> list[str]:
    sizes = sorted({one.size for one in found})
    by_place = {(one.step, one.size): one for one in found}
    rows = []
    for step in dict.fromkeys(one.step for one in found):
        cells = [step]
        for size in sizes:
            one = by_place[step, size]
            cells += [f"{one.seconds * 1e6:.1f}", spread(one.over_copy, 1)]
        rows.append(cells)
    head = [text for size in sizes for text in (f"us at {size}", f"copies at {size}")]
    return [
        "Each step's operation alone, without drawing and checks: its time, and how many times that of copying the "
        "picture (or the result, if that is larger) into warm memory, which reads and writes every byte once.",
        "",
        *_table(["operation of", *head], rows),
    ]


def _shares(found: dict[tuple[str, int], dict[str, float]]) -> list[str]:
    stages = list(dict.fromkeys(stage for one in found.values() for stage in one))
    rows = [[stage, *(f"{one[stage]:.1%}" if stage in one else "" for one in found.values())] for stage in stages]
    return _table(["stage", *(f"{chain}, {size}" for chain, size in found)], rows)


def _steps(measured: Sequence[Measured]) -> list[str]:
    sides = list(dict.fromkeys(side for one in measured for side in one.seconds))
    asked = [step for step in STEPS if any(one.chain in (step, *PIPELINES) for one in measured)]
    rows = [[step, *(f"`{STEPS[step][side]}`" if side in STEPS[step] else "" for side in sides)] for step in asked]
    chains = [f"*{name}*: {', '.join(steps)}." for name, steps in CHAINS.items() if name in PIPELINES]
    return [
        "S is the side of the picture, M = S // 8. Every step happens at every call, with numbers drawn anew; borders "
        "are black. Ranges are those of augkit, or come as near as the library's parameters allow: torchvision, whose "
        "tensors are made off the clock, takes brightness and sharpness as factors and a fixed noise; imgaug cuts off "
        "each side on its own; Albumentations' contrast pivots on 0 and needs no mean. Pipelines give brightness and "
        "contrast to the others as one step.",
        "",
        *_table(["step", *sides], rows),
        "",
        *chains,
    ]
