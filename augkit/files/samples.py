"""The photos that scikit-learn ships, to show things on."""

from importlib import resources

from augkit.files.picture import MAX_PIXELS, Array, decode

PHOTOS = ("china.jpg", "flower.jpg")
"""A palace with straight lines everywhere, and a flower with strong colours and a soft background."""

CREDIT = "Photos by danielbuechele and vultilion on Flickr (CC BY 2.0), as scikit-learn ships them."


def sample_photo(name: str) -> Array:
    """Return one of the photos, 427x640 RGB."""
    return decode((resources.files("sklearn.datasets.images") / name).read_bytes(), MAX_PIXELS)[0]
