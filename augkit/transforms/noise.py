"""Gaussian noise, and salt and pepper."""

from collections.abc import Mapping
from typing import Any

from augkit.geometry import Size
from augkit.operations import Gaussian, Impulse, Operation
from augkit.seeding import Draws
from augkit.transforms.base import Params, Range, Transform, span, transform


@transform
class GaussianNoise(Transform):
    """Add normal noise, independent for every pixel and colour, unbiased also where it is weak.

    Parameters
    ----------
    std : (float, float)
        Range of the standard deviation, as a fraction of white.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> noisy = augkit.Pipeline([augkit.GaussianNoise(std=(0.1, 0.1))])(np.full((200, 200), 0.5, np.float32))
    >>> round(float(noisy.std()), 2)
    0.1
    """

    std: Range = span(0.01, 0.04, least=0.0, most=1.0)

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return the standard deviation and the seed of the field."""
        return {"std": draws.uniform(*self.std), "seed": draws.bits()}

    @classmethod
    def operation(cls, size: Size, params: Mapping[str, Any]) -> Operation:
        """Return the noise."""
        return Gaussian(**params)


@transform
class SaltAndPepper(Transform):
    """Turn single pixels white or black, each with the same probability.

    Parameters
    ----------
    amount : (float, float)
        Range of the probability that a pixel is struck.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> struck = augkit.Pipeline([augkit.SaltAndPepper(amount=(1, 1))])(np.full((9, 9), 128, np.uint8))
    >>> np.unique(struck).tolist()
    [0, 255]
    """

    amount: Range = span(0.002, 0.02, least=0.0, most=1.0)

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return the probability and the seed of the field."""
        return {"amount": draws.uniform(*self.amount), "seed": draws.bits()}

    @classmethod
    def operation(cls, size: Size, params: Mapping[str, Any]) -> Operation:
        """Return the noise."""
        return Impulse(**params)
