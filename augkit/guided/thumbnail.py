"""The small view that a picture's draws are tried on, and made for."""

from augkit.geometry import Size
from augkit.kernels import Array
from augkit.pipeline import Pipeline
from augkit.transforms.base import Drawn
from augkit.transforms.crop import Resize

_MOST_STRETCHED = 4  # times the shorter side


def thumbnail_size(size: Size, side: int) -> Size:
    """Return height and width of a thumbnail: the shorter side so many pixels, the longer one four times that at most.

    >>> thumbnail_size((300, 400), 32), thumbnail_size((20, 24), 32)
    ((32, 43), (20, 24))
    """
    scale = min(1.0, side / min(size))
    height, width = (min(_MOST_STRETCHED * side, round(length * scale)) for length in size)
    return height, width


def make_thumbnail(picture: Array, side: int) -> Array:
    """Return the picture scaled down; a small one as it is."""
    size = (picture.shape[0], picture.shape[1])
    height, width = thumbnail_size(size, side)
    if (height, width) == size:
        return picture
    return Pipeline([]).replay([Drawn(Resize, {"height": height, "width": width})], picture)
