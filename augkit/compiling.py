"""A pipeline for pictures of one size as one Python function: what drawing and fusing decide is decided once.

The transforms' own `draw`, `matrix` and `step` are run with numbers that are not known yet (`augkit.tracing`), and
their arithmetic is written down. What can't be written down, such as a choice, leaves a pipeline as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from itertools import takewhile
from operator import attrgetter
from typing import Any, TypeAlias, cast

import numpy as np

from augkit.batch import Stage, stages_of
from augkit.errors import AugkitError
from augkit.geometry import Matrix, Size, compose, margins, only_pads
from augkit.kernels import Color
from augkit.kernels.measure import luma, mean_color
from augkit.kernels.tone import apply_linear, apply_matrix
from augkit.kernels.warp import warp, warp_and_pad
from augkit.operations import Filter, Operation, Pointwise, Step, View, pointwise
from augkit.operations.color import apply_bent, is_colored, melt
from augkit.sample import Image
from augkit.seeding import Draws, Key
from augkit.tracing import Script, Traced, TracedDraws, UntraceableError
from augkit.transforms.base import PointwiseTransform, SpatialTransform, Transform

Form: TypeAlias = tuple[tuple[int, ...], np.dtype[Any]]
"""Shape and dtype of a picture."""
Program: TypeAlias = Callable[[Image, int, Key | None], Image]

_WORTH = 32  # pictures, of which each is done in half the time afterwards
_MOST, _MANY = 16, 1024  # forms that a function is tried for, and forms that are counted


def compiled(transforms: Sequence[Transform], shape: tuple[int, ...], view: View) -> Program | None:
    """Return what draws and performs a pipeline for a picture of this shape, a seed and a key; or None."""
    stages = stages_of(transforms) if all(step.is_ours for step in transforms) else None
    if stages is None:
        return None
    always = all(step.is_certain for stage in stages for step in stage.steps)
    writing = _Writing(shape, view, always=always)
    try:
        for stage in stages:
            writing.add(stage)
        return writing.program()
    except (UntraceableError, AugkitError):  # what is wrong with a draw is told when it is drawn
        return None
    except (RecursionError, SyntaxError, MemoryError):  # too deep for Python: some hundred steps
        return None


class Programs(dict[Form, Program]):
    """What becomes of a pipeline for pictures of a form, once so many of them have come that it is worth writing.

    A dict, since looking up must cost nothing. The first forms keep their functions forever. Threads that meet here
    may write a function twice or miss the moment for one, which does no harm.

    Parameters
    ----------
    transforms : sequence of Transform, optional
        Of a pipeline that draws otherwise, none: nothing is written then.
    view : View
    """

    def __init__(self, transforms: Sequence[Transform] | None, view: View) -> None:
        self._transforms, self._view = transforms, view
        self._seen: Counter[Form] = Counter()
        self._tried = 0

    def __reduce__(self) -> tuple[Any, ...]:
        # Functions can't be pickled: a copy writes its own.
        return Programs, (self._transforms, self._view)

    def see(self, image: Image) -> None:
        """Count a picture; when there have been enough of its form, write the function, if that can be done."""
        transforms, seen = self._transforms, self._seen
        if transforms is None or self._tried >= _MOST or image.shape[2:] == (1,):  # a last axis that OpenCV drops
            return
        form = image.shape, image.dtype
        seen[form] += 1
        if seen[form] == _WORTH:
            self._tried += 1
            program = compiled(transforms, image.shape, self._view)
            if program is not None:
                self[form] = program
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
        certain = step.is_certain
        with nullcontext() if certain else self._maybe(f"if {{}} < {step.p!r}:", self.draws.uniform()):
            yield step.draw(cast(Draws, self.draws), self.size)

    @contextmanager
    def _maybe(self, text: str, *values: Any) -> Iterator[None]:
        was_new = self.is_new
        with self.script.block(text, *values):
            yield
        self.is_new = was_new

    def _warp(self, matrix: Matrix | Traced, out: Size) -> None:
        self._call(warp, matrix, out, self.view.border, self.view.fill, self.view.interpolation)

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
        certain = list(takewhile(attrgetter("is_certain"), steps))
        product = self._product(certain, len(certain) == len(steps))
        if len(certain) == len(steps):
            if product is not None:
                self._warp(product, self.size)
            return
        self.script.line("matrix = {}", product)
        for step in steps[len(certain) :]:
            with self._drawn(step) as params:
                own, out = self._matrix(step, params)
                if only_pads(own, self.size, out):
                    raise UntraceableError  # a canvas, which may have to be done by itself
                self.script.line("own = {}", own)
                self.script.line(f"matrix = own if matrix is None else {self.script.bound(compose)}(own, matrix)")
            self.size = out
        with self._maybe("if matrix is not None:"):
            self._warp(Traced(self.script, "matrix"), self.size)
        self.is_new = self.is_new or any(step.is_certain for step in steps)

    def _product(self, steps: Sequence[Transform], is_all: bool) -> Matrix | None:
        """Return the product of matrices; None where a larger canvas came last of all, and all is performed."""
        product: Matrix | None = None
        for place, step in enumerate(steps):
            with self._drawn(step) as params:
                own, out = self._matrix(step, params)
            if product is not None and only_pads(own, self.size, out):
                if not is_all or place < len(steps) - 1:
                    raise UntraceableError
                sides = margins(own, self.size, out)
                if sides is None:
                    self._warp(product, self.size)
                    self._warp(own, out)
                else:
                    view = self.view
                    self._call(warp_and_pad, product, self.size, sides, view.border, view.fill, view.interpolation)
                self.size = out
                return None
            product = own if product is None else compose(own, product)
            self.size = out
        return product

    def _matrix(self, step: Transform, params: Mapping[str, Any]) -> tuple[Matrix, Size]:
        assert isinstance(step, SpatialTransform)
        out = step.out_size(self.size, **params)
        if out != self.size and not step.is_certain:
            raise UntraceableError  # the size to come is not known
        return step.matrix(self.size, **params), out

    def _tone(self, steps: Sequence[Transform]) -> None:
        """Melt what surely happens; put anything else together when the function runs."""
        if len(steps) == 1 or all(step.is_certain for step in steps):
            with ExitStack() as drawn:  # which keeps the block of a step that may not happen open
                self._melt([self._steps(step, drawn.enter_context(self._drawn(step))) for step in steps])
            return
        self.script.line("tones = []")
        for step in steps:
            with self._drawn(step) as params:
                self.script.line("tones.append({})", self._steps(step, params))
        with self._maybe("if tones:"):
            self._perform_each(Traced(self.script, "tones"))
        self.is_new = self.is_new or any(step.is_certain for step in steps)

    def _steps(self, step: Transform, params: Mapping[str, Any]) -> tuple[Step, ...] | Traced:
        assert isinstance(step, PointwiseTransform)
        changes: tuple[Step, ...] | Traced = self._known_or_later(step.steps, **params)
        return changes

    def _melt(self, changes: Sequence[tuple[Step, ...] | Traced]) -> None:
        known = [change for change in changes if isinstance(change, tuple)]
        if len(known) < len(changes):
            if len(changes) == 1:
                self._perform(Traced(self.script, f"{self.script.bound(Pointwise)}({{}})", (cast(Traced, changes[0]),)))
            else:
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
