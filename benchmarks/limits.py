"""How far augkit is from what memory allows, and where the time of the classic pipeline goes.

Used by benchmarks/transforms.py. The limit of an operation is copying a picture of the size it reads or writes,
whichever is larger, into memory that is warm: every byte read and written once.
"""

import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from measuring import ratios
from peers.steps import STEPS, make

import augkit
from augkit.fusing import fused, perform
from augkit.kernels import one_thread

_WARM = 40  # calls; by then the pipeline is written down
_WHOLE, _WRITTEN = "whole, step by step", "the whole, written down as one function"


class Distance(NamedTuple):
    """How many times a copy an operation takes, round by round, and its own seconds."""

    step: str
    size: int
    over_copy: list[float]
    seconds: float


def pipeline_of(chain: str, size: int) -> augkit.Pipeline:
    """Return the pipeline that the worker makes of the same texts."""
    names = {name: getattr(augkit, name) for name in augkit.__all__}
    return augkit.Pipeline(make(chain, "augkit", size, names), border="constant")


def distances(picture: np.ndarray, *, rounds: int, turn: float) -> list[Distance]:
    """Return the distance of each step's operation, drawn anew every round, copies and operations interleaved."""
    found = []
    size = picture.shape[:2]
    with one_thread():
        for step in STEPS:
            pipeline, times, floors = pipeline_of(step, size[0]), [], []
            for _ in range(rounds):
                operation = fused(pipeline.draw(size), size)[0]
                done = operation.apply_image(picture, pipeline.view)
                source = max(picture, done, key=lambda array: array.nbytes)
                target = np.empty_like(source)
                times.append(_time(lambda op=operation, view=pipeline.view: op.apply_image(picture, view), turn))
                floors.append(_time(lambda to=target, of=source: np.copyto(to, of), turn))
            found.append(Distance(step, size[0], ratios(times, floors), statistics.median(times)))
    return found


def _time(call: Callable[[], object], turn: float) -> float:
    """Return seconds a call: once to warm up, then as often as fits into the turn."""
    call()
    started = time.process_time()
    call()
    calls = max(3, int(turn / (time.process_time() - started)))
    started = time.process_time()
    for _ in range(calls):
        call()
    return (time.process_time() - started) / calls


def shares(picture: np.ndarray, chain: str, *, seconds: float) -> dict[str, float]:
    """Return the share of each stage where a chain is done step by step, from medians; operations go by their classes.

    Stages are timed on their own, between calls of the whole pipeline; what these take beyond is checks and the rest.
    Last comes what a call takes once the pipeline is written down as one function, in parts of the same whole.
    """
    size = picture.shape[:2]
    pipeline = pipeline_of(chain, size[0])
    spent: defaultdict[str, list[float]] = defaultdict(list)
    clock = time.process_time
    with one_thread():
        number, end = 0, clock() + seconds
        while clock() < end or number < 2 * _WARM:
            number += 1
            key = ("picture", number)
            before_call = clock()
            pipeline(picture, key=key)
            started = clock()
            perform(pipeline.draw(size, key=key), picture, pipeline.view)
            before_draw = clock()
            drawn = pipeline.draw(size, key=key)
            after_draw = clock()
            operations = fused(drawn, size)
            after_fuse = clock()
            spent[_WRITTEN].append(started - before_call)
            spent[_WHOLE].append(before_draw - started)
            spent["draw"].append(after_draw - before_draw)
            spent["realize and fuse"].append(after_fuse - after_draw)
            image = picture
            in_stages: defaultdict[str, float] = defaultdict(float)  # of some kinds there are several
            for place, operation in enumerate(operations):
                before = clock()
                image = (operation.apply_over if place else operation.apply_image)(image, pipeline.view)
                in_stages[type(operation).__name__] += clock() - before
            for stage, taken in in_stages.items():
                spent[stage].append(taken)
    medians = {stage: statistics.median(taken[_WARM:]) for stage, taken in spent.items()}
    whole, written = medians.pop(_WHOLE), medians.pop(_WRITTEN)
    found = {stage: taken / whole for stage, taken in medians.items()}
    return found | {"checks and the rest": 1.0 - sum(found.values()), _WRITTEN: written / whole}
