"""Data sets that augment: around any map-style data set, or over a folder."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch.utils.data import Dataset, IterableDataset

from augkit.errors import AugkitError
from augkit.features.pictures import by_place
from augkit.files.convert import as_rgb
from augkit.files.folder import read_picture
from augkit.files.picture import MAX_PIXELS, Array, UnusableImageError, examine
from augkit.files.read import read_bytes
from augkit.files.scan import scan
from augkit.interop.items import Copies, Work
from augkit.interop.torch.transform import draw_key
from augkit.kernels import leave_threads_alone
from augkit.pipeline import Pipeline
from augkit.seeding import Key


class AugmentedDataset(Dataset[Any]):
    """A map-style data set, augmented: `(index, copy)` is always the same bytes.

    `KeyedSampler` and `BalancedSampler` yield such pairs, so the number of workers changes nothing. Copy 0 is the
    original. An index alone is drawn from PyTorch's own generator, as by `TorchTransform`.

    Parameters
    ----------
    dataset : map-style data set
        Its items are pictures, tuples (picture, target, ...) or dicts; pictures are Pillow's, arrays, or tensors with
        channels first, and come back as such. A target that is a picture of the same size follows as a mask; of a dict
        mask, masks, boxes, labels and keypoints follow, and area, iscrowd and the like leave with their box. Everything
        else is passed on, but for what looks as if it should follow, which `names` must tell of.
    pipeline : Pipeline
    original : Pipeline, optional
        What is done to a copy 0, for example a resize; without it nothing.
    transform : callable, optional
        Takes the finished picture, such as `to_tensor`.
    names : mapping, optional
        What the fields of dicts are, if they have names of their own: {"img": "image", "objects.bbox": "boxes"}; "each"
        has a row for each box, which leaves with it, and None is passed on as it is.
    ids : sequence of str, optional
        What names each item forever, such as its path; without it the index does.

    Raises
    ------
    AugkitError
        When it is a stream, whose items have no index, or there are more or fewer ids than items.

    Examples
    --------
    >>> import augkit, numpy as np
    >>> pairs = [(np.full((4, 4), number, np.uint8), "cat") for number in range(3)]
    >>> data = AugmentedDataset(pairs, augkit.Pipeline([augkit.Brightness()], seed=7))
    >>> (image, label), (again, _) = data[2, 1], data[2, 1]
    >>> label, bool((image == again).all()), int(data[2, 0][0].max())
    ('cat', True, 2)
    """

    def __init__(
        self,
        dataset: Any,
        pipeline: Pipeline,
        *,
        original: Pipeline | None = None,
        transform: Callable[[Any], Any] | None = None,
        names: Mapping[str, str | None] | None = None,
        ids: Sequence[str] | None = None,
    ) -> None:
        indexed = hasattr(dataset, "__getitem__") and hasattr(dataset, "__len__")
        if not indexed or isinstance(dataset, IterableDataset):  # which may have a length, too
            raise AugkitError(
                f"AugmentedDataset: expected a data set with indices and a length, got {type(dataset).__name__}; an "
                "item of a stream has no index to be keyed by: map a TorchTransform over it, or over a WebDataset "
                "augkit.interop.webdataset.Augment, which takes its keys"
            )
        if ids is not None and len(ids) != len(dataset):
            raise AugkitError(f"AugmentedDataset: there are {len(ids)} ids for {len(dataset)} items")
        self.dataset, self.ids = by_place(dataset), by_place(ids)
        self.copies = Copies(Work(pipeline, names or {}, transform), Work(original, names or {}, transform))

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: int | tuple[int, int]) -> Any:
        (item,) = self.__getitems__([index])
        return item

    def __getitems__(self, indices: Sequence[int | tuple[int, int]]) -> list[Any]:
        """Return the items of a batch, the same as one by one: PyTorch's loader asks so, and small pictures gain."""
        leave_threads_alone()
        items = [self.dataset[index[0] if isinstance(index, tuple) else index] for index in indices]
        return self.copies(items, [self._key(index) for index in indices])

    def _key(self, index: int | tuple[int, int]) -> Key:
        if not isinstance(index, tuple):
            return draw_key()
        place, copy = index[0] % len(self), index[1]
        return (str(place) if self.ids is None else self.ids[place]), copy


class AugmentedFolder(AugmentedDataset):
    """A folder of class folders, decoded and augmented; items are (picture, class number).

    It finds what `augkit expand` finds, names pictures by their path in the folder, and reads them upright. A copy is
    what `augkit expand` draws for the copy of this number.

    Parameters
    ----------
    root : str or path
        A folder of class folders; of a data set with splits, its training part is taken.
    pipeline : Pipeline
        Where pictures differ in size, it should end in one: `ResizedCrop` or `Resize`.
    original : Pipeline, optional
        What is done to a copy 0, for example a resize; without it nothing.
    transform : callable, optional
        Takes the finished picture, such as `to_tensor`.
    color : bool
        Make every picture RGB of 8 bits; else they come as they are in their files, also grey, with alpha, or 16 bits.
    skip_unusable : bool
        Look at every file first, and leave out what is no picture or not whole; else such a file is an error when its
        item is asked for.

    Attributes
    ----------
    classes : list of str
        Their names, in the order of their numbers.
    targets : list of int
        The class number of each item.
    ids : list of str
        The path of each item.
    skipped : list of (str, str)
        Paths of files that were left out, with the reason.

    Raises
    ------
    AugkitError
        When there is no such folder or no picture in it; and, where an item is asked for, when it can't be read.
    """

    def __init__(
        self,
        root: Any,
        pipeline: Pipeline,
        *,
        original: Pipeline | None = None,
        transform: Callable[[Any], Any] | None = None,
        color: bool = True,
        skip_unusable: bool = False,
    ) -> None:
        pictures = _Pictures(str(root), color, skip_unusable)
        super().__init__(pictures, pipeline, original=original, transform=transform, ids=pictures.ids)
        self.classes, self.targets, self.skipped = pictures.classes, pictures.targets, pictures.skipped


class _Pictures:
    """The pictures of a folder as they are."""

    def __init__(self, root: str, color: bool, skip_unusable: bool) -> None:
        self.found = scan(root)
        self.color = color
        self.classes = sorted(self.found.classes)
        self.ids: list[str] = []
        self.targets: list[int] = []
        self.skipped: list[tuple[str, str]] = []
        for number, name in enumerate(self.classes):
            for image_id in self.found.classes[name]:
                reason = _reason(self.found.path(image_id)) if skip_unusable else None
                if reason is None:
                    self.ids.append(image_id)
                    self.targets.append(number)
                else:
                    self.skipped.append((image_id, reason))
        if not self.ids:
            raise AugkitError(f"AugmentedFolder: none of {len(self.skipped)} files in {root} can be used")

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, index: int) -> tuple[Array, int]:
        path = self.found.path(self.ids[index])
        try:
            pixels = read_picture(path)
        except (UnusableImageError, OSError) as error:
            raise AugkitError(
                f"{path} can't be read: {error}; mend it, take it out of the folder, or say skip_unusable=True"
            ) from None
        return (as_rgb(pixels) if self.color else pixels), self.targets[index]


def _reason(path: str) -> str | None:
    """Return why a file can't be used, or None."""
    try:
        examine(read_bytes(path), MAX_PIXELS)
    except (UnusableImageError, OSError) as error:
        return str(error)
    return None
