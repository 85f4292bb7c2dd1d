"""Where the labels of a data set are found, and the names of its classes."""

from collections import Counter

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")

from torch.utils.data import ConcatDataset, Dataset, Subset, TensorDataset, random_split  # noqa: E402

import augkit  # noqa: E402
from augkit.interop.torch import AugmentedDataset, AugmentedFolder, BalancedSampler  # noqa: E402
from augkit.interop.torch.labels import find_labels  # noqa: E402

FLIP = augkit.Pipeline([augkit.HorizontalFlip(p=1.0)])


class Listing(Dataset):
    """A data set that lists its labels under some name."""

    def __init__(self, name: str, values) -> None:
        setattr(self, name, values)
        self.count = len(values)

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index):
        return np.zeros((4, 4), np.uint8), {"label": index % 2}


@pytest.mark.parametrize(
    "source",
    [
        [0, 0, 1],
        np.array([0, 0, 1]),
        torch.tensor([0, 0, 1]),
        Listing("targets", [0, 0, 1]),
        Listing("targets", torch.tensor([0, 0, 1])),
        Listing("labels", np.array([0, 0, 1])),
        Listing("samples", [("a.jpg", 0), ("b.jpg", 0), ("c.jpg", 1)]),
        Subset(Listing("targets", [1, 0, 5, 0]), [1, 3, 0]),
        Subset(Subset(Listing("targets", [1, 0, 5, 0]), [0, 1, 3]), [2, 1, 0]),
        ConcatDataset([Listing("targets", [0]), Subset(Listing("labels", [7, 0, 1]), [1, 2])]),
        AugmentedDataset(Listing("targets", [0, 0, 1]), FLIP),
    ],
)
def test_labels_are_found(source):
    assert find_labels(source) == [0, 0, 1]


def test_labels_of_a_random_split_are_those_of_its_items():
    whole = Listing("targets", list("aabbbcccc"))
    for part in random_split(whole, [6, 3]):
        assert find_labels(part) == [whole.targets[index] for index in part.indices]


def test_labels_may_be_told_by_a_function():
    data = Listing("nothing", range(4))
    assert find_labels(data, lambda item: item[1]["label"]) == [0, 1, 0, 1]
    sampler = BalancedSampler(Subset(data, [0, 1, 2]), label=lambda item: item[1]["label"])
    assert sorted(index for index, _ in sampler) == [0, 1, 1, 2]


def test_labels_that_are_not_to_be_found_are_asked_for():
    with pytest.raises(augkit.AugkitError, match=r"TensorDataset has none of .targets, .labels, .samples; give it"):
        find_labels(TensorDataset(torch.zeros(3)))
    with pytest.raises(augkit.AugkitError, match="class number or name"):
        find_labels([[0, 1], [1, 0]])
    short = Listing("targets", [0, 1])
    short.count = 3
    with pytest.raises(augkit.AugkitError, match=r"2 labels in \.targets for 3 items"):
        find_labels(short)


def test_labels_of_hugging_face_and_pandas_are_found():
    datasets = pytest.importorskip("datasets", reason="datasets is not installed: pip install datasets")
    import pandas

    column = datasets.Dataset.from_dict({"image": [1, 2, 3], "label": [0, 0, 1]})
    named = column.cast_column("label", datasets.ClassLabel(names=["cat", "dog"]))
    assert Counter(index for index, _ in BalancedSampler(named, to={"dog": 3})) == {0: 1, 1: 1, 2: 3}
    with pytest.raises(augkit.AugkitError, match="DataFrame has none of"):
        find_labels(pandas.DataFrame({"label": [0, 0, 1]}))
    for source in (column, column["label"], AugmentedDataset(column, FLIP), pandas.Series([0, 0, 1], index=[2, 1, 0])):
        assert find_labels(source) == [0, 0, 1]


def test_classes_may_be_asked_for_by_their_names(make_folder):
    data = AugmentedFolder(make_folder(cat=3, dog=2), FLIP)
    shown = Counter(data.targets[index] for index, _ in BalancedSampler(data, to={"dog": 7}))
    assert shown == {0: 3, 1: 7}
    with pytest.raises(augkit.AugkitError, match="no class 'dgo'"):
        BalancedSampler(data, to={"dgo": 7})
    numbered = Listing("targets", [1, 2, 3, 3])
    numbered.classes = [1, 2, 3]
    shown = Counter(numbered.targets[index] for index, _ in BalancedSampler(numbered, to={2: 5}))
    assert shown == {1: 1, 2: 5, 3: 2}
    numbered.classes = ["none", "cat", "dog", "cow"]
    for source in (numbered, Subset(numbered, [0, 1, 2, 3]), AugmentedDataset(numbered, FLIP)):
        shown = Counter(numbered.targets[index] for index, _ in BalancedSampler(source, to={"dog": 5}))
        assert shown == {1: 1, 2: 5, 3: 2}


def test_what_was_split_after_it_was_wrapped_is_told(picture):
    data = AugmentedDataset([(picture, 0), (picture, 1)], FLIP)
    for parts in (random_split(data, [1, 1])[0], ConcatDataset([data, data])):
        with pytest.raises(augkit.AugkitError, match="split first, then augment the parts"):
            BalancedSampler(parts)
