"""Samplers that say which copy of which item: the same for every number of workers, resumable, shared out to ranks."""

import operator
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
import torch.distributed
from torch.utils.data import Sampler

from augkit.errors import AugkitError
from augkit.interop.epochs import Augmented, Group, To, Whole, balanced, draw_epoch, everything
from augkit.interop.torch.labels import find_labels, find_names
from augkit.seeding import Draws

Uneven: TypeAlias = Literal["keep", "pad", "drop"]


class _EpochSampler(Sampler[tuple[int, int]]):
    """Yields (index, copy) of what an epoch shows; each pass is the next epoch, or that which was set."""

    def __init__(
        self,
        groups: Sequence[Group],
        *,
        shuffle: bool,
        seed: int,
        num_replicas: int | None,
        rank: int | None,
        uneven: Uneven,
    ) -> None:
        self.groups, self.shuffle, self.seed = groups, shuffle, operator.index(seed)
        together = torch.distributed.is_available() and torch.distributed.is_initialized()
        self.num_replicas = num_replicas or (torch.distributed.get_world_size() if together else 1)
        self.rank = rank if rank is not None else (torch.distributed.get_rank() if together else 0)
        if not 0 <= self.rank < self.num_replicas:
            raise AugkitError(f"rank must be from 0 to {self.num_replicas - 1}, got {rank!r}: num_replicas counts them")
        if uneven not in ("keep", "pad", "drop"):
            raise AugkitError(f"uneven must be 'keep', 'pad' or 'drop', got {uneven!r}")
        self.uneven = uneven
        self.set_epoch(0)

    def set_epoch(self, epoch: int, *, start: int = 0) -> None:
        """Say which epoch the next pass is, counted from 0, and how many of this rank's samples it leaves out.

        After an interruption, `start` is the number of samples seen in that epoch: batches times batch size.
        """
        if epoch < 0 or start < 0:
            raise AugkitError(f"set_epoch: epoch and start are counted from 0, got {epoch} and {start}")
        self.epoch, self.start = operator.index(epoch), operator.index(start)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        draws = Draws(self.seed, "epoch", self.epoch) if self.shuffle else None
        rows = self._share(draw_epoch(self.groups, self.epoch, draws))[self.start :]
        self.set_epoch(self.epoch + 1)
        return zip(*rows.T.tolist(), strict=True)

    def __len__(self) -> int:
        """Return how many samples the next pass has, on this rank."""
        shown = sum(group.shown for group in self.groups)
        each, odd = divmod(shown, self.num_replicas)
        more = {"keep": self.rank < odd, "pad": odd > 0, "drop": False}[self.uneven]
        return max(each + more - self.start, 0)

    def _share(self, rows: Whole) -> Whole:
        odd = len(rows) % self.num_replicas
        if self.uneven == "pad" and odd:
            rows = np.resize(rows, (len(rows) + self.num_replicas - odd, 2))
        if self.uneven == "drop":
            rows = rows[: len(rows) - odd]
        return rows[self.rank :: self.num_replicas]


class KeyedSampler(_EpochSampler):
    """Yields (index, copy) of every item once an epoch: copy 1 in the first, 2 in the second.

    Each pass over it is the next epoch; `set_epoch` names one, also from the middle.

    Parameters
    ----------
    dataset : data set, or int
        What has a length, or the length.
    shuffle : bool
        In another order each epoch, or by index.
    seed : int
        Of the order. That of the pixels is the pipeline's.
    num_replicas, rank : int, optional
        How many processes train together, and which this is, from 0; those of torch.distributed if it is initialised.
    uneven : {"keep", "pad", "drop"}
        Where samples can't be shared out evenly: some ranks get one more, so that none is lost and none comes twice; or
        the first ones come again, as DistributedSampler has it, so that all ranks make as many steps; or the rest is
        left out.

    Examples
    --------
    >>> sampler = KeyedSampler(3, shuffle=False)
    >>> list(sampler), list(sampler)
    ([(0, 1), (1, 1), (2, 1)], [(0, 2), (1, 2), (2, 2)])
    """

    def __init__(
        self,
        dataset: Any,
        *,
        shuffle: bool = True,
        seed: int = 0,
        num_replicas: int | None = None,
        rank: int | None = None,
        uneven: Uneven = "keep",
    ) -> None:
        count = dataset if isinstance(dataset, int) else len(dataset)
        super().__init__(
            everything(count), shuffle=shuffle, seed=seed, num_replicas=num_replicas, rank=rank, uneven=uneven
        )


class BalancedSampler(_EpochSampler):
    """Yields (index, copy) so that an epoch shows exactly as many of each class as asked for.

    Items of a class take turns through the epochs: all are shown equally often, and none twice before the rest. Copies
    are counted through all epochs, so a picture that is shown again is another one.

    Parameters
    ----------
    labels : data set, or sequence of labels
        Of a data set, labels are found in `targets`, `labels` or `samples`, also through Subset, ConcatDataset and
        random_split; of one of Hugging Face in the column `label` or `labels`.
    to : "max", "median", int, or dict
        As many of each class as the largest or the median one has; or this many; or this many of each class named, and
        as many as there are of the others. A data set that has `classes` may have them named so.
    augment : {"all", "minority"}
        "minority": of a class with a tenth of the largest one's items, one in ten shown is an original (copy 0), of the
        largest one all are: rare classes are augmented more.
    label : callable, optional
        Takes an item, returns its label: for data sets that don't list them. Every item is read once for it.
    shuffle, seed, num_replicas, rank, uneven
        As of `KeyedSampler`.

    Raises
    ------
    AugkitError
        When the labels are not found, or `to` names none of them.

    Examples
    --------
    >>> sampler = BalancedSampler(["cat", "cat", "cat", "dog"], seed=7)
    >>> sorted(sampler)
    [(0, 1), (1, 1), (2, 1), (3, 1), (3, 2), (3, 3)]
    """

    def __init__(
        self,
        labels: Any,
        *,
        to: To = "max",
        augment: Augmented = "all",
        label: Callable[[Any], Hashable] | None = None,
        shuffle: bool = True,
        seed: int = 0,
        num_replicas: int | None = None,
        rank: int | None = None,
        uneven: Uneven = "keep",
    ) -> None:
        found = find_labels(labels, label)
        groups = balanced(found, _by_number(to, find_names(labels), found), augment, seed)
        super().__init__(groups, shuffle=shuffle, seed=seed, num_replicas=num_replicas, rank=rank, uneven=uneven)


def _by_number(to: To, names: Sequence[str], labels: Sequence[Hashable]) -> To:
    """Return what is asked for by the numbers of classes, where a data set whose labels are numbers has their names."""
    if not isinstance(to, Mapping):
        return to
    known = set(labels)
    numbers: dict[Hashable, Hashable] = {name: number for number, name in enumerate(names) if name not in known}
    return {numbers.get(label, label): count for label, count in to.items()}
