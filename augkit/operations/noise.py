"""Noises, each from a drawn seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from augkit.kernels.noise import gaussian, poisson, salt_and_pepper, speckle
from augkit.operations.base import Filter


@dataclass(frozen=True, slots=True)
class Gaussian(Filter):
    """Additive normal noise, on its own for each colour or shared by all."""

    kernel: ClassVar = staticmethod(gaussian)
    writes_over: ClassVar = True
    std: float
    seed: int
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Impulse(Filter):
    """Salt and pepper."""

    kernel: ClassVar = staticmethod(salt_and_pepper)
    writes_over: ClassVar = True
    amount: float
    seed: int


@dataclass(frozen=True, slots=True)
class Speckle(Filter):
    """Multiplicative normal noise."""

    kernel: ClassVar = staticmethod(speckle)
    writes_over: ClassVar = True
    std: float
    seed: int


@dataclass(frozen=True, slots=True)
class Poisson(Filter):
    """The noise of counted photons, each so bright."""

    kernel: ClassVar = staticmethod(poisson)
    scale: float
    seed: int
