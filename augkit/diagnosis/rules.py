"""The rules: each a pure function from curves to a symptom or None, with its threshold beside it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from augkit.diagnosis.curves import Array, Curves

FEWEST = 3
"""With fewer epochs only NaN and overflow can be seen."""
OVERFLOW = 1e4
"""A loss so many times the first one is as good as infinite."""
DIVERGED = 1.3
"""Diverging: the training loss never falls by 2 %, and the median of its last third is so many times the first."""
JUMP = 1.5
"""A jump: a loss so many times the median of the five epochs before it, ..."""
JUMP_SPREADS = 6.0
"""... and so many times their usual change above it."""
SWING = 0.15
"""Oscillation: over a third of the training the loss changes by this part of its level from epoch to epoch, ..."""
TURNS = 0.5
"""... turning at so many of the epochs, ..."""
CALM = 3.0
"""... and, where it began suddenly, so many times as much as before."""
WORSE = 1.1
"""Overfitting: at the end the validation loss is so many times its least, ..."""
LEARNT = 0.95
"""... while the training loss fell to this part of what it was at that epoch, or less."""
LITTLE = 0.8
"""Underfitting: the training loss ends above this part of its first value, ..."""
STILL = 0.02
"""... and fell by less than this part over the last third."""
FALLING = 0.05
"""Too few epochs: of all that the loss fell, this part or more fell over the last quarter."""


@dataclass(frozen=True)
class Symptom:
    """What a curve shows.

    Parameters
    ----------
    name : str
        In kebab case.
    reason : str
        What is seen, in plain words.
    epoch : float or None
        When it began.
    value, threshold : float
    """

    name: str
    reason: str
    epoch: float | None
    value: float
    threshold: float


def not_finite(curves: Curves) -> Symptom | None:
    """Return where a loss became NaN, infinite, or so large that it is as good as that."""
    for name, losses in _named(curves):
        bad = ~np.isfinite(losses) if name == "training" else np.isinf(losses)
        large = np.abs(losses) > OVERFLOW * max(abs(losses[0]), 1e-12) if np.isfinite(losses[0]) else bad
        if (bad | large).any():
            place = int(np.argmax(bad | large))
            what = f"{losses[place]:.3g}" if np.isfinite(losses[place]) else "NaN or infinite"
            return Symptom(
                "not-finite", f"the {name} loss is {what}", float(curves.epochs[place]), float(losses[place]), OVERFLOW
            )
    return None


def diverging(curves: Curves) -> Symptom | None:
    """Return whether the training loss rises from the start."""
    losses = curves.train
    if len(curves) < FEWEST or not np.isfinite(losses).all():
        return None
    times = float(np.median(losses[-max(1, len(losses) // 3) :]) / losses[0])
    if losses.min() > 0.98 * losses[0] and times > DIVERGED:
        return Symptom("diverging", f"the training loss only rises: {times:.1f} times the first at the end",
                       float(curves.epochs[0]), times, DIVERGED)  # fmt: skip
    return None


def jump(curves: Curves) -> Symptom | None:
    """Return the largest sudden jump of the training loss."""
    losses = curves.train
    if not_finite(curves):
        return None
    largest: Symptom | None = None
    for place in range(FEWEST, len(losses)):
        before = losses[max(0, place - 5) : place]
        level = float(np.median(before))
        usual = float(np.median(np.abs(np.diff(before)))) + 1e-12
        times = losses[place] / max(level, 1e-12)
        if times >= JUMP and losses[place] - level > JUMP_SPREADS * usual and (not largest or times > largest.value):
            reason = f"the training loss jumps to {times:.1f} times what it was"
            largest = Symptom("jump", reason, float(curves.epochs[place]), float(times), JUMP)
    return largest


def oscillation(curves: Curves) -> Symptom | None:
    """Return whether the training loss swings up and down, and since when."""
    losses = curves.train
    window = max(6, len(losses) // 3)
    if len(losses) < window or not_finite(curves) or diverging(curves):
        return None
    swings = [_swing(losses[start : start + window]) for start in range(len(losses) - window + 1)]
    wild = [start for start, (size, turns) in enumerate(swings) if size > SWING and turns >= TURNS]
    if not wild or wild[-1] < len(swings) - window // 2 - 1:  # it has calmed down
        return None
    first = wild[0]
    size = swings[first][0]
    changes = np.abs(np.diff(losses)) / np.maximum(losses[:-1], 1e-12)
    begin = first + int(np.argmax(changes[first : first + window - 1] > SWING))
    calm = float(changes[:begin].mean()) if begin >= FEWEST else np.inf
    sudden = "suddenly " if size > CALM * calm else ""
    return Symptom("oscillation", f"the training loss {sudden}swings by {size:.0%} of its level from epoch to epoch",
                   float(curves.epochs[begin]), size, SWING)  # fmt: skip


def overfitting(curves: Curves) -> Symptom | None:
    """Return whether the validation loss rises while the training loss falls, and since when."""
    losses = curves.validation
    if losses is None or len(curves) < FEWEST or not np.isfinite(losses).all() or not np.isfinite(curves.train).all():
        return None
    best = int(np.argmin(losses))
    rise = float(np.median(losses[-3:]) / max(losses[best], 1e-12))
    fall = curves.train[-1] / max(curves.train[best], 1e-12)
    if best < len(curves) - 2 and rise > WORSE and fall < LEARNT:
        return Symptom("overfitting", f"the validation loss is {rise:.2f} times its least, the training loss fell on",
                       float(curves.epochs[best]), rise, WORSE)  # fmt: skip
    return None


def underfitting(curves: Curves) -> Symptom | None:
    """Return whether the training loss hardly falls, and has come to rest."""
    losses = curves.train
    if len(curves) < 2 * FEWEST or not np.isfinite(losses).all() or diverging(curves):
        return None
    last = losses[-max(2, len(losses) // 3) :]
    left = float(np.median(last) / losses[0])
    if left > LITTLE and _fall(last) < STILL:
        return Symptom("underfitting", f"the training loss rests at {left:.0%} of its first value",
                       None, left, LITTLE)  # fmt: skip
    return None


def too_few_epochs(curves: Curves) -> Symptom | None:
    """Return whether the loss that counts was still falling when the training ended."""
    losses = curves.validation if curves.validation is not None else curves.train
    if len(curves) < 2 * FEWEST or not np.isfinite(losses).all() or overfitting(curves) or underfitting(curves):
        return None
    last = losses[-max(3, len(losses) // 4) :]
    fall = _fall(last) * float(abs(last[0]) / max(losses[0] - losses.min(), 1e-12))
    if fall > FALLING and losses[-3:].min() == losses.min():
        which = "validation" if curves.validation is not None else "training"
        return Symptom("too-few-epochs", f"the {which} loss still falls: {fall:.0%} of its fall is in the last quarter",
                       None, fall, FALLING)  # fmt: skip
    return None


RULES: tuple[Callable[[Curves], Symptom | None], ...] = (
    not_finite, diverging, jump, oscillation, overfitting, underfitting, too_few_epochs,
)  # fmt: skip
"""All rules, the gravest first."""


def _named(curves: Curves) -> list[tuple[str, Array]]:
    return [("training", curves.train), *([("validation", curves.validation)] if curves.validation is not None else [])]


def _swing(losses: Array) -> tuple[float, float]:
    """Return the mean change from epoch to epoch as a part of the level, and how often it turns."""
    changes = np.diff(losses)
    turns = float(np.mean(np.sign(changes[1:]) != np.sign(changes[:-1])))
    return float(np.mean(np.abs(changes)) / max(float(np.mean(losses)), 1e-12)), turns


def _fall(losses: Array) -> float:
    """Return by what part of its first value a line through the losses falls."""
    slope, start = np.polyfit(np.arange(len(losses)), losses, 1)
    return float(-slope * (len(losses) - 1) / max(abs(start), 1e-12))
