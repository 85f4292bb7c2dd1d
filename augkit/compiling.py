"""A pipeline for pictures of one size as one Python function: what drawing and fusing decide is decided once.

The transforms' own `draw`, `matrix` and `step` are run with numbers that are not known yet (`augkit.tracing`), and
their arithmetic is written down. What can't be written down, such as a choice, leaves a pipeline as it is.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import takewhile
from typing import Any, TypeAlias, cast

import numpy as np

from augkit.batch import Stage, stages_of
from augkit.geometry import Matrix, Size, compose, only_pads
from augkit.kernels.measure import mean_color
from augkit.kernels.tone import apply_linear, apply_matrix
from augkit.kernels.warp import pad, warp
from augkit.operations import Filter, Operation, Pointwise, Step, View, pointwise
from augkit.operations.color import Color, apply_bent, is_colored, luma, melt
from augkit.sample import Image
from augkit.seeding import Draws, Key
from augkit.tracing import Script, Traced, TracedDraws, UntraceableError
from augkit.transforms.base import PointwiseTransform, SpatialTransform, Transform

Program: TypeAlias = Callable[[Image, int, Key | None], Image]

_WORTH = 32  # pictures, of which each is done in half the time afterwards
_MOST, _MANY = 16, 1024  # kinds with a function, and kinds that are counted


def compiled(transforms: Sequence[Transform], shape: tuple[int, ...], view: View) -> Program | None:
    """Return what draws and performs a pipeline for a picture of this shape, a seed and a key; or None."""
    transforms = [step for step in transforms if step.p > 0.0]
    stages = stages_of(transforms) if all(step.is_ours for step in transforms) else None
    if stages is None:
        return None
    writing = _Writing(shape, view, always=all(map(_is_certain, transforms)))
    try:
        for stage in stages:
            writing.add(stage)
    except UntraceableError:
        return None
    return writing.program()


Kind: TypeAlias = tuple[tuple[int, ...], np.dtype[Any]]
"""Shape and dtype of a picture."""


class Programs(dict[Kind, Program]):
    """What becomes of a pipeline for pictures of a kind, once so many of them have come that it is worth writing.

    Parameters
    ----------
    transforms : sequence of Transform
    view : View
    """

    def __init__(self, transforms: Sequence[Transform], view: View) -> None:
        self._transforms, self._view = transforms, view
        self._seen: Counter[Kind] | None = Counter()

    def __reduce__(self) -> tuple[Any, ...]:
        return Programs, (self._transforms, self._view)

    def see(self, image: Image) -> None:
        """Count a picture; write the function when there have been enough of its kind, or give up for ever."""
        seen = self._seen
        if seen is None:
            return
        kind = image.shape, image.dtype
        seen[kind] += 1
        if seen[kind] >= _WORTH and len(self) < _MOST and image.shape[2:] != (1,):  # a last axis that OpenCV drops
            program = compiled(self._transforms, image.shape, self._view)
            if program is None:
                self._seen = None
            else:
                self[kind] = program
        elif len(seen) > _MANY:
            seen.clear()


class _Writing:
    """A pipeline's function, of which the stages up to some place are written.

    Attributes
    ----------
    size : (int, int)
        Height and width of the picture at that place.
    colored : bool
        Whether it has colours.
    is_new : bool
        Whether the picture is surely another one than was given.
    """

    def __init__(self, shape: tuple[int, ...], view: View, *, always: bool) -> None:
        self.script = Script("image, seed, key")
        self.draws = TracedDraws(self.script, always=always)
        self.size: Size = (shape[0], shape[1])
        self.colored = is_colored(shape)
        self.view, self.is_new = view, False

    def program(self) -> Program:
        """Return the function."""
        script = self.script
        script.line("return image" if self.is_new else "return image.copy() if image is given else image")
        script.lines[1:1] = [f"    {text}" for text in ["given = image", self.draws.head()][self.is_new :]]
        return cast(Program, script.function())

    def add(self, stage: Stage) -> None:
        """Write a stage."""
        if stage.kind is SpatialTransform:
            self._move(stage.steps)
        elif stage.kind is PointwiseTransform:
            self._tone(stage.steps)
        else:
            (step,) = stage.steps
            with self._drawn(step) as params:
                self._perform(self._known_or_later(step.operation, self.size, params))

    @contextmanager
    def _drawn(self, step: Transform) -> Iterator[Mapping[str, Any]]:
        """Yield what is drawn of a step; what is written meanwhile is a block of its own if it may not happen."""
        if step.p >= 1.0:
            yield step.draw(cast(Draws, self.draws), self.size)
            return
        with self._maybe(f"if {{}} < {step.p!r}:", self.draws.uniform()):
            yield step.draw(cast(Draws, self.draws), self.size)

    @contextmanager
    def _maybe(self, text: str, *values: Any) -> Iterator[None]:
        was_new = self.is_new
        with self.script.block(text, *values):
            yield
        self.is_new = was_new

    def _warp(self, matrix: Matrix, out: Size) -> None:
        self._call(warp, matrix, out, self.view.border, self.view.fill, self.view.interpolation)

    def _pad(self, matrix: Matrix, out: Size) -> None:
        if matrix[:2] != (1.0, 0.0):
            self._warp(matrix, out)
        else:
            left, top = round(matrix[2]), round(matrix[5])
            sides = top, out[0] - self.size[0] - top, left, out[1] - self.size[1] - left
            self._call(pad, sides, self.view.border, self.view.fill)
        self.size = out

    def _perform(self, operation: Operation | Traced) -> None:
        if isinstance(operation, Filter):
            self._call(operation.kernel, *operation.values(), can_write_over=operation.writes_over)
        else:
            method = "apply_over" if self.is_new else "apply_image"
            self.script.line(f"image = {{}}.{method}(image, {self.script.bound(self.view)})", operation)
            self.is_new = True

    def _call(self, kernel: Callable[..., Image], *values: Any, can_write_over: bool = False) -> None:
        """Write the call of a kernel with the picture and some values."""
        over = ", over=True" if can_write_over and self.is_new else ""
        self.script.line(f"image = {self.script.bound(kernel)}(image{', {}' * len(values)}{over})", *values)
        self.is_new = True

    def _known_or_later(self, function: Callable[..., Any], *values: Any, **named: Any) -> Any:
        """Return what a function yields; where it asks for what isn't known yet, its call when that is."""
        try:
            return function(*values, **named)
        except UntraceableError:
            places = ", ".join(["{}"] * len(values) + [f"{name}={{}}" for name in named])
            return Traced(self.script, f"{self.script.bound(function)}({places})", (*values, *named.values()))

    def _move(self, steps: Sequence[Transform]) -> None:
        """Multiply matrices; from the first step on that may not happen, when the function runs."""
        if len(steps) == 1:
            with self._drawn(steps[0]) as params:
                own, out = self._matrix(steps[0], params)
                self._warp(own, out)
            self.size = out
            return
        certain = list(takewhile(_is_certain, steps))
        product = self._product(certain, len(certain) == len(steps))
        if len(certain) == len(steps):
            if product is not None:
                self._warp(product, self.size)
            return
        self.script.line("matrix = {}", product)
        for step in steps[len(certain) :]:
            with self._drawn(step) as params:
                own, out = self._matrix(step, params)
                if math.prod(out) > math.prod(self.size):
                    raise UntraceableError  # a canvas, which may have to be done by itself
                self.script.line("own = {}", own)
                self.script.line(f"matrix = own if matrix is None else {self.script.bound(compose)}(own, matrix)")
            self.size = out
        with self._maybe("if matrix is not None:"):
            self._warp(cast(Matrix, Traced(self.script, "matrix")), self.size)
        self.is_new = self.is_new or any(map(_is_certain, steps))

    def _product(self, steps: Sequence[Transform], is_all: bool) -> Matrix | None:
        """Return the product of matrices; None where a larger canvas came last of all, and all is performed."""
        product: Matrix | None = None
        for step in steps:
            with self._drawn(step) as params:
                own, out = self._matrix(step, params)
            if product is not None and math.prod(out) > math.prod(self.size):
                if not is_all or step is not steps[-1] or any(isinstance(value, Traced) for value in own):
                    raise UntraceableError
                if only_pads(own, self.size, out):
                    self._warp(product, self.size)
                    self._pad(own, out)
                    return None
            product = own if product is None else compose(own, product)
            self.size = out
        return product

    def _matrix(self, step: Transform, params: Mapping[str, Any]) -> tuple[Matrix, Size]:
        assert isinstance(step, SpatialTransform)
        return step.matrix(self.size, **params), step.out_size(self.size, **params)

    def _tone(self, steps: Sequence[Transform]) -> None:
        """Melt what surely happens; put anything else together when the function runs."""
        if len(steps) == 1 or all(map(_is_certain, steps)):
            with ExitStack() as drawn:
                self._melt([self._steps(step, drawn.enter_context(self._drawn(step))) for step in steps])
            return
        self.script.line("tones = []")
        for step in steps:
            with self._drawn(step) as params:
                self.script.line("tones.append({})", self._steps(step, params))
        with self._maybe("if tones:"):
            self._perform_each(Traced(self.script, "tones"))
        self.is_new = self.is_new or any(map(_is_certain, steps))

    def _steps(self, step: Transform, params: Mapping[str, Any]) -> tuple[Step, ...] | Traced:
        assert isinstance(step, PointwiseTransform)
        changes: tuple[Step, ...] | Traced = self._known_or_later(step.steps, **params)
        return changes

    def _melt(self, changes: Sequence[tuple[Step, ...] | Traced]) -> None:
        known = [change for change in changes if isinstance(change, tuple)]
        if len(known) < len(changes):
            self._perform_each(tuple(changes))
            return
        for operation in pointwise(known):
            assert isinstance(operation, Pointwise)
            try:
                gain, rows, offset, bent = melt(operation.seen_by(self.colored), self._mean)
            except UntraceableError:
                self._perform(operation)
                continue
            if bent:
                self._call(apply_bent, gain, offset, tuple(bent), can_write_over=True)
            elif rows is not None:
                self._call(apply_matrix, tuple(map(tuple, rows)), offset, can_write_over=True)
            else:
                self._call(apply_linear, gain, offset if self.colored else (luma(offset),), can_write_over=True)

    def _perform_each(self, changes: tuple[tuple[Step, ...] | Traced, ...] | Traced) -> None:
        with self.script.block(f"for operation in {self.script.bound(pointwise)}({{}}):", changes):
            self._perform(Traced(self.script, "operation"))

    def _mean(self) -> Color:
        red, green, blue = self.script.several(Traced(self.script, f"{self.script.bound(mean_color)}(image)"), 3)
        return cast(Color, (red, green, blue))


def _is_certain(step: Transform) -> bool:
    return step.p >= 1.0
