"""Windows on the picture: cropping, padding, resizing."""

import math
from typing import Any

import numpy as np

from augkit.errors import AugkitError
from augkit.geometry import Matrix, Size, about_center, compose, is_size, scaling, translation
from augkit.seeding import Draws, for_each, of_columns
from augkit.transforms.base import Params, Range, SpatialTransform, draw_window, span, transform


def check_size(owner: str, value: Any) -> Size:
    """Return (height, width) as ints, or raise AugkitError naming the owner."""
    if not is_size(value) or max(value) > 32768:
        raise AugkitError(f"{owner}: size must be (height, width) in whole pixels from 1 to 32768, got {value!r}")
    return int(value[0]), int(value[1])


@transform
class SizedTransform(SpatialTransform):
    """A spatial transform that can give the picture a new size.

    Parameters
    ----------
    size : (int, int), optional
        Height and width of the result, in pixels; the picture's own by default.
    """

    size: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.size is not None:
            object.__setattr__(self, "size", check_size(type(self).__name__, self.size))

    def drawn_size(self) -> Params:
        """Return the size as drawn numbers, none when the picture keeps its own."""
        return {} if self.size is None else {"height": self.size[0], "width": self.size[1]}

    @staticmethod
    def out_size(size: Size, *_: Any, height: int | None = None, width: int | None = None, **__: Any) -> Size:
        """Return the drawn size, or the picture's own."""
        return size if height is None or width is None else (height, width)


@transform
class Crop(SizedTransform):
    """Cut out a window at a random place: of a size, or a part of the picture, enlarged to the old size.

    Without `size`, the window has the picture's proportions and is brought back to the picture's size; with
    `size`, it is a window of that many pixels, moved as they are. Where the picture is the smaller one,
    its border fills the rest.

    Parameters
    ----------
    fraction : (float, float)
        Range of the window's width and height as a fraction of the picture's; not used with `size`.
    size : (int, int), optional
        Height and width of the window in pixels.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> picture = np.arange(16, dtype=np.uint8).reshape(4, 4)
    >>> augkit.Pipeline([augkit.Crop(size=(2, 2))])(picture).shape
    (2, 2)
    """

    fraction: Range = span(default=(0.8, 1.0), least=0.01, most=1.0)

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return place and size of the window; x and y are 0 at the left and top end of its play, 1 at the other."""
        window = self.drawn_size() or {"fraction": draws.uniform(*self.fraction)}
        return window | {"x": draws.uniform(), "y": draws.uniform()}

    @staticmethod
    def matrix(
        size: Size,
        *,
        x: float,
        y: float,
        fraction: float = 1.0,
        height: int | None = None,
        width: int | None = None,
    ) -> Matrix:
        """Move the window's corner to the origin, then zoom."""
        if height is None or width is None:
            play = 1.0 - fraction
            corner = translation(-x * play * size[1], -y * play * size[0])
            return compose(scaling(1 / fraction, 1 / fraction), corner)
        return translation(-_place(x, size[1] - width), -_place(y, size[0] - height))


def _place(part: float, play: int) -> float:
    """Return a whole number of pixels from 0 to the play, both included, each for an equal part of [0, 1)."""
    pixels: float = for_each(math.floor, part * (abs(play) + 1))
    return pixels if play >= 0 else -pixels


@transform
class CenterCrop(SizedTransform):
    """Cut out the middle: of a size, or a part of the picture, enlarged to the old size.

    Without `size`, the window has the picture's proportions and is brought back to the picture's size; with
    `size`, it is a window of that many pixels, moved as they are.

    Parameters
    ----------
    fraction : (float, float)
        Range of the window's width and height as a fraction of the picture's; not used with `size`.
    size : (int, int), optional
        Height and width of the window in pixels.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> picture = np.arange(16, dtype=np.uint8).reshape(4, 4)
    >>> augkit.Pipeline([augkit.CenterCrop(size=(2, 2))])(picture).tolist()
    [[5, 6], [9, 10]]
    """

    fraction: Range = span(default=(0.75, 1.0), least=0.01, most=1.0)

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return the window."""
        return self.drawn_size() or {"fraction": draws.uniform(*self.fraction)}

    @staticmethod
    def matrix(size: Size, *, fraction: float = 1.0, height: int | None = None, width: int | None = None) -> Matrix:
        """Zoom about the middle, or move the middle of the picture to that of the window."""
        if height is None or width is None:
            return about_center(scaling(1 / fraction, 1 / fraction), size)
        return translation(int((width - size[1]) / 2), int((height - size[0]) / 2))


@transform
class ResizedCrop(SizedTransform):
    """Cut out a window of random area, proportions and place, and bring it to a size (Szegedy et al. 2015).

    The window is one of whole pixels of the picture that this step gets.

    Parameters
    ----------
    area : (float, float)
        Range of the window's area as a fraction of the picture's.
    ratio : (float, float)
        Range of the window's width over its height, drawn on a logarithmic scale; a window that would not fit is
        made as wide or as high as the picture.
    size : (int, int), optional
        Height and width of the result; the picture's own by default.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> augkit.Pipeline([augkit.ResizedCrop(size=(224, 224))])(np.zeros((300, 400, 3), np.uint8)).shape
    (224, 224, 3)
    """

    area: Range = span(default=(0.3, 1.0), least=0.0001, most=1.0)
    ratio: Range = span(default=(3 / 4, 4 / 3), least=0.01, most=100.0)

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return width, height and place of the window, as fractions of the picture and of the window's play."""
        across, down = draw_window(draws, size, self.area, self.ratio)
        place = {"x": draws.uniform(), "y": draws.uniform()}
        return {"across": across, "down": down} | place | self.drawn_size()

    @staticmethod
    def matrix(
        size: Size,
        *,
        across: float,
        down: float,
        x: float,
        y: float,
        height: int | None = None,
        width: int | None = None,
    ) -> Matrix:
        """Stretch the window, of whole pixels, over the result."""
        out = size if height is None or width is None else (height, width)
        wide, high = for_each(_whole, across * size[1]), for_each(_whole, down * size[0])
        zoom_x, zoom_y = out[1] / wide, out[0] / high
        left, top = (
            for_each(math.floor, x * (size[1] - wide + _PLAY)),
            for_each(math.floor, y * (size[0] - high + _PLAY)),
        )
        return (zoom_x, 0.0, -left * zoom_x, 0.0, zoom_y, -top * zoom_y, 0.0, 0.0, 1.0)


_PLAY = 1.0 - 1e-9  # more than there are whole pixels to move by, so that each place is as likely


@of_columns(lambda sides: np.maximum(1.0, np.rint(sides)))
def _whole(side: float) -> float:
    return float(max(1, round(side)))


@transform
class Pad(SizedTransform):
    """Put the picture on a larger canvas, of a size, or shrunk to the old one; the border fills the rest.

    Without `size`, the canvas is brought back to the picture's size, so that the picture appears smaller;
    with `size`, pixels move as they are and the picture stands in the middle of the canvas.

    Parameters
    ----------
    fraction : (float, float)
        Range of the margin on each side as a fraction of the picture's width and height; not used with `size`.
    size : (int, int), optional
        Height and width of the canvas in pixels; where it is smaller than the picture, the middle is cut out.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> augkit.Pipeline([augkit.Pad(size=(3, 4))], border="constant")(np.full((1, 2), 9, np.uint8))
    array([[0, 0, 0, 0],
           [0, 9, 9, 0],
           [0, 0, 0, 0]], dtype=uint8)
    """

    fraction: Range = span(default=(0.0, 0.1), least=0.0, most=10.0)

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return the margin or the canvas."""
        return self.drawn_size() or {"fraction": draws.uniform(*self.fraction)}

    @staticmethod
    def matrix(size: Size, *, fraction: float = 0.0, height: int | None = None, width: int | None = None) -> Matrix:
        """Move the picture in by the margin, then zoom out."""
        if height is None or width is None:
            zoom = 1 / (1 + 2 * fraction)
            return compose(scaling(zoom, zoom), translation(fraction * size[1], fraction * size[0]))
        return translation(int((width - size[1]) / 2), int((height - size[0]) / 2))


@transform
class Resize(SizedTransform):
    """Stretch the picture to a size, averaging where it shrinks.

    Parameters
    ----------
    size : (int, int)
        Height and width of the result, in pixels.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> augkit.Pipeline([augkit.Resize(size=(1, 2))])(np.array([[10, 20, 30, 40]], np.uint8))
    array([[15, 35]], dtype=uint8)
    """

    size: tuple[int, int] | None = (224, 224)

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return the size."""
        return self.drawn_size()

    @staticmethod
    def matrix(size: Size, *, height: int | None = None, width: int | None = None) -> Matrix:
        """Stretch each side."""
        out = SizedTransform.out_size(size, height=height, width=width)
        return scaling(out[1] / size[1], out[0] / size[0])


@transform
class LongestSide(SpatialTransform):
    """Bring the longer side to a length and the other one in proportion, averaging where the picture shrinks.

    Parameters
    ----------
    length : int
        Of the longer side of the result, in pixels.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> augkit.Pipeline([augkit.LongestSide(length=100)])(np.zeros((300, 400), np.uint8)).shape
    (75, 100)
    """

    length: int = 256

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "length", check_size("LongestSide", (self.length, 1))[0])

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return the length."""
        return {"length": self.length}

    @staticmethod
    def matrix(size: Size, *, length: int) -> Matrix:
        """Stretch each side."""
        out = LongestSide.out_size(size, length=length)
        return scaling(out[1] / size[1], out[0] / size[0])

    @staticmethod
    def out_size(size: Size, *, length: int) -> Size:
        """Return the sides in proportion, at least one pixel each."""
        scale = length / max(size)
        return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
