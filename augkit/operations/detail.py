"""Filters: sharpening, local contrast, blurs, and what a small file or few pixels leave of a picture."""

from __future__ import annotations

import math
from dataclasses import dataclass

from augkit.kernels import Array
from augkit.kernels.degrade import downscale, jpeg
from augkit.kernels.detail import blur, local_contrast, motion_blur, sharpen
from augkit.operations.base import Operation, View


@dataclass(frozen=True, slots=True)
class Sharpen(Operation):
    """Unsharp masking over the nearest pixels."""

    amount: float

    def apply_image(self, image: Array, view: View) -> Array:
        """Filter once."""
        return sharpen(image, self.amount)

    def apply_over(self, image: Array, view: View) -> Array:
        """Filter in place."""
        return sharpen(image, self.amount, over=True)


@dataclass(frozen=True, slots=True)
class LocalContrast(Operation):
    """Unsharp masking of the grey at a radius given as a fraction of the shorter side."""

    amount: float
    radius: float

    def apply_image(self, image: Array, view: View) -> Array:
        """Add the detail to all colours alike."""
        return local_contrast(image, self.amount, self.radius)


@dataclass(frozen=True, slots=True)
class Blur(Operation):
    """A Gaussian blur whose sigma is a fraction of the shorter side."""

    radius: float

    def absorb(self, following: Operation) -> Operation | None:
        """Add the variances: two Gaussians in a row are one."""
        if isinstance(following, Blur):
            return Blur(math.hypot(self.radius, following.radius))
        return None

    def apply_image(self, image: Array, view: View) -> Array:
        """Filter once."""
        return blur(image, self.radius)


@dataclass(frozen=True, slots=True)
class MotionBlur(Operation):
    """A blur along a line: its length as a fraction of the shorter side, its angle in degrees from level."""

    length: float
    degrees: float

    def apply_image(self, image: Array, view: View) -> Array:
        """Filter once."""
        return motion_blur(image, self.length, self.degrees)


@dataclass(frozen=True, slots=True)
class Compress(Operation):
    """A JPEG of the picture, decoded again."""

    quality: int

    def apply_image(self, image: Array, view: View) -> Array:
        """Encode and decode."""
        return jpeg(image, self.quality)


@dataclass(frozen=True, slots=True)
class Coarsen(Operation):
    """Down to a fraction of the size and up again."""

    factor: float

    def apply_image(self, image: Array, view: View) -> Array:
        """Resize twice."""
        return downscale(image, self.factor)
