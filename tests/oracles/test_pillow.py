"""Against Pillow: crops and pads, resizing, and the operations of ImageOps and ImageEnhance."""

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from augkit import (
    AutoContrast,
    Brightness,
    CenterCrop,
    ColorJitter,
    Equalize,
    GaussianBlur,
    HueSaturation,
    Invert,
    Pad,
    Pipeline,
    Posterize,
    Resize,
    Rotate90,
    Solarize,
)
from augkit.transforms.base import Drawn

MODES = ("L", "RGB")


@pytest.fixture(params=MODES)
def photo(request, photos) -> Image.Image:
    return Image.fromarray(photos[0][60:300, 100:420]).convert(request.param)


def apart(ours, theirs) -> np.ndarray:
    return np.abs(np.asarray(ours).astype(int) - np.asarray(theirs))


def test_crops_pads_and_turns_move_the_same_pixels(photo):
    assert apart(Pipeline([CenterCrop(size=(100, 200))])(photo), photo.crop((60, 70, 260, 170))).max() == 0
    padded = ImageOps.expand(photo, border=(20, 10), fill=0)
    assert apart(Pipeline([Pad(size=(260, 360))], border="constant")(photo), padded).max() == 0
    turns = (Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270)
    for quarters, turn in enumerate(turns, 1):
        turned = Pipeline([]).replay([Drawn(Rotate90, {"quarters": quarters})], photo)
        assert apart(turned, photo.transpose(turn)).max() == 0


@pytest.mark.parametrize("parts", [2, 3, 5])
def test_shrinking_by_a_whole_number_is_pillows_box(photo, parts):
    whole = photo.crop((0, 0, 300, 240))
    size = (240 // parts, 300 // parts)
    expected = whole.resize(size[::-1], Image.Resampling.BOX)
    # both are the mean of the same pixels; Pillow rounds between its two passes
    assert apart(Pipeline([Resize(size=size)])(whole), expected).max() <= 1


def test_enlarging_is_pillows_bilinear(photo):
    expected = photo.resize((800, 600), Image.Resampling.BILINEAR)
    result = Pipeline([Resize(size=(600, 800))], border="replicate")(photo)
    assert apart(result, expected).max() <= 1  # Pillow rounds between its two passes


@pytest.mark.parametrize("factor", [0.0, 0.3, 0.9, 1.0, 1.4])
@pytest.mark.parametrize("name", ["brightness", "contrast", "saturation"])
def test_enhancing_is_that_of_imageenhance(photo, factor, name):
    kind = {"brightness": ImageEnhance.Brightness, "contrast": ImageEnhance.Contrast, "saturation": ImageEnhance.Color}[
        name
    ]
    still = {"brightness": 1.0, "contrast": 1.0, "saturation": 1.0, "hue": 0.0, "order": 0}
    ours = Pipeline([]).replay([Drawn(ColorJitter, still | {name: factor})], photo)
    # Pillow cuts where we round, which is below 1; it blends with a grey that it has rounded, off by half a level times
    # |1 - factor|; and saturation of 8 bits has three weights of 10 bits, off by 3 * 255 / 2^11.
    bound = 1 + 0.5 * abs(1 - factor) + 0.5 + (0.38 if name == "saturation" else 0)
    assert apart(ours, kind(photo).enhance(factor)).max() <= bound


@pytest.mark.parametrize("bits", range(1, 9))
def test_posterizing_is_that_of_imageops(photo, bits):
    assert apart(Pipeline([Posterize(bits=(bits, bits))])(photo), ImageOps.posterize(photo, bits)).max() == 0


@pytest.mark.parametrize("level", [0, 1, 77, 128, 255])
def test_solarizing_and_inverting_are_those_of_imageops(photo, level):
    threshold = max(0.0, (level - 0.5) / 255)  # Pillow turns from the level on, we what is above the threshold
    if level:
        ours = Pipeline([Solarize(threshold=(threshold, threshold))])(photo)
        assert apart(ours, ImageOps.solarize(photo, level)).max() == 0
    assert apart(Pipeline([Invert()])(photo), ImageOps.invert(photo)).max() == 0


def test_autocontrast_is_that_of_imageops(photo):
    dim = Pipeline(
        [
            ColorJitter(brightness=(0.6, 0.6), contrast=(1, 1), saturation=(1, 1), hue=(0, 0)),
            Brightness(offset=(0.2, 0.2)),
        ]
    )(photo)
    assert apart(Pipeline([AutoContrast()])(dim), ImageOps.autocontrast(dim)).max() <= 1  # it cuts where we round


def test_equalizing_is_that_of_imageops_within_the_bins(photo):
    ours, theirs = np.asarray(Pipeline([Equalize()])(photo)), np.asarray(ImageOps.equalize(photo))
    planes = ((ours[..., None], theirs[..., None], np.asarray(photo)[..., None]) if photo.mode == "L" else
              (ours, theirs, np.asarray(photo)))  # fmt: skip
    for one, other, plane in zip(*(np.moveaxis(part, -1, 0) for part in planes), strict=True):
        counts = np.bincount(plane.ravel(), minlength=256)
        number, seen = plane.size, np.flatnonzero(counts)
        first, last = counts[seen[0]], counts[seen[-1]]
        step = (number - last) // 255
        # F(v) - F(least) over 1 - F(least), against what is below v over steps of whole pixels: they differ by the
        # pixels of the level itself, by those of the least and the greatest, by the rest cut off a step, and rounding.
        level = counts[plane] / (number - max(first, last))
        bound = 255 * (level + (first + last) / (number - max(first, last)) + 1 / step) + 1.5
        assert (np.abs(one.astype(int) - other) <= bound).all()
        assert np.abs(one.astype(int) - other).mean() < 3


def test_gaussian_blur_is_near_pillows_boxes(photo):
    sigma = 4.0
    ours = Pipeline([GaussianBlur(radius=(sigma / 240, sigma / 240))])(photo)
    theirs = photo.filter(ImageFilter.GaussianBlur(sigma))
    # Pillow has three boxes of the same variance for it: how far their weights are from a Gaussian's, its own answer to
    # a line tells.
    step = np.zeros((1, 201), np.uint8)
    step[0, 100] = 255
    boxes = (
        np.asarray(Image.fromarray(step.repeat(99, 0)).filter(ImageFilter.GaussianBlur(sigma)))[49].astype(float) / 255
    )
    x = np.arange(-100, 101)
    gauss = np.exp(-(x**2) / 2 / sigma**2)
    distance = np.abs(boxes - gauss / gauss.sum()).sum()
    inside = apart(ours, theirs)[20:-20, 20:-20]  # borders are others
    # Weights that differ by d in all, up and down alike, make d / 2 of white at most, along each axis. We round once,
    # Pillow in each of three passes along two axes.
    assert inside.max() <= 2 * distance / 2 * 255 + 0.5 + 6 * 0.5


@pytest.mark.parametrize("degrees", [10.0, 40.0, 80.0])
def test_hues_turn_the_way_of_hsv(degrees):
    red = Image.new("RGB", (4, 4), (180, 90, 90))
    hues = []
    for turn in (degrees, -degrees):
        turned = Pipeline([HueSaturation(hue=(turn, turn), saturation=(1, 1))])(red)
        hues.append(turned.convert("HSV").getpixel((0, 0))[0] / 255 * 360)
    # a plane of chroma is no hexagon, so angles differ, but not the side of red that they lie on
    assert 0 < hues[0] < 180 < hues[1] < 360
