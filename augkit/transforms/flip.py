"""Mirror images."""

from augkit.geometry import Matrix, Size
from augkit.seeding import Draws
from augkit.transforms.base import Params, SpatialTransform, transform


@transform
class HorizontalFlip(SpatialTransform):
    """Swap left and right. Recipes give it p=0.5.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> augkit.Pipeline([augkit.HorizontalFlip()])(np.array([[1, 2, 3]], np.uint8))
    array([[3, 2, 1]], dtype=uint8)
    """

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return nothing: there is but one mirror image."""
        return {}

    @staticmethod
    def matrix(size: Size) -> Matrix:
        """Mirror in the vertical middle line."""
        return (-1.0, 0.0, float(size[1]), 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)


@transform
class VerticalFlip(SpatialTransform):
    """Swap top and bottom. Recipes give it p=0.5.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> augkit.Pipeline([augkit.VerticalFlip()])(np.array([[1], [2]], np.uint8))
    array([[2],
           [1]], dtype=uint8)
    """

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return nothing: there is but one mirror image."""
        return {}

    @staticmethod
    def matrix(size: Size) -> Matrix:
        """Mirror in the horizontal middle line."""
        return (1.0, 0.0, 0.0, 0.0, -1.0, float(size[0]), 0.0, 0.0, 1.0)
