"""A pipeline of augkit inside A.Compose."""

import json
import pickle
import subprocess
import sys

import albumentations as A  # noqa: N812
import cv2
import numpy as np
import pytest
from pictures import picture, same

import augkit
from augkit import AugkitError, Pipeline
from augkit.interop.albumentations import ToAlbumentations
from augkit.transforms.plain import drawn_from_json

MOVING = Pipeline([augkit.Rotate(), augkit.Brightness(), augkit.Crop(size=(60, 70)), augkit.GaussianNoise()])
SIZE = (96, 128)


def compose(*transforms, kind=A.Compose, **options):
    return kind(
        list(transforms),
        bbox_params=A.BboxParams("pascal_voc", ["labels"]),
        keypoint_params=A.KeypointParams("xyas", remove_invisible=False),
        **options,
    )


def given() -> dict:
    mask = np.zeros(SIZE, np.uint8)
    mask[30:70, 40:90] = 7
    return {
        "image": picture((*SIZE, 3)).copy(),
        "mask": mask,
        "masks": [mask, 255 - mask],
        "bboxes": [[40, 30, 90, 70]],
        "labels": ["thing"],
        "keypoints": [[64, 48, 0.5, 2.0]],
    }


def alike(one: dict, other: dict) -> bool:
    names = ("image", "mask", "masks", "bboxes", "labels", "keypoints")
    return all(np.array_equal(one[name], other[name]) for name in names)


def test_what_it_does_is_what_the_pipeline_does():
    together = compose(ToAlbumentations(MOVING), seed=3)
    twin = compose(ToAlbumentations(MOVING), seed=3)
    drawn = twin[0].get_params_dependent_on_data({"shape": (*SIZE, 3)}, {})["drawn"]
    told = given()
    done = together(**told)
    ours = MOVING.replay(
        drawn_from_json(drawn), image=told["image"], mask=told["mask"], masks=told["masks"], boxes=told["bboxes"],
        labels=told["labels"], keypoints=[[64, 48]],
    )  # fmt: skip
    assert same(done["image"], ours["image"])
    assert same(done["mask"], ours["mask"])
    assert all(same(*pair) for pair in zip(done["masks"], ours["masks"], strict=True))
    assert np.allclose(done["bboxes"], ours["boxes"], atol=1e-4)
    assert np.allclose(np.asarray(done["keypoints"])[:, :2], ours["keypoints"], atol=1e-4)
    assert done["labels"] == ["thing"]


def test_their_seed_rules_it():
    results = [compose(A.HorizontalFlip(), ToAlbumentations(MOVING), seed=seed) for seed in (5, 5, 6)]
    rounds = [[transform(**given()) for _ in range(5)] for transform in results]
    assert all(alike(*pair) for pair in zip(rounds[0], rounds[1], strict=True))
    assert not all(alike(*pair) for pair in zip(rounds[0], rounds[2], strict=True))
    assert len({done["image"].tobytes() for done in rounds[0]}) == 5


def test_a_mask_stays_on_its_object():
    pipeline = Pipeline([augkit.Affine(), augkit.Contrast(), augkit.ResizedCrop(size=(80, 80), area=(0.6, 1.0))])
    told = given()
    told["image"] = np.repeat(told["mask"][..., None], 3, axis=2) * 30
    for seed in range(10):
        done = compose(ToAlbumentations(Pipeline(pipeline.transforms[::2])), seed=seed)(**told)
        x1, y1, x2, y2 = done["bboxes"][0]
        ys, xs = np.nonzero(done["mask"])
        # Picture and mask may differ where the outline runs through a pixel: no more than its box has around it.
        assert ((done["image"][..., 0] > 105) != (done["mask"] == 7)).sum() <= 2 * (x2 - x1 + y2 - y1)
        assert x1 - 1 <= xs.min() <= xs.max() + 1 <= x2 + 1
        assert y1 - 1 <= ys.min() <= ys.max() + 1 <= y2 + 1


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (augkit.HorizontalFlip(), A.HorizontalFlip(p=1)),
        (augkit.VerticalFlip(), A.VerticalFlip(p=1)),
        (augkit.Transpose(), A.Transpose(p=1)),
        (augkit.Resize(size=(48, 64)), A.Resize(48, 64)),
    ],
    ids=lambda step: type(step).__name__,
)
def test_targets_land_where_theirs_puts_them(ours, theirs):
    mine, other = (compose(step)(**given()) for step in (ToAlbumentations(Pipeline([ours])), theirs))
    assert np.allclose(mine["bboxes"], other["bboxes"], atol=1e-4)
    if ours.name() != "resize":  # theirs multiplies pixel numbers, as if pixels had no middle
        assert np.allclose(mine["keypoints"], other["keypoints"], atol=1e-4)
    assert same(mine["mask"], other["mask"])


def test_an_arrow_keeps_pointing_at_what_it_pointed_at():
    told = given() | {"keypoints": [[64, 48, 0.0, 1.0], [84, 48, 0.0, 1.0]]}
    done = compose(ToAlbumentations(Pipeline([augkit.Rotate(degrees=(30, 30)), augkit.Scale(factor=(2, 2))])))(**told)
    (x, y, angle, scale), (to_x, to_y, *_) = done["keypoints"]
    assert np.isclose(angle, np.degrees(np.arctan2(to_y - y, to_x - x)) % 360, atol=1e-3)
    assert np.isclose(scale, 2.0, atol=1e-4)


def test_boxes_are_filtered_by_their_params():
    shift = ToAlbumentations(Pipeline([augkit.Translate(fraction=(0.5, 0.5))]))
    for least, left in ((0.0, 1), (0.9, 0)):
        box_params = A.BboxParams("pascal_voc", ["labels"], min_visibility=least)
        told = {"image": picture((40, 40, 3)), "bboxes": [[10, 10, 30, 30]], "labels": [1]}
        assert len(A.Compose([shift], bbox_params=box_params)(**told)["bboxes"]) == left


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_is_saved_and_loaded(tmp_path, form):
    saved = compose(ToAlbumentations(MOVING, p=0.8), A.CLAHE())
    A.save(saved, tmp_path / "file", form)
    assert "augkit.interop.albumentations.ToAlbumentations" in (tmp_path / "file").read_text()
    loaded = A.load(tmp_path / "file", form)
    copy = pickle.loads(pickle.dumps(saved))
    for pipeline in (saved, loaded, copy):
        pipeline.set_random_seed(4)
    done = saved(**given())
    assert alike(done, loaded(**given()))
    assert alike(done, copy(**given()))
    assert loaded[0].pipeline == MOVING


def test_is_replayed_also_from_json():
    done = compose(A.HorizontalFlip(), ToAlbumentations(MOVING), kind=A.ReplayCompose)(**given())
    record = json.loads(json.dumps(done["replay"]))
    assert alike(A.ReplayCompose.replay(record, **given()), done)


@pytest.mark.parametrize("shape", [(40, 56), (40, 56, 1), (40, 56, 4)])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_any_channels_and_dtypes(shape, dtype):
    image = picture(shape, dtype)
    done = A.Compose([ToAlbumentations(Pipeline([augkit.Rotate(), augkit.Gamma()])), A.HorizontalFlip(p=1)])(
        image=image
    )
    assert done["image"].shape == shape
    assert done["image"].dtype == dtype


def test_steps_of_albumentations_are_refused():
    with pytest.raises(AugkitError, match=r"put them into A\.Compose beside it"):
        ToAlbumentations(Pipeline([augkit.OneOf([A.CLAHE(), augkit.Rotate()])]))


def test_a_wrong_call_is_an_error():
    with pytest.raises(AugkitError, match=r"give it a Pipeline, got \[Rotate"):
        ToAlbumentations([augkit.Rotate()])
    with pytest.raises(AugkitError, match="there is no transform 'rotat'"):
        ToAlbumentations({"transforms": [{"rotat": {}}]})


def test_importing_the_adapter_opens_no_connection():
    code = (
        "import sys\n"
        "def watch(event, args):\n"
        "    if event.startswith('socket.') and event != 'socket.__new__': raise RuntimeError(event)\n"
        "sys.addaudithook(watch)\n"
        "import augkit.interop.albumentations"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_pictures_and_masks_of_a_resize_have_one_size():
    done = A.Compose([ToAlbumentations(Pipeline([augkit.LongestSide(length=50)])), A.PadIfNeeded(64, 64)])(
        image=given()["image"], mask=given()["mask"]
    )
    assert done["image"].shape[:2] == done["mask"].shape == (64, 64)
    assert cv2.countNonZero(done["mask"]) > 0
