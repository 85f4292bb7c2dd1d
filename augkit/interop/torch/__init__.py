"""PyTorch: data sets, samplers whose keys travel with the index, tensors, mixing, and a small network for trials."""

from augkit.interop import needing

with needing("torch", "torch"):
    from augkit.interop.torch.collate import CutMix as CutMix
    from augkit.interop.torch.collate import MixUp as MixUp
    from augkit.interop.torch.datasets import AugmentedDataset as AugmentedDataset
    from augkit.interop.torch.datasets import AugmentedFolder as AugmentedFolder
    from augkit.interop.torch.probe import ProbeNetwork as ProbeNetwork
    from augkit.interop.torch.samplers import BalancedSampler as BalancedSampler
    from augkit.interop.torch.samplers import KeyedSampler as KeyedSampler
    from augkit.interop.torch.tensors import to_tensor as to_tensor
    from augkit.interop.torch.transform import TorchTransform as TorchTransform

__all__ = [
    "AugmentedDataset",
    "AugmentedFolder",
    "BalancedSampler",
    "CutMix",
    "KeyedSampler",
    "MixUp",
    "ProbeNetwork",
    "TorchTransform",
    "to_tensor",
]
