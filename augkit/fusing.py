"""From drawn numbers to operations: one for each run of matrices, one for each run of changes of single pixels."""

from collections.abc import Iterable, Iterator

from augkit.geometry import Matrix, Size, compose, only_pads
from augkit.operations import Operation, Pointwise, Step, Warp, add, pointwise
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
            out: Size = size if kind.keeps_size else kind.out_size(size, **params)  # type: ignore[attr-defined]
            if matrix is None:
                matrix = own
            elif out != size and only_pads(own, size, out):
                operations.append(Warp(matrix, size))
                matrix = own
            else:
                matrix = compose(own, matrix)
            size = out
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
