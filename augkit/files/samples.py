"""The photos and the digits that scikit-learn ships, to show things on."""

from importlib import resources

import numpy as np
import numpy.typing as npt

from augkit.files.picture import MAX_PIXELS, Array, decode

PHOTOS = ("china.jpg", "flower.jpg")
"""A palace with straight lines everywhere, and a flower with strong colours and a soft background."""

CREDIT = "Photos by danielbuechele and vultilion on Flickr (CC BY 2.0), as scikit-learn ships them."


def sample_photo(name: str) -> Array:
    """Return one of the photos, 427x640 RGB."""
    return decode((resources.files("sklearn.datasets.images") / name).read_bytes(), MAX_PIXELS)[0]


def sample_digits() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Return handwritten digits, (1797, 8, 8) with white ink, and which they are."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    return np.rint(digits.images * (255 / 16)).astype(np.uint8), digits.target
