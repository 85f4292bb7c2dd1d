"""Colours: hue and saturation, all of colour in one, grey, inversion, swapped channels."""

import math
from functools import cache
from itertools import permutations
from typing import Any

from augkit.geometry import Size
from augkit.kernels.measure import LUMA
from augkit.operations import Linear, Mix, Row, Step
from augkit.seeding import Draws, for_each
from augkit.transforms.base import Params, PointwiseTransform, Range, span, transform


@transform
class HueSaturation(PointwiseTransform):
    """Turn the hues and strengthen or weaken the colours; the grey of every pixel is kept where nothing clips.

    One colour matrix: saturation blends with the grey (as Pillow's ImageEnhance.Color does), hue turns the plane of
    the two chroma axes about the grey axis. Grey pictures stay as they are.

    Parameters
    ----------
    hue : (float, float)
        Range of the turn of the colour circle, in degrees; positive from red by way of yellow to green, as in HSV.
    saturation : (float, float)
        Range of the factor; 0 leaves grey, 1 the colours as they are.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> red = np.array([[[200, 0, 0]]], np.uint8)
    >>> augkit.Pipeline([augkit.HueSaturation(hue=(0, 0), saturation=(0, 0))])(red).tolist()
    [[[60, 60, 60]]]
    """

    hue: Range = span(default=(-10.0, 10.0), least=-180.0, most=180.0)
    saturation: Range = span(default=(0.7, 1.3), least=0.0, most=10.0)

    @staticmethod
    def step(*, hue: float, saturation: float) -> Mix:
        """Return the colour matrix."""
        return Mix(_chroma_matrix(hue, saturation))


@transform
class ColorJitter(PointwiseTransform):
    """Change brightness, contrast, saturation and hue, in an order that is drawn as well.

    What torchvision and Albumentations call by this name, in one pass over the pixels. Brightness multiplies here.

    Parameters
    ----------
    brightness : (float, float)
        Range of the factor by which every pixel is multiplied.
    contrast : (float, float)
        Range of the factor by which tones are stretched about the mean grey of the picture.
    saturation : (float, float)
        Range of the factor of the colours; 0 leaves grey.
    hue : (float, float)
        Range of the turn of the colour circle, in degrees.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> print(*augkit.Pipeline([augkit.ColorJitter()]).draw((8, 8), key=("a.jpg", 1)))
    color_jitter(brightness=1.0021, contrast=0.848779, saturation=1.07571, hue=-3.79564, order=4)
    """

    brightness: Range = span(default=(0.8, 1.2), least=0.0, most=10.0)
    contrast: Range = span(default=(0.8, 1.2), least=0.0, most=10.0)
    saturation: Range = span(default=(0.7, 1.3), least=0.0, most=10.0)
    hue: Range = span(default=(-10.0, 10.0), least=-180.0, most=180.0)

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return the factors, the turn, and which of the six orders."""
        return {
            "brightness": draws.uniform(*self.brightness),
            "contrast": draws.uniform(*self.contrast),
            "saturation": draws.uniform(*self.saturation),
            "hue": draws.uniform(*self.hue),
            "order": draws.integer(0, len(_ORDERS) - 1),
        }

    @classmethod
    def steps(cls, **params: Any) -> tuple[Step, ...]:
        """Return brightness, contrast and the change of colours, in the order drawn."""
        steps = (
            Linear(params["brightness"]),
            Linear(params["contrast"], pivot=1.0 - params["contrast"]),
            Mix(_chroma_matrix(params["hue"], params["saturation"])),
        )
        return tuple(steps[place] for place in _ORDERS[params["order"]])


_ORDERS = tuple(permutations(range(3)))
_ALONE = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
_SHUFFLED = _ORDERS[1:]


@transform
class Grayscale(PointwiseTransform):
    """Take the colours away, keeping three channels. Recipes give it a small p.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> augkit.Pipeline([augkit.Grayscale()])(np.array([[[200, 0, 0]]], np.uint8)).tolist()
    [[[60, 60, 60]]]
    """

    @staticmethod
    def step() -> Mix:
        """Return the colour matrix."""
        return Mix(_GREY)


@transform
class ChannelShuffle(PointwiseTransform):
    """Let red, green and blue change places; never all stay where they are.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> shuffled = augkit.Pipeline([augkit.ChannelShuffle()])(np.array([[[1, 2, 3]]], np.uint8))
    >>> sorted(shuffled.ravel().tolist())
    [1, 2, 3]
    """

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return which channel becomes red, green and blue."""
        red, green, blue = for_each(_SHUFFLED.__getitem__, draws.integer(0, len(_SHUFFLED) - 1), 3)
        return {"red": red, "green": green, "blue": blue}

    @staticmethod
    def step(*, red: int, green: int, blue: int) -> Mix:
        """Return the colour matrix."""
        one, two, three = ((*for_each(_ALONE.__getitem__, channel, 3), 0.0) for channel in (red, green, blue))
        return Mix((one, two, three))


@transform
class Invert(PointwiseTransform):
    """Turn the picture into its negative. Recipes give it a small p.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> augkit.Pipeline([augkit.Invert()])(np.array([[0, 100, 255]], np.uint8))
    array([[255, 155,   0]], dtype=uint8)
    """

    @staticmethod
    def step() -> Linear:
        """Return white minus the value."""
        return Linear(-1.0, (1.0, 1.0, 1.0))


# Two axes across the grey axis (YIQ), and what leads back from them: any pair will do whose colours have no grey.
_TO_CHROMA = ((0.596, -0.274, -0.322), (0.211, -0.523, 0.312))


def _chroma_matrix(hue: float, saturation: float) -> tuple[Row, Row, Row]:
    """Return the colour matrix that turns and stretches the chroma plane and leaves grey alone."""
    angle = for_each(math.radians, hue)
    cos, sin = saturation * for_each(math.cos, angle), saturation * for_each(math.sin, angle)
    back = _chroma_to_rgb()
    rows = []
    for channel in range(3):
        row = []
        for source in range(3):
            i, q = (_TO_CHROMA[axis][source] for axis in (0, 1))
            turned = back[channel][0] * (cos * i + sin * q) + back[channel][1] * (cos * q - sin * i)
            row.append(LUMA[source] + turned)
        rows.append((*row, 0.0))
    return tuple(rows)  # type: ignore[return-value]


@cache
def _chroma_to_rgb() -> list[tuple[float, float]]:
    """Return the colour that each chroma axis stands for: the inverse of grey and the two axes, without grey."""
    (a, b, c), (d, e, f), (g, h, i) = LUMA, *_TO_CHROMA
    det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    return [
        ((c * h - b * i) / det, (b * f - c * e) / det),
        ((a * i - c * g) / det, (c * d - a * f) / det),
        ((b * g - a * h) / det, (a * e - b * d) / det),
    ]


_GREY = _chroma_matrix(hue=0.0, saturation=0.0)
