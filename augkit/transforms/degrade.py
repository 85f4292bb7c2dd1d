"""What a small file and few pixels leave of a picture."""

from typing import ClassVar

from augkit.geometry import Size
from augkit.operations import Coarsen, Compress
from augkit.seeding import Draws
from augkit.transforms.base import Params, Range, Transform, span, transform


@transform
class JPEGCompression(Transform):
    """Show the picture as a JPEG file of low quality does: blocks and fringes of 8 bits.

    Parameters
    ----------
    quality : (int, int)
        Range of the quality, from 1 to 100, as OpenCV and Pillow count it.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> grey = augkit.Pipeline([augkit.JPEGCompression()])(np.full((16, 16), 128, np.uint8))
    >>> np.unique(grey).tolist()
    [128]
    """

    does: ClassVar = Compress
    quality: Range = span(default=(20, 80), least=1, most=100, whole=True)

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return the quality."""
        return {"quality": draws.integer(*self.quality)}


@transform
class Downscale(Transform):
    """Show the picture as a camera of fewer pixels does: averaged down and stretched to its old size.

    Parameters
    ----------
    factor : (float, float)
        Range of the small size as a fraction of the old one; 1 leaves the picture as it is.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> stripes = np.tile(np.array([0, 100], np.uint8), (4, 2))
    >>> np.unique(augkit.Pipeline([augkit.Downscale(factor=(0.5, 0.5))])(stripes)).tolist()
    [50]
    """

    does: ClassVar = Coarsen
    factor: Range = span(default=(0.3, 0.8), least=0.01, most=1.0)
