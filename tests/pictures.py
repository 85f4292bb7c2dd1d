"""Pictures to test on, and what tests ask of them."""

import numpy as np


def picture(shape: tuple[int, ...] = (37, 53, 3), dtype: type = np.uint8, seed: int = 0) -> np.ndarray:
    """Random pixels from black to white, read-only: what writes to its input fails."""
    rng = np.random.default_rng(seed)
    floats = np.dtype(dtype) == np.float32
    made = rng.random(shape, np.float32) if floats else rng.integers(0, np.iinfo(dtype).max, shape, dtype, True)
    made.setflags(write=False)
    return made


def same(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two arrays are alike in shape, dtype and every byte."""
    return one.shape == other.shape and one.dtype == other.dtype and one.tobytes() == other.tobytes()
