"""Transforms of Albumentations as steps of a pipeline."""

import copy
import inspect
import json
import pickle
import random
import subprocess
import sys
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor

import albumentations as A  # noqa: N812
import numpy as np
import PIL.Image
import pytest
import yaml
from pictures import picture, same

import augkit
from augkit import AugkitError, Foreign, Pipeline
from augkit.interop.albumentations import to_text
from augkit.recipes import Recipe, read_recipe
from augkit.sample import DTYPES, Sample
from augkit.transforms.plain import drawn_from_json, drawn_to_json

KEYS = [("a.jpg", 1), ("a.jpg", 2), ("b.jpg", 1)]
SIZE = (96, 128)
EXEMPT = {
    **dict.fromkeys(
        ("BaseCompose", "BasicTransform", "DualTransform", "ImageOnlyTransform", "Transform3D"), "an abstract class"
    ),
    **dict.fromkeys(
        ("CenterCrop3D", "CoarseDropout3D", "CubicSymmetry", "Pad3D", "PadIfNeeded3D", "RandomCrop3D"),
        "asks for a volume",
    ),
    **dict.fromkeys(
        ("FDA", "HistogramMatching", "Mosaic", "OverlayElements", "PixelDistributionAdaptation", "RandomCropNearBBox",
         "TextImage"), "asks for metadata"
    ),
    "Lambda": "holds functions, which can't be written down",
    "ToTensorV2": "makes a tensor, which is no picture; there with torch only",
    "ReplayCompose": "its record of what was drawn would be lost; the manifest has it",
}  # fmt: skip
INNER = [A.HorizontalFlip(p=0.5), A.CLAHE(p=0.5)]
# What has no defaults, and one default that asks for a picture of 1024 pixels.
WINDOW = {"height": 32, "width": 48}
ARGUMENTS = {
    "AtLeastOneBBoxRandomCrop": WINDOW,
    "CenterCrop": WINDOW,
    "Compose": {"transforms": INNER},
    "Crop": {"x_max": 48, "y_max": 32},
    "CropAndPad": {"px": 4},
    "CropNonEmptyMaskIfExists": WINDOW,
    "GridElasticDeform": {"num_grid_xy": (3, 3), "magnitude": 5},
    "LongestMaxSize": {"max_size": 50},
    "OneOf": {"transforms": INNER},
    "OneOrOther": {"transforms": INNER},
    "RandomCrop": WINDOW,
    "RandomOrder": {"transforms": INNER, "n": 2},
    "RandomResizedCrop": {"size": (32, 48)},
    "RandomSizedBBoxSafeCrop": WINDOW,
    "RandomSizedCrop": {"min_max_height": (20, 40), "size": (32, 48)},
    "Resize": WINDOW,
    "SelectiveChannelTransform": {"transforms": [A.RandomGamma(p=1.0)]},
    "Sequential": {"transforms": INNER},
    "SmallestMaxSize": {"max_size": 50},
    "SomeOf": {"transforms": INNER, "n": 2},
}


def exported() -> list[str]:
    kinds = {name: kind for name, kind in vars(A).items() if inspect.isclass(kind)}
    return sorted(name for name, kind in kinds.items() if issubclass(kind, A.BasicTransform | A.BaseCompose))


USABLE = [name for name in exported() if name not in EXEMPT]


@pytest.fixture(autouse=True)
def quiet():
    """Theirs warn of their own defaults."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


def make(name: str):
    return getattr(A, name)(**ARGUMENTS.get(name, {}), p=1.0)


def sample(name: str) -> dict:
    """A picture that the transform is made for, with targets of all kinds."""
    mask = np.zeros(SIZE, np.uint8)
    mask[10:40, 20:60] = 1
    return {
        "image": picture((*SIZE, 3), np.float32 if name == "FromFloat" else np.uint8),
        "mask": mask,
        "masks": [mask, (mask * 255).astype(np.uint8)],
        "boxes": [[20, 10, 60, 40], [70, 50, 120, 90]],
        "labels": ["one", "other"],
        "keypoints": [[20, 10], [127, 95]],
    }


def alike(one: dict, other: dict) -> bool:
    arrays = ("image", "mask", "boxes", "keypoints")
    return (
        all(same(np.asarray(one[name]), np.asarray(other[name])) for name in arrays)
        and all(same(*pair) for pair in zip(one["masks"], other["masks"], strict=True))
        and one["labels"] == other["labels"]
    )


def test_exempt_is_what_exists_and_few():
    assert set(EXEMPT) - {"ToTensorV2"} <= set(exported())
    assert len(USABLE) > 90


@pytest.mark.skipif(not hasattr(A, "ToTensorV2"), reason="torch is not installed")
def test_what_makes_a_tensor_is_an_error_that_says_so():
    with pytest.raises(AugkitError, match="ToTensorV2 makes a Tensor of a picture; leave the step out"):
        Pipeline([A.ToTensorV2()])(np.zeros((8, 8, 3), np.uint8))


@pytest.mark.parametrize("name", USABLE)
def test_every_transform_works_as_a_step_and_hangs_on_the_key_alone(name):
    pipeline = Pipeline([make(name)], seed=3)
    given = sample(name)
    before = copy.deepcopy(given)
    for key in KEYS:
        drawn = pipeline.draw(SIZE, key=key)
        written = json.loads(json.dumps(drawn_to_json(drawn)))
        done = pipeline(**given, key=key)
        assert alike(done, pipeline(**given, key=key))
        assert alike(done, pipeline.replay(drawn_from_json(written), **given))
        assert done["mask"].shape[:2] == done["image"].shape[:2]
        assert len(done["labels"]) == len(done["boxes"])
        assert done["keypoints"].shape[1] == 2  # distortions drop those that leave
        assert not np.shares_memory(done["image"], given["image"])
    assert alike(given, before)


@pytest.mark.parametrize("name", USABLE)
def test_a_step_does_what_the_transform_itself_does_with_this_state(name):
    transform, given = make(name), sample(name)
    pipeline = Pipeline([transform], seed=3)
    (drawn,) = pipeline.draw(SIZE, key=KEYS[0])
    itself = A.Compose([transform], bbox_params=A.BboxParams("pascal_voc", ["labels"]))
    itself.set_random_state(np.random.default_rng(drawn.params["seed"]), random.Random(drawn.params["seed"]))
    targets = {"mask": given["mask"], "bboxes": given["boxes"], "labels": given["labels"]}
    theirs = itself(image=given["image"].copy(), **targets)
    if "bboxes" not in transform.available_keys:
        theirs |= targets
    ours = pipeline(image=given["image"], mask=given["mask"], boxes=given["boxes"], labels=given["labels"], key=KEYS[0])
    assert same(ours["image"], theirs["image"])
    assert same(ours["mask"], theirs["mask"])
    assert np.allclose(np.reshape(ours["boxes"], (-1, 4)), np.reshape(theirs["bboxes"], (-1, 4)), atol=1e-4)
    assert list(ours["labels"]) == list(theirs["labels"])


@pytest.mark.parametrize("name", USABLE)
def test_every_transform_survives_pickle_yaml_and_its_own_text(name):
    pipeline = Pipeline([make(name)], seed=3)
    (step,) = pipeline.transforms
    assert pickle.loads(pickle.dumps(pipeline)) == pipeline
    assert eval(repr(step), {"Foreign": Foreign}) == step
    assert to_text(step.transform) == step.transform
    recipe = Recipe(name="x", transforms=pipeline.transforms)
    assert read_recipe(yaml.safe_load(recipe.to_yaml())) == recipe
    assert read_recipe(json.loads(json.dumps(recipe.to_dict()))) == recipe


def test_threads_share_a_pipeline_and_make_the_same_bytes():
    pipeline = Pipeline(
        [A.ElasticTransform(p=1), A.OneOf([A.RandomFog(), A.GaussNoise(), A.RandomRain()], p=0.9)], seed=1
    )
    image = picture((64, 64, 3))
    keys = [("a.jpg", copy) for copy in range(40)]
    alone = [pipeline(image, key=key).tobytes() for key in keys]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda key: pipeline(image, key=key).tobytes(), keys))
    assert together == alone
    assert len(set(alone)) == len(alone)


def test_parts_of_a_composition_draw_on_their_own():
    # Seeded alike, as set_random_seed does it, both would flip together every time.
    both = A.Sequential([A.HorizontalFlip(p=0.5), A.VerticalFlip(p=0.5)], p=1.0)
    image = np.array([[1, 2], [3, 4]], np.uint8)
    pipeline = Pipeline([both], seed=1)
    corners = [int(pipeline(image, key=("a", copy))[0, 0]) for copy in range(400)]
    counts = np.bincount(corners, minlength=5)[1:]
    assert counts.min() > 60  # 100 expected each, with a deviation of 8.7


def test_another_process_replays_the_bytes():
    pipeline = Pipeline([A.RandomFog(p=1), augkit.Rotate()], seed=2)
    drawn = json.dumps(drawn_to_json(pipeline.draw((40, 56), key=KEYS[0])))
    code = (
        "import json, sys, zlib, numpy as np\n"
        "from augkit import Pipeline, Sample\n"
        "from augkit.transforms.plain import drawn_from_json\n"
        "image = np.arange(40 * 56 * 3, dtype=np.uint16).reshape(40, 56, 3).astype(np.uint8)\n"
        "drawn = drawn_from_json(json.loads(sys.argv[1]))\n"
        "print(zlib.crc32(Pipeline([]).apply(Sample(image=image), drawn).image.tobytes()))"
    )
    runs = {
        subprocess.run([sys.executable, "-c", code, drawn], capture_output=True, text=True).stdout for _ in range(2)
    }
    image = np.arange(40 * 56 * 3, dtype=np.uint16).reshape(40, 56, 3).astype(np.uint8)
    assert runs == {f"{zlib.crc32(pipeline(image, key=KEYS[0]).tobytes())}\n"}


def test_what_was_done_before_leaves_no_trace():
    # Away and back again: the box is dropped between, also after a picture without boxes.
    shifts = [A.Affine(translate_px={"x": shift, "y": 0}, p=1) for shift in (16, -16)]
    pipeline = Pipeline([A.Sequential(shifts, p=1)], min_visible=0.8)
    told = {"image": picture((40, 40, 3)), "boxes": [[10, 10, 30, 30]], "labels": ["one"]}
    first = pipeline(**told, key=KEYS[0])
    pipeline(told["image"], key=KEYS[0])
    again = pipeline(**told, key=KEYS[0])
    assert first["labels"] == again["labels"] == ()


def test_p_is_settled_by_our_draws():
    pipeline = Pipeline([A.CLAHE(p=0.2)], seed=1)
    assert pipeline.transforms[0].p == 0.2
    hits = sum(bool(pipeline.draw((8, 8), key=("a", copy))) for copy in range(4000))
    assert abs(hits - 800) < 4 * (4000 * 0.2 * 0.8) ** 0.5
    assert Foreign(transform=A.CLAHE(p=0.2), p=0.5).p == 0.1


def test_what_follows_sees_the_size_that_theirs_made():
    pipeline = Pipeline([A.RandomCrop(20, 30, p=1.0), augkit.HorizontalFlip(), A.PadIfNeeded(40, 40, p=1.0)], seed=1)
    image = picture((24, 36, 3))
    for key in KEYS:
        done = pipeline(image=image, keypoints=[[18, 12]], key=key)
        assert done["image"].shape == (40, 40, 3)
        x, y = done["keypoints"][0].round().astype(int)
        assert (done["image"][y, x] == image[12, 18]).all()


def test_stands_inside_our_choices():
    choice = augkit.OneOf([A.InvertImg(p=1.0), augkit.Invert()])
    assert all(isinstance(step, augkit.Foreign | augkit.Invert) for step in choice.transforms)
    assert same(Pipeline([choice])(picture((9, 9, 3)), key=KEYS[0]), 255 - picture((9, 9, 3)))


@pytest.mark.parametrize(
    "transform", [A.CLAHE(p=1), A.RandomFog(p=1), A.OneOf([A.RandomGamma(), A.ColorJitter()], p=1)], ids=str
)
def test_alpha_stays_where_only_pixels_change(transform):
    image = picture((40, 56, 4))
    done = Pipeline([transform])(image, key=KEYS[0])
    assert same(done[..., 3], image[..., 3])
    assert same(done[..., :3], Pipeline([transform])(np.ascontiguousarray(image[..., :3]), key=KEYS[0]))


@pytest.mark.parametrize(
    "flip", [A.HorizontalFlip(p=1), A.Sequential([A.HorizontalFlip(p=1), A.CLAHE(p=0)], p=1)], ids=str
)
def test_alpha_moves_with_the_picture(flip):
    image = picture((40, 56, 4))
    assert same(Pipeline([flip])(image, key=KEYS[0]), np.ascontiguousarray(image[:, ::-1]))


@pytest.mark.parametrize("name", USABLE)
@pytest.mark.parametrize("tail", [(), (1,), (3,), (4,), (5,)])
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_picture_is_taken_or_refused_with_what_to_do(name, tail, dtype):
    given = sample(name) | {"image": picture((*SIZE, *tail), dtype)}
    pipeline = Pipeline([make(name)])
    wanted = np.float32 if name == "FromFloat" else np.uint8
    done, refused = None, ""
    try:
        done = pipeline(**given, key=KEYS[0])["image"]
    except AugkitError as error:
        refused = str(error)
    if done is None:
        shape = SIZE if tail == (1,) else (*SIZE, *tail)
        assert f"albumentations {name} can't take a picture of {np.dtype(dtype)}, shape {shape}" in refused
        assert "; convert the picture to what it takes" in refused
        assert (dtype, tail) != (wanted, (3,))
    elif name not in ("FromFloat", "Normalize", "ToFloat"):
        assert done.dtype == dtype
        assert dtype != np.float32 or (done.min() >= 0.0 and done.max() <= 1.0)


def test_targets_that_are_empty_stay_empty():
    done = Pipeline([A.HorizontalFlip(p=1)])(image=picture((9, 9, 3)), boxes=[], labels=[], keypoints=[], masks=[])
    assert (done["boxes"].shape, done["keypoints"].shape, done["labels"], done["masks"]) == ((0, 4), (0, 2), (), [])


def test_boxes_that_leave_the_frame_are_dropped_with_their_labels():
    pipeline = Pipeline([A.Crop(0, 0, 50, 50, p=1)], min_visible=0.5)
    done = pipeline(
        image=picture((96, 96, 3)), boxes=[[60, 60, 90, 90], [10, 10, 40, 40], [45, 0, 75, 30]], labels=list("abc")
    )
    assert done["labels"] == ("b",)
    assert np.allclose(done["boxes"], [[10, 10, 40, 40]], atol=1e-4)


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (lambda: Foreign(transform={"__class_fullname__": "Clahe"}), "knows no transform 'Clahe'"),
        (
            lambda: Foreign(transform={"__class_fullname__": "CLAHE", "clip_limt": 30}),
            "CLAHE has no option 'clip_limt'; did you mean 'clip_limit'?",
        ),
        (lambda: Foreign(transform={"__class_fullname__": "CLAHE", "p": 7}), "can't make a transform of"),
        (lambda: Foreign(transform="nonsense"), "can't make a transform of nonsense"),
        (lambda: Pipeline([A.Lambda(image=lambda image, **_: image)]), "Lambda can't be written down"),
        (lambda: Pipeline([A.CLAHE]), "must be a transform"),
    ],
)
def test_what_is_no_transform_is_an_error(made, told):
    with pytest.raises(AugkitError, match=told):
        made()


def test_nothing_is_imported_before_it_is_needed():
    code = "import sys, augkit; augkit.Pipeline([augkit.Foreign()]); print('albumentations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


def test_the_default_is_as_the_adapter_writes_it():
    assert to_text(Foreign().transform) == Foreign().transform


def test_expand_and_verify_work_with_their_transforms(make_folder, tmp_path):
    source = make_folder(cat=3, dog=1)
    steps = [{"rotate": {}}, {"albumentations": {"transform": {"__class_fullname__": "GaussNoise", "p": 0.9}}}]
    outputs = [tmp_path / "one", tmp_path / "two"]
    for workers, output in zip((1, 3), outputs, strict=True):
        augkit.expand(source, output, copies=3, recipe={"transforms": steps}, seed=5, size=(16, 16), workers=workers)
        assert augkit.verify(output, source=source).problems == []
    bytes_of = [{file.name: file.read_bytes() for file in sorted(output.rglob("*.*"))} for output in outputs]
    assert bytes_of[0] == bytes_of[1]
    header = json.loads((outputs[0] / "augkit.manifest.jsonl").read_text().splitlines()[0])
    assert header["versions"]["albumentations"] == A.__version__


def test_the_size_asked_for_is_the_size_written_though_theirs_changes_it(make_folder, tmp_path):
    source = make_folder(cat=1)
    crop = {"albumentations": {"transform": {"__class_fullname__": "RandomCrop", "height": 9, "width": 8, "p": 1.0}}}
    augkit.expand(source, tmp_path / "out", copies=1, recipe={"transforms": [{"rotate": {}}, crop]}, size=(12, 14))
    sizes = {PIL.Image.open(file).size for file in (tmp_path / "out").rglob("*.png")}
    assert sizes == {(14, 12)}


def test_a_sample_without_targets_comes_back_without():
    done = Pipeline([A.HorizontalFlip(p=1)]).apply(
        Sample(image=picture((9, 9, 3))), Pipeline([A.HorizontalFlip(p=1)]).draw((9, 9))
    )
    assert not done.has_targets
