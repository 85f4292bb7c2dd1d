"""Saved pipelines of Albumentations as recipes: what is mapped means the same, or says how it differs."""

import inspect
import json
import random
import warnings
from collections import Counter

import albumentations as A  # noqa: N812
import cv2
import numpy as np
import pytest
import yaml
from typer.testing import CliRunner

import augkit
from augkit import AugkitError
from augkit.cli.app import app
from augkit.interop.albumentations import from_albumentations, translate
from augkit.interop.albumentations.mapping import _NATIVE
from augkit.recipes import read_recipe

KEY = ("a.jpg", 1)
REFLECT = {"border_mode": cv2.BORDER_REFLECT_101, "p": 1}
LINEAR = {"downscale": cv2.INTER_AREA, "upscale": cv2.INTER_LINEAR}
STILL = {"brightness": (1, 1), "contrast": (1, 1), "saturation": (1, 1), "hue": (0, 0), "p": 1}


def names(source) -> list[str]:
    return [step.name() for step in from_albumentations(source).transforms]


def both(photo: np.ndarray, transform) -> tuple[np.ndarray, np.ndarray]:
    """What ours and theirs make of a photo."""
    recipe = from_albumentations(transform)
    assert "albumentations" not in str(recipe.to_dict()["transforms"]), "it was kept"
    return recipe.pipeline()(photo, key=KEY), A.Compose([transform])(image=photo)["image"]


# Exact to the byte, on a photo of 426 x 640, in colour and in grey.
EXACT = [
    A.HorizontalFlip(p=1),
    A.VerticalFlip(p=1),
    A.Transpose(p=1),
    A.Rotate((30, 30), p=1),
    A.Rotate((-30, -30), **REFLECT),
    A.Rotate((30, 30), p=1, interpolation=cv2.INTER_CUBIC),
    A.Rotate((30, 30), p=1, interpolation=cv2.INTER_NEAREST, fill=100),
    A.Affine(shear=(7, 7), rotate=(20, 20), scale=(1.25, 1.25), **REFLECT),
    A.Affine(shear={"x": (-7, -7), "y": (-7, -7)}, p=1),
    A.Affine(translate_percent=(0.5, 0.5), p=1),
    A.CenterCrop(200, 300),
    A.RandomCrop(426, 640),
    A.RandomResizedCrop((426, 640), scale=(1, 1), ratio=(640 / 426, 640 / 426)),
    A.InvertImg(p=1),
    A.Posterize(4, p=1),
    A.Solarize((0.5, 0.5), p=1),
    A.Equalize(p=1),
]
# To one level of 255: theirs truncates tables that ours rounds.
ROUNDED = [
    A.ToGray(p=1),
    A.RandomBrightnessContrast((0.1, 0.1), (0.2, 0.2), p=1),
    A.RandomBrightnessContrast((0.1, 0.1), (0, 0), p=1),
    A.RandomBrightnessContrast((0, 0), (-0.2, -0.2), p=1),
    A.MultiplicativeNoise((0.9, 0.9), p=1),
    A.RandomGamma((80, 80), p=1),
    A.AutoContrast(method="pil", p=1),
    A.LongestMaxSize(320, interpolation=cv2.INTER_AREA),
    A.ColorJitter(**STILL | {"brightness": (0.8, 0.8)}),
    A.ColorJitter(**STILL | {"contrast": (0.8, 0.8)}),
    A.ColorJitter(**STILL | {"saturation": (0.7, 0.7)}),
]


@pytest.fixture(params=["colour", "grey"])
def photo(photos, request) -> np.ndarray:
    whole = np.ascontiguousarray(photos[0][:426])
    return whole if request.param == "colour" else cv2.cvtColor(whole, cv2.COLOR_RGB2GRAY)


@pytest.fixture(autouse=True)
def quiet():
    """Theirs warn of their own defaults, and of grey pictures."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


@pytest.mark.parametrize("transform", EXACT, ids=str)
def test_mapped_is_the_same_to_the_byte(photo, transform):
    ours, theirs = both(photo, transform)
    assert np.array_equal(ours, theirs)


def test_shift_scale_rotate_is_the_same_to_the_byte(photo):
    ours, theirs = both(photo, A.ShiftScaleRotate((0.5, 0.5), (0.1, 0.1), (15, 15), p=1))  # warns of its name
    assert np.array_equal(ours, theirs)


def test_a_border_of_a_colour_is_the_same_to_the_byte(photos):
    ours, theirs = both(photos[0], A.Rotate((30, 30), p=1, fill=(124, 116, 104)))
    assert ours[0, 0].tolist() == [124, 116, 104]
    assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("transform", ROUNDED, ids=str)
def test_mapped_is_the_same_to_one_level(photo, transform):
    ours, theirs = both(photo, transform)
    assert cv2.absdiff(ours, theirs).max() <= 1


def test_jpeg_is_the_same_once_red_and_blue_change_places(photos):
    turned = np.ascontiguousarray(photos[0][..., ::-1])
    ours, _ = both(turned, A.ImageCompression(quality_range=(40, 40), p=1))
    _, theirs = both(photos[0], A.ImageCompression(quality_range=(40, 40), p=1))
    assert np.array_equal(ours[..., ::-1], theirs)


def test_downscale_is_the_same_where_the_small_size_is_whole(photos):
    ours, theirs = both(np.ascontiguousarray(photos[0][:424]), A.Downscale((0.25, 0.25), LINEAR, p=1))
    assert cv2.absdiff(ours, theirs).max() <= 1


def test_center_crop_with_an_odd_rest_is_the_same(photos):
    ours, theirs = both(photos[0], A.CenterCrop(426, 637))
    assert np.array_equal(ours, theirs)


def test_their_contrast_pivots_on_black_and_ours_would_not(photos):
    transform = A.RandomBrightnessContrast((0, 0), (0.4, 0.4), p=1)
    ours, theirs = both(photos[0], transform)
    pivoted = augkit.Pipeline([augkit.Contrast(gain=(1.4, 1.4))])(photos[0])
    assert cv2.absdiff(ours, theirs).max() <= 1
    assert cv2.absdiff(pivoted, theirs).mean() > 10


@pytest.mark.parametrize("amount", [0.01, 0.06])
def test_salt_and_pepper_strike_as_much(photos, amount):
    ours, theirs = both(photos[0], A.SaltAndPepper((amount, amount), (0.5, 0.5), p=1))
    for done in (ours, theirs):
        struck = (done != photos[0]).any(axis=2)
        assert abs(struck.mean() - amount) < 0.05 * amount + 1e-3
        assert set(np.unique(done[struck])) == {0, 255}


@pytest.mark.parametrize("per_channel", [True, False])
def test_gaussian_noise_is_as_strong_and_as_grey(per_channel):
    grey = np.full((256, 256, 3), 128, np.uint8)
    ours, theirs = both(grey, A.GaussNoise((0.1, 0.1), per_channel=per_channel, p=1))
    assert abs(ours.std() - 25.5) < 0.3
    assert 0.1 < 25.5 - theirs.std() < 0.7  # cut to whole levels towards 0
    for done in (ours, theirs):
        assert (done[..., 0] == done[..., 1]).all() == (not per_channel)


# Probabilities: what each pipeline makes of four pixels, as often as theirs does.

CORNERS = np.array([[10, 60], [110, 160]], np.uint8)


def outcomes(transform, picture: np.ndarray, count: int) -> tuple[Counter, Counter]:
    pipeline = from_albumentations(transform).pipeline(seed=1)
    theirs = A.Compose([transform])
    theirs.set_random_state(np.random.default_rng(1), random.Random(1))  # a seed would start all parts alike
    ours = Counter(pipeline(picture, key=("a", copy)).tobytes() for copy in range(count))
    return ours, Counter(theirs(image=picture)["image"].tobytes() for _ in range(count))


def assert_alike(ours: Counter, theirs: Counter, count: int) -> None:
    assert len(ours) > 1
    for outcome in ours | theirs:
        share = (ours[outcome] + theirs[outcome]) / 2 / count
        deviation = (2 * share * (1 - share) / count) ** 0.5
        assert abs(ours[outcome] - theirs[outcome]) / count < 4.5 * deviation + 1e-9, outcome


@pytest.mark.parametrize(
    "transform",
    [
        A.RandomRotate90(p=0.9),
        A.D4(p=0.8),
        A.SquareSymmetry(p=1),
        A.OneOf([A.HorizontalFlip(p=0.2), A.InvertImg(p=0.6), A.NoOp(p=0.1)], p=0.7),
        A.OneOf([A.Sequential([A.HorizontalFlip(p=0.5), A.VerticalFlip(p=1)], p=0.3), A.InvertImg(p=0.6)], p=1),
        A.OneOf([A.SomeOf([A.HorizontalFlip(p=0.5), A.InvertImg(p=1)], n=1, p=0.4), A.VerticalFlip(p=0.2)], p=1),
        A.SomeOf([A.HorizontalFlip(p=1), A.VerticalFlip(p=0.5), A.InvertImg(p=1)], n=2, p=0.8),
        A.OneOrOther(A.HorizontalFlip(p=0.1), A.InvertImg(p=0.1), p=0.3),
        A.Compose([A.HorizontalFlip(p=0.5), A.InvertImg(p=0.5)], p=0.4),
        A.Sequential([A.HorizontalFlip(p=0.5), A.RandomOrder([A.InvertImg(p=0.5), A.VerticalFlip(p=1)], n=1)], p=0.9),
    ],
    ids=lambda transform: " ".join(str(transform).split()),
)
def test_choices_are_as_likely(transform):
    assert_alike(*outcomes(transform, CORNERS, 3000), 3000)


def test_channels_are_shuffled_as_often():
    colour = np.array([[[10, 60, 110]]], np.uint8)
    assert_alike(*outcomes(A.ChannelShuffle(p=0.9), colour, 3000), 3000)


def test_a_window_lies_anywhere_as_often():
    levels = np.arange(6, dtype=np.uint8).reshape(2, 3)
    assert_alike(*outcomes(A.RandomCrop(1, 2), levels, 3000), 3000)


def test_bits_are_drawn_as_often():
    assert_alike(*outcomes(A.Posterize((1, 3), p=1), np.array([[37, 97, 199]], np.uint8), 3000), 3000)


# What is kept, left out, or can't be told apart


@pytest.mark.parametrize(
    ("transform", "reason"),
    [
        (A.RandomFog(), "augkit has none that does the same"),
        (A.GaussianBlur(), "augkit has none that does the same"),
        (A.Rotate(crop_border=True), "it cuts away the border"),
        (A.Rotate(interpolation=cv2.INTER_LANCZOS4), "augkit has no such interpolation"),
        (A.Rotate(fill=(1, 2)), "its fill [1.0, 2.0] is no grey"),
        (A.CoarseDropout(fill=(1, 2, 3)), "its fill [1.0, 2.0, 3.0] is no grey"),
        (A.Rotate(fill_mask=3), "it fills masks with another number"),
        (A.Affine(scale=(0.8, 1.2)), "it scales x and y each on its own"),
        (A.Affine(translate_px=5), "it shifts by pixels"),
        (A.RandomCrop(5, 5, pad_if_needed=True), "it pads what is too small"),
        (A.RandomBrightnessContrast(brightness_by_max=False), "its brightness is a part of the mean"),
        (A.AutoContrast(), "its method cdf equalises"),
        (A.CoarseDropout(fill="random"), "is no grey"),
        (A.CoarseDropout(hole_height_range=(3, 5), hole_width_range=(3, 5)), "no fractions of the picture"),
        (A.SaltAndPepper(salt_vs_pepper=(0.8, 0.9)), "there is more of one than of the other"),
        (A.SomeOf([A.CLAHE(), A.Blur()], n=2, replace=True), "augkit has none that does the same"),
        (A.LongestMaxSize([100, 200]), "it chooses among sizes"),
    ],
    ids=str,
)
def test_what_has_no_counterpart_is_kept_and_says_why(transform, reason):
    translation = translate(A.Compose([A.HorizontalFlip(), transform]))
    kept = translation.recipe.transforms[1]
    assert kept == augkit.Foreign(transform=transform)
    assert any("is kept as theirs" in note and reason in note for note in translation.notes[1])


def test_every_entry_of_the_table_names_one_of_theirs_and_works_at_its_defaults():
    size = {"height": 20, "width": 20}
    arguments = {"RandomCrop": size, "CenterCrop": size, "Resize": size, "RandomResizedCrop": {"size": (20, 20)}}
    arguments |= {"LongestMaxSize": {"max_size": 20}}
    kept = set()
    for name in _NATIVE:
        kind = getattr(A, name)
        assert inspect.isclass(kind)
        recipe = from_albumentations(A.Compose([kind(**arguments.get(name, {})), A.HorizontalFlip()]))
        done = recipe.pipeline()(np.full((32, 40, 3), 100, np.uint8), key=KEY)
        assert done.dtype == np.uint8
        if any(isinstance(step, augkit.Foreign) for step in recipe.transforms):
            kept.add(name)
    assert kept == {"AutoContrast", "Downscale"}  # by default they do something else


def test_the_look_of_most_is_that_of_the_recipe_and_others_are_kept():
    replicate = {"border_mode": cv2.BORDER_REPLICATE}
    translation = translate(A.Compose([A.Rotate(), A.Rotate(**replicate), A.Affine(rotate=5, **replicate)]))
    assert translation.recipe.border == "replicate"
    assert [step.name() for step in translation.recipe.transforms] == ["albumentations", "rotate", "rotate"]
    assert "its border is constant, the recipe's replicate" in translation.notes[0][0]


def test_what_prepares_for_the_model_is_left_out_and_said():
    saved = {"transform": {"__class_fullname__": "Compose", "p": 1.0, "transforms": [
        {"__class_fullname__": "HorizontalFlip", "p": 0.5},
        {"__class_fullname__": "Normalize", "p": 1.0},
        {"__class_fullname__": "ToTensorV2", "p": 1.0, "transpose_mask": False},
    ]}}  # fmt: skip
    translation = translate(saved)
    assert names(saved) == ["horizontal_flip"]
    assert [note.split()[0] for note in translation.notes[-1]] == ["Normalize", "ToTensorV2"]


def test_boxes_are_dropped_by_the_same_part():
    pipeline = A.Compose([A.HorizontalFlip()], bbox_params=A.BboxParams("coco", ["l"], min_visibility=0.3, min_area=9))
    translation = translate(pipeline)
    assert translation.recipe.min_visible == 0.3
    assert "bbox_params.min_area is left out" in translation.to_yaml()


@pytest.fixture
def saved() -> A.Compose:
    return A.Compose([
        A.RandomRotate90(),
        A.OneOf([A.RandomBrightnessContrast(p=1e-5), A.RandomGamma(p=0.7)], p=0.4),
        A.Affine(scale=(0.8, 1.2), keep_ratio=True, rotate=5),
        A.RandomFog(p=0.1),
        A.Normalize(),
    ])  # fmt: skip


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_the_command_prints_a_recipe_that_can_be_used(saved, form, tmp_path, make_folder):
    A.save(saved, tmp_path / f"mine.{form}", form)
    done = CliRunner().invoke(app, ["recipes", "--from-albumentations", str(tmp_path / f"mine.{form}")])
    assert done.exit_code == 0
    assert read_recipe(yaml.safe_load(done.stdout)) == from_albumentations(tmp_path / f"mine.{form}")
    assert from_albumentations(tmp_path / f"mine.{form}").transforms == from_albumentations(saved).transforms
    for told in (
        "RandomFog is kept as theirs",
        "their contrast multiplies",
        "Normalize is left out",
        "p 1 becomes 0.75",
    ):
        assert told in done.stdout
    (tmp_path / "recipe.yaml").write_text(done.stdout)
    report = augkit.expand(make_folder(cat=2), tmp_path / "out", copies=2, recipe=str(tmp_path / "recipe.yaml"))
    assert report.written == 6


def test_the_command_prints_json(saved, tmp_path):
    A.save(saved, tmp_path / "mine.json")
    done = CliRunner().invoke(app, ["recipes", "--from-albumentations", str(tmp_path / "mine.json"), "--json"])
    assert read_recipe(json.loads(done.stdout)) == from_albumentations(tmp_path / "mine.json")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is no saved pipeline"),
        ("[1, 2]", "is no saved pipeline"),
        ('{"transform": {"p": 1}}', "is no saved pipeline"),
        ('{"transform": {"__class_fullname__": "Compose", "transforms": 3}}', "is no saved pipeline"),
        ("a: [", "is neither JSON nor YAML"),
        ('{"transform": {"__class_fullname__": "Klahe", "p": 1.0}}', "knows no transform 'Klahe'"),
        ('{"transform": {"__class_fullname__": "Normalize", "p": 1.0}}', "nothing is left of the pipeline"),
        ('{"transform": {"__class_fullname__": "Compose", "p": 1.0, "transforms": []}}', "nothing is left"),
    ],
)
def test_a_file_that_is_no_pipeline_is_an_error(text, told, tmp_path):
    (tmp_path / "file").write_text(text)
    with pytest.raises(AugkitError, match=told):
        from_albumentations(tmp_path / "file")


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(AugkitError, match="can't be read"):
        from_albumentations(tmp_path / "none")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "transform: &x {__class_fullname__: Compose, p: 1.0, transforms: [*x]}",
        '{"transform": {"__class_fullname__": "SomeOf", "p": 1, "transforms": [{"__class_fullname__": "NoOp"}]}}',
        '{"transform": {"__class_fullname__": "Compose", "p": "x", "transforms": [{"__class_fullname__": "NoOp"}]}}',
        '{"transform": {"__class_fullname__": "Compose", "bbox_params": 5, "transforms": []}}',
        '{"transform": {"__class_fullname__": 5, "transforms": [{"__class_fullname__": ["NoOp"]}]}}',
    ],
)
def test_a_damaged_file_is_told(tmp_path, text):
    (tmp_path / "saved.yaml").write_text(text, "utf-8")
    with pytest.raises(AugkitError):
        from_albumentations(tmp_path / "saved.yaml")
