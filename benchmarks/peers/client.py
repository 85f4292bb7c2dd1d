"""The other end of worker.py: starts workers, asks them, and takes turns between sides."""

import json
import math
import os
import random
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, Self

from peers.steps import texts

_WORKER = Path(__file__).with_name("worker.py")
_WARM, _WARMING = 50, 1.0  # calls before the first turn, unless they take longer than so many seconds
_LONGEST = 2.0  # seconds of a turn: where one call takes longer than a third of it, a turn is shorter than wished


class SideError(Exception):
    """What a side could not do, as its worker says it."""


class Worker:
    """A process that times the sides of one environment, each call in one thread."""

    def __init__(self, python: str | Path, folder: Path) -> None:
        alone = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA", "RAYON")}
        # Settings that hold OpenBLAS to another processor's code would slow down whoever multiplies matrices.
        kept = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
        self._process = subprocess.Popen(
            [python, _WORKER, folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=kept | alone | {"NO_ALBUMENTATIONS_UPDATE": "1"},
        )

    def ask(self, **request: Any) -> Any:
        """Return the answer, or raise SideError."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            reply = json.loads(self._process.stdout.readline())
        except (OSError, ValueError):
            raise SideError(f"its process ended with {self._process.wait()}") from None
        if "error" in reply:
            raise SideError(reply["error"])
        return next(iter(reply.values()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()


class Measured(NamedTuple):
    """Seconds a picture of each side, round by round, for one chain at one size; what went wrong, by side."""

    chain: str
    size: int
    many: int
    seconds: dict[str, list[float]]
    errors: dict[str, str]


def measure(workers: Mapping[str, Worker], chain: str, size: int, many: int, *, rounds: int, turn: float) -> Measured:
    """Let all sides that know the chain take turns, in another order every round, each for so many seconds.

    A side that fails, or whose result has another size than the first side's, is left out and told of.
    """
    sides: dict[str, int] = {}
    expected = None
    errors: dict[str, str] = {}
    for side, worker in workers.items():
        if texts(chain, side) is None:
            continue
        question = {"side": side, "chain": chain, "size": size, "many": many}
        try:
            size_out = worker.ask(**question, calls=0)
            expected = expected or size_out
            if size_out != expected:
                raise SideError(f"its result is {size_out}, not {expected}")
            one = max(worker.ask(**question, calls=1), 1e-9)
            worker.ask(**question, calls=max(1, min(_WARM, math.ceil(_WARMING / one))))
            sides[side] = _calls(min(worker.ask(**question, calls=1) for _ in range(3)), turn)
        except SideError as error:
            errors[side] = str(error)
    seconds: dict[str, list[float]] = {side: [] for side in sides}
    for number in range(rounds):
        order = list(seconds)
        random.Random(number).shuffle(order)
        for side in order:
            try:
                taken = workers[side].ask(side=side, chain=chain, size=size, many=many, calls=sides[side])
            except SideError as error:
                errors[side] = str(error)
                del seconds[side]
            else:
                seconds[side].append(taken / sides[side] / (many or 1))
    return Measured(chain, size, many, seconds, errors)


def _calls(one: float, turn: float) -> int:
    return max(math.ceil(turn / one), min(3, math.ceil(_LONGEST / one)))
