"""The only place where workers start; knows nothing of images."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from threading import Event
from typing import TypeVar

from augkit.errors import whole_number

Item = TypeVar("Item")
Result = TypeVar("Result")

_AHEAD = 4  # items waiting for each worker: enough that none idles, few enough that memory stays small


def available_workers() -> int:
    """Return the number of processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def count_workers(workers: int | str | None) -> int:
    """Return the number of workers that an option asks for; None is "auto"."""
    if workers is None or workers == "auto":
        return available_workers()
    return whole_number("--workers", workers, 1, otherwise="auto or ")


def run(
    function: Callable[[Item], Result], items: Iterable[Item], workers: int, stop: Event | None = None
) -> Iterator[Result]:
    """Yield the results as they come, in any order, with a bounded number of items under way.

    Workers are threads: OpenCV, zlib, hashing and files let go of Python's lock, and threads start at once.
    The first exception ends the run: what has not begun is dropped, what is under way is told to `stop` and
    waited for.

    >>> sorted(run(abs, [-3, 2, -1], workers=2))
    [1, 2, 3]
    """
    if workers == 1:
        yield from map(function, items)
        return
    source = iter(items)
    executor = ThreadPoolExecutor(workers, thread_name_prefix="augkit")
    pending: set[Future[Result]] = set()
    try:
        while True:
            for item in islice(source, workers * _AHEAD - len(pending)):
                pending.add(executor.submit(function, item))
            if not pending:
                return
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
    finally:
        if stop is not None and pending:
            stop.set()
        executor.shutdown(wait=True, cancel_futures=True)
