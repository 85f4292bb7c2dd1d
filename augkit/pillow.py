"""Pillow pictures in, Pillow pictures out: which may stand for an array, and how a result becomes one again."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from augkit.errors import AugkitError

if TYPE_CHECKING:
    import PIL.Image

# A palette's numbers are the classes of a mask; of a picture, they are no brightness that could be changed.
MODES = {"image": ("L", "I;16", "RGBA", "RGB"), "mask": ("1", "P", "I;16", "L")}


def is_pillow(value: Any, name: str, modes: Sequence[str]) -> bool:
    """Return whether this is a Pillow picture; raise AugkitError if it is one that has to be converted first."""
    if not hasattr(value, "getbands"):
        return False
    if value.mode not in modes:
        raise AugkitError(
            f"{name} is a Pillow picture of mode {value.mode}, expected one of {', '.join(modes)}; "
            f"{name}.convert({modes[-1]!r}) will do"
        )
    return True


def like_given(result: Any, given: "PIL.Image.Image | None") -> Any:
    """Return a result as it is, or as a Pillow picture with the mode and palette of the one given."""
    if given is None:
        return result
    import PIL.Image

    picture = PIL.Image.fromarray(result)
    if given.mode == "P" and (palette := given.getpalette()) is not None:
        picture.putpalette(palette)
    return picture
