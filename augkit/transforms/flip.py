"""Mirror images and quarter turns: whole pixels move, none changes."""

from augkit.geometry import Matrix, Size, between_centers, rotation
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

    @staticmethod
    def matrix(size: Size) -> Matrix:
        """Mirror in the horizontal middle line."""
        return (1.0, 0.0, 0.0, 0.0, -1.0, float(size[0]), 0.0, 0.0, 1.0)


@transform
class Transpose(SpatialTransform):
    """Swap rows and columns: a mirror image in the falling diagonal. Width and height change places.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> augkit.Pipeline([augkit.Transpose()])(np.array([[1, 2, 3]], np.uint8)).tolist()
    [[1], [2], [3]]
    """

    @staticmethod
    def matrix(size: Size) -> Matrix:
        """Swap x and y."""
        return (0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0)

    @staticmethod
    def out_size(size: Size) -> Size:
        """Swap height and width."""
        return size[1], size[0]


@transform
class Rotate90(SpatialTransform):
    """Turn by one, two or three quarters, anticlockwise, each as likely. Quarter turns swap width and height.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> turned = augkit.Pipeline([augkit.Rotate90()])(np.zeros((2, 3), np.uint8))
    >>> sorted(turned.shape)
    [2, 3]
    """

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return the number of quarters."""
        return {"quarters": draws.integer(1, 3)}

    @staticmethod
    def matrix(size: Size, *, quarters: int) -> Matrix:
        """Turn about the middle."""
        return between_centers(rotation(90.0 * quarters), size, Rotate90.out_size(size, quarters=quarters))

    @staticmethod
    def out_size(size: Size, *, quarters: int) -> Size:
        """Swap height and width for odd quarters."""
        return size if size[0] == size[1] or quarters % 2 == 0 else (size[1], size[0])
