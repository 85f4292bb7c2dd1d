"""From drawn numbers to operations: one for each run of matrices, one for each run of changes of single pixels."""

from collections.abc import Iterable, Iterator

from augkit.geometry import Matrix, Size, compose
from augkit.operations import Operation, Pointwise, Step, Warp, pointwise
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
        last = operations[-1] if operations else None
        if kind.is_spatial:
            if tones:
                operations += pointwise(tones)
                tones = []
            elif matrix is None and isinstance(last, Warp):  # of a kind with an operation of its own
                matrix = last.matrix
                del operations[-1]
            own: Matrix = kind.matrix(size, **params)  # type: ignore[attr-defined]
            matrix = own if matrix is None else compose(own, matrix)
            if not kind.keeps_size:
                size = kind.out_size(size, **params)  # type: ignore[attr-defined]
            continue
        if matrix is not None:
            operations.append(Warp(matrix, size))
            matrix = None
        elif kind.is_pointwise and not tones and isinstance(last, Pointwise):
            tones.append(last.steps)
            del operations[-1]
        if kind.is_pointwise:
            tones.append(kind.steps(**params))  # type: ignore[attr-defined]
            continue
        if tones:
            operations += pointwise(tones)
            tones = []
        operation = kind.operation(size, params)
        both = operations[-1].absorb(operation) if operations else None
        if both is None:
            operations.append(operation)
        else:
            operations[-1] = both
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
