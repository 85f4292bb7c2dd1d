"""What is done to a sample, as values: each operation knows how to apply itself and which next one it absorbs."""

from augkit.operations.base import Filter, Operation, View, add, fuse
from augkit.operations.color import Fold, Linear, Mix, Pointwise, Power, Row, Stairs, Step, pointwise
from augkit.operations.cover import Erase
from augkit.operations.detail import Blur, Coarsen, Compress, LocalContrast, MotionBlur, Sharpen
from augkit.operations.histogram import Equalize, EqualizeTiles, Stretch
from augkit.operations.noise import Gaussian, Impulse, Poisson, Speckle
from augkit.operations.warp import Warp

__all__ = [
    "Blur", "Coarsen", "Compress", "Equalize", "EqualizeTiles", "Erase", "Filter", "Fold", "Gaussian",
    "Impulse", "Linear", "LocalContrast", "Mix", "MotionBlur", "Operation", "Pointwise", "Poisson", "Power", "Row",
    "Sharpen", "Speckle", "Stairs", "Step", "Stretch", "View", "Warp", "add", "fuse", "pointwise",
]  # fmt: skip
