"""Judging transforms: where augmented pictures come to lie, then a dry run of what looks doubtful."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from augkit.assessment.dry_run import DryRun
from augkit.assessment.estimate import Estimate
from augkit.assessment.material import Material, Progress
from augkit.assessment.neighbors import Neighbors, Rows, confusions, find
from augkit.assessment.sampling import cut
from augkit.assessment.verdict import (
    AGREES,
    DROP,
    DROP_BELOW,
    UNSURE,
    Case,
    ClassFinding,
    Swap,
    Verdict,
    decide,
    explain,
    find_swaps,
)
from augkit.transforms.base import Transform

_CASES = 6  # worst cases kept of each transform
_POINTS = 100.0

Floats = npt.NDArray[np.float64]


def judge(material: Material, steps: Sequence[Transform], progress: Progress) -> tuple[list[Verdict], Estimate, str]:
    """Return a verdict on each transform, the accuracy of a head without any, and why nothing can be told ("")."""
    pictures = material.pictures
    rows: dict[int, Rows] = {}
    for done, (number, found) in enumerate(material.describe([None, *steps])):
        rows[number] = found
        progress("augment", done, len(steps))
    clean = rows.pop(0)
    near = find(clean, clean, pictures)
    seen = [_look(step, rows.pop(number), clean, near, material) for number, step in enumerate(steps, 1)]
    doubtful = [one for one in seen if one.agreement.value < AGREES]
    trial = DryRun.of(clean, pictures.labels, cut(pictures, material.seed), [one.rows for one in doubtful])
    hits: dict[int | None, Floats] = {}
    strength = trial.choose_strength(material.workers)
    for done, (place, right) in enumerate(trial.hits(strength, material.workers)):
        hits[place] = right
        if doubtful:
            progress("try", done, len(doubtful))
    accuracy = pictures.balanced(hits[None])
    chance = 1.0 / len(material.names)
    if _POINTS * (accuracy.low - chance) < -DROP_BELOW:
        why = (
            f"Nothing is dropped, since the features can't tell the classes apart: held-out accuracy "
            f"{accuracy.value:.0%} ({accuracy.low:.0%} to {accuracy.high:.0%}), chance {chance:.0%}."
        )
        return [unsure(step, "the features can't tell the classes apart") for step in steps], accuracy, why
    gained = {one.step: hits[place] - hits[None] for place, one in enumerate(doubtful)}
    return [_conclude(one, gained.get(one.step), near, material) for one in seen], accuracy, ""


def unsure(step: Transform, why: str) -> Verdict:
    """Return the verdict that there can be none."""
    return Verdict(step, UNSURE, f"kept, not judged: {why}")


class _Seen(NamedTuple):
    """Where the augmented pictures of a transform lie."""

    step: Transform
    rows: Rows
    neighbors: Neighbors
    agreement: Estimate


def _look(step: Transform, rows: Rows, clean: Rows, near: Neighbors, material: Material) -> _Seen:
    pictures = material.pictures
    found = find(rows, clean, pictures)
    agreement = pictures.balanced_ratio(_own(found, material), _own(near, material))
    return _Seen(step, rows, found, agreement)


def _own(found: Neighbors, material: Material) -> Floats:
    labels = material.pictures.labels
    return (labels[found.places] == labels).astype(np.float64)


def _conclude(one: _Seen, gained: Floats | None, near: Neighbors, material: Material) -> Verdict:
    """Return the verdict; `gained` is the share of repeats more or less that the dry run got each picture right."""
    pictures, names = material.pictures, material.names
    effect = None if gained is None else pictures.balanced(gained, _POINTS)
    verdict = decide(one.agreement.value, None if effect is None else effect.value)
    own = pictures.ratio_by_class(_own(one.neighbors, material), _own(near, material))
    effects: Sequence[Estimate | None] = [None] * len(names) if gained is None else pictures.by_class(gained, _POINTS)
    swaps: tuple[Swap, ...] = ()
    if verdict == DROP:
        labels = pictures.labels
        before, after = (confusions(labels[found.places], pictures) for found in (near, one.neighbors))
        swaps = find_swaps(names, own, before, after)
    return Verdict(
        transform=one.step,
        verdict=verdict,
        reason=explain(verdict, one.agreement, effect, swaps),
        agreement=one.agreement,
        effect=effect,
        classes={name: ClassFinding(*found) for name, found in zip(names, zip(own, effects, strict=True), strict=True)},
        swaps=swaps,
        cases=tuple(_worst(one, near, material)),
    )


def _worst(one: _Seen, near: Neighbors, material: Material) -> Iterator[Case]:
    """Yield the pictures that went farthest into another class and did not lie there untouched, each pair once."""
    labels, names = material.pictures.labels, material.names
    misses = np.flatnonzero((one.neighbors.margins > 0) & (near.margins == 0))
    pairs: set[tuple[int, int]] = set()
    for place in misses[np.argsort(-one.neighbors.margins[misses], kind="stable")].tolist():
        other = int(one.neighbors.places[place])
        pair = int(labels[place]), int(labels[other])
        if pair not in pairs and len(pairs) < _CASES:
            pairs.add(pair)
            shown = (material.images[place], material.augment(one.step, place), material.images[other])
            yield Case(material.ids[place], names[pair[0]], material.ids[other], names[pair[1]], shown)
