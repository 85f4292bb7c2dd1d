"""One of several processes that train together: python tests/ranks.py RANK RANKS RENDEZVOUS, each with workers.

The first prints what each of them was shown, and how the network came out that they trained, as JSON.
"""

import hashlib
import json
import sys
from functools import partial
from typing import Any

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import distributed
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader

import augkit
from augkit.interop.torch import AugmentedDataset, BalancedSampler, KeyedSampler, to_tensor

LABELS = [0] * 6 + [1] * 4 + [2]
SAMPLERS = {
    "keyed": KeyedSampler,
    "balanced": BalancedSampler,
    "balanced to a number": partial(BalancedSampler, to={0: 3, 1: 4, 2: 8}),
}


def make_loader(kind: str, *, workers: int = 0, **options: Any) -> DataLoader:
    """A loader of digits, each with its index and its class."""
    scans = (load_digits().images[: len(LABELS)] * 15).astype(np.uint8)
    items = [(scan, index, label) for index, (scan, label) in enumerate(zip(scans, LABELS, strict=True))]
    pipeline = augkit.Pipeline([augkit.Rotate(), augkit.Brightness(), augkit.GaussianNoise()], seed=7)
    data = AugmentedDataset(items, pipeline, transform=to_tensor)
    sampler = SAMPLERS[kind](LABELS, seed=3, **options)
    return DataLoader(data, batch_size=2, sampler=sampler, num_workers=workers, timeout=60 if workers else 0)


def shown(loader: DataLoader, epochs: int = 2) -> list[list[tuple[int, str]]]:
    """Index and digest of each picture, epoch by epoch."""
    return [
        [
            (int(index), hashlib.sha256(picture.numpy().tobytes()).hexdigest())
            for pictures, indices, _ in loader
            for picture, index in zip(pictures, indices, strict=True)
        ]
        for _ in range(epochs)
    ]


def train(loader: DataLoader) -> list[float]:
    """The weights of a network after an epoch: of an uneven one, DistributedDataParallel would wait forever."""
    torch.manual_seed(0)
    network = DistributedDataParallel(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 3)))
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    for pictures, _, labels in loader:
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(pictures), labels).backward()
        optimizer.step()
    return torch.nn.utils.parameters_to_vector(network.parameters()).tolist()


def main() -> None:
    rank, ranks = int(sys.argv[1]), int(sys.argv[2])
    distributed.init_process_group("gloo", init_method=f"file://{sys.argv[3]}", rank=rank, world_size=ranks)
    found = {kind: shown(make_loader(kind, workers=1 + rank)) for kind in SAMPLERS}
    weights = {uneven: train(make_loader("keyed", uneven=uneven)) for uneven in ("pad", "drop")}
    everyone: list[Any] | None = [None] * ranks if rank == 0 else None
    distributed.gather_object({"shown": found, "weights": weights}, everyone)
    if everyone is not None:
        print(json.dumps(everyone))
    distributed.destroy_process_group()


if __name__ == "__main__":
    main()
