"""Histograms of oriented gradients, for many pictures at once (Dalal and Triggs, 2005).

OpenCV 5 has no HOG any more, and scikit-image's takes one picture at a time.
"""

import numpy as np
import numpy.typing as npt

BINS = 9  # unsigned directions, 20 degrees each
_CLIP = 0.2

Floats = npt.NDArray[np.float32]


def cell_histograms(grey: Floats, cell: int) -> Floats:
    """Return the histogram of gradient directions of each cell, each pixel shared by the two nearest directions.

    Parameters
    ----------
    grey : array (N, H, W)
        float32; H and W multiples of `cell`.
    cell : int
        Side of a cell in pixels.

    Returns
    -------
    array (N, H / cell, W / cell, BINS)

    >>> ramp = np.tile(np.arange(4, dtype=np.float32), (1, 4, 1))  # brighter to the right
    >>> cell_histograms(ramp, 4)[0, 0, 0].round(1)[:3]
    array([24.,  0.,  0.], dtype=float32)
    """
    count, height, width = grey.shape
    padded = np.pad(grey, ((0, 0), (1, 1), (1, 1)), mode="edge")
    across = padded[:, 1:-1, 2:] - padded[:, 1:-1, :-2]
    down = padded[:, 2:, 1:-1] - padded[:, :-2, 1:-1]
    length = np.sqrt(across * across + down * down)
    direction = np.arctan2(down, across) * np.float32(BINS / np.pi)
    below = np.floor(direction)
    to_above = (direction - below) * length
    lower = below.astype(np.int64) % BINS
    upper = (lower + 1) % BINS
    shape = (count, height // cell, width // cell, BINS)
    rows, columns = np.arange(height)[:, None] // cell, np.arange(width)[None, :] // cell
    pictures = np.arange(count)[:, None, None] * shape[1]
    first = ((pictures + rows) * shape[2] + columns) * BINS  # where the histogram of each pixel's cell begins
    size = int(np.prod(shape))
    sums = np.bincount((first + lower).ravel(), (length - to_above).ravel(), size)
    sums += np.bincount((first + upper).ravel(), to_above.ravel(), size)
    return sums.reshape(shape).astype(np.float32)


def merge_cells(histograms: Floats) -> Floats:
    """Return the histograms of cells twice as large."""
    return (
        histograms[:, ::2, ::2] + histograms[:, ::2, 1::2] + histograms[:, 1::2, ::2] + histograms[:, 1::2, 1::2]
    )  # fmt: skip


def normalize_blocks(histograms: Floats, floor: float) -> Floats:
    """Return all blocks of 2 x 2 cells as one row a picture, each scaled to length 1, clipped and scaled again.

    Blocks that are not much longer than `floor` stay shorter: the noise of flat areas stays small.
    """
    corners = [histograms[:, i : i - 1 or None, j : j - 1 or None] for i in (0, 1) for j in (0, 1)]
    blocks = np.concatenate(corners, axis=3)
    blocks = np.minimum(_scaled(blocks, floor), np.float32(_CLIP))
    return _scaled(blocks, floor).reshape(len(blocks), -1)


def _scaled(blocks: Floats, floor: float) -> Floats:
    squares = np.einsum("...i,...i->...", blocks, blocks)[..., None] + np.float32(floor**2)
    scaled: Floats = blocks / np.sqrt(squares)
    return scaled
