"""The pictures of a folder, one after the other."""

import contextlib
from collections.abc import Iterator

from augkit.files.picture import MAX_PIXELS, Array, UnusableImageError, decode
from augkit.files.read import read_bytes
from augkit.files.scan import scan


def read_pictures(root: str) -> Iterator[Array]:
    """Yield the pictures of all classes of a folder, by id; what can't be read is passed over."""
    found = scan(root)
    for image_id in sorted(image_id for ids in found.classes.values() for image_id in ids):
        with contextlib.suppress(UnusableImageError, OSError):
            yield decode(read_bytes(found.path(image_id)), MAX_PIXELS)[0]
