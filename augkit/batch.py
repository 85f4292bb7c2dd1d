"""Many small pictures at once: drawn in columns, performed stage by stage, with the bytes of one by one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle, repeat
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from augkit.errors import AugkitError
from augkit.fusing import perform as perform_one
from augkit.geometry import IDENTITY, Matrix, Size, compose, is_affine, margins, only_pads
from augkit.kernels import Array
from augkit.kernels.many import (
    gaussian_many,
    is_small,
    linear_many,
    mean_colors,
    pad_many,
    salt_and_pepper_many,
    sharpen_many,
    warp_many,
)
from augkit.kernels.memory import empty
from augkit.kernels.warp import warp
from augkit.operations import Linear, Pointwise, View
from augkit.operations.color import melt
from augkit.pillow import MODES, is_pillow
from augkit.seeding import Column, Key, ManyDraws
from augkit.tracing import Script, TracedDraws, UntraceableError
from augkit.transforms.base import Drawn, PointwiseTransform, SpatialTransform, Transform
from augkit.transforms.noise import GaussianNoise, SaltAndPepper
from augkit.transforms.sharpness import Sharpness

Columns: TypeAlias = Mapping[str, Any]
"""Drawn parameters: each a number that is the same for all pictures, or a column."""


@dataclass(frozen=True)
class Stage:
    """Neighbouring transforms of a kind, which a picture sees as one operation."""

    kind: type[Transform]
    steps: list[Transform] = field(default_factory=list)

    @property
    def is_certain(self) -> bool:
        """Whether it happens to every picture."""
        return any(step.is_certain for step in self.steps)


def checked(images: npt.ArrayLike, keys: Sequence[Key | None] | None) -> tuple[Array, Sequence[Key | None]]:
    """Return pictures as one array, and a key or None for each; raise AugkitError where they are no batch."""
    if isinstance(images, Sequence):
        for place, picture in enumerate(images):
            is_pillow(picture, f"images[{place}]", MODES["image"])
        dtypes = sorted({str(picture.dtype) for picture in images if isinstance(picture, np.ndarray)})
        if len(dtypes) > 1:
            raise AugkitError(f"Pipeline: pictures of a batch must all have one dtype, got {' and '.join(dtypes)}")
    try:
        images = np.asarray(images)
    except ValueError:
        raise AugkitError("Pipeline: pictures of a batch must all have one shape; call it for each of them") from None
    if images.ndim not in (3, 4):
        raise AugkitError(f"Pipeline: a batch must be (N, H, W) or (N, H, W, C), got shape {images.shape}")
    if images.ndim == 3 and images.shape[2] in (3, 4):
        raise AugkitError(
            f"Pipeline: a batch of shape {images.shape} looks like one picture in colour, for which pipeline(image) "
            "will do; grey pictures so narrow need images[..., None]"
        )
    keys = [None] * len(images) if keys is None else keys
    if not isinstance(keys, Sequence):
        raise AugkitError(f"Pipeline: the keys of a batch must be a list of them, got {keys!r}")
    if len(keys) != len(images):
        raise AugkitError(f"Pipeline: a batch needs a key for each picture, got {len(keys)} for {len(images)}")
    return images, keys


def stages_of(transforms: Sequence[Transform]) -> list[Stage] | None:
    """Return the stages of a pipeline, or None where pictures would fuse its steps in different ways.

    That is so where two stages of a kind become neighbours in those pictures that skip what stands between, and where
    a transform can't be drawn in columns. What never happens is left out.
    """
    stages: list[Stage] = []
    for step in transforms:
        if step.p == 0.0 and step.draws_once:
            continue
        if not step.in_columns:
            return None
        if isinstance(step, SpatialTransform | PointwiseTransform) and not (step.is_spatial or step.is_pointwise):
            return None  # an `operation` of its own
        kind = next((kind for kind in (SpatialTransform, PointwiseTransform) if isinstance(step, kind)), type(step))
        if not stages or stages[-1].kind is not kind or kind is type(step):
            stages.append(Stage(kind))
        stages[-1].steps.append(step)
    for place, stage in enumerate(stages):
        for earlier in reversed(stages[:place]):
            if earlier.kind is stage.kind:
                return None
            if earlier.is_certain:
                break
    return stages


def keep_together(stages: Sequence[Stage], size: Size) -> bool:
    """Return whether pictures of a size all come out in one size, whatever is drawn.

    Where a draw fails, they don't: one by one, the picture it fails for tells its own error.
    """
    unknown = TracedDraws(Script(""), always=True)
    for step in (step for stage in stages for step in stage.steps if not step.keeps_size):
        draws: Any = unknown if step.is_ours else ManyDraws(0, [("", 0)])  # another's says that they stay together
        try:
            out = step.out_size(size, **step.draw(draws, size))
        except (UntraceableError, AugkitError):
            return False
        if out != size and not step.is_certain:
            return False
        size = out
    return True


def can_do(shape: Sequence[int], dtype: np.dtype[Any], view: View) -> bool:
    """Return whether pictures of this shape (N, H, W, C) and dtype are of the kind that gains by being done at once."""
    colored = len(shape) == 4 and shape[3] == 3 and dtype == np.uint8
    return colored and shape[0] > 1 and is_small(shape) and view.interpolation == "linear"


def perform(stages: Sequence[Stage], images: Array, many: ManyDraws, view: View) -> Array:
    """Return what becomes of the pictures, each with its own random numbers."""
    size: Size = (images.shape[1], images.shape[2])
    done = np.ascontiguousarray(images)
    for stage in stages:
        drawn = []
        for step in stage.steps:
            some = many.when(step.p)
            params: Columns = step.draw(some, size)  # type: ignore[arg-type]
            drawn.append(DrawnColumns(type(step), some.rows, params))
            size = step.out_size(size, **params)
        if stage.kind is SpatialTransform:
            done = _warped(drawn, done, view)
        elif stage.kind is PointwiseTransform:
            done = _toned(drawn, done, view)
        else:
            done = _changed(drawn[0], done, view, is_new=done is not images)
    return done if stages else images.copy()


class DrawnColumns(NamedTuple):
    """What was drawn of one transform: for which pictures, and what."""

    kind: type[Transform]
    rows: Column
    params: Columns

    def one(self, place: int) -> dict[str, Any]:
        """Return the parameters of the picture in this place among the rows, as plain numbers."""
        return {
            name: value[place].item() if isinstance(value, np.ndarray) else value for name, value in self.params.items()
        }


def _spread(values: Any, rows: Column, count: int, neutral: float) -> Any:
    """Return a column for all pictures, neutral for those that are not among the rows."""
    if len(rows) == count:
        return values
    column = np.full(count, neutral)
    column[rows] = values
    return column


def _warped(drawn: Sequence[DrawnColumns], images: Array, view: View) -> Array:
    """Move all at once, and if a larger canvas comes last, put them onto that; any other canvas, one by one."""
    count, size = len(images), (images.shape[1], images.shape[2])
    matrix = IDENTITY
    for place, (kind, rows, params) in enumerate(drawn):
        assert issubclass(kind, SpatialTransform)
        own, out = kind.matrix(size, **params), kind.out_size(size, **params)
        if place and math.prod(out) > math.prod(size) and any(only_pads(each, size, out) for each in _each(own, count)):
            alike = not any(isinstance(value, np.ndarray) for value in own)
            sides = margins(own, size, out) if alike and place == len(drawn) - 1 else None
            if sides is None:
                return np.stack([_alone(drawn, image, number, view) for number, image in enumerate(images)])
            return pad_many(_moved(images, matrix, size, view), sides, view.border, view.fill)
        if len(rows) < count:
            entries = 6 if is_affine(own) else 9
            own = (*map(_spread, own[:entries], repeat(rows), repeat(count), IDENTITY), *own[entries:])
        matrix, size = compose(own, matrix), out
    return _moved(images, matrix, size, view)


def _moved(images: Array, matrix: Matrix, size: Size, view: View) -> Array:
    """Move all at once, or where there are perspectives, one by one."""
    if is_affine(matrix):
        return warp_many(images, matrix, size, view.border, view.fill)
    moved = empty((len(images), *size, 3), np.uint8)
    for image, own, result in zip(images, cycle(_each(matrix, len(images))), moved, strict=False):
        result[:] = warp(image, own, size, view.border, view.fill, view.interpolation)
    return moved


def _each(matrix: Matrix, count: int) -> Iterable[Matrix]:
    """Return the matrix of each of many pictures; one, where it is the same for all."""
    if not any(isinstance(value, np.ndarray) for value in matrix):
        return (matrix,)
    return zip(*(np.broadcast_to(value, count).tolist() for value in matrix), strict=True)


def _alone(drawn: Sequence[DrawnColumns], image: Array, place: int, view: View) -> Array:
    """Return what becomes of one picture, done by itself."""
    own = [Drawn(each.kind, each.one(int(np.searchsorted(each.rows, place)))) for each in drawn if place in each.rows]
    return perform_one(own, image, view)


def _toned(drawn: Sequence[DrawnColumns], images: Array, view: View) -> Array:
    """Do lines at once; pictures to which anything else is done, one by one."""
    size, lines, others = (images.shape[1], images.shape[2]), [], np.zeros(len(images), bool)
    for each in drawn:
        kind, rows, params = each
        if not len(rows):
            continue
        assert issubclass(kind, PointwiseTransform)
        operation = kind.operation(size, each.one(0))
        if isinstance(operation, Pointwise) and all(isinstance(step, Linear) for step in operation.steps):
            spread = partial(_spread, rows=rows, count=len(images))
            for step in kind.steps(**params):
                assert isinstance(step, Linear)
                red, green, blue = (spread(value, neutral=0.0) for value in step.offset)
                pivot = None if step.pivot is None else spread(step.pivot, neutral=0.0)
                lines.append(Linear(spread(step.gain, neutral=1.0), (red, green, blue), pivot))
        else:
            others[rows] = True
    gain, _, offset, _ = melt(lines, lambda: mean_colors(images))
    changed = linear_many(images, gain, offset)
    for place in np.flatnonzero(others).tolist():
        changed[place] = _alone(drawn, images[place], place, view)
    return changed


def _changed(drawn: DrawnColumns, images: Array, view: View, *, is_new: bool) -> Array:
    """Do one kind of change to those it happens to; pictures made here, which are new, may be written over."""
    kind, rows, params = drawn
    if not len(rows):
        return images if is_new else images.copy()
    everyone = len(rows) == len(images)
    some = images if everyone else images[rows]
    if kind is GaussianNoise and "shared" not in params:
        done = gaussian_many(some, params["std"], params["seed"].tolist())
    elif kind is Sharpness:
        done = sharpen_many(some, params["amount"])
    elif kind is SaltAndPepper:
        mine = is_new or not everyone
        done = salt_and_pepper_many(some, params["amount"], params["seed"].tolist(), over=mine)
    else:
        done = np.empty_like(some)
        for place, image in enumerate(some):
            done[place] = kind.operation(images.shape[1:3], drawn.one(place)).apply_image(image, view)
    if everyone:
        return done
    changed = images if is_new else images.copy()
    changed[rows] = done
    return changed
