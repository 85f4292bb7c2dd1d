"""What of Albumentations augkit has itself: a table from their transforms to ours."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

from augkit.kernels import Fill
from augkit.transforms.affine import Affine, Rotate, Scale, Shear, Translate
from augkit.transforms.base import Range, Transform
from augkit.transforms.color import ChannelShuffle, ColorJitter, Grayscale, Invert
from augkit.transforms.crop import CenterCrop, Crop, LongestSide, Resize, ResizedCrop
from augkit.transforms.degrade import Downscale, JPEGCompression
from augkit.transforms.erase import CoarseDropout, RandomErasing
from augkit.transforms.flip import HorizontalFlip, Rotate90, Transpose, VerticalFlip
from augkit.transforms.histogram import CLAHE, AutoContrast, Equalize
from augkit.transforms.noise import GaussianNoise, SaltAndPepper
from augkit.transforms.tone import Brightness, Gamma, Posterize, Solarize

Options: TypeAlias = Mapping[str, Any]
"""Of one of their transforms, every one spelt out, as they serialise them."""


class KeptError(Exception):
    """Why a transform stays one of theirs."""


class Native(NamedTuple):
    """Ours for one of theirs.

    Parameters
    ----------
    steps : tuple of Transform
        Done one after the other.
    note : str
        How the meanings differ; nothing where they are the same.
    share : float
        The part of their draws that change anything, which p is multiplied with: theirs may draw "no turn".
    """

    steps: tuple[Transform, ...]
    note: str = ""
    share: float = 1.0


def to_native(name: str, options: Options) -> Native:
    """Return ours for one of their transforms.

    >>> to_native("RandomRotate90", {"p": 1.0})
    Native(steps=(Rotate90(p=1.0),), note='', share=0.75)

    Raises
    ------
    KeptError
        When there is none, or not with these options.
    """
    if name not in _NATIVE:
        raise KeptError("augkit has none that does the same")
    return _NATIVE[name](options)


def wanted_look(options: Options) -> dict[str, Any]:
    """Return what the options ask of border, fill, interpolation and boxes, which recipes have in one place.

    >>> wanted_look({"border_mode": 4, "interpolation": 1})
    {'border': 'reflect', 'interpolation': 'linear'}

    Raises
    ------
    KeptError
        When recipes have no word for it.
    """
    look: dict[str, Any] = {}
    if options.get("pad_if_needed") is not False and "border_mode" in options:
        _need(options["border_mode"] in _BORDERS, "augkit has no such border")
        look["border"] = _BORDERS[options["border_mode"]]
        if look["border"] == "constant":
            look["fill"] = _as_fill(options["fill"])
            _need(options.get("fill_mask") in (0, None), "it fills masks with another number than 0")
    if "interpolation" in options:
        _need(options["interpolation"] in _INTERPOLATIONS, "augkit has no such interpolation")
        look["interpolation"] = _INTERPOLATIONS[options["interpolation"]]
    if "rotate_method" in options:
        look["enclosure"] = "ellipse" if options["rotate_method"] == "ellipse" else "corners"
    return look


# By OpenCV's numbers. Both ways of reflecting are one here: they differ by the outermost pixel.
_BORDERS = {0: "constant", 1: "replicate", 2: "reflect", 3: "wrap", 4: "reflect"}
_INTERPOLATIONS = {0: "nearest", 1: "linear", 2: "cubic", 3: "linear"}  # 3 averages, as ours does where it shrinks


def _need(condition: bool, otherwise: str) -> None:
    if not condition:
        raise KeptError(otherwise)


def _as_fill(fill: Any) -> Fill:
    """Return a fill in levels of 8 bits as a grey or a colour in [0, 1]."""
    if isinstance(fill, list | tuple) and len(fill) == 3 and len(set(fill)) > 1:
        red, green, blue = (float(level) / 255.0 for level in fill)
        return red, green, blue
    return _as_grey(fill)


def _as_grey(fill: Any) -> float:
    """Return a fill in levels of 8 bits as a grey in [0, 1]."""
    levels = set(fill) if isinstance(fill, list | tuple) else {fill}
    _need(len(levels) == 1 and not isinstance(fill, str), f"its fill {fill} is no grey")
    return float(levels.pop()) / 255.0


def _pair(low: float, high: float) -> Range:
    return (float(low), float(high))


def _is_still(values: Any, neutral: float = 0.0) -> bool:
    return values is None or all(value == neutral for value in values)


# Geometry


def _turns(options: Options) -> Native:
    return Native((Rotate90(),), share=0.75)  # theirs draws 0 to 3 quarters, ours 1 to 3


def _square(options: Options) -> Native:
    return Native((Rotate90(p=0.75), HorizontalFlip(p=0.5)))


def _rotate(options: Options) -> Native:
    _need(not options["crop_border"], "it cuts away the border that a turn makes")
    return Native((Rotate(degrees=options["limit"]),))


def _affine(options: Options) -> Native:
    """Return scale, turn, slant and shift in their order, as steps of their own, which fuse."""
    shift, scale, shear = options["translate_percent"], options["scale"], options["shear"]
    _need(not options["fit_output"], "it gives the picture the size of what is seen")
    _need(all(_is_still(part) for part in (options["translate_px"] or {}).values()), "it shifts by pixels")
    _need(shift is None or shift["x"] == shift["y"], "it shifts x and y by other ranges")
    _need(shear["x"] == shear["y"], "it slants x and y by other ranges")
    fixed = scale["x"] == scale["y"] and scale["x"][0] == scale["x"][1]
    _need(fixed or (options["keep_ratio"] and not options["balanced_scale"]), "it scales x and y each on its own")
    parts = (
        (_is_still(scale["x"], 1.0), lambda: Scale(factor=scale["x"])),
        (_is_still(options["rotate"]), lambda: Rotate(degrees=options["rotate"])),
        (_is_still(shear["x"]), lambda: Shear(degrees=_pair(-shear["x"][1], -shear["x"][0]))),
        (shift is None or _is_still(shift["x"]), lambda: Translate(fraction=shift["x"])),
    )
    return Native(tuple(make() for still, make in parts if not still), "theirs shifts by whole pixels" if shift else "")


def _shift_scale_rotate(options: Options) -> Native:
    _need(options["shift_limit_x"] == options["shift_limit_y"], "it shifts x and y by other ranges")
    low, high = options["scale_limit"]
    step = Affine(
        degrees=options["rotate_limit"],
        fraction=options["shift_limit_x"],
        factor=_pair(1 + low, 1 + high),
        shear=(0, 0),
    )
    return Native((step,), "one factor for both sides, where theirs draws one for each; theirs shifts by whole pixels")


def _crop(options: Options) -> Native:
    _need(not options["pad_if_needed"], "it pads what is too small")
    return Native((Crop(size=(options["height"], options["width"])),), _SMALL)


def _center_crop(options: Options) -> Native:
    _need(not options["pad_if_needed"], "it pads what is too small")
    step = CenterCrop(size=(options["height"], options["width"]))
    return Native((step,), _SMALL)


_SMALL = "a smaller picture is filled up by the border, where theirs raises an error"


def _resized_crop(options: Options) -> Native:
    step = ResizedCrop(area=options["scale"], ratio=options["ratio"], size=tuple(options["size"]))
    return Native((step,), f"a window that would not fit is made narrower, where theirs draws again; {_AVERAGED}")


def _resize(options: Options) -> Native:
    return Native((Resize(size=(options["height"], options["width"])),), _AVERAGED)


def _longest(options: Options) -> Native:
    _need(isinstance(options["max_size"], int), "it chooses among sizes")
    return Native((LongestSide(length=options["max_size"]),), _AVERAGED)


_AVERAGED = "ours averages where the picture shrinks, and sees the border at its edges"

# Tones and colours


def _brightness_contrast(options: Options) -> Native:
    """Return x * (1 + contrast) + brightness: their contrast pivots on black, where our Contrast pivots on the mean."""
    _need(options["brightness_by_max"], "its brightness is a part of the mean")
    _need(not options["ensure_safe_range"], "it bends the range so that nothing clips")
    gain, offset = options["contrast_limit"], options["brightness_limit"]
    steps: list[Transform] = []
    if not _is_still(gain):
        steps.append(_multiply(_pair(1 + gain[0], 1 + gain[1])))
    if not _is_still(offset):
        steps.append(Brightness(offset=offset))
    return Native(
        tuple(steps), "" if _is_still(gain) else "their contrast multiplies, so it is color_jitter.brightness"
    )


def _multiply(factor: Range) -> ColorJitter:
    return ColorJitter(brightness=factor, contrast=(1.0, 1.0), saturation=(1.0, 1.0), hue=(0.0, 0.0))


def _multiplicative(options: Options) -> Native:
    _need(not options["elementwise"] and not options["per_channel"], "it multiplies every pixel or colour on its own")
    return Native((_multiply(options["multiplier"]),))


def _gamma(options: Options) -> Native:
    low, high = options["gamma_limit"]
    return Native((Gamma(exponent=_pair(low / 100, high / 100)),))


def _color_jitter(options: Options) -> Native:
    low, high = options["hue"]
    parts = {name: options[name] for name in ("brightness", "contrast", "saturation")}
    note = "clipped once at the end, where theirs clips after each part"
    if not _is_still(options["hue"]):
        note += "; hue turns the chroma of YIQ and keeps the grey, where theirs turns that of HSV"
    return Native((ColorJitter(hue=_pair(360 * low, 360 * high), **parts),), note)


def _gray(options: Options) -> Native:
    _need(options["method"] == "weighted_average", f"its grey is the {options['method']}")
    _need(options["num_output_channels"] == 3, "it changes the number of channels")
    return Native((Grayscale(),))


def _posterize(options: Options) -> Native:
    bits = options["num_bits"]
    _need(all(isinstance(end, int) for end in bits), "each colour has bits of its own")
    return Native((Posterize(bits=tuple(bits)),))


def _equalize(options: Options) -> Native:
    _need(options["by_channels"] and options["mask"] is None, "it equalises the grey, or under a mask")
    _need(options["mode"] == "cv", "it rounds as Pillow does")
    return Native((Equalize(),))


def _auto_contrast(options: Options) -> Native:
    _need(options["cutoff"] == 0 and options["ignore"] is None, "it cuts off the ends of the histogram")
    _need(options["method"] == "pil", "its method cdf equalises")
    return Native((AutoContrast(),))


def _clahe(options: Options) -> Native:
    rows, columns = options["tile_grid_size"]
    _need(rows == columns, "it has more tiles along one side")
    step = CLAHE(limit=options["clip_limit"], tiles=rows)
    return Native((step,), "equalises the grey and moves all colours by the same, where theirs equalises L of Lab")


# Noise, damage and holes


def _gauss_noise(options: Options) -> Native:
    _need(_is_still(options["mean_range"]), "its noise has a mean")
    _need(options["noise_scale_factor"] == 1.0, "its noise is coarse")
    step = GaussianNoise(std=options["std_range"], shared=not options["per_channel"])
    return Native((step,), "theirs cuts 8-bit noise to whole levels towards 0, and so is a little weaker")


def _salt(options: Options) -> Native:
    low, high = options["salt_vs_pepper"]
    _need(abs(low + high - 1.0) < 1e-9, "there is more of one than of the other")
    note = "every pixel is struck on its own and is as often white as black, where theirs draws both shares"
    return Native((SaltAndPepper(amount=options["amount"]),), note)


def _compression(options: Options) -> Native:
    _need(options["compression_type"] == "jpeg", "it compresses to WebP")
    note = "theirs takes red for blue, so its colours lose other detail"
    return Native((JPEGCompression(quality=tuple(options["quality_range"])),), note)


def _downscale(options: Options) -> Native:
    _need(options["interpolation_pair"] == {"downscale": 3, "upscale": 1}, "ours averages down and goes up linearly")
    return Native((Downscale(factor=options["scale_range"]),))


def _dropout(options: Options) -> Native:
    sides, fill = options["hole_height_range"], _as_grey(options["fill"])
    _need(options["fill_mask"] is None, "it covers masks as well")
    _need(
        sides == options["hole_width_range"] and sides[1] < 1,
        "its holes are no fractions of the picture, alike for both sides",
    )
    step = CoarseDropout(holes=tuple(options["num_holes_range"]), fraction=sides, fill=(fill, fill))
    return Native((step,), _TARGETS)


def _erasing(options: Options) -> Native:
    _need(options["fill_mask"] is None, "it covers masks as well")
    fill = _as_grey(options["fill"])
    step = RandomErasing(area=options["scale"], ratio=options["ratio"], fill=(fill, fill))
    return Native((step,), f"proportions are drawn on a logarithmic scale; {_TARGETS}")


_TARGETS = "boxes and keypoints under a hole stay, where theirs drops them"

_NATIVE: dict[str, Callable[[Options], Native]] = {
    "NoOp": lambda options: Native(()),
    "HorizontalFlip": lambda options: Native((HorizontalFlip(),)),
    "VerticalFlip": lambda options: Native((VerticalFlip(),)),
    "Transpose": lambda options: Native((Transpose(),)),
    "RandomRotate90": _turns,
    "D4": _square,
    "SquareSymmetry": _square,
    "Rotate": _rotate,
    "Affine": _affine,
    "ShiftScaleRotate": _shift_scale_rotate,
    "RandomCrop": _crop,
    "CenterCrop": _center_crop,
    "RandomResizedCrop": _resized_crop,
    "Resize": _resize,
    "LongestMaxSize": _longest,
    "RandomBrightnessContrast": _brightness_contrast,
    "MultiplicativeNoise": _multiplicative,
    "RandomGamma": _gamma,
    "InvertImg": lambda options: Native((Invert(),)),
    "ToGray": _gray,
    "ChannelShuffle": lambda options: Native((ChannelShuffle(),), share=5 / 6),  # theirs may leave all in place
    "ColorJitter": _color_jitter,
    "Solarize": lambda options: Native((Solarize(threshold=options["threshold_range"]),)),
    "Posterize": _posterize,
    "Equalize": _equalize,
    "AutoContrast": _auto_contrast,
    "CLAHE": _clahe,
    "GaussNoise": _gauss_noise,
    "SaltAndPepper": _salt,
    "ImageCompression": _compression,
    "Downscale": _downscale,
    "CoarseDropout": _dropout,
    "Erasing": _erasing,
}
