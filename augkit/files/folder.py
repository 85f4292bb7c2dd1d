"""The picture of a file, and those of a folder, one after the other."""

import contextlib
from collections.abc import Iterator

from augkit.errors import AugkitError
from augkit.files.picture import MAX_PIXELS, Array, UnusableImageError, read_contents
from augkit.files.read import read_bytes
from augkit.files.scan import scan


def read_picture(path: str, max_pixels: int = MAX_PIXELS) -> Array:
    """Return the picture of a file, upright, as `decode` has it.

    Raises
    ------
    UnusableImageError
        When it is not whole, too large, or no picture.
    OSError
    """
    return read_contents(read_bytes(path), max_pixels).pixels


def read_pictures(root: str, max_pixels: int = MAX_PIXELS) -> Iterator[Array]:
    """Yield the pictures of all classes of a folder, by id; what can't be read is passed over.

    Raises
    ------
    AugkitError
        When none can be read.
    """
    found, some = scan(root), False
    for image_id in sorted(image_id for ids in found.classes.values() for image_id in ids):
        with contextlib.suppress(UnusableImageError, OSError):
            yield read_picture(found.path(image_id), max_pixels)
            some = True
    if not some:
        raise AugkitError(f"{root} holds no usable image")
