"""Sharpness, clarity and blurs."""

from typing import ClassVar

from augkit.operations import Blur, LocalContrast, Sharpen
from augkit.operations import MotionBlur as MovedBlur
from augkit.transforms.base import Range, Transform, span, transform


@transform
class Sharpness(Transform):
    """Sharpen the finest detail by unsharp masking, along rows and along columns; a flat picture stays flat.

    Parameters
    ----------
    amount : (float, float)
        Range of the share of x - blur(x) that is added along each axis; negative softens, -1 is the blur itself. An
        upright edge overshoots by a quarter of its height at 1. For 8 bits it is rounded to sixteenths, above 1 to
        eighths, above 3 to quarters: so the bytes are the same on every processor.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> edge = np.tile(np.array([100, 100, 200, 200], np.uint8), (4, 1))
    >>> augkit.Pipeline([augkit.Sharpness(amount=(1, 1))])(edge)[0]
    array([100,  75, 225, 200], dtype=uint8)
    """

    does: ClassVar = Sharpen
    amount: Range = span(default=(0.2, 1.0), least=-1.0, most=5.0)


@transform
class Clarity(Transform):
    """Raise local contrast: unsharp masking of the grey at a large radius. Hues hold, flat stays flat.

    Parameters
    ----------
    amount : (float, float)
        Range of the share of grey - blur(grey) that is added to all colours; negative veils.
    radius : (float, float)
        Range of the blur's sigma as a fraction of the shorter side.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> bool((augkit.Pipeline([augkit.Clarity()])(np.full((64, 64, 3), 77, np.uint8)) == 77).all())
    True
    """

    does: ClassVar = LocalContrast
    amount: Range = span(default=(0.2, 0.6), least=-1.0, most=20.0)
    radius: Range = span(default=(0.03, 0.08), least=0.0, most=1.0)


@transform
class GaussianBlur(Transform):
    """Blur as a lens out of focus does, to a Gaussian. Two blurs in a row are performed as one.

    Parameters
    ----------
    radius : (float, float)
        Range of the Gaussian's sigma as a fraction of the shorter side.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> point = np.zeros((100, 100), np.float32)
    >>> point[50, 50] = 1
    >>> blurred = augkit.Pipeline([augkit.GaussianBlur(radius=(0.02, 0.02))])(point)
    >>> round(float(blurred[50, 50] / blurred[50, 52]), 2)  # at one sigma: the root of e
    1.65
    """

    does: ClassVar = Blur
    radius: Range = span(default=(0.004, 0.012), least=0.0, most=1.0)


@transform
class MotionBlur(Transform):
    """Blur along a straight line, as a camera that moves does.

    Parameters
    ----------
    length : (float, float)
        Range of the line's length as a fraction of the shorter side.
    degrees : (float, float)
        Range of its angle, anticlockwise from level.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> point = np.zeros((20, 20), np.float32)
    >>> point[10, 10] = 1
    >>> moved = augkit.Pipeline([augkit.MotionBlur(length=(0.15, 0.15), degrees=(0, 0))])(point)
    >>> print(moved[10, 8:13].round(2))
    [0.   0.33 0.33 0.33 0.  ]
    """

    does: ClassVar = MovedBlur
    length: Range = span(default=(0.03, 0.08), least=0.0, most=1.0)
    degrees: Range = span(default=(-90.0, 90.0), least=-3600.0, most=3600.0)
