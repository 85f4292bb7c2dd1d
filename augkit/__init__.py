"""augkit: image augmentation and SMOTE-style balancing for datasets that are too small or too lopsided."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from augkit.assessment.run import assess as assess
    from augkit.auditing.run import audit as audit
    from augkit.diagnosis.run import diagnose as diagnose
    from augkit.embedding import embed as embed
    from augkit.errors import AugkitError as AugkitError
    from augkit.expansion.run import expand as expand
    from augkit.expansion.verify import verify as verify
    from augkit.features.classic import HOGFeatures as HOGFeatures
    from augkit.features.function import FunctionFeatures as FunctionFeatures
    from augkit.features.onnx import OnnxFeatures as OnnxFeatures
    from augkit.features.torch import TorchFeatures as TorchFeatures
    from augkit.guided.baselines import LatentSMOTE as LatentSMOTE
    from augkit.guided.baselines import PixelSMOTE as PixelSMOTE
    from augkit.guided.smote import GuidedSMOTE as GuidedSMOTE
    from augkit.loading import load_pictures as load_pictures
    from augkit.oversampling.adasyn import ADASYN as ADASYN
    from augkit.oversampling.eos import EOS as EOS
    from augkit.oversampling.head import RebalancedHead as RebalancedHead
    from augkit.oversampling.neighbors import FaissNeighbors as FaissNeighbors
    from augkit.oversampling.smote import SMOTE as SMOTE
    from augkit.oversampling.smote import BorderlineSMOTE as BorderlineSMOTE
    from augkit.oversampling.torch_head import rebalance_head as rebalance_head
    from augkit.oversampling.weights import class_weights as class_weights
    from augkit.oversampling.weights import logit_adjust as logit_adjust
    from augkit.pipeline import Pipeline as Pipeline
    from augkit.recipes import load_recipe as load_recipe
    from augkit.sample import Sample as Sample
    from augkit.suggestion import suggest as suggest
    from augkit.transforms.affine import Affine as Affine
    from augkit.transforms.affine import Rotate as Rotate
    from augkit.transforms.affine import Scale as Scale
    from augkit.transforms.affine import Shear as Shear
    from augkit.transforms.affine import Translate as Translate
    from augkit.transforms.choice import OneOf as OneOf
    from augkit.transforms.choice import Sequential as Sequential
    from augkit.transforms.choice import SomeOf as SomeOf
    from augkit.transforms.color import ChannelShuffle as ChannelShuffle
    from augkit.transforms.color import ColorJitter as ColorJitter
    from augkit.transforms.color import Grayscale as Grayscale
    from augkit.transforms.color import HueSaturation as HueSaturation
    from augkit.transforms.color import Invert as Invert
    from augkit.transforms.crop import CenterCrop as CenterCrop
    from augkit.transforms.crop import Crop as Crop
    from augkit.transforms.crop import LongestSide as LongestSide
    from augkit.transforms.crop import Pad as Pad
    from augkit.transforms.crop import Resize as Resize
    from augkit.transforms.crop import ResizedCrop as ResizedCrop
    from augkit.transforms.degrade import Downscale as Downscale
    from augkit.transforms.degrade import JPEGCompression as JPEGCompression
    from augkit.transforms.erase import CoarseDropout as CoarseDropout
    from augkit.transforms.erase import RandomErasing as RandomErasing
    from augkit.transforms.flip import HorizontalFlip as HorizontalFlip
    from augkit.transforms.flip import Rotate90 as Rotate90
    from augkit.transforms.flip import Transpose as Transpose
    from augkit.transforms.flip import VerticalFlip as VerticalFlip
    from augkit.transforms.foreign import Foreign as Foreign
    from augkit.transforms.histogram import CLAHE as CLAHE
    from augkit.transforms.histogram import AutoContrast as AutoContrast
    from augkit.transforms.histogram import Equalize as Equalize
    from augkit.transforms.mixing import CutMix as CutMix
    from augkit.transforms.mixing import MixUp as MixUp
    from augkit.transforms.noise import GaussianNoise as GaussianNoise
    from augkit.transforms.noise import PoissonNoise as PoissonNoise
    from augkit.transforms.noise import SaltAndPepper as SaltAndPepper
    from augkit.transforms.noise import SpeckleNoise as SpeckleNoise
    from augkit.transforms.pca import PCAColorJitter as PCAColorJitter
    from augkit.transforms.perspective import Perspective as Perspective
    from augkit.transforms.policy import RandAugment as RandAugment
    from augkit.transforms.policy import TrivialAugment as TrivialAugment
    from augkit.transforms.sharpness import Clarity as Clarity
    from augkit.transforms.sharpness import GaussianBlur as GaussianBlur
    from augkit.transforms.sharpness import MotionBlur as MotionBlur
    from augkit.transforms.sharpness import Sharpness as Sharpness
    from augkit.transforms.tone import Brightness as Brightness
    from augkit.transforms.tone import Contrast as Contrast
    from augkit.transforms.tone import Gamma as Gamma
    from augkit.transforms.tone import Posterize as Posterize
    from augkit.transforms.tone import Solarize as Solarize

# Where each public name lives. Nothing is imported before it is asked for: `import augkit` takes milliseconds.
_HOMES = {
    "assessment.run": "assess",
    "auditing.run": "audit",
    "diagnosis.run": "diagnose",
    "embedding": "embed",
    "errors": "AugkitError",
    "expansion.run": "expand",
    "expansion.verify": "verify",
    "features.classic": "HOGFeatures",
    "features.function": "FunctionFeatures",
    "features.onnx": "OnnxFeatures",
    "features.torch": "TorchFeatures",
    "guided.baselines": "LatentSMOTE PixelSMOTE",
    "guided.smote": "GuidedSMOTE",
    "loading": "load_pictures",
    "oversampling.adasyn": "ADASYN",
    "oversampling.eos": "EOS",
    "oversampling.head": "RebalancedHead",
    "oversampling.neighbors": "FaissNeighbors",
    "oversampling.smote": "SMOTE BorderlineSMOTE",
    "oversampling.torch_head": "rebalance_head",
    "oversampling.weights": "class_weights logit_adjust",
    "pipeline": "Pipeline",
    "recipes": "load_recipe",
    "sample": "Sample",
    "suggestion": "suggest",
    "transforms.affine": "Affine Rotate Scale Shear Translate",
    "transforms.choice": "OneOf Sequential SomeOf",
    "transforms.color": "ChannelShuffle ColorJitter Grayscale HueSaturation Invert",
    "transforms.crop": "CenterCrop Crop LongestSide Pad Resize ResizedCrop",
    "transforms.degrade": "Downscale JPEGCompression",
    "transforms.erase": "CoarseDropout RandomErasing",
    "transforms.flip": "HorizontalFlip Rotate90 Transpose VerticalFlip",
    "transforms.foreign": "Foreign",
    "transforms.histogram": "AutoContrast CLAHE Equalize",
    "transforms.mixing": "CutMix MixUp",
    "transforms.noise": "GaussianNoise PoissonNoise SaltAndPepper SpeckleNoise",
    "transforms.pca": "PCAColorJitter",
    "transforms.perspective": "Perspective",
    "transforms.policy": "RandAugment TrivialAugment",
    "transforms.sharpness": "Clarity GaussianBlur MotionBlur Sharpness",
    "transforms.tone": "Brightness Contrast Gamma Posterize Solarize",
}
# What users of Albumentations, torchvision and imgaug look for, where the nearest name would lead astray.
_ELSEWHERE = {
    "Compose": "Pipeline",
    "RandomRotation": "Rotate",
    "RandomAffine": "Affine",
    "RandomCrop": "Crop",
    "RandomResizedCrop": "ResizedCrop",
    "RandomPerspective": "Perspective",
    "RandomHorizontalFlip": "HorizontalFlip",
    "RandomVerticalFlip": "VerticalFlip",
    "RandomBrightnessContrast": "Brightness and Contrast",
    "ShiftScaleRotate": "Affine",
    "RandomRotate90": "Rotate90",
    "HueSaturationValue": "HueSaturation and Brightness",
    "ToGray": "Grayscale",
    "GaussNoise": "GaussianNoise",
    "ImageCompression": "JPEGCompression",
    "Cutout": "RandomErasing or CoarseDropout",
    "FancyPCA": "PCAColorJitter",
    "SmallestMaxSize": "Resize or LongestSide",
    "LongestMaxSize": "LongestSide",
    "PadIfNeeded": "Pad(size=...)",
    "RandomApply": "Sequential([...], p=...)",
    "RandomChoice": "OneOf",
    "TrivialAugmentWide": "TrivialAugment",
    "Normalize": "to_tensor(mean=..., std=...) of augkit.interop.torch",
    "ToTensor": "to_tensor of augkit.interop.torch",
    "ToTensorV2": "to_tensor of augkit.interop.torch",
    "Lambda": "a transform of your own (docs/pipeline.md)",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = sorted([*_HOME_OF, "__version__"])


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("augkit")
    if name == "plot":
        return importlib.import_module("augkit.plot")
    if name not in _HOME_OF:
        from difflib import get_close_matches

        near = [] if name.startswith("_") else get_close_matches(name, __all__, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        if name in _ELSEWHERE:
            hint = f"; what other libraries call so is here {_ELSEWHERE[name]}"
        raise AttributeError(f"module 'augkit' has no attribute {name!r}{hint}")
    value = getattr(importlib.import_module(f"augkit.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
