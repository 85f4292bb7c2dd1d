"""Tones that hang on the picture itself."""

from __future__ import annotations

from dataclasses import dataclass

from augkit.kernels import Array
from augkit.kernels.histogram import equalize, equalize_tiles, stretch
from augkit.operations.base import Operation, View


@dataclass(frozen=True, slots=True)
class Stretch(Operation):
    """Bring each colour to the full range."""

    def apply_image(self, image: Array, view: View) -> Array:
        """Stretch each colour."""
        return stretch(image)


@dataclass(frozen=True, slots=True)
class Equalize(Operation):
    """Make all levels of each colour equally frequent."""

    def apply_image(self, image: Array, view: View) -> Array:
        """Equalise each colour."""
        return equalize(image)


@dataclass(frozen=True, slots=True)
class EqualizeTiles(Operation):
    """Equalise the grey of each tile, under a limit of contrast."""

    limit: float
    tiles: int

    def apply_image(self, image: Array, view: View) -> Array:
        """Equalise the grey."""
        return equalize_tiles(image, self.limit, self.tiles)
