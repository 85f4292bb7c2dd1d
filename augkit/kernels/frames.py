"""Room for small pictures with a margin of a constant border."""

import threading
from typing import NamedTuple, TypeAlias

import numpy as np

from augkit.geometry import Size
from augkit.kernels import Array

Levels: TypeAlias = tuple[float, float, float, float]

_FRAMES = 8  # that a thread keeps


class Frame(NamedTuple):
    """Room for a picture of four channels with a margin of one colour, and the part of it that the picture takes."""

    room: Array
    middle: Array
    margin: int


class _Frames(threading.local):
    def __init__(self) -> None:
        self.kept: dict[tuple[Size, Levels], Frame] = {}


_frames = _Frames()


def frame_for(size: Size, beyond: Levels) -> Frame:
    """Return this thread's frame for small RGB pictures of one size and a border of these levels.

    Where a view meets the border, OpenCV computes one pixel at a time, which small pictures pay most for
    (benchmarks/kernels.py). A margin of a quarter is as far as most views look; beyond it, the border is OpenCV's.
    """
    frame = _frames.kept.get((size, beyond))
    if frame is None:
        height, width = size
        margin = min(height, width) // 4 + 4
        room = np.empty((height + 2 * margin, width + 2 * margin, 4), np.uint8)
        paint(room, beyond)
        frame = Frame(room, room[margin : margin + height, margin : margin + width], margin)
        if len(_frames.kept) == _FRAMES:
            _frames.kept.clear()
        _frames.kept[size, beyond] = frame
    return frame


def paint(room: Array, beyond: Levels) -> None:
    """Fill bytes (..., width, channels) with the levels of a border: by rows, since pixel by pixel is slow in numpy."""
    red, green, blue, _ = levels = [round(level) for level in beyond]
    if red == green == blue and room.shape[-1] == 3:
        room[:] = red
        return
    row = np.empty(room.shape[-2:], np.uint8)
    row[:] = levels[: room.shape[-1]]
    room[:] = row
