"""Tones that depend on the picture itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from augkit.kernels.histogram import equalize, equalize_tiles, stretch
from augkit.operations.base import Filter


@dataclass(frozen=True, slots=True)
class Stretch(Filter):
    """Bring each colour to the full range."""

    kernel: ClassVar = staticmethod(stretch)


@dataclass(frozen=True, slots=True)
class Equalize(Filter):
    """Make all levels of each colour equally frequent."""

    kernel: ClassVar = staticmethod(equalize)


@dataclass(frozen=True, slots=True)
class EqualizeTiles(Filter):
    """Equalise the grey of each tile, under a limit of contrast."""

    kernel: ClassVar = staticmethod(equalize_tiles)
    limit: float
    tiles: int
