"""Against Albumentations 2.0.8, with fixed numbers: the same geometry for pictures, masks, boxes and keypoints."""

import os

import cv2
import numpy as np
import pytest
from pictures import same

from augkit import (
    CenterCrop,
    Gamma,
    Grayscale,
    HorizontalFlip,
    Invert,
    Pad,
    Pipeline,
    Posterize,
    Resize,
    Rotate,
    Rotate90,
    Scale,
    Shear,
    Solarize,
    Translate,
    Transpose,
    VerticalFlip,
)
from augkit.transforms.base import Drawn

os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"  # else it asks the network for a newer version
import albumentations as A  # noqa: N812

SIZE = (96, 131)
BOXES = np.array([[40.0, 30.0, 80.0, 55.0], [50.0, 20.0, 61.0, 70.0], [2.0, 5.0, 30.0, 90.0]])
POINTS = np.array([[40.0, 30.0], [65.0, 47.5], [100.0, 80.0]])
CONSTANT = {"border_mode": cv2.BORDER_CONSTANT}
LINEAR = {"interpolation": cv2.INTER_LINEAR}

STILL = {"scale": 1.0, "translate_percent": 0.0, "rotate": 0.0, "shear": 0.0, "p": 1.0} | LINEAR
ANGLES = (-170, -33, 7, 90, 121)


def drawn(kind, **params) -> list[Drawn]:
    return [Drawn(kind, params)]


GEOMETRY = {
    **{f"rotate {angle}": (A.Rotate((angle, angle), p=1, **LINEAR), drawn(Rotate, degrees=angle)) for angle in ANGLES},
    **{f"scale {f}": (A.Affine(**STILL | {"scale": f}), drawn(Scale, factor=f)) for f in (0.85, 1.3, 2.0)},
    "shift": (A.Affine(**STILL | {"translate_px": {"x": (13, 13), "y": (-7, -7)}, "translate_percent": None}),
              drawn(Translate, x=13 / 131, y=-7 / 96)),
    # theirs is the other way round
    "shear": (A.Affine(**STILL | {"shear": {"x": (12, 12), "y": (-5, -5)}}), drawn(Shear, x=-12.0, y=5.0)),
}  # fmt: skip


def smooth(dtype=np.uint8) -> np.ndarray:
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    waves = [0.5 + 0.3 * np.sin(x / a + y / b) + 0.15 * np.cos(y / a) for a, b in ((9, 14), (17, 8), (11, -10))]
    image = np.stack(waves, axis=2)
    return image.astype(np.float32) if dtype == np.float32 else np.rint(image * np.iinfo(dtype).max).astype(dtype)


def theirs(step, border=cv2.BORDER_REFLECT_101, **targets):
    if hasattr(step, "border_mode"):
        step.border_mode = border
    chain = A.Compose(
        [step],
        bbox_params=A.BboxParams("pascal_voc", label_fields=["labels"]) if "bboxes" in targets else None,
        keypoint_params=A.KeypointParams("xy", remove_invisible=False) if "keypoints" in targets else None,
    )
    return chain(**targets)


@pytest.mark.parametrize("name", GEOMETRY)
@pytest.mark.parametrize("border", ["reflect", "constant"])
def test_pictures_move_alike(name, border):
    step, steps = GEOMETRY[name]
    image = smooth()
    expected = theirs(step, {"reflect": cv2.BORDER_REFLECT_101, "constant": cv2.BORDER_CONSTANT}[border], image=image)
    result = Pipeline([], border=border).replay(steps, image)
    # Both sample bilinearly at the same places, up to float32 or exactly, and round once: where a value lies on a
    # tie, to either side of it.
    assert np.abs(result.astype(int) - expected["image"]).max() <= 1
    # Places are off by 2^-16 of a pixel and values by a hundredth of a level: no more than that are near a tie.
    assert (result != expected["image"]).mean() <= 0.02


@pytest.mark.parametrize("name", GEOMETRY)
def test_floats_move_alike_to_the_last_bits(name):
    step, steps = GEOMETRY[name]
    image = smooth(np.float32)
    expected = theirs(step, image=image)["image"]
    # Coordinates up to 256 in float32, a few roundings: 2^-14 of a pixel; slopes along x and y add up to 0.075.
    assert np.abs(Pipeline([]).replay(steps, image) - expected).max() <= 2.0**-14 * 0.075 + 2.0**-22


@pytest.mark.parametrize("name", GEOMETRY)
def test_keypoints_move_alike(name):
    step, steps = GEOMETRY[name]
    expected = theirs(step, cv2.BORDER_CONSTANT, image=smooth(), keypoints=POINTS)["keypoints"]
    result = Pipeline([], border="constant").replay(steps, image=smooth(), keypoints=POINTS)["keypoints"]
    assert np.abs(result - expected).max() <= 256 * 2.0**-21  # theirs are float32 below 256, after a few roundings


@pytest.mark.parametrize("name", GEOMETRY)
@pytest.mark.parametrize("method", ["largest_box", "ellipse"])
def test_boxes_enclose_alike(name, method):
    step, steps = GEOMETRY[name]
    if method == "ellipse":
        if not name.startswith("rotate"):
            step = A.Affine(**{**STILL, "scale": 1.2, "rotate": 25.0})
            steps = [*drawn(Scale, factor=1.2), *drawn(Rotate, degrees=25.0)]
        step.rotate_method = "ellipse"
    found = theirs(step, cv2.BORDER_CONSTANT, image=smooth(), bboxes=BOXES, labels=[0, 1, 2])
    step.rotate_method = "largest_box"
    enclosure = {"largest_box": "corners", "ellipse": "ellipse"}[method]
    pipeline = Pipeline([], border="constant", enclosure=enclosure)
    ours = pipeline.replay(steps, image=smooth(), boxes=BOXES, labels=[0, 1, 2])
    assert list(ours["labels"]) == [int(label) for label in found["labels"]]
    # Theirs are fractions in float32. Of an ellipse they take 360 points: the nearest one is half a degree off at most,
    # and short of the end by 1 - cos of it, times a half axis below 64 * 1.2.
    bound = 256 * 2.0**-21 + (64 * 1.2 * (1 - np.cos(np.radians(0.5))) if method == "ellipse" else 0)
    assert np.abs(ours["boxes"] - found["bboxes"]).max() <= bound


@pytest.mark.parametrize("name", ["rotate 7", "rotate -33", "scale 1.3", "shear"])
def test_masks_move_alike(name):
    step, steps = GEOMETRY[name]
    mask = (np.add.outer(np.arange(96) // 8, np.arange(131) // 9) % 7).astype(np.uint8)
    expected = theirs(step, cv2.BORDER_CONSTANT, image=smooth(), mask=mask)["mask"]
    result = Pipeline([], border="constant").replay(steps, image=smooth(), mask=mask)["mask"]
    # A place within 2^-14 of the line between two pixels may fall to either: twice that of all, four times for chance.
    assert (result != expected).mean() <= 4 * 2 * 2 * 2.0**-14 + 3 / mask.size


EXACT = {
    "left-right": (A.HorizontalFlip(p=1), HorizontalFlip()),
    "up-down": (A.VerticalFlip(p=1), VerticalFlip()),
    "transpose": (A.Transpose(p=1), Transpose()),
    "crop": (A.CenterCrop(50, 61, p=1), CenterCrop(size=(50, 61))),
    "odd crop": (A.CenterCrop(51, 60, p=1), CenterCrop(size=(51, 60))),
    "pad": (A.PadIfNeeded(121, 150, border_mode=cv2.BORDER_REFLECT_101, p=1), Pad(size=(121, 150))),
}


@pytest.mark.parametrize("name", EXACT)
def test_what_moves_whole_pixels_is_the_same_to_the_last_bit(name):
    step, ours = EXACT[name]
    for dtype in (np.uint8, np.float32):
        image = smooth(dtype)
        found = theirs(step, step.border_mode if name == "pad" else None, image=image, mask=image[..., 0].copy(),
                       bboxes=BOXES, labels=[0, 1, 2], keypoints=POINTS)  # fmt: skip
        result = Pipeline([ours])(image=image, mask=image[..., 0], boxes=BOXES, labels=[0, 1, 2], keypoints=POINTS)
        assert same(result["image"], np.ascontiguousarray(found["image"]))
        assert same(result["mask"], np.ascontiguousarray(found["mask"]))
        if name != "pad":  # theirs show reflected boxes and keypoints besides
            assert np.abs(result["boxes"] - found["bboxes"]).max() <= 256 * 2.0**-21
            assert np.abs(result["keypoints"] - found["keypoints"]).max() <= 256 * 2.0**-21


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_quarter_turns_are_the_same_to_the_last_bit(quarters):
    expected = theirs(A.RandomRotate90(p=1), image=smooth())["image"]
    ours = Pipeline([]).replay(drawn(Rotate90, quarters=quarters), smooth())
    assert same(ours, np.ascontiguousarray(np.rot90(smooth(), quarters)))
    assert any(same(np.ascontiguousarray(expected), np.ascontiguousarray(np.rot90(smooth(), n))) for n in range(4))


@pytest.mark.parametrize(
    ("size", "flag"), [((48, 131), "INTER_AREA"), ((32, 131), "INTER_AREA"), ((192, 262), "INTER_LINEAR")]
)
def test_resizing_is_alike(size, flag):
    expected = theirs(A.Resize(*size, interpolation=getattr(cv2, flag), p=1), image=smooth())["image"]
    result = Pipeline([Resize(size=size)], border="replicate")(smooth())
    # OpenCV's linear resizing of 8 bits has weights of 11 bits for each axis: off by 255 * 2^-11 before its rounding
    assert np.abs(result.astype(int) - expected).max() <= 1


# Tones


@pytest.mark.parametrize("exponent", [0.4, 0.8, 1.0, 1.25, 2.5])
def test_gamma_is_alike(exponent):
    step = A.RandomGamma((100 * exponent, 100 * exponent), p=1)
    expected = theirs(step, image=smooth())["image"]
    result = Pipeline([Gamma(exponent=(exponent, exponent))])(smooth())
    assert np.abs(result.astype(int) - expected).max() <= 1  # they cut where we round


@pytest.mark.parametrize("bits", [1, 3, 5, 7])
def test_posterizing_inverting_solarizing_are_alike(bits):
    image = smooth()
    assert same(
        Pipeline([Posterize(bits=(bits, bits))])(image), theirs(A.Posterize(num_bits=bits, p=1), image=image)["image"]
    )
    assert same(Pipeline([Invert()])(image), theirs(A.InvertImg(p=1), image=image)["image"])
    for level in (1, 100, 128, 255):  # theirs turn from the level on, ours what is above
        expected = theirs(A.Solarize(threshold_range=(level / 255, level / 255), p=1), image=image)["image"]
        assert same(Pipeline([Solarize(threshold=((level - 0.5) / 255,) * 2)])(image), expected)


def test_grey_is_alike():
    expected = theirs(A.ToGray(p=1), image=smooth())["image"]
    # whole weights of 14 bits at least in OpenCV, of 10 in our matrix: less than half a level, before rounding
    assert np.abs(Pipeline([Grayscale()])(smooth()).astype(int) - expected).max() <= 1
