"""What hides parts of the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from augkit.kernels import Array
from augkit.kernels.cover import Rectangle, erase
from augkit.operations.base import Operation, View

Patch: TypeAlias = tuple[float, float, float, float, float]
"""Left, top, right and bottom as fractions of width and height, and the grey as a fraction of white."""


@dataclass(frozen=True, slots=True)
class Erase(Operation):
    """Paint rectangles grey, one after the other."""

    makes_new: ClassVar = True
    patches: tuple[Patch, ...]

    def absorb(self, following: Operation) -> Operation | None:
        """Paint all of them on one copy of the picture."""
        return Erase(self.patches + following.patches) if isinstance(following, Erase) else None

    def apply_image(self, image: Array, view: View) -> Array:
        """Paint them, from the nearest whole pixel to the nearest whole pixel."""
        return erase(image, self._rectangles(image))

    def apply_over(self, image: Array, view: View) -> Array:
        """Paint them in place."""
        return erase(image, self._rectangles(image), over=True)

    def _rectangles(self, image: Array) -> list[tuple[Rectangle, float]]:
        height, width = image.shape[:2]
        return [
            ((round(left * width), round(top * height), round(right * width), round(bottom * height)), fill)
            for left, top, right, bottom, fill in self.patches
        ]
