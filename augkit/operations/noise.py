"""Noises, each from a drawn seed."""

from __future__ import annotations

from dataclasses import dataclass

from augkit.kernels import Array
from augkit.kernels.noise import gaussian, poisson, salt_and_pepper, speckle
from augkit.operations.base import Operation, View


@dataclass(frozen=True, slots=True)
class Gaussian(Operation):
    """Additive normal noise, on its own for each colour or shared by all."""

    std: float
    seed: int
    shared: bool = False

    def apply_image(self, image: Array, view: View) -> Array:
        """Add the noise."""
        return gaussian(image, self.std, self.seed, shared=self.shared)

    def apply_over(self, image: Array, view: View) -> Array:
        """Add it in place."""
        return gaussian(image, self.std, self.seed, shared=self.shared, over=True)


@dataclass(frozen=True, slots=True)
class Impulse(Operation):
    """Salt and pepper."""

    amount: float
    seed: int

    def apply_image(self, image: Array, view: View) -> Array:
        """Strike the pixels."""
        return salt_and_pepper(image, self.amount, self.seed)

    def apply_over(self, image: Array, view: View) -> Array:
        """Strike them in place."""
        return salt_and_pepper(image, self.amount, self.seed, over=True)


@dataclass(frozen=True, slots=True)
class Speckle(Operation):
    """Multiplicative normal noise."""

    std: float
    seed: int

    def apply_image(self, image: Array, view: View) -> Array:
        """Multiply by it."""
        return speckle(image, self.std, self.seed)

    def apply_over(self, image: Array, view: View) -> Array:
        """Multiply in place."""
        return speckle(image, self.std, self.seed, over=True)


@dataclass(frozen=True, slots=True)
class Poisson(Operation):
    """The noise of counted photons, each so bright."""

    scale: float
    seed: int

    def apply_image(self, image: Array, view: View) -> Array:
        """Count them."""
        return poisson(image, self.scale, self.seed)
