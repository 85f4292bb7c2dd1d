"""Hugging Face: augmentation as the transform of a data set, keyed by a column or the row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from augkit.errors import AugkitError, suggest
from augkit.interop import needing
from augkit.interop.items import Epoch, Work, key_of
from augkit.kernels import leave_threads_alone
from augkit.pipeline import Pipeline

with needing("datasets", "huggingface"):
    import datasets

__all__ = ["augment"]
_ROW = "augkit_row"


def augment(
    dataset: datasets.Dataset,
    pipeline: Pipeline,
    *,
    key: str | None = None,
    epoch: Epoch = None,
    names: Mapping[str, str | None] | None = None,
    transform: Callable[[Any], Any] | None = None,
) -> datasets.Dataset:
    """Return the data set with its pictures augmented whenever they are looked at (`with_transform`).

    Parameters
    ----------
    dataset : datasets.Dataset
        Columns image, mask, boxes, labels (of boxes) and keypoints follow; everything else is passed on, but for what
        looks as if it should follow, which `names` must tell of.
    pipeline : Pipeline
    key : str, optional
        The column that names each picture; without it the number of its row does, which later shuffling doesn't
        change.
    epoch : int, or callable returning it, optional
        The same bytes for the same epoch; without it every look is different. The callable may be `.item` of a tensor
        in shared memory, which persistent workers see change.
    names : mapping, optional
        What the columns are, if they have names of their own: {"img": "image", "objects.bbox": "boxes"}, where all that
        stands in `objects` leaves with its box. "each" has a row for each box as well; None is passed on.
    transform : callable, optional
        Takes the augmented picture.

    Raises
    ------
    AugkitError
        When it is no single data set, or has no such column.

    Examples
    --------
    >>> import augkit, numpy as np, PIL.Image
    >>> photo = PIL.Image.fromarray(np.arange(192, dtype=np.uint8).reshape(8, 8, 3))
    >>> data = datasets.Dataset.from_dict({"image": [photo], "label": [3]})
    >>> looked = augment(data, augkit.Pipeline([augkit.Rotate()]), epoch=0)
    >>> looked[0]["label"], looked[0]["image"] == looked[0]["image"], looked[0]["image"] == photo
    (3, True, False)
    """
    if not isinstance(dataset, datasets.Dataset):
        raise AugkitError(
            f"augment: expected one datasets.Dataset, such as data['train'], got {type(dataset).__name__}"
        )
    if key is not None and key not in dataset.column_names:
        raise AugkitError(f"augment: there is no column {key!r}{suggest(key, dataset.column_names)}")
    work = Work(pipeline, names or {}, transform)
    if not any(work.names.get(name, name) == "image" for name in dataset.column_names):
        known = ", ".join(map(repr, dataset.column_names))
        raise AugkitError(f"augment: there is no column 'image', but {known}; say names={{'its name': 'image'}}")
    if key is None and epoch is not None:
        key = _ROW
        if _ROW not in dataset.column_names:
            dataset = dataset.add_column(_ROW, list(range(len(dataset))))
    return dataset.with_transform(_Batches(work, key, epoch, frozenset(dataset.column_names)))


@dataclass(frozen=True)
class _Batches:
    """What Hugging Face calls with a dict of columns."""

    work: Work
    key: str | None
    epoch: Epoch
    known: frozenset[str]

    def __call__(self, batch: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
        leave_threads_alone()
        columns = {name: values for name, values in batch.items() if name != _ROW}
        if not any(self.work.names.get(name, name) == "image" for name in columns):
            if new := [name for name in columns if name not in self.known]:
                raise AugkitError(
                    f"augment: there is no picture any more, but {new[0]!r}: rename columns before augmenting"
                )
            return columns  # a look at other columns alone
        if self.key is not None and self.key not in batch:
            raise AugkitError(
                f"augment: pictures are keyed by the column {self.key!r}, which is gone: keep it, in a Trainer by "
                "remove_unused_columns=False, or leave out columns before augmenting"
            )
        ids = batch[self.key] if self.key is not None else [""] * len(next(iter(columns.values())))
        rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
        done = self.work.many(rows, [key_of(name, self.epoch) for name in ids])
        return {name: [row[name] for row in done] for name in columns}
