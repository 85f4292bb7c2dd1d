"""Colours: PCA jitter, hue and saturation, grey, inversion, swapped channels."""

import math
from collections.abc import Mapping
from itertools import permutations
from typing import Any

from augkit.geometry import Size
from augkit.kernels.measure import LUMA
from augkit.operations import ColorMatrix, Linear, Operation, Row
from augkit.seeding import Draws
from augkit.transforms.base import Number, Params, Range, ToneTransform, Transform, span, transform

# Principal components of RGB over ImageNet's training pictures, columns by falling size, and their eigenvalues,
# for values in [0, 1]: as published with the AlexNet reimplementations in cuda-convnet and fb.resnet.torch.
IMAGENET_VECTORS = (
    (-0.5675, 0.7192, 0.4009),
    (-0.5808, -0.0045, -0.8140),
    (-0.5836, -0.6948, 0.4203),
)
IMAGENET_VALUES = (0.2175, 0.0188, 0.0045)


@transform
class PCAColorJitter(ToneTransform):
    """Shift all pixels by one colour, drawn along the principal components of natural colours.

    One constant offset a picture, sum_i alpha_i lambda_i p_i with alpha_i ~ N(0, std), as in Krizhevsky,
    Sutskever and Hinton (2012), section 4.1, with the components of ImageNet. A grey picture is shifted by the
    grey of that colour.

    Parameters
    ----------
    std : (float, float)
        Range of the standard deviation of alpha; the paper has 0.1.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> jitter = augkit.Pipeline([augkit.PCAColorJitter()])
    >>> np.unique(jitter(np.full((8, 8, 3), 128, np.uint8), key=("a.jpg", 1)).reshape(-1, 3), axis=0).shape
    (1, 3)
    """

    std: Range = span(0.1, 0.1, least=0.0, most=10.0)

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return the colour offset, as fractions of white."""
        std = draws.uniform(*self.std)
        weights = [draws.normal(0.0, std) * value for value in IMAGENET_VALUES]
        red, green, blue = (sum(w * v for w, v in zip(weights, row, strict=True)) for row in IMAGENET_VECTORS)
        return {"red": red, "green": green, "blue": blue}

    @staticmethod
    def curve(*, red: float, green: float, blue: float) -> Linear:
        """Return a line of slope 1 for each colour."""
        return Linear(1.0, (red, green, blue))


@transform
class HueSaturation(Transform):
    """Turn the hues and strengthen or weaken the colours; the grey of every pixel is kept where nothing clips.

    One colour matrix: saturation blends with the grey (as Pillow's ImageEnhance.Color does), hue turns the plane of
    the two chroma axes about the grey axis. Grey pictures stay as they are.

    Parameters
    ----------
    hue : (float, float)
        Range of the turn of the colour circle, in degrees.
    saturation : (float, float)
        Range of the factor; 0 leaves grey, 1 the colours as they are.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> red = np.array([[[200, 0, 0]]], np.uint8)
    >>> augkit.Pipeline([augkit.HueSaturation(hue=(0, 0), saturation=(0, 0))])(red).tolist()
    [[[60, 60, 60]]]
    """

    hue: Range = span(-10.0, 10.0, least=-180.0, most=180.0)
    saturation: Range = span(0.7, 1.3, least=0.0, most=10.0)

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return the turn and the factor."""
        return {"hue": draws.uniform(*self.hue), "saturation": draws.uniform(*self.saturation)}

    @classmethod
    def operation(cls, size: Size, params: Mapping[str, Any]) -> Operation:
        """Return the colour matrix."""
        return ColorMatrix(_chroma_matrix(**params))


@transform
class Grayscale(Transform):
    """Take the colours away, keeping three channels. Recipes give it a small p.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> augkit.Pipeline([augkit.Grayscale()])(np.array([[[200, 0, 0]]], np.uint8)).tolist()
    [[[60, 60, 60]]]
    """

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return nothing: there is but one grey."""
        return {}

    @classmethod
    def operation(cls, size: Size, params: Mapping[str, Number]) -> Operation:
        """Return the colour matrix."""
        return ColorMatrix(_chroma_matrix(hue=0.0, saturation=0.0))


@transform
class ChannelShuffle(Transform):
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
        red, green, blue = draws.choice([order for order in permutations(range(3)) if order != (0, 1, 2)])
        return {"red": red, "green": green, "blue": blue}

    @classmethod
    def operation(cls, size: Size, params: Mapping[str, Number]) -> Operation:
        """Return the colour matrix."""
        picked = [[float(params[name] == channel) for channel in range(3)] for name in ("red", "green", "blue")]
        return ColorMatrix(tuple((r, g, b, 0.0) for r, g, b in picked))  # type: ignore[arg-type]


@transform
class Invert(ToneTransform):
    """Turn the picture into its negative. Recipes give it a small p.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> augkit.Pipeline([augkit.Invert()])(np.array([[0, 100, 255]], np.uint8))
    array([[255, 155,   0]], dtype=uint8)
    """

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return nothing: there is but one negative."""
        return {}

    @staticmethod
    def curve() -> Linear:
        """Return white minus the value."""
        return Linear(-1.0, (1.0, 1.0, 1.0))


# Two axes across the grey axis (YIQ), and what leads back from them: any pair will do whose colours have no grey.
_TO_CHROMA = ((0.596, -0.274, -0.322), (0.211, -0.523, 0.312))


def _chroma_matrix(hue: float, saturation: float) -> tuple[Row, Row, Row]:
    """Return the colour matrix that turns and stretches the chroma plane and leaves grey alone."""
    cos, sin = (saturation * wave(math.radians(hue)) for wave in (math.cos, math.sin))
    if hue == 0.0:  # the blend with grey, to the last bit
        cos, sin = saturation, 0.0
    back = _chroma_to_rgb()
    rows = []
    for channel in range(3):
        row = []
        for source in range(3):
            i, q = (_TO_CHROMA[axis][source] for axis in (0, 1))
            turned = back[channel][0] * (cos * i - sin * q) + back[channel][1] * (sin * i + cos * q)
            row.append(LUMA[source] + turned)
        rows.append((*row, 0.0))
    return tuple(rows)  # type: ignore[return-value]


def _chroma_to_rgb() -> list[tuple[float, float]]:
    """Return the colour that each chroma axis stands for: the inverse of grey and the two axes, without grey."""
    (a, b, c), (d, e, f), (g, h, i) = LUMA, *_TO_CHROMA
    det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    return [
        ((c * h - b * i) / det, (b * f - c * e) / det),
        ((a * i - c * g) / det, (c * d - a * f) / det),
        ((b * g - a * h) / det, (a * e - b * d) / det),
    ]
