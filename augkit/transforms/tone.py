"""Brightness, contrast and gamma."""

from augkit.geometry import Size
from augkit.operations import Linear, Power
from augkit.seeding import Draws
from augkit.transforms.base import Params, Range, ToneTransform, span, transform


@transform
class Brightness(ToneTransform):
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

    offset: Range = span(-0.15, 0.15, least=-1.0, most=1.0)

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return the amount."""
        return {"offset": draws.uniform(*self.offset)}

    @staticmethod
    def curve(*, offset: float) -> Linear:
        """Return a line of slope 1."""
        return Linear(1.0, (offset, offset, offset))


@transform
class Contrast(ToneTransform):
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

    gain: Range = span(0.8, 1.2, least=0.0, most=100.0)

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return the factor."""
        return {"gain": draws.uniform(*self.gain)}

    @staticmethod
    def curve(*, gain: float) -> Linear:
        """Return a line through the mean: gain * (x - mean) + mean."""
        return Linear(gain, mean=1.0 - gain)


@transform
class Gamma(ToneTransform):
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

    exponent: Range = span(0.8, 1.25, least=0.01, most=100.0)

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return the power."""
        return {"exponent": draws.uniform(*self.exponent)}

    @staticmethod
    def curve(*, exponent: float) -> Power:
        """Return the power curve."""
        return Power(exponent)
