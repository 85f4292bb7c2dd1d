"""A data set as arrays, all pictures of one size: for experiments that fit into memory."""

import os
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from augkit.errors import AugkitError
from augkit.features.pictures import load_all
from augkit.files.samples import sample_digits
from augkit.files.scan import scan
from augkit.kernels import Array
from augkit.kernels.view import to_view


class Pictures(NamedTuple):
    """A data set in memory.

    Attributes
    ----------
    images : array (N, side, side, 3), uint8
    labels : array of N
        Class numbers.
    classes : list of str
        Their names.
    """

    images: Array
    labels: npt.NDArray[np.int64]
    classes: list[str]


def load_pictures(folder: str | os.PathLike[str] | None = None, *, side: int = 32) -> Pictures:
    """Return all pictures of a folder as RGB of one size.

    Parameters
    ----------
    folder : path, optional
        A folder of class folders; of a data set with splits, its training part is taken. Without it, the 1,797
        handwritten digits that scikit-learn ships.
    side : int
        Of all pictures, in pixels; each side is scaled for itself, nothing is cut away.

    Returns
    -------
    Pictures
        In the order of the classes' names.

    Raises
    ------
    AugkitError
        When there is no such folder, or a picture in it can't be read: `augkit audit` finds them all.

    Examples
    --------
    >>> images, labels, classes = load_pictures(side=16)
    >>> images.shape, images.dtype, len(labels), classes[:3]
    ((1797, 16, 16, 3), dtype('uint8'), 1797, ['0', '1', '2'])
    """
    if side < 1:
        raise AugkitError(f"load_pictures: side must be at least 1, got {side}")
    if folder is None:
        scans, numbers = sample_digits()
        order = np.argsort(numbers, kind="stable")
        return Pictures(np.stack([_view(scan, side) for scan in scans[order]]), numbers[order], list("0123456789"))
    found = scan(os.fspath(folder))
    classes = sorted(found.classes)
    sizes = [len(found.classes[name]) for name in classes]
    paths = [found.path(image_id) for name in classes for image_id in found.classes[name]]
    images = np.stack([_view(picture, side) for picture in load_all(paths)])
    return Pictures(images, np.repeat(np.arange(len(classes)), sizes), classes)


def _view(picture: Any, side: int) -> Array:
    view = to_view(picture, side)
    return view if view.dtype == np.uint8 else np.rint(view * 255).astype(np.uint8)
