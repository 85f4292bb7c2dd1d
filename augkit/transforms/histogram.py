"""Tones that depend on the picture itself: stretched, equalised, equalised from tile to tile."""

from collections.abc import Mapping
from typing import Any, ClassVar

from augkit.errors import whole_number
from augkit.geometry import Size
from augkit.operations import Equalize as Equalized
from augkit.operations import EqualizeTiles, Operation, Stretch
from augkit.seeding import Draws
from augkit.transforms.base import Params, Range, Transform, span, transform

_LEAST_SIDE = 32


@transform
class AutoContrast(Transform):
    """Stretch each colour so that its darkest value is black and its brightest white.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> augkit.Pipeline([augkit.AutoContrast()])(np.array([[50, 100, 150]], np.uint8))
    array([[  0, 128, 255]], dtype=uint8)
    """

    does: ClassVar = Stretch


@transform
class Equalize(Transform):
    """Spread the levels of each colour so that all are equally frequent, which shifts hues as it does in Pillow.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> augkit.Pipeline([augkit.Equalize()])(np.array([[10, 11, 12, 13, 14, 15]], np.uint8))
    array([[  0,  51, 102, 153, 204, 255]], dtype=uint8)
    """

    does: ClassVar = Equalized


@transform
class CLAHE(Transform):
    """Equalise the grey of each part of the picture, under a limit of contrast (Zuiderveld 1994); hues hold.

    The change of the grey is added to all colours alike; other libraries change the L of Lab instead, which is
    slower and does not exist for 16 bits.

    Parameters
    ----------
    limit : (float, float)
        Range of the steepest slope of a part's curve, in levels a level; what is cut off there is spread over all
        levels, and adds 1 to the slope at most.
    tiles : int
        How many parts there are along each side; fewer in small pictures, whose parts have at least 32 pixels a side.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> faint = np.tile(np.arange(100, 132, dtype=np.uint8), (32, 1))
    >>> bool(augkit.Pipeline([augkit.CLAHE()])(faint, key=("a.png", 1)).std() > faint.std())
    True
    """

    limit: Range = span(default=(1.0, 4.0), least=0.1, most=100.0)
    tiles: int = 8

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "tiles", whole_number("CLAHE: tiles", self.tiles, 1, 256))

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return the limit, and the number of parts."""
        return {"limit": draws.uniform(*self.limit), "tiles": self.tiles}

    @classmethod
    def operation(cls, size: Size, params: Mapping[str, Any]) -> Operation:
        """Return the equalisation, with parts that have enough pixels for a limit to mean something."""
        most = max(1, min(size) // _LEAST_SIDE)
        return EqualizeTiles(params["limit"], min(params["tiles"], most))
