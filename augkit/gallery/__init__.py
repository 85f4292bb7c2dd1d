"""A page that shows what every transform does, on a photo: to look at before one writes a recipe."""

import os
from typing import NamedTuple

from augkit.errors import AugkitError
from augkit.files.folder import read_picture
from augkit.files.picture import UnusableImageError
from augkit.files.samples import CREDIT, PHOTOS, sample_photo
from augkit.files.write import check_place, write_file
from augkit.gallery.exhibits import Photos, make_exhibits
from augkit.gallery.page import render
from augkit.sample import Image


class Written(NamedTuple):
    """How many transforms are on the page, and how large it is."""

    transforms: int
    bytes: int


def make_gallery(path: str | os.PathLike[str], *, image: str | os.PathLike[str] | None = None) -> Written:
    """Write a page, complete in itself, that shows every transform at its default options.

    Parameters
    ----------
    path : path
        The .html file to write, in a folder that is there.
    image : path, optional
        The picture to show them on; two photos that scikit-learn ships by default.

    Raises
    ------
    AugkitError
        When the picture can't be read, or the page can't be written.
    """
    path = os.fspath(path)
    if not path.lower().endswith((".html", ".htm")):
        raise AugkitError(f"the gallery is a web page: name a file that ends in .html, got {path}")
    check_place(path)
    if image is None:
        photos, credit = Photos(*map(sample_photo, PHOTOS)), CREDIT
    else:
        own = _read(os.fspath(image))
        photos, credit = Photos(own, own), ""
    exhibits = list(make_exhibits(photos))
    page = render(exhibits, credit).encode()
    write_file(path, page)
    return Written(len(exhibits), len(page))


def _read(path: str) -> Image:
    try:
        return read_picture(path)
    except OSError as error:
        raise AugkitError(f"picture {path} can't be read: {error.strerror}") from None
    except UnusableImageError as error:
        raise AugkitError(f"picture {path} can't be used: {error}") from None
