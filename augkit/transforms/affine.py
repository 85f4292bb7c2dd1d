"""Rotation, translation and scaling."""

from augkit.geometry import Matrix, Size, about_center, rotation, scaling, translation
from augkit.seeding import Draws
from augkit.transforms.base import Params, Range, SpatialTransform, span, transform


@transform
class Rotate(SpatialTransform):
    """Rotate about the middle of the picture, anticlockwise for positive angles.

    Parameters
    ----------
    degrees : (float, float)
        Range of the angle.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> augkit.Pipeline([augkit.Rotate(degrees=(90, 90))])(np.array([[1, 2], [3, 4]], np.uint8))
    array([[2, 4],
           [1, 3]], dtype=uint8)
    """

    degrees: Range = span(-15.0, 15.0)

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return the angle."""
        return {"degrees": draws.uniform(*self.degrees)}

    @staticmethod
    def matrix(size: Size, *, degrees: float) -> Matrix:
        """Turn about the middle."""
        return about_center(rotation(degrees), size)


@transform
class Translate(SpatialTransform):
    """Shift the picture, horizontally and vertically on its own.

    Parameters
    ----------
    fraction : (float, float)
        Range of the shift, as a fraction of the width and of the height; positive is right and down.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> move = augkit.Pipeline([augkit.Translate(fraction=(0.5, 0.5))], border="constant")
    >>> move(np.array([[1, 2], [3, 4]], np.uint8))
    array([[0, 0],
           [0, 1]], dtype=uint8)
    """

    fraction: Range = span(-0.1, 0.1)

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return the two shifts."""
        return {"x": draws.uniform(*self.fraction), "y": draws.uniform(*self.fraction)}

    @staticmethod
    def matrix(size: Size, *, x: float, y: float) -> Matrix:
        """Shift by fractions of the size."""
        return translation(x * size[1], y * size[0])


@transform
class Scale(SpatialTransform):
    """Zoom about the middle of the picture, whose size is kept.

    Parameters
    ----------
    factor : (float, float)
        Range of the magnification; 2 shows the middle half at twice its size, 0.5 the picture at half.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> picture = np.arange(16, dtype=np.uint8).reshape(4, 4)
    >>> augkit.Pipeline([augkit.Scale(factor=(2, 2))], interpolation="nearest")(picture)[0]
    array([5, 5, 6, 6], dtype=uint8)
    """

    factor: Range = span(0.85, 1.15, least=0.01, most=100.0)

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return the magnification."""
        return {"factor": draws.uniform(*self.factor)}

    @staticmethod
    def matrix(size: Size, *, factor: float) -> Matrix:
        """Zoom about the middle."""
        return about_center(scaling(factor, factor), size)
