"""Where data sets keep their labels."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np
import torch
from torch.utils.data import ConcatDataset, Subset

from augkit.errors import AugkitError
from augkit.interop.torch.datasets import AugmentedDataset

_LISTS = ("targets", "labels", "samples")


def find_labels(source: Any, label: Callable[[Any], Hashable] | None = None) -> list[Hashable]:
    """Return the label of each item of a data set, or the labels that were given.

    Parameters
    ----------
    source : data set, or sequence of labels
    label : callable, optional
        Takes an item, returns its label.

    Raises
    ------
    AugkitError
        When there are none to be found, or more or fewer than items.
    """
    if isinstance(source, AugmentedDataset):
        return find_labels(source.dataset, label)
    if isinstance(source, Subset | ConcatDataset):
        for inner in [source.dataset] if isinstance(source, Subset) else source.datasets:
            if isinstance(inner, AugmentedDataset):
                raise AugkitError(
                    f"BalancedSampler: what it yields, (index, copy), is for an AugmentedDataset, not for a "
                    f"{type(source).__name__} of one: split first, then augment the parts"
                )
    if label is not None:
        return _plain([label(source[index]) for index in range(len(source))])
    if isinstance(source, Subset):  # what random_split returns, too
        inner = find_labels(source.dataset)
        return [inner[index] for index in source.indices]
    if isinstance(source, ConcatDataset):
        return [found for dataset in source.datasets for found in find_labels(dataset)]
    for name in _LISTS:
        values = getattr(source, name, None)
        if values is not None:
            values = [sample[1] for sample in values] if name == "samples" else values
            if len(values) != len(source):
                raise AugkitError(f"{type(source).__name__}: {len(values)} labels in .{name} for {len(source)} items")
            return _plain(values)
    columns = getattr(source, "column_names", None)  # of a data set of Hugging Face
    if columns is not None:
        for name in ("label", "labels"):
            if name in columns:
                return _plain(list(source[name]))
    is_column = isinstance(source, Sequence) or (hasattr(source, "iloc") and source.ndim == 1)
    if (is_column and not isinstance(source, str)) or isinstance(source, np.ndarray | torch.Tensor):
        return _plain(source)
    raise AugkitError(
        f"BalancedSampler: {type(source).__name__} has none of .{', .'.join(_LISTS)}; "
        "give it the labels themselves, or label=function of an item"
    )


def find_names(source: Any) -> list[str]:
    """Return the names of the classes of a data set by their numbers; none where it has not got any."""
    while isinstance(source, AugmentedDataset | Subset):
        source = source.dataset
    classes = getattr(source, "classes", None)
    if classes is None and hasattr(source, "column_names"):  # of Hugging Face
        features = [source.features.get(name) for name in ("label", "labels")]
        classes = next((names for names in (getattr(one, "names", None) for one in features) if names), None)
    return list(classes) if isinstance(classes, list | tuple) and all(isinstance(n, str) for n in classes) else []


def _plain(values: Any) -> list[Hashable]:
    """Return labels as Python's own numbers and texts."""
    found = values.tolist() if hasattr(values, "tolist") else [getattr(v, "item", lambda v=v: v)() for v in values]
    for value in found[:1]:
        if not isinstance(value, Hashable) or isinstance(value, tuple):
            raise AugkitError(f"BalancedSampler: a label must be a class number or name, got {value!r}")
    return found
