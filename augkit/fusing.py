"""From drawn numbers to operations: one for each run of matrices, one for each run of changes of single pixels."""

from collections.abc import Iterable, Iterator

from augkit.geometry import Matrix, Size, compose, only_pads
from augkit.kernels import Array
from augkit.operations import Operation, Pointwise, Step, View, Warp, add, pointwise
from augkit.operations.warp import left_of
from augkit.sample import Sample
from augkit.transforms.base import Drawn


def segments(drawn: Iterable[Drawn]) -> Iterator[list[Drawn]]:
    """Yield what was drawn in parts: each ends with a step whose result has a size that only performing it tells."""
    segment: list[Drawn] = []
    for step in drawn:
        segment.append(step)
        if not step.kind.foresees_size:
            yield segment
            segment = []
    yield segment


def fused(drawn: Iterable[Drawn], size: Size) -> list[Operation]:
    """Return the operations that drawn numbers mean for a picture of this size, neighbours of a kind made one.

    What `fuse` makes of what `realize` returns, without the operations in between: of small pictures, those would take
    longer than the pixels.
    """
    operations: list[Operation] = []
    matrix: Matrix | None = None
    tones: list[tuple[Step, ...]] = []
    for kind, params in drawn:
        if kind.is_spatial:
            if tones:
                operations += pointwise(tones)
                tones = []
            own: Matrix = kind.matrix(size, **params)  # type: ignore[attr-defined]
            out: Size = size if kind.keeps_size else kind.out_size(size, **params)
            if matrix is None:
                matrix = own
            elif only_pads(own, size, out):
                operations.append(Warp(matrix, size))
                matrix = own
            else:
                matrix = compose(own, matrix)
            size = out
            # A canvas done by itself joins the next move again, unless that leaves it a canvas.
            while operations and isinstance(last := operations[-1], Warp) and not only_pads(matrix, last.out, size):
                matrix = compose(matrix, last.matrix)
                del operations[-1]
            continue
        if matrix is not None:
            operations.append(Warp(matrix, size))
            matrix = None
        elif kind.is_pointwise and not tones and operations and isinstance(last := operations[-1], Pointwise):
            tones.append(last.steps)
            del operations[-1]
        if kind.is_pointwise:
            tones.append(kind.steps(**params))  # type: ignore[attr-defined]
            continue
        if tones:
            operations += pointwise(tones)
            tones = []
        operation = kind.operation(size, params)
        add(operations, operation)
        if isinstance(operation, Warp):
            size = operation.out
    if matrix is not None:
        operations.append(Warp(matrix, size))
    elif tones:
        operations += pointwise(tones)
    return operations


def realize(drawn: Iterable[Drawn], size: Size) -> list[Operation]:
    """Return the operations that drawn numbers mean, one by one, for a picture of this size."""
    operations = []
    for kind, params in drawn:
        operation = kind.operation(size, params)
        if isinstance(operation, Warp):
            size = operation.out
        operations.append(operation)
    return operations


def perform(drawn: Iterable[Drawn], image: Array, view: View) -> Array:
    """Return what drawn numbers make of a picture that has nothing beside it, in memory of its own.

    What an operation of ours has made, the next one may write over.
    """
    flat = image.ndim == 3 and image.shape[2] == 1  # OpenCV drops a last axis of one channel
    done, is_new = image[..., 0] if flat else image, False
    for segment in segments(drawn):
        for operation in fused(segment, (done.shape[0], done.shape[1])):
            done = operation.apply_over(done, view) if is_new else operation.apply_image(done, view)
            is_new = operation.makes_new
    done = done if is_new else done.copy()
    return done[..., None] if flat and done.ndim == 2 else done


def perform_all(drawn: Iterable[Drawn], sample: Sample, view: View) -> Sample:
    """Return what drawn numbers make of a picture and all that belongs to it, in memory of its own."""
    if not sample.has_targets:
        return sample.with_image(perform(drawn, sample.image, view))
    image, given = sample.image, sample
    flat = image.ndim == 3 and image.shape[2] == 1  # as above
    if flat:
        sample = sample.with_image(image[..., 0])
    for segment in segments(drawn):
        for operation in fused(segment, sample.size):
            sample = operation.apply(sample, view)
    if flat and sample.image.ndim == 2:
        sample = sample.with_image(sample.image[..., None])
    if sample.boxes is not None and sample.visible is None:  # nothing has moved them: as by a step that changes nothing
        sample = sample.with_image(sample.image, **left_of(sample, sample.boxes, sample.size, view))
    return sample.apart_from(given)
