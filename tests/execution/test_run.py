import threading
import time
from collections.abc import Iterator

import pytest

from augkit.execution import available_workers, run


@pytest.mark.parametrize("workers", [1, 2, 7])
def test_every_item_gives_one_result(workers):
    assert sorted(run(lambda n: n * n, range(100), workers)) == [n * n for n in range(100)]


def test_no_more_items_are_taken_than_are_under_way():
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        for number in range(1000):
            taken += 1
            yield number

    results = run(lambda n: n, items(), workers=2)
    for received in range(1, 200):
        next(results)
        assert taken - received <= 2 * 4
    results.close()
    assert taken < 220


def test_workers_work_at_the_same_time():
    meet = threading.Barrier(3, timeout=10)
    assert len(list(run(lambda n: meet.wait(), range(3), workers=3))) == 3


def test_the_first_error_ends_the_run_and_stops_what_is_under_way():
    stop = threading.Event()
    waited = []

    def work(number: int) -> int:
        if number == 0:
            raise ValueError("broken")
        waited.append(stop.wait(10))
        return number

    started = time.monotonic()
    with pytest.raises(ValueError, match="broken"):
        list(run(work, range(100), workers=2, stop=stop))
    assert time.monotonic() - started < 5
    assert all(waited)
    assert len(waited) < 5


def test_leaving_early_leaves_no_worker_behind():
    before = threading.active_count()
    results = run(lambda n: n, range(1000), workers=4)
    next(results)
    results.close()
    assert threading.active_count() == before


def test_available_workers_are_those_this_process_may_use():
    assert available_workers() >= 1
