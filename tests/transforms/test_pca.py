"""PCA colour jitter fitted to a data set: its own pixels, a folder's, a recipe's."""

import json

import numpy as np
import pytest
import yaml
from folders import MANIFEST, contents
from pictures import picture
from PIL import Image

from augkit import AugkitError, OneOf, PCAColorJitter, Pipeline, expand
from augkit.recipes import read_recipe
from augkit.seeding import Draws

FIT = {"transforms": [{"pca_color_jitter": {"fit": True, "std": [0.5, 0.5]}}, "horizontal_flip"]}


def tinted(seed, size=(30, 40)) -> np.ndarray:
    """Pixels whose colours have three very different variances."""
    axes = np.array([[0.5, 0.5, 0.5], [0.2, 0.0, -0.2], [0.03, -0.06, 0.03]])
    values = np.random.default_rng(seed).uniform(-0.5, 0.5, (*size, 3)) @ axes + 0.5
    return np.rint(values * 255).astype(np.uint8)


def components_of(images) -> np.ndarray:
    """Eigenvalues and vectors of the covariance of all pixels at once, by numpy: rows (value, red, green, blue)."""
    pixels = np.concatenate([image.reshape(-1, 3) for image in images]) / 255
    values, vectors = np.linalg.eigh(np.cov(pixels.T, bias=True))
    return np.column_stack([values[::-1], vectors.T[::-1]])


def assert_alike(found, expected) -> None:
    for one, other in zip(np.array(found), expected, strict=True):
        assert one[0] == pytest.approx(other[0], rel=1e-5)  # six digits
        assert min(np.abs(one[1:] - other[1:]).max(), np.abs(one[1:] + other[1:]).max()) <= 1e-5


@pytest.fixture
def folder(tmp_path):
    """Two classes of pictures and what no picture is; returned with the pictures."""
    images = [tinted(seed) for seed in range(5)]
    for number, image in enumerate(images):
        path = tmp_path / "source" / ("a" if number < 3 else "b") / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path)
    (tmp_path / "source" / "a" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nand no more")
    (tmp_path / "source" / "a" / "cut.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    (tmp_path / "source" / "b" / "empty.png").write_bytes(b"")
    (tmp_path / "source" / "b" / "notes.txt").write_text("no picture")
    return tmp_path / "source", images


def test_fitting_is_numpys_on_all_pixels_at_once():
    images = [tinted(seed, (20 + seed, 31)) for seed in range(6)]
    fitted = PCAColorJitter.fit(image for image in images)
    assert_alike(fitted.components, components_of(images))
    assert not fitted.needs_fit
    assert fitted.std == PCAColorJitter().std
    assert PCAColorJitter.fit(images, std=(0.2, 0.3), p=0.5) == PCAColorJitter(
        std=(0.2, 0.3), p=0.5, components=fitted.components
    )


def test_pillow_pictures_and_greys_count_too():
    images = [tinted(seed) for seed in range(3)]
    assert PCAColorJitter.fit([Image.fromarray(image) for image in images]) == PCAColorJitter.fit(images)
    grey = picture((30, 40))
    (value, *vector), *rest = PCAColorJitter.fit([grey]).components
    assert value == pytest.approx(3 * (grey / 255).var(), rel=1e-5)
    assert np.abs(np.array(vector) - 3**-0.5).max() < 1e-6
    assert [row[0] for row in rest] == [0, 0]
    draws = PCAColorJitter.fit([grey]).draw(Draws(0, "a", 1), (9, 9))
    assert draws["red"] == pytest.approx(draws["green"], rel=1e-5)  # greys stay grey
    assert draws["red"] == pytest.approx(draws["blue"], rel=1e-5)


def test_a_folder_is_its_pictures_and_what_is_broken_is_passed_over(folder):
    path, images = folder
    assert PCAColorJitter.fit(path) == PCAColorJitter.fit(str(path)) == PCAColorJitter.fit(images)


def test_what_has_nothing_to_fit_is_told(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "notes.txt").write_text("no picture")
    with pytest.raises(AugkitError, match="no picture at all"):
        PCAColorJitter.fit([])
    with pytest.raises(AugkitError):
        PCAColorJitter.fit(tmp_path)
    with pytest.raises(AugkitError):
        PCAColorJitter.fit(tmp_path / "nowhere")
    with pytest.raises(AugkitError, match="float64"):
        PCAColorJitter.fit([np.zeros((3, 3, 3))])


def test_drawing_before_fitting_is_told():
    with pytest.raises(AugkitError, match=r"yet to be fitted; take pipeline\.fit"):
        Pipeline([PCAColorJitter(components="fit")])(tinted(0))


def test_a_pipeline_fits_all_that_asks_for_it_in_one_pass_and_keeps_the_rest():
    images = [tinted(seed) for seed in range(3)]
    asks, published = PCAColorJitter(components="fit"), PCAColorJitter()
    inner = PCAColorJitter(components="fit", std=(0.3, 0.3))
    pipeline = Pipeline([asks, published, OneOf([inner])], seed=7, border="wrap", box_format="coco")
    looked = []

    def once():
        for image in images:
            looked.append(1)
            yield image

    fitted = pipeline.fit(once())
    assert len(looked) == len(images)
    expected = PCAColorJitter.fit(images).components
    first, second, choice = fitted.transforms
    assert first.components == choice.transforms[0].components == expected
    assert choice.transforms[0].std == (0.3, 0.3)
    assert second == published
    assert fitted == Pipeline([first, second, choice], seed=7, border="wrap", box_format="coco")
    assert pipeline.transforms[0] == asks
    assert fitted.fit(iter(())) == fitted  # nothing asks for it any more


def test_fit_true_in_a_recipe_is_components_fit():
    recipe = read_recipe(FIT)
    assert recipe.transforms[0] == PCAColorJitter(components="fit", std=(0.5, 0.5))
    assert read_recipe(recipe.to_dict()) == recipe
    assert read_recipe({"transforms": [{"pca_color_jitter": {"fit": False}}]}).transforms == (PCAColorJitter(),)
    for options in ({"fit": 1}, {"fit": "yes"}, {"fit": True, "components": "imagenet"}):
        with pytest.raises(AugkitError, match="fit must be true or false, and stand without components"):
            read_recipe({"transforms": [{"pca_color_jitter": options}]})


@pytest.mark.parametrize(
    "components", ["mine", [[1, 0, 0, 0]], [[1, 0, 0]] * 3, [[1, 0, 0, "a"]] * 3, 3, None, [["a"] * 4] * 3]
)
def test_what_are_no_components_is_told(components):
    with pytest.raises(AugkitError, match="components must be 'imagenet', 'fit' or three rows"):
        PCAColorJitter(components=components)


def test_expand_keeps_the_fitted_components_in_its_manifest_and_gives_the_same_bytes_with_more_workers(
    folder, tmp_path
):
    source, images = folder
    recipe = tmp_path / "fitted.yaml"
    recipe.write_text(yaml.safe_dump(FIT))
    for workers in (1, 2):
        report = expand(source, tmp_path / f"out{workers}", recipe=str(recipe), copies=2, workers=workers, seed=3)
        assert report.written == 15
    assert contents(tmp_path / "out1") == contents(tmp_path / "out2")
    manifest = (tmp_path / "out1" / MANIFEST).read_text()
    kept = json.loads(manifest.splitlines()[0])["recipe"]["transforms"][0]["pca_color_jitter"]
    assert kept["components"] == [list(row) for row in PCAColorJitter.fit(images).components]

    # A copy is the original shifted by the drawn colour and flipped: no trace of ImageNet's components.
    lines = [json.loads(line) for line in manifest.splitlines()[1:]]
    copies = [line for line in lines if line.get("operations")]
    assert len(copies) == 10
    axes = np.array(kept["components"])
    for line in copies:
        params = dict(line["operations"])["pca_color_jitter"]
        weights = np.linalg.solve((axes[:, :1] * axes[:, 1:]).T, [params[name] for name in ("red", "green", "blue")])
        assert np.abs(weights).max() < 0.5 * 5  # normal, of deviation 0.5


def test_expand_resumes_with_the_same_components(folder, tmp_path):
    source, _ = folder
    recipe = tmp_path / "fitted.yaml"
    recipe.write_text(yaml.safe_dump(FIT))
    expand(source, tmp_path / "out", recipe=str(recipe), copies=2, seed=3)
    before = contents(tmp_path / "out")
    next(iter((tmp_path / "out" / "a").glob("*_aug*"))).unlink()
    report = expand(source, tmp_path / "out", recipe=str(recipe), copies=2, seed=3)
    assert report.written == 1
    assert contents(tmp_path / "out") == before


@pytest.mark.parametrize("components", [np.zeros((3, 4)), np.array("fit"), None, 5, [[0.0] * 3] * 3])
def test_components_of_another_type_are_told(components):
    with pytest.raises(AugkitError, match="components must be 'imagenet', 'fit' or three rows"):
        PCAColorJitter(components=components)


def test_pictures_that_nothing_can_be_fitted_to_are_told():
    with pytest.raises(AugkitError, match="fit takes a folder, or a list of pictures; got int"):
        PCAColorJitter.fit(5)
    with pytest.raises(AugkitError, match="holds NaN or infinity"):
        PCAColorJitter.fit([np.full((4, 4, 3), np.nan, np.float32)])


def test_expand_checks_its_output_before_it_fits(folder, tmp_path):
    source, _ = folder
    with pytest.raises(AugkitError, match="lies inside SOURCE"):
        expand(source, source / "a" / "out", recipe=FIT)
    (tmp_path / "broken" / "a").mkdir(parents=True)
    (tmp_path / "broken" / "a" / "1.png").write_bytes(b"no picture")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(AugkitError, match="is not empty and was not written by augkit"):
        expand(tmp_path / "broken", tmp_path / "full", recipe=FIT)
    with pytest.raises(AugkitError, match="broken holds no usable image"):
        expand(tmp_path / "broken", tmp_path / "out", recipe=FIT)
    assert not (tmp_path / "out").exists()


def test_expand_fits_to_no_picture_that_is_too_large_for_it(folder, tmp_path):
    source, images = folder
    Image.fromarray(np.full((200, 200, 3), (255, 0, 9), np.uint8)).save(source / "a" / "large.png")
    expand(source, tmp_path / "out", recipe=FIT, copies=1, max_pixels=200 * 200 - 1)
    header = json.loads((tmp_path / "out" / MANIFEST).read_text().splitlines()[0])
    kept = header["recipe"]["transforms"][0]["pca_color_jitter"]["components"]
    assert kept == [list(row) for row in PCAColorJitter.fit(images).components]
