"""PCA colour jitter."""

from augkit.geometry import Size
from augkit.operations import Linear
from augkit.seeding import Draws
from augkit.transforms.base import Params, Range, ToneTransform, span, transform

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
