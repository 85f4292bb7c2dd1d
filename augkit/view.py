"""Whether what a pipeline is told of how to look at pixels makes sense."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from augkit.errors import AugkitError, suggest
from augkit.kernels import Fill
from augkit.kernels.warp import BORDERS, INTERPOLATIONS
from augkit.operations import View
from augkit.transforms.base import is_number, plain_number

_ENCLOSURES = ("corners", "ellipse")


def checked_view(view: View) -> View:
    """Return the view with Python's own numbers, or raise AugkitError naming the option that is wrong."""
    check_name("border", view.border, BORDERS)
    check_name("interpolation", view.interpolation, INTERPOLATIONS)
    check_name("enclosure", view.enclosure, _ENCLOSURES)
    least = view.min_visible
    if not is_number(least) or not 0.0 <= least <= 1.0:
        raise AugkitError(f"Pipeline: min_visible must be a fraction from 0 to 1, got {least!r}")
    try:
        fill = checked_fill(view.fill)
    except AugkitError as error:
        raise AugkitError(f"Pipeline: {error}") from None
    return View(view.interpolation, view.border, fill, view.enclosure, plain_number(least))


def check_name(option: str, value: Any, known: Iterable[str]) -> None:
    """Raise AugkitError where an option of a pipeline is none of the known names."""
    if not isinstance(value, str) or value not in known:
        raise AugkitError(f"Pipeline: there is no {option} {value!r}{suggest(str(value), known)}")


def checked_fill(fill: Any) -> Fill:
    """Return a grey, or a colour as a tuple; one of equal parts is a grey. Or raise AugkitError."""
    parts = list(fill) if isinstance(fill, Sequence | np.ndarray) and np.size(fill) == 3 else [fill]
    if not all(is_number(part) and 0.0 <= part <= 1.0 for part in parts):
        are_levels = all(is_number(part) and 0.0 <= part <= 255.0 for part in parts)
        hint = "; levels of 8 bits are divided by 255" if are_levels else ""
        raise AugkitError(
            "fill must be a grey from 0 (black) to 1 (white), or three such numbers for red, green and blue, "
            f"got {fill!r}{hint}"
        )
    red, *others = (plain_number(part) for part in parts)
    return red if all(part == red for part in others) else (red, others[0], others[1])
