"""Parts of the picture covered up."""

from collections.abc import Iterator, Mapping
from typing import Any

from augkit.geometry import Size
from augkit.operations import Erase, Operation
from augkit.seeding import Draws
from augkit.transforms.base import Drawn, Params, Range, Transform, draw_window, span, transform


@transform
class RandomErasing(Transform):
    """Cover a rectangle with grey, so that a model can't lean on one part of the object (Zhong et al. 2020).

    Masks, boxes and keypoints stay as they are.

    Parameters
    ----------
    area : (float, float)
        Range of the rectangle's area as a fraction of the picture's.
    ratio : (float, float)
        Range of its width over its height, drawn on a logarithmic scale; one that would not fit is made as wide or as
        high as the picture.
    fill : (float, float)
        Range of its grey, from 0 (black) to 1 (white).

    Examples
    --------
    >>> import numpy as np, augkit
    >>> quarter = augkit.RandomErasing(area=(0.25, 0.25), ratio=(1, 1), fill=(1, 1))
    >>> erased = augkit.Pipeline([quarter])(np.zeros((200, 200), np.uint8))
    >>> round(float((erased == 255).mean()), 2)
    0.25
    """

    area: Range = span(default=(0.02, 0.2), least=0.0, most=1.0)
    ratio: Range = span(default=(0.3, 3.3), least=0.01, most=100.0)
    fill: Range = span(default=(0.0, 1.0), least=0.0, most=1.0)

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return the rectangle, as fractions of the picture, and its grey."""
        across, down = draw_window(draws, size, self.area, self.ratio)
        left, top = draws.uniform(0.0, 1.0 - across), draws.uniform(0.0, 1.0 - down)
        fill = draws.uniform(*self.fill)
        return {"left": left, "top": top, "right": left + across, "bottom": top + down, "fill": fill}

    @classmethod
    def operation(cls, size: Size, params: Mapping[str, Any]) -> Operation:
        """Return the rectangle."""
        return Erase((tuple(params[name] for name in ("left", "top", "right", "bottom", "fill")),))


@transform
class CoarseDropout(Transform):
    """Cover several small rectangles, black by default (DeVries and Taylor 2017); each is drawn as random_erasing.

    Masks, boxes and keypoints stay as they are.

    Parameters
    ----------
    holes : (int, int)
        Range of the number of rectangles.
    fraction : (float, float)
        Range of their width and height, as fractions of the picture's.
    fill : (float, float)
        Range of their grey, from 0 (black) to 1 (white); one grey for all.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> hole = augkit.CoarseDropout(holes=(1, 1), fraction=(0.5, 0.5))
    >>> int((augkit.Pipeline([hole])(np.full((8, 8), 9, np.uint8)) == 0).sum())
    16
    """

    holes: Range = span(default=(2, 8), least=0, most=1000, whole=True)
    fraction: Range = span(default=(0.06, 0.2), least=0.0, most=1.0)
    fill: Range = span(default=(0.0, 0.0), least=0.0, most=1.0)

    @property
    def varies(self) -> bool:
        """Whether there always is a hole: its place is like no other."""
        return self.is_certain and self.holes[0] >= 1

    def draw_steps(self, draws: Draws, size: Size) -> Iterator[Drawn]:
        """Yield the rectangles."""
        if not draws.chance(self.p):
            return
        fill = draws.uniform(*self.fill)
        for _ in range(draws.integer(*self.holes)):
            width, height = draws.uniform(*self.fraction), draws.uniform(*self.fraction)
            left, top = draws.uniform(0.0, 1.0 - width), draws.uniform(0.0, 1.0 - height)
            edges = {"left": left, "top": top, "right": left + width, "bottom": top + height}
            yield Drawn(RandomErasing, edges | {"fill": fill})
