"""Brightness, contrast, gamma, and tones in steps or folded."""

from augkit.geometry import Size
from augkit.operations import Fold, Linear, Power, Stairs
from augkit.seeding import Draws
from augkit.transforms.base import Params, PointwiseTransform, Range, span, transform


@transform
class Brightness(PointwiseTransform):
    """Add the same amount to every pixel.

    Parameters
    ----------
    offset : (float, float)
        Range of what is added, as a fraction of white.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> augkit.Pipeline([augkit.Brightness(offset=(0.2, 0.2))])(np.array([[0, 100, 250]], np.uint8))
    array([[ 51, 151, 255]], dtype=uint8)
    """

    offset: Range = span(default=(-0.15, 0.15), least=-1.0, most=1.0)

    @staticmethod
    def step(*, offset: float) -> Linear:
        """Return a line of slope 1."""
        return Linear(1.0, (offset, offset, offset))


@transform
class Contrast(PointwiseTransform):
    """Stretch or squeeze the tones about the mean grey of the picture, which keeps its brightness.

    Parameters
    ----------
    gain : (float, float)
        Range of the factor; 0 leaves the mean grey alone, 1 the picture as it is.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> augkit.Pipeline([augkit.Contrast(gain=(2, 2))])(np.array([[90, 110]], np.uint8))
    array([[ 80, 120]], dtype=uint8)
    """

    gain: Range = span(default=(0.8, 1.2), least=0.0, most=100.0)

    @staticmethod
    def step(*, gain: float) -> Linear:
        """Return a line through the mean: gain * (x - mean) + mean."""
        return Linear(gain, pivot=1.0 - gain)


@transform
class Gamma(PointwiseTransform):
    """Bend the tones: values in [0, 1] to a power. Black and white stay.

    Parameters
    ----------
    exponent : (float, float)
        Range of the power; below 1 lightens, above 1 darkens.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> augkit.Pipeline([augkit.Gamma(exponent=(0.5, 0.5))])(np.array([[0, 64, 255]], np.uint8))
    array([[  0, 128, 255]], dtype=uint8)
    """

    exponent: Range = span(default=(0.8, 1.25), least=0.01, most=100.0)

    @staticmethod
    def step(*, exponent: float) -> Power:
        """Return the power curve."""
        return Power(exponent)


@transform
class Posterize(PointwiseTransform):
    """Keep the highest bits of every value only, so that smooth tones become steps.

    Values are rounded down, as Pillow does it, so the picture darkens by half a step on average.

    Parameters
    ----------
    bits : (int, int)
        Range of their number, counted in a picture of 8 bits; 8 leave it as it is.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> augkit.Pipeline([augkit.Posterize(bits=(4, 4))])(np.array([[0, 15, 16, 255]], np.uint8))
    array([[  0,   0,  16, 240]], dtype=uint8)
    """

    bits: Range = span(default=(3, 5), least=1, most=8, whole=True)

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return the number of bits."""
        return {"bits": draws.integer(*self.bits)}

    @staticmethod
    def step(*, bits: int) -> Stairs:
        """Return steps as high as the lowest bit that is kept."""
        return Stairs(2 ** (8 - bits) / 255)


@transform
class Solarize(PointwiseTransform):
    """Turn what is brighter than a threshold into its negative.

    Parameters
    ----------
    threshold : (float, float)
        Range of the threshold as a fraction of white; 1 leaves the picture as it is.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> augkit.Pipeline([augkit.Solarize(threshold=(0.5, 0.5))])(np.array([[0, 100, 200, 255]], np.uint8))
    array([[  0, 100,  55,   0]], dtype=uint8)
    """

    threshold: Range = span(default=(0.4, 0.9), least=0.0, most=1.0)

    @staticmethod
    def step(*, threshold: float) -> Fold:
        """Return the curve that falls from the threshold on."""
        return Fold(threshold)
