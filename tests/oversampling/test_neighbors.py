"""Exact neighbours, against scikit-learn's and within their memory."""

import tracemalloc

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from augkit import ADASYN, EOS, BorderlineSMOTE
from augkit.errors import AugkitError
from augkit.oversampling import neighbors
from augkit.oversampling.neighbors import FaissNeighbors, nearest, search


def plain(rows: np.ndarray, k: int, of: np.ndarray, among: np.ndarray) -> np.ndarray:
    distances = np.linalg.norm(rows[of][:, None].astype(float) - rows[among][None].astype(float), axis=2)
    distances[of[:, None] == among[None]] = np.inf
    return among[np.argsort(distances, axis=1, kind="stable")[:, :k]]


@pytest.mark.parametrize("count", [2, 6, 7, 33, 320, 511, 900])
@pytest.mark.parametrize("k", [1, 5, 12])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8])
def test_neighbours_are_the_nearest_in_order(count, k, dtype, monkeypatch):
    monkeypatch.setattr(neighbors, "_BLOCK", 5000)
    monkeypatch.setattr(neighbors, "_LEAST", 3)
    rng = np.random.default_rng(count)
    rows = (rng.random((count, 24)) * 255).astype(dtype)
    k = min(k, count - 1)
    of = rng.choice(count, size=max(1, count // 3), replace=False)
    found = nearest(rows, k, of=of, among=np.arange(count))
    expected = plain(rows, k, of, np.arange(count))
    near, nearer = (np.linalg.norm(rows[of][:, None].astype(float) - rows[one], axis=2) for one in (found, expected))
    np.testing.assert_allclose(near, nearer, rtol=1e-6)  # whole numbers have ties, which may come in any order
    assert all(len(set(row) - {own}) == k for row, own in zip(found.tolist(), of.tolist(), strict=True))


def test_only_the_rows_to_choose_from_are_chosen():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(500, 8))
    among = np.sort(rng.choice(500, 150, replace=False))
    of = among[::3]
    np.testing.assert_array_equal(nearest(rows, 5, of=of, among=among), plain(rows, 5, of, among))
    searcher = NearestNeighbors(n_neighbors=6)
    np.testing.assert_array_equal(search(searcher, rows, 5, of=of, among=among), plain(rows, 5, of, among))


def test_a_large_offset_does_not_drown_the_distances():
    rows = np.random.default_rng(0).normal(size=(300, 16)) + 10_000
    everything = np.arange(300)
    np.testing.assert_array_equal(nearest(rows, 5, of=everything, among=everything),
                                  plain(rows, 5, everything, everything))  # fmt: skip


@pytest.mark.parametrize(
    ("size", "dtype"),
    [(1e-200, np.float64), (1e-36, np.float32), (1e-30, np.float64), (1e30, np.float32), (1e200, np.float64)],
)
def test_neighbours_dont_depend_on_the_unit(size, dtype):
    rows = np.random.default_rng(0).normal(size=(300, 16))
    everything = np.arange(300)
    np.testing.assert_array_equal(nearest((rows * size).astype(dtype), 5, of=everything, among=everything),
                                  plain(rows, 5, everything, everything))  # fmt: skip


def uneven(kind: str) -> np.ndarray:
    rng = np.random.default_rng(0)
    normal = rng.normal(size=(900, 4))
    return {
        "columns of many units": normal * [1e6, 1e3, 1, 1e-3],
        "a time among them": np.column_stack([1.7e9 + rng.random(900) * 3e7, normal]),
        "two heaps far apart": normal + np.arange(900)[:, None] % 2 * 1e4,
        "one row far away": np.vstack([normal, np.full((1, 4), 1e7)]),
        "one large column among many": rng.normal(size=(900, 64)) * np.r_[1e4, np.ones(63)],
        "all together": np.column_stack([normal * [1e6, 1, 1, 1], np.eye(900)[:, :3] * 1e7]),
    }[kind]


@pytest.mark.parametrize(
    "kind",
    [
        "columns of many units",
        "a time among them",
        "two heaps far apart",
        "one row far away",
        "one large column among many",
        "all together",
    ],
)
@pytest.mark.parametrize("k", [1, 5])
def test_what_is_beyond_float32_is_told_apart(kind, k):
    rows = uneven(kind)
    everything = np.arange(len(rows))
    np.testing.assert_array_equal(nearest(rows, k, of=everything, among=everything),
                                  plain(rows, k, everything, everything))  # fmt: skip


def test_equal_rows_have_neighbours():
    found = nearest(np.full((4, 3), 7.0), 2, of=np.arange(4), among=np.arange(4))
    assert (found != np.arange(4)[:, None]).all()


def test_the_callers_rows_are_left_as_they_were():
    rows = np.random.default_rng(0).random((50, 4), np.float32)
    before = rows.copy()
    nearest(rows, 3, of=np.arange(50), among=np.arange(50))
    np.testing.assert_array_equal(rows, before)


def test_a_row_is_never_its_own_neighbour_even_among_twins():
    rows = np.repeat(np.random.default_rng(0).random((40, 4)), 5, axis=0)
    everything = np.arange(200)
    for found in (
        nearest(rows, 4, of=everything, among=everything),
        search(NearestNeighbors(n_neighbors=5), rows, 4, of=everything, among=everything),
    ):
        assert (found != everything[:, None]).all()
        np.testing.assert_array_equal(found // 5, np.repeat(everything[:, None] // 5, 4, axis=1))


def test_distances_are_never_all_in_memory():
    rows = np.random.default_rng(0).random((6000, 16), np.float32)
    everything = np.arange(6000)
    tracemalloc.start()
    nearest(rows, 5, of=everything, among=everything)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6000 * 6000 * 4 / 3


def test_an_approximate_index_finds_most_neighbours():
    pytest.importorskip("faiss", reason="faiss is not installed")
    rows = np.random.default_rng(0).normal(size=(2000, 8)).astype(np.float32)
    everything = np.arange(2000)
    exact = nearest(rows, 5, of=everything, among=everything)
    found = search(FaissNeighbors(6, index="HNSW32"), rows, 5, of=everything, among=everything)
    shared = [len(set(one) & set(other)) for one, other in zip(exact, found, strict=True)]
    assert np.mean(shared) / 5 > 0.95
    assert (found != everything[:, None]).all()


def test_faiss_neighbours_have_the_parameters_of_a_searcher():
    searcher = FaissNeighbors(4).set_params(n_neighbors=8)
    assert searcher.get_params() == {"n_neighbors": 8, "index": "Flat"}
    with pytest.raises(AugkitError, match="no parameter 'k'"):
        searcher.set_params(k=3)


def test_what_a_searcher_did_not_find_is_filled_with_the_nearest_it_found():
    class Short:
        def fit(self, rows):
            return self

        def kneighbors(self, rows, n_neighbors, return_distance):
            assert (n_neighbors, return_distance) == (4, False)
            return np.array([[0, 2, -1, -1], [1, -1, -1, -1]])

    found = search(Short(), np.zeros((5, 1)), 3, of=np.array([1, 3]), among=np.array([1, 3, 4]))
    assert found.tolist() == [[4, 4, 4], [3, 3, 3]]


class Counted(NearestNeighbors):
    """A searcher that counts how often it learns rows."""

    fits = 0

    def fit(self, X, y=None):
        Counted.fits += 1
        return super().fit(X, y)


@pytest.mark.filterwarnings("ignore:class . has no row in danger")
@pytest.mark.parametrize("sampler", [EOS, ADASYN, BorderlineSMOTE])
def test_all_rows_are_searched_once_for_all_classes(sampler):
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(6), [40, 11, 10, 9, 8, 7])
    option = "m_neighbors" if sampler is BorderlineSMOTE else "k_neighbors"
    Counted.fits = 0
    searched = sampler(random_state=0, **{option: Counted(n_neighbors=4)})
    exact = sampler(random_state=0, **{option: 3})
    X = rng.standard_normal((len(y), 4))
    np.testing.assert_array_equal(searched.fit_resample(X, y)[0], exact.fit_resample(X, y)[0])
    assert Counted.fits == (1 + 5 if sampler is ADASYN else 1)  # ADASYN looks into each class as well
