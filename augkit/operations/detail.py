"""Filters: sharpening, local contrast, blurs, and what a small file or few pixels leave of a picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from augkit.kernels.degrade import downscale, jpeg
from augkit.kernels.detail import blur, local_contrast, motion_blur, sharpen
from augkit.operations.base import Filter, Operation


@dataclass(frozen=True, slots=True)
class Sharpen(Filter):
    """Unsharp masking over the nearest pixels."""

    kernel: ClassVar = staticmethod(sharpen)
    writes_over: ClassVar = True
    amount: float


@dataclass(frozen=True, slots=True)
class LocalContrast(Filter):
    """Unsharp masking of the grey at a radius given as a fraction of the shorter side."""

    kernel: ClassVar = staticmethod(local_contrast)
    amount: float
    radius: float


@dataclass(frozen=True, slots=True)
class Blur(Filter):
    """A Gaussian blur whose sigma is a fraction of the shorter side."""

    kernel: ClassVar = staticmethod(blur)
    radius: float

    def absorb(self, following: Operation) -> Operation | None:
        """Add the variances: two Gaussians in a row are one."""
        if isinstance(following, Blur):
            return Blur(math.hypot(self.radius, following.radius))
        return None


@dataclass(frozen=True, slots=True)
class MotionBlur(Filter):
    """A blur along a line: its length as a fraction of the shorter side, its angle in degrees from level."""

    kernel: ClassVar = staticmethod(motion_blur)
    length: float
    degrees: float


@dataclass(frozen=True, slots=True)
class Compress(Filter):
    """A JPEG of the picture, decoded again."""

    kernel: ClassVar = staticmethod(jpeg)
    quality: int


@dataclass(frozen=True, slots=True)
class Coarsen(Filter):
    """Down to a fraction of the size and up again."""

    kernel: ClassVar = staticmethod(downscale)
    factor: float
