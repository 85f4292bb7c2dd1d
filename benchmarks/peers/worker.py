"""A process that times the sides of one environment, called by benchmarks/transforms.py over a pipe.

Usage: python worker.py FOLDER, with pictures as FOLDER/SIZE.npy. Each line in is a request as JSON, with side, chain,
size, many (0 for one picture) and calls; each line out an answer: seconds of all calls, or with 0 calls height and
width of the result. What goes wrong is answered as "error", on one line.

Seconds are the processor's: every side has one thread and waits for nothing, so that on a quiet machine they are those
of the clock on the wall, and on a busy one they count the side alone.
"""

import json
import os
import sys
import time
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import sides
import steps

FOLDER = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()


@cache
def side_of(name: str) -> sides.Side:
    """Return the library of this name, imported."""
    return getattr(sides, name)()


@cache
def picture_of(name: str, size: int, many: int) -> Any:
    """Return the picture, or many of it, as the library wants it."""
    picture = np.load(FOLDER / f"{size}.npy")
    return side_of(name).prepared(np.stack([picture] * many) if many else picture)


@cache
def call_of(name: str, chain: str, size: int, many: int) -> sides.Call:
    """Return the chain of steps as one call for a picture, or for many."""
    side = side_of(name)
    made = steps.make(chain, name, size, side.names)
    if not many:
        return side.chain(made)
    if side.chain_many is not None:
        return side.chain_many(made)
    one = side.chain(made)
    return lambda pictures: [one(picture) for picture in pictures]


def answer(side: str, chain: str, size: int, many: int, calls: int) -> dict[str, Any]:
    """Return seconds, or with no calls the size of what comes out."""
    call, picture = call_of(side, chain, size, many), picture_of(side, size, many)
    if not calls:
        done = call(picture)
        return {"size": side_of(side).size_of(done[0] if many else done)}
    started = time.process_time()
    for _ in range(calls):
        call(picture)
    return {"seconds": time.process_time() - started}


def main() -> None:
    """Answer until there is nothing more to read; libraries may print what they like, but not between the answers."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        try:
            reply = answer(**json.loads(line))
        except Exception as error:  # a peer that fails is reported, and the others go on
            reply = {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
        print(json.dumps(reply), file=answers, flush=True)


if __name__ == "__main__":
    main()
