"""Parts of the picture covered up."""

from collections.abc import Mapping

from augkit.geometry import Size
from augkit.operations import Erase, Operation
from augkit.seeding import Draws
from augkit.transforms.base import Number, Params, Range, Transform, draw_window, span, transform


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

    area: Range = span(0.02, 0.2, least=0.0, most=1.0)
    ratio: Range = span(0.3, 3.3, least=0.01, most=100.0)
    fill: Range = span(0.0, 1.0, least=0.0, most=1.0)

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return the rectangle, as fractions of the picture, and its grey."""
        across, down = draw_window(draws, size, self.area, self.ratio)
        left, top = draws.uniform(0.0, 1.0 - across), draws.uniform(0.0, 1.0 - down)
        fill = draws.uniform(*self.fill)
        return {"left": left, "top": top, "right": left + across, "bottom": top + down, "fill": fill}

    @classmethod
    def operation(cls, size: Size, params: Mapping[str, Number]) -> Operation:
        """Return the rectangle."""
        return Erase(**params)
