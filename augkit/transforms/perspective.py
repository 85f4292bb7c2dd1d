"""Perspective: the picture seen at an angle."""

from augkit.geometry import Matrix, Size, quadrilateral
from augkit.seeding import Draws
from augkit.transforms.base import Params, Range, SpatialTransform, span, transform


@transform
class Perspective(SpatialTransform):
    """Look at the picture at an angle: a window with slanted sides is stretched over it.

    Each corner of the window lies inside the picture, so that nothing beyond its border is seen.

    Parameters
    ----------
    fraction : (float, float)
        Range of how far each corner moves in, drawn for each corner and axis, as a fraction of width and height.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> still = augkit.Perspective(fraction=(0, 0))
    >>> augkit.Pipeline([still])(np.array([[1, 2], [3, 4]], np.uint8)).tolist()
    [[1, 2], [3, 4]]
    """

    fraction: Range = span(default=(0.0, 0.12), least=0.0, most=0.25)

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return how far each corner moves in, clockwise from the top left."""
        return {f"{axis}{corner}": draws.uniform(*self.fraction) for corner in range(1, 5) for axis in "xy"}

    @staticmethod
    def matrix(
        size: Size, *, x1: float, y1: float, x2: float, y2: float, x3: float, y3: float, x4: float, y4: float
    ) -> Matrix:
        """Stretch the window over the picture."""
        height, width = size
        corners = ((x1, y1), (1 - x2, y2), (1 - x3, 1 - y3), (x4, 1 - y4))
        return quadrilateral([(x * width, y * height) for x, y in corners], size)
