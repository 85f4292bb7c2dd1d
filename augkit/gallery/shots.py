"""What of a transform is worth showing: a few of its draws, chosen by how much they change a picture. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from augkit.geometry import Size
from augkit.pipeline import Pipeline
from augkit.sample import Image
from augkit.transforms.base import Drawn, SpatialTransform, Transform

Steps: TypeAlias = tuple[Drawn, ...]

DRAWS = 40
_SHOWN = 6  # up to so many different draws are all shown, and so many where they are of several kinds
_BLOCK = 8  # pixels; what averages out in such a block is detail
_COARSE = 0.2


class Shot(NamedTuple):
    """One draw, and what it is an example of: "weak", "variant 2", "draw 3"."""

    label: str
    steps: Steps


def draw_some(step: Transform, size: Size) -> list[Steps]:
    """Return the different ones of some draws for a picture of this size, in three digits."""
    pipeline = Pipeline([step])
    drawn = [tuple(map(_rounded, pipeline.draw(size, key=(step.name(), copy)))) for copy in range(DRAWS)]
    return list({tell(steps): steps for steps in drawn}.values())


def choose_shots(draws: Sequence[Steps], photo: Image) -> list[Shot]:
    """Return the draws to show.

    A few are all shown; of several kinds, as choices and policies draw them, as many kinds as there is room for; of
    others the weak, the typical and the strong one, by how much they change the photo.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> ramp = np.tile(np.arange(32, dtype=np.uint8) * 8, (32, 1))
    >>> for shot in choose_shots(draw_some(augkit.Brightness(offset=(0.0, 0.2)), (32, 32)), ramp):
    ...     print(shot.label, tell(shot.steps))
    weak brightness(offset=0.0258)
    typical brightness(offset=0.0913)
    strong brightness(offset=0.196)
    >>> [shot.label for shot in choose_shots(draw_some(augkit.Rotate90(), (32, 32)), ramp)]
    ['variant 1', 'variant 2', 'variant 3']
    """
    if len(draws) == 1:
        return [Shot("always", draws[0])]
    if len({kind for steps in draws for kind in _kinds(steps)}) > 1:
        return [Shot(f"draw {number}", steps) for number, steps in enumerate(_varied(draws)[:_SHOWN], 1)]
    if len(draws) <= _SHOWN:
        return [Shot(f"variant {number}", steps) for number, steps in enumerate(sorted(draws, key=tell), 1)]
    ordered = sorted(draws, key=lambda steps: _change(photo, replay(steps, photo)))
    places = {"weak": len(ordered) // 8, "typical": len(ordered) // 2, "strong": len(ordered) - 1}
    return [Shot(label, ordered[place]) for label, place in places.items()]


def replay(steps: Steps, photo: Image) -> Image:
    """Return the photo with what was drawn done to it."""
    done: Image = Pipeline(()).replay(steps, photo)
    return done


def tell(steps: Steps, most: int = DRAWS) -> str:
    """Return what was drawn, at most so many steps of it.

    >>> from augkit import Invert, Rotate
    >>> tell((Drawn(Rotate, {"degrees": 12.3}), Drawn(Invert, {})))
    'rotate(degrees=12.3), invert()'
    >>> tell((Drawn(Rotate, {"degrees": 12.3}), Drawn(Invert, {})), most=1)
    'rotate(degrees=12.3), and 1 more'
    """
    told = [str(one) for one in steps[:most]]
    return ", ".join(told + ([f"and {len(steps) - most} more"] if len(steps) > most else [])) or "nothing"


def moves(steps: Steps) -> bool:
    """Return whether pixels are moved."""
    return any(issubclass(kind, SpatialTransform) for kind in _kinds(steps))


def is_detail(before: Image, after: Image) -> bool:
    """Return whether the difference of two pictures of a size averages out nearby: one must look closely to see it."""
    if min(before.shape[:2]) < _BLOCK:
        return False
    difference = after.astype(np.float32) - before
    rows, columns = (side // _BLOCK for side in before.shape[:2])
    whole = difference[: rows * _BLOCK, : columns * _BLOCK]
    blocks = whole.reshape(rows, _BLOCK, columns, _BLOCK, -1).mean((1, 3))
    return bool(np.square(blocks).mean() < _COARSE * np.square(whole).mean())


def _kinds(steps: Iterable[Drawn]) -> tuple[type[Transform], ...]:
    return tuple(one.kind for one in steps)


def _varied(draws: Iterable[Steps]) -> list[Steps]:
    """Return the draws in such an order that those come first whose kinds have been seen the least."""
    left, ordered, seen = list(draws), list[Steps](), Counter[type[Transform]]()
    while left:
        rarest = min(left, key=lambda steps: sum(seen[kind] for kind in _kinds(steps)) / max(len(steps), 1))
        left.remove(rarest)
        ordered.append(rarest)
        seen.update(_kinds(rarest))
    return ordered


def _rounded(drawn: Drawn) -> Drawn:
    """Return what was drawn in three digits: shown and done are the same numbers then."""
    params = {key: float(f"{value:.3g}") if isinstance(value, float) else value for key, value in drawn.params.items()}
    return Drawn(drawn.kind, params)


def _change(before: Image, after: Image) -> float:
    """Return the mean change of a pixel; none is told where the size has changed."""
    return float(np.abs(after.astype(np.float32) - before).mean()) if before.shape == after.shape else 0.0
