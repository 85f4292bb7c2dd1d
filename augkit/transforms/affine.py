"""Rotation, translation, scaling and shear, each alone and all in one."""

from typing import ClassVar

from augkit.geometry import Matrix, Size, about_center, compose, rotation, scaling, shearing, translation
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

    degrees: Range = span(default=(-15.0, 15.0), least=-3600.0, most=3600.0)

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

    drawn_from: ClassVar = {"x": "fraction", "y": "fraction"}
    fraction: Range = span(default=(-0.1, 0.1), least=-10.0, most=10.0)

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

    factor: Range = span(default=(0.85, 1.15), least=0.01, most=100.0)

    @staticmethod
    def matrix(size: Size, *, factor: float) -> Matrix:
        """Zoom about the middle."""
        return about_center(scaling(factor, factor), size)


@transform
class Shear(SpatialTransform):
    """Slant the picture about its middle, horizontally and vertically on its own.

    Parameters
    ----------
    degrees : (float, float)
        Range of the angle by which upright lines lean, and of that by which level lines do.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> bar = np.zeros((3, 5), np.uint8)
    >>> bar[:, 2] = 9
    >>> print(augkit.Pipeline([augkit.Shear(degrees=(45, 45))]).draw((3, 5), key=("bar", 1))[0])
    shear(x=45, y=45)
    """

    drawn_from: ClassVar = {"x": "degrees", "y": "degrees"}
    degrees: Range = span(default=(-8.0, 8.0), least=-80.0, most=80.0)

    @staticmethod
    def matrix(size: Size, *, x: float, y: float) -> Matrix:
        """Slant about the middle."""
        return about_center(shearing(x, y), size)


@transform
class Affine(SpatialTransform):
    """Shear, scale, rotate and shift in one step.

    The same as the four transforms one after the other, which would be fused into one warp as well; here as one
    line of a recipe, and with one p.

    Parameters
    ----------
    degrees : (float, float)
        Range of the rotation's angle.
    fraction : (float, float)
        Range of the shift, as a fraction of width and height.
    factor : (float, float)
        Range of the magnification.
    shear : (float, float)
        Range of the angles of shear, in degrees.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> still = {"fraction": (0, 0), "factor": (1, 1), "shear": (0, 0)}
    >>> augkit.Pipeline([augkit.Affine(degrees=(90, 90), **still)])(np.array([[1, 2], [3, 4]], np.uint8))
    array([[2, 4],
           [1, 3]], dtype=uint8)
    """

    degrees: Range = span(default=(-15.0, 15.0), least=-3600.0, most=3600.0)
    fraction: Range = span(default=(-0.1, 0.1), least=-10.0, most=10.0)
    factor: Range = span(default=(0.85, 1.15), least=0.01, most=100.0)
    shear: Range = span(default=(-8.0, 8.0), least=-80.0, most=80.0)

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return angle, shifts, magnification and angles of shear."""
        return {
            "degrees": draws.uniform(*self.degrees),
            "x": draws.uniform(*self.fraction),
            "y": draws.uniform(*self.fraction),
            "factor": draws.uniform(*self.factor),
            "shear_x": draws.uniform(*self.shear),
            "shear_y": draws.uniform(*self.shear),
        }

    @staticmethod
    def matrix(
        size: Size, *, degrees: float, x: float, y: float, factor: float, shear_x: float, shear_y: float
    ) -> Matrix:
        """Slant, zoom and turn about the middle, then shift."""
        turned = compose(rotation(degrees), compose(scaling(factor, factor), shearing(shear_x, shear_y)))
        return compose(translation(x * size[1], y * size[0]), about_center(turned, size))
