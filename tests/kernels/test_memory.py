"""Memory that is used again, and never while somebody holds it."""

import gc
import threading
from itertools import pairwise

import numpy as np
import pytest

from augkit.kernels.detail import sharpen
from augkit.kernels.memory import _LEAST, copy_of, empty, target, target_like
from augkit.kernels.noise import gaussian
from augkit.kernels.warp import warp

SHAPE = (200, 400)  # 80,000 bytes: large enough to be kept


def address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint16, np.float32, np.float64])
@pytest.mark.parametrize("shape", [(0, 3), (1, 1), (3, 4), (300, 400), (300, 400, 3), (6000, 6000)])
def test_arrays_are_ordinary_contiguous_arrays(dtype, shape):
    array = empty(shape, dtype)
    assert type(array) is np.ndarray
    assert array.shape == shape
    assert array.dtype == dtype
    assert array.flags.c_contiguous
    assert array.flags.writeable
    assert array.flags.aligned


def test_a_copy_has_the_values_and_is_free_to_be_written_to():
    image = np.arange(300 * 200 * 3, dtype=np.float32).reshape(300, 200, 3)[::2]
    image.setflags(write=False)
    copy = copy_of(image)
    assert (copy == image).all()
    assert copy.dtype == image.dtype
    assert copy.flags.c_contiguous
    assert copy.flags.writeable
    assert not np.shares_memory(copy, image)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_a_target_is_given_from_the_size_on_from_which_memory_is_kept(dtype):
    kind = np.dtype(dtype)
    least = _LEAST // kind.itemsize
    for count, given in ((least - 1, False), (least, True)):
        assert (target((1, count), kind) is not None) == given
        like = target_like(np.empty((1, count), kind))
        assert (like is not None) == given
        assert like is None or (like.shape, like.dtype) == ((1, count), kind)


def test_memory_is_used_again_once_nobody_holds_it():
    array = empty((211, 401), np.uint8)
    before = address(array)
    del array
    assert address(empty((211, 401), np.uint8)) == before


def test_memory_is_used_again_by_another_shape_and_dtype_of_the_same_size():
    array = empty((206, 402, 2), np.uint8)
    before = address(array)
    del array
    again = empty((402, 206), np.uint16)
    assert address(again) == before


def test_two_arrays_held_at_once_never_share_memory():
    held = [empty(SHAPE, np.uint8) for _ in range(40)]
    spans = sorted((address(array), address(array) + array.nbytes) for array in held)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


@pytest.mark.parametrize(
    "kernel",
    [
        lambda image: warp(image, (0.9, 0.1, 3.0, -0.1, 0.9, 5.0, 0.0, 0.0, 1.0), (200, 400)),
        lambda image: warp(image, (-1.0, 0.0, 400.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0), (200, 400)),
        lambda image: sharpen(image, 0.5),
        lambda image: gaussian(image, 0.02, 5),
    ],
    ids=["warp", "flip", "sharpen", "gaussian"],
)
def test_results_held_by_the_caller_are_never_overwritten(kernel):
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 256, (*SHAPE, 3), np.uint8) for _ in range(6)]
    expected = [kernel(image).copy() for image in images]
    held = [kernel(images[turn % 6]) for turn in range(36)]
    for _ in range(20):
        kernel(images[0])  # calls whose results nobody keeps
    assert all((array == expected[turn % 6]).all() for turn, array in enumerate(held))


@pytest.mark.parametrize(
    "part",
    [
        lambda array: array[3:5],
        lambda array: array[..., ::-1],
        lambda array: array.T,
        lambda array: array.reshape(-1)[7:],
        lambda array: array.view(np.int8),
        lambda array: array[1:][:, 2:][::3],
        lambda array: np.frombuffer(array, np.uint8),
        lambda array: memoryview(array),
        lambda array: np.lib.stride_tricks.sliding_window_view(array, (2, 2)),
        lambda array: np.broadcast_to(array, (2, *array.shape)),
        lambda array: np.ma.masked_array(array),
        lambda array: iter(array),
    ],
)
def test_a_part_of_an_array_keeps_its_memory(part):
    array = empty((207, 403), np.uint8)
    array[:] = 77
    start, end = address(array), address(array) + array.nbytes
    held = part(array)
    del array
    others = [empty((207, 403), np.uint8) for _ in range(20)]
    for other in others:
        other[:] = 1
        assert not start <= address(other) < end
    seen = np.array(list(held) if hasattr(held, "__next__") else held)
    assert (seen == 77).all()


def test_a_part_of_a_part_keeps_the_memory_when_all_between_is_gone():
    array = empty((208, 403), np.uint8)
    array[:] = 77
    for _ in range(5):
        array = array[1:].view()
        others = [empty((208, 403), np.uint8) for _ in range(3)]
        for other in others:
            other[:] = 1
    assert (array == 77).all()


def test_threads_do_not_share_memory():
    """Each thread writes its number again and again, lets go, takes anew, and never reads another's."""
    wrong, gate = [], threading.Barrier(8)

    def work(number: int) -> None:
        gate.wait()
        for _ in range(150):
            held = [empty((209, 405), np.uint8) for _ in range(3)]
            for array in held:
                array[:] = number
            wrong.extend(number for array in held if (array != number).any())

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_an_array_outlives_the_thread_that_made_it():
    made = []

    def work() -> None:
        array = empty((210, 405), np.uint8)
        array[:] = 77
        made.append(array)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    del thread
    gc.collect()
    for _ in range(20):
        empty((210, 405), np.uint8)[:] = 1
    assert (made[0] == 77).all()


def test_an_array_given_to_another_thread_is_not_overwritten_by_the_first():
    array = empty((212, 405), np.uint8)
    array[:] = 77
    box, done, seen = [array], threading.Event(), []
    del array

    def work() -> None:
        mine = box.pop()
        done.wait()
        seen.append(bool((mine == 77).all()))

    thread = threading.Thread(target=work)
    thread.start()
    for _ in range(20):
        empty((212, 405), np.uint8)[:] = 1
    done.set()
    thread.join()
    assert seen == [True]


def test_kept_memory_is_bounded():
    for extra in range(200):
        empty((1000, 1000 + extra), np.uint8)
    from augkit.kernels import memory

    kept = [block for blocks in memory._local.blocks.values() for block in blocks]
    assert sum(block.nbytes for block in kept) <= 16 * memory._MOST
    assert len(kept) == memory._local.count <= 16
