"""Gaussian noise, salt and pepper, speckle, and the noise of photons."""

from typing import ClassVar

import numpy as np

from augkit.errors import AugkitError
from augkit.geometry import Size
from augkit.operations import Gaussian, Impulse, Poisson, Speckle
from augkit.seeding import Draws
from augkit.transforms.base import Params, Range, Transform, span, transform


@transform
class GaussianNoise(Transform):
    """Add normal noise, independent for every pixel and colour, unbiased also where it is weak.

    Parameters
    ----------
    std : (float, float)
        Range of the standard deviation, as a fraction of white.
    shared : bool
        Whether all colours of a pixel get the same noise, which then is grey.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> noisy = augkit.Pipeline([augkit.GaussianNoise(std=(0.1, 0.1))])(np.full((200, 200), 0.5, np.float32))
    >>> round(float(noisy.std()), 2)
    0.1
    """

    does: ClassVar = Gaussian
    std: Range = span(default=(0.01, 0.04), least=0.0, most=1.0)
    shared: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.shared, bool | np.bool_):
            raise AugkitError(f"GaussianNoise: shared must be true or false, got {self.shared!r}")
        object.__setattr__(self, "shared", bool(self.shared))

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return the standard deviation and the seed of the field; and `shared` where it is."""
        drawn: Params = {"std": draws.uniform(*self.std), "seed": draws.bits()}
        return drawn | {"shared": 1} if self.shared else drawn


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

    does: ClassVar = Impulse
    amount: Range = span(default=(0.002, 0.02), least=0.0, most=1.0)

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return the probability and the seed of the field."""
        return {"amount": draws.uniform(*self.amount), "seed": draws.bits()}


@transform
class SpeckleNoise(Transform):
    """Multiply by 1 plus normal noise, as coherent light does in radar, ultrasound and laser pictures.

    Parameters
    ----------
    std : (float, float)
        Range of the standard deviation, as a fraction of each pixel's own value.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> speckled = augkit.Pipeline([augkit.SpeckleNoise(std=(0.1, 0.1))])(np.full((200, 200), 0.5, np.float32))
    >>> round(float(speckled.std()), 2)
    0.05
    """

    does: ClassVar = Speckle
    std: Range = span(default=(0.03, 0.1), least=0.0, most=10.0)

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return the standard deviation and the seed of the field."""
        return {"std": draws.uniform(*self.std), "seed": draws.bits()}


@transform
class PoissonNoise(Transform):
    """Count photons: each value becomes a Poisson number with the old one as its mean, as on a sensor in dim light.

    The distribution function is met to within 0.001 (by an expansion of Giles 2016), and ends above 4 sigma.

    Parameters
    ----------
    scale : (float, float)
        Range of the brightness of one photon, as a fraction of white. A value x gets the variance x * scale; 0 leaves
        the picture as it is.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> dim = augkit.Pipeline([augkit.PoissonNoise(scale=(0.02, 0.02))])(np.full((200, 200), 0.5, np.float32))
    >>> round(float(dim.var()), 3)
    0.01
    """

    does: ClassVar = Poisson
    scale: Range = span(default=(0.001, 0.01), least=0.0, most=1.0)

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return the brightness of a photon and the seed of the field."""
        return {"scale": draws.uniform(*self.scale), "seed": draws.bits()}
