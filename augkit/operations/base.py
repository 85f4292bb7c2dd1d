"""What an operation is, how neighbours become one, and how pixels are looked at when they move."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from augkit.kernels import Array, Fill
from augkit.sample import Sample


@dataclass(frozen=True, slots=True)
class View:
    """How a picture is looked at when it moves: the one place for interpolation, border, fill and boxes.

    Parameters
    ----------
    interpolation : {"linear", "nearest", "cubic"}
        For pictures; masks are nearest always.
    border : {"reflect", "replicate", "wrap", "constant"}
        What is seen beyond the edge of the picture.
    fill : float in [0, 1], or three for red, green and blue
        What a constant border shows; of pictures without colours, the luma of a colour.
    enclosure : {"corners", "ellipse"}
        What an upright box encloses when what it was drawn around turns: the corners of the old box, or the ellipse
        inside it, which is nearer to what most objects fill.
    min_visible : float in [0, 1]
        Boxes of which a smaller part than this is left in the frame are dropped, and those without any area always.
    """

    interpolation: str = "linear"
    border: str = "reflect"
    fill: Fill = 0.0
    enclosure: str = "corners"
    min_visible: float = 0.0


class Operation:
    """Something done to a sample; targets other than the picture stay as they are unless it says otherwise."""

    __slots__ = ()
    makes_new: ClassVar[bool] = False  # whether what it returns is surely held by nobody else

    def absorb(self, following: Operation) -> Operation | None:
        """Return one operation that does both, first this and then the following one, or None."""
        return None

    def apply_image(self, image: Array, view: View) -> Array:
        """Return the new picture."""
        raise NotImplementedError

    def apply_over(self, image: Array, view: View) -> Array:
        """Return the new picture; the given one is no longer needed and may be written over."""
        return self.apply_image(image, view)

    def apply(self, sample: Sample, view: View) -> Sample:
        """Return the new sample."""
        return sample.with_image(self.apply_image(sample.image, view))


class Filter(Operation):
    """An operation that is one kernel: a function of the picture and of the operation's fields."""

    __slots__ = ()
    makes_new = True
    kernel: ClassVar[Callable[..., Array]]
    writes_over: ClassVar[bool] = False  # whether the kernel can write over the picture it is given

    def values(self) -> tuple[Any, ...]:
        """Return the fields; subclasses are dataclasses with slots."""
        names: tuple[str, ...] = self.__slots__
        return tuple([getattr(self, name) for name in names])

    def apply_image(self, image: Array, view: View) -> Array:
        """Call the kernel."""
        return self.kernel(image, *self.values())

    def apply_over(self, image: Array, view: View) -> Array:
        """Call the kernel, in place if it can be."""
        if self.writes_over:
            return self.kernel(image, *self.values(), over=True)
        return self.kernel(image, *self.values())


def fuse(operations: Iterable[Operation]) -> list[Operation]:
    """Return the operations with neighbours of a kind made one; the order is kept."""
    fused: list[Operation] = []
    for operation in operations:
        add(fused, operation)
    return fused


def add(fused: list[Operation], operation: Operation) -> None:
    """Append an operation to fused ones, of which the last may absorb it; and then the one before that."""
    while fused and (both := fused[-1].absorb(operation)) is not None:
        operation = both
        del fused[-1]
    fused.append(operation)
