"""Rows that are kept are those that would be computed, and are computed once."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from augkit.features import cache
from augkit.features.base import PictureFeatures
from augkit.features.classic import HOGFeatures
from augkit.features.hog import Floats
from augkit.kernels.view import to_view


class Counting(PictureFeatures):
    """Mean and spread of a view; counts what it is asked for."""

    def __init__(self, maker: bytes | None = b"1", cache_folder=None) -> None:
        self.maker = maker
        self.cache_folder = cache_folder
        self.computed = 0

    def view(self, picture):
        return to_view(picture, 8)

    def _compute(self, views) -> Floats:
        self.computed += len(views)
        return np.array([[view.mean(), view.std()] for view in views], np.float32)

    def _maker(self):
        return self.maker


@pytest.fixture(autouse=True)
def forgetful(monkeypatch):
    monkeypatch.setattr(cache, "_memory", cache._Memory(1 << 20))


def some(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, 20, 20, 3), np.uint8)


def test_a_picture_is_computed_once_in_memory():
    features = Counting()
    first = features.transform(some(5))
    again = features.transform(np.concatenate([some(5), some(2, seed=1)]))
    np.testing.assert_array_equal(again[:5], first)
    assert features.computed == 7
    assert Counting().transform(some(5)).shape == (5, 2)


def test_other_makers_do_not_share_rows_and_without_one_nothing_is_kept():
    Counting(b"1").transform(some(3))
    other = Counting(b"2")
    other.transform(some(3))
    assert other.computed == 3
    unknown = Counting(None)
    unknown.transform(some(3))
    unknown.transform(some(3))
    assert unknown.computed == 6


def test_a_folder_keeps_rows_for_the_next_process(tmp_path, monkeypatch):
    first = Counting(cache_folder=tmp_path / "rows").transform(some(5))
    monkeypatch.setattr(cache, "_memory", cache._Memory(1 << 20))  # another process remembers nothing
    later = Counting(cache_folder=tmp_path / "rows")
    np.testing.assert_array_equal(later.transform(some(5)), first)
    assert later.computed == 0
    assert not list((tmp_path / "rows").glob(".*"))


def test_threads_share_a_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "_memory", cache._Memory(0))  # so that all of them read and write
    folder = tmp_path / "rows"
    expected = Counting(None).transform(some(40))
    with ThreadPoolExecutor(4) as pool:
        for rows in pool.map(lambda _: Counting(cache_folder=folder).transform(some(40)), range(8)):
            np.testing.assert_array_equal(rows, expected)
    assert sum(path.is_file() for path in folder.rglob("*")) == 40


def test_a_damaged_row_is_computed_anew(tmp_path, monkeypatch):
    folder = tmp_path / "rows"
    first = Counting(cache_folder=folder).transform(some(3))
    damaged, emptied, _ = sorted(path for path in folder.rglob("*") if path.is_file())
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"\xff")
    emptied.write_bytes(b"")
    monkeypatch.setattr(cache, "_memory", cache._Memory(1 << 20))
    later = Counting(cache_folder=folder)
    np.testing.assert_array_equal(later.transform(some(3)), first)
    assert later.computed == 2


def test_memory_is_bounded_and_the_oldest_row_goes_first():
    memory = cache._Memory(3 * 8)
    rows = {bytes([number]): np.array([number, 0], np.float32) for number in range(4)}
    for key in list(rows)[:3]:
        memory.put(key, rows[key])
    assert memory.get(b"\0") is not None
    memory.put(b"\3", rows[b"\3"])
    assert memory.get(b"\1") is None
    assert all(memory.get(key) is not None for key in (b"\0", b"\2", b"\3"))


def test_kept_rows_are_those_computed_afresh(monkeypatch):
    pictures = some(200)
    monkeypatch.setattr(HOGFeatures, "batch_size", 64)
    features = HOGFeatures(None)
    np.testing.assert_array_equal(features.transform(pictures), features.transform(pictures[::-1])[::-1])


def test_a_folder_keeps_rows_that_were_known_before_it(tmp_path, monkeypatch):
    first = Counting().transform(some(5))
    Counting(cache_folder=tmp_path / "rows").transform(some(5))
    monkeypatch.setattr(cache, "_memory", cache._Memory(1 << 20))
    later = Counting(cache_folder=tmp_path / "rows")
    np.testing.assert_array_equal(later.transform(some(5)), first)
    assert later.computed == 0
