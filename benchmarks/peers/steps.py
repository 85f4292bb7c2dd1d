"""What each side is asked to do, as Python that the worker of its library evaluates.

So the table of parameters that stands in the results is what ran. Every step happens at every call (p=1), with its
numbers drawn anew; `S` is the side of the picture in pixels, `M` the margin of a padding. Beyond the edge all is
black, since that is what every library knows. A step that a library lacks is left out.
"""

from typing import Any

STEPS: dict[str, dict[str, str]] = {
    "rotate": {
        "augkit": "Rotate(degrees=(-15, 15))",
        "albumentations": "Rotate((-15, 15), p=1)",
        "augrs": "Rotate((-15, 15), p=1)",
        "torchvision": "RandomRotation((-15, 15), InterpolationMode.BILINEAR)",
        "imgaug": "Rotate((-15, 15))",
    },
    "flip": {
        "augkit": "HorizontalFlip()",
        "albumentations": "HorizontalFlip(p=1)",
        "augrs": "HorizontalFlip(p=1)",
        "torchvision": "RandomHorizontalFlip(p=1)",
        "imgaug": "Fliplr(1.0)",
    },
    "scale + translate": {
        "augkit": "[Scale(factor=(0.85, 1.15)), Translate(fraction=(-0.1, 0.1))]",
        "albumentations": "Affine(scale=(0.85, 1.15), translate_percent=(-0.1, 0.1), keep_ratio=True, p=1)",
        "augrs": "Affine(scale=(0.85, 1.15), translate_percent=(-0.1, 0.1), keep_ratio=True, p=1)",
        "torchvision": "RandomAffine(0, (0.1, 0.1), (0.85, 1.15), interpolation=InterpolationMode.BILINEAR)",
        "imgaug": "Affine(scale=(0.85, 1.15), translate_percent={'x': (-0.1, 0.1), 'y': (-0.1, 0.1)})",
    },
    "resized crop": {
        "augkit": "ResizedCrop(area=(0.3, 1.0))",
        "albumentations": "RandomResizedCrop((S, S), scale=(0.3, 1.0))",
        "augrs": "RandomResizedCrop(S, S, scale=(0.3, 1.0))",
        "torchvision": "RandomResizedCrop(S, scale=(0.3, 1.0))",
        "imgaug": "Crop(percent=(0.0, 0.22), keep_size=True)",
    },
    "pad": {
        "augkit": "Pad(size=(S + 2 * M, S + 2 * M))",
        "albumentations": "PadIfNeeded(S + 2 * M, S + 2 * M)",
        "augrs": "PadIfNeeded(S + 2 * M, S + 2 * M)",
        "torchvision": "Pad(M)",
        "imgaug": "Pad(px=M, keep_size=False)",
    },
    "brightness": {
        "augkit": "Brightness(offset=(-0.15, 0.15))",
        "albumentations": "RandomBrightnessContrast((-0.15, 0.15), (0, 0), p=1)",
        "augrs": "RandomBrightnessContrast((-0.15, 0.15), (0, 0), p=1)",
        "torchvision": "ColorJitter(brightness=0.15)",
        "imgaug": "Add((-38, 38))",
    },
    "contrast": {
        "augkit": "Contrast(gain=(0.8, 1.2))",
        "albumentations": "RandomBrightnessContrast((0, 0), (-0.2, 0.2), p=1)",
        "augrs": "RandomBrightnessContrast((0, 0), (-0.2, 0.2), p=1)",
        "torchvision": "ColorJitter(contrast=0.2)",
        "imgaug": "LinearContrast((0.8, 1.2))",
    },
    "brightness + contrast": {
        "augkit": "[Brightness(offset=(-0.15, 0.15)), Contrast(gain=(0.8, 1.2))]",
        "albumentations": "RandomBrightnessContrast((-0.15, 0.15), (-0.2, 0.2), p=1)",
        "augrs": "RandomBrightnessContrast((-0.15, 0.15), (-0.2, 0.2), p=1)",
        "torchvision": "ColorJitter(brightness=0.15, contrast=0.2)",
        "imgaug": "[Add((-38, 38)), LinearContrast((0.8, 1.2))]",
    },
    "PCA colour": {
        "augkit": "PCAColorJitter(std=(0.1, 0.1))",
        "albumentations": "FancyPCA(alpha=0.1, p=1)",
    },
    "sharpness": {
        "augkit": "Sharpness(amount=(0.2, 1.0))",
        "albumentations": "Sharpen(alpha=(0.2, 0.5), lightness=(1, 1), p=1)",
        "torchvision": "RandomAdjustSharpness(1.6, p=1)",
        "imgaug": "Sharpen(alpha=(0.2, 0.5), lightness=1)",
    },
    "Gaussian noise": {
        "augkit": "GaussianNoise(std=(0.01, 0.04))",
        "albumentations": "GaussNoise(std_range=(0.01, 0.04), p=1)",
        "augrs": "GaussNoise(std_range=(0.01, 0.04), p=1)",
        "torchvision": "GaussianNoise(sigma=0.025)",
        "imgaug": "AdditiveGaussianNoise(scale=(2.55, 10.2), per_channel=True)",
    },
    "salt-and-pepper": {
        "augkit": "SaltAndPepper(amount=(0.002, 0.02))",
        "albumentations": "SaltAndPepper(amount=(0.002, 0.02), salt_vs_pepper=(0.5, 0.5), p=1)",
        "imgaug": "SaltAndPepper((0.002, 0.02))",
    },
    # Beyond the pipelines: what else has a counterpart in Albumentations.
    "vertical flip": {
        "augkit": "VerticalFlip()",
        "albumentations": "VerticalFlip(p=1)",
        "augrs": "VerticalFlip(p=1)",
    },
    "transpose": {
        "augkit": "Transpose()",
        "albumentations": "Transpose(p=1)",
        "augrs": "Transpose(p=1)",
    },
    "quarter turn": {
        "augkit": "Rotate90()",
        "albumentations": "RandomRotate90(p=1)",
        "augrs": "RandomRotate90(p=1)",
    },
    "crop": {
        "augkit": "Crop(size=(S * 3 // 4, S * 3 // 4))",
        "albumentations": "RandomCrop(S * 3 // 4, S * 3 // 4)",
        "augrs": "RandomCrop(S * 3 // 4, S * 3 // 4)",
    },
    "resize to half": {
        "augkit": "Resize(size=(S // 2, S // 2))",
        "albumentations": "Resize(S // 2, S // 2, interpolation=cv2.INTER_AREA)",
        "augrs": "Resize(S // 2, S // 2, interpolation='area')",
    },
    "shear": {
        "augkit": "Shear(degrees=(-8, 8))",
        "albumentations": "Affine(shear=(-8, 8), p=1)",
        "augrs": "Affine(shear=(-8, 8), p=1)",
    },
    "perspective": {
        "augkit": "Perspective(fraction=(0.0, 0.12))",
        "albumentations": "Perspective(scale=(0.0, 0.06), p=1)",
        "augrs": "Perspective(scale=(0.0, 0.06), p=1)",
    },
    "gamma": {
        "augkit": "Gamma(exponent=(0.8, 1.25))",
        "albumentations": "RandomGamma((80, 125), p=1)",
        "augrs": "RandomGamma((80, 125), p=1)",
    },
    "negative": {"augkit": "Invert()", "albumentations": "InvertImg(p=1)"},
    "solarize": {
        "augkit": "Solarize(threshold=(0.4, 0.9))",
        "albumentations": "Solarize(threshold_range=(0.4, 0.9), p=1)",
    },
    "posterize": {"augkit": "Posterize(bits=(3, 6))", "albumentations": "Posterize(num_bits=(3, 6), p=1)"},
    "grayscale": {"augkit": "Grayscale()", "albumentations": "ToGray(p=1)", "augrs": "ToGray(p=1)"},
    "hue + saturation": {
        "augkit": "HueSaturation(hue=(-10, 10), saturation=(0.7, 1.3))",
        "albumentations": "HueSaturationValue((-5, 5), (-30, 30), (0, 0), p=1)",
        "augrs": "HueSaturationValue((-5, 5), (-30, 30), (0, 0), p=1)",
    },
    "colour jitter": {
        "augkit": "ColorJitter(brightness=(0.8, 1.2), contrast=(0.8, 1.2), saturation=(0.7, 1.3), hue=(-10, 10))",
        "albumentations": "ColorJitter((0.8, 1.2), (0.8, 1.2), (0.7, 1.3), (-10 / 360, 10 / 360), p=1)",
        "augrs": "ColorJitter((0.8, 1.2), (0.8, 1.2), (0.7, 1.3), (-10 / 360, 10 / 360), p=1)",
    },
    "channel shuffle": {"augkit": "ChannelShuffle()", "albumentations": "ChannelShuffle(p=1)"},
    "Gaussian blur": {
        "augkit": "GaussianBlur(radius=(1 / S, 2 / S))",
        "albumentations": "GaussianBlur(blur_limit=0, sigma_limit=(1.0, 2.0), p=1)",
        "augrs": "GaussianBlur(blur_limit=0, sigma_limit=(1.0, 2.0), p=1)",
    },
    "motion blur": {
        "augkit": "MotionBlur(length=(3 / S, 7 / S))",
        "albumentations": "MotionBlur(blur_limit=(3, 7), p=1)",
    },
    "JPEG": {
        "augkit": "JPEGCompression(quality=(30, 90))",
        "albumentations": "ImageCompression(quality_range=(30, 90), p=1)",
    },
    "downscale": {
        "augkit": "Downscale(factor=(0.3, 0.8))",
        "albumentations": "Downscale((0.3, 0.8), {'downscale': cv2.INTER_AREA, 'upscale': cv2.INTER_LINEAR}, p=1)",
    },
    "equalize": {"augkit": "Equalize()", "albumentations": "Equalize(p=1)"},
    "auto contrast": {"augkit": "AutoContrast()", "albumentations": "AutoContrast(method='pil', p=1)"},
    "CLAHE": {
        "augkit": "CLAHE(limit=(1.0, 4.0), tiles=8)",
        "albumentations": "CLAHE((1.0, 4.0), (8, 8), p=1)",
        "augrs": "CLAHE((1.0, 4.0), (8, 8), p=1)",
    },
    "erasing": {
        "augkit": "RandomErasing(area=(0.02, 0.2))",
        "albumentations": "Erasing(scale=(0.02, 0.2), p=1)",
    },
    "coarse dropout": {
        "augkit": "CoarseDropout(holes=(2, 8), fraction=(0.06, 0.2))",
        "albumentations": "CoarseDropout((2, 8), (0.06, 0.2), (0.06, 0.2), p=1)",
        "augrs": "CoarseDropout((2, 8), (0.06, 0.2), (0.06, 0.2), p=1)",
    },
    "speckle": {
        "augkit": "SpeckleNoise(std=(0.05, 0.15))",
        "albumentations": "MultiplicativeNoise((0.8, 1.2), per_channel=True, elementwise=True, p=1)",
    },
    "photon noise": {
        "augkit": "PoissonNoise(scale=(0.002, 0.02))",
        "albumentations": "ShotNoise((0.002, 0.02), p=1)",
    },
}

_GEOMETRY = ("rotate", "flip", "scale + translate", "resized crop", "pad")
_TONE = "brightness + contrast"  # the two that the others have as one step

PIPELINES: dict[str, tuple[str, ...]] = {
    "classic": (*_GEOMETRY, _TONE, "PCA colour", "sharpness", "Gaussian noise", "salt-and-pepper"),
    "classic without PCA": (*_GEOMETRY, _TONE, "sharpness", "Gaussian noise", "salt-and-pepper"),
    "common": (*_GEOMETRY, _TONE, "Gaussian noise"),
}

CHAINS: dict[str, tuple[str, ...]] = {name: (name,) for name in STEPS} | PIPELINES
"""What is measured: every step alone, and the pipelines."""


def texts(chain: str, side: str) -> list[str] | None:
    """Return what a side is asked for a chain of steps, or None where it lacks one of them."""
    found = [STEPS[step].get(side) for step in CHAINS[chain]]
    return None if None in found else [text for text in found if text is not None]


def make(chain: str, side: str, size: int, names: dict[str, Any]) -> list[Any]:
    """Return a side's steps for a chain and a size of picture, made with the names of its library."""
    made: list[Any] = []
    for text in texts(chain, side) or ():
        step = eval(text, names | {"S": size, "M": size // 8})
        made.extend(step if isinstance(step, list) else [step])
    return made
