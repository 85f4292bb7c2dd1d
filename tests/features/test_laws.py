"""What holds for all features, each on real pictures."""

import pickle

import cv2
import numpy as np
import pytest
from PIL import Image
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from augkit.errors import AugkitError
from augkit.features.classic import HOGFeatures
from augkit.features.function import FunctionFeatures, as_features


def colors(pictures: np.ndarray) -> np.ndarray:
    """Mean and spread of each colour."""
    return np.array([np.concatenate([one.mean((0, 1)), one.std((0, 1))]) for one in pictures])


def small_network():
    torch = pytest.importorskip("torch", reason="torch is not installed")
    torch.manual_seed(0)
    layers = [torch.nn.Conv2d(3, 8, 3), torch.nn.BatchNorm2d(8), torch.nn.ReLU(), torch.nn.Dropout(0.5)]
    return torch.nn.Sequential(*layers)


def make(name: str):
    if name == "torch":
        from augkit.features.torch import TorchFeatures

        return TorchFeatures(small_network(), size=24, batch_size=5)
    if name == "function":
        return FunctionFeatures(colors, size=16)
    return HOGFeatures(n_components=6) if name == "hog" else HOGFeatures(None)


@pytest.fixture(params=["hog", "hog, whole", "function", "torch"])
def features(request):
    return make(request.param)


@pytest.fixture(scope="module")
def pictures() -> list[np.ndarray]:
    from sklearn.datasets import load_sample_images

    whole = load_sample_images().images[0]
    rng = np.random.default_rng(0)
    corners = [(rng.integers(0, 300), rng.integers(0, 500)) for _ in range(13)]
    return [np.ascontiguousarray(whole[top : top + 90, left : left + 120]) for top, left in corners]


def test_one_float32_row_a_picture(features, pictures):
    rows = features.fit_transform(pictures)
    assert rows.dtype == np.float32
    assert len(rows) == len(pictures)
    assert np.isfinite(rows).all()
    assert len(np.unique(rows, axis=0)) == len(pictures)


def test_arrays_lists_pillow_pictures_and_paths_give_the_same_rows(features, pictures, tmp_path):
    paths = [tmp_path / f"{number}.png" for number in range(len(pictures))]
    for path, picture in zip(paths, pictures, strict=True):
        cv2.imwrite(str(path), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    rows = features.fit_transform(np.stack(pictures))
    for same in (pictures, [Image.fromarray(one) for one in pictures], paths, list(map(str, paths)), iter(pictures)):
        np.testing.assert_allclose(features.transform(same), rows, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(features.transform(np.array(list(map(str, paths)))), rows, rtol=1e-5, atol=1e-5)


def test_grey_colour_alpha_any_dtype_and_size_go_together(features, pictures):
    features.fit(pictures)
    first = pictures[0]
    wide = np.repeat(first, 2, axis=1)
    kinds = [
        first, first[..., 0], first[..., :1], np.dstack([first, np.full(first.shape[:2], 255, np.uint8)]), wide,
        first.astype(np.uint16) * 257, first.astype(np.float32) / np.float32(255), first[:1, :1],
    ]  # fmt: skip
    rows = features.transform(kinds)
    assert len(rows) == len(kinds)
    assert np.isfinite(rows).all()
    for same in (3, 5, 6):  # opaque, of 16 bits, and of floats: the same picture up to rounding
        assert np.linalg.norm(rows[same] - rows[0]) < 0.1 * np.linalg.norm(rows[0])


def test_the_same_pictures_give_the_same_bytes(features, pictures):
    one = features.fit_transform(pictures)
    np.testing.assert_array_equal(features.transform(pictures), one)
    other = clone(features).fit(pictures)
    np.testing.assert_array_equal(other.transform(pictures), one)


def test_a_pickled_copy_gives_the_same_rows(features, pictures):
    rows = features.fit_transform(pictures)
    if isinstance(features, FunctionFeatures):
        assert pickle.loads(pickle.dumps(features)).function is features.function
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(features)).transform(pictures), rows)


def test_parameters_are_got_set_and_cloned(features):
    parameters = features.get_params()
    again = clone(features)
    assert again is not features
    assert set(again.get_params()) == set(parameters)
    for name, value in parameters.items():
        assert features.set_params(**{name: value}).get_params()[name] is value


def test_every_column_has_a_name(features, pictures):
    rows = features.fit_transform(pictures)
    names = features.get_feature_names_out()
    assert names.shape == (rows.shape[1],)
    assert len(set(names)) == len(names)


def test_features_stand_in_a_scikit_learn_pipeline(features, pictures):
    rows = make_pipeline(features, StandardScaler()).fit_transform(pictures)
    np.testing.assert_allclose(rows.mean(axis=0), 0, atol=1e-4)


def test_a_data_frame_comes_out_where_one_is_asked_for(features, pictures):
    pytest.importorskip("pandas", reason="pandas is not installed")
    frame = clone(features).set_output(transform="pandas").fit_transform(pictures)
    assert list(frame.columns) == list(features.fit(pictures).get_feature_names_out())


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ([], "no picture"),
        (np.zeros((0, 8, 8), np.uint8), "no picture"),
        (np.zeros((8, 8), np.uint8), "put a single picture into a list"),
        ("cat.png", "got one str; put it into a list"),
        (Image.new("L", (4, 4)), "put it into a list"),
        (5, "got int"),
        ([np.zeros((8, 8), np.uint8), np.zeros((8, 8))], "picture 1: image must be uint8"),
        ([np.zeros((8, 8), np.uint8), "none.png"], r"picture 1 \(none.png\): can't be read: No such file"),
        ([np.zeros((8, 8), np.uint8), b""], "picture 1: image must be a numpy array, got bytes"),
    ],
)
def test_what_is_no_picture_is_named_with_its_place(features, pictures, wrong, says):
    features.fit(pictures)
    with pytest.raises(AugkitError, match=says):
        features.transform(wrong)


def test_the_place_counts_from_the_first_batch(pictures):
    features = FunctionFeatures(colors, size=8, batch_size=4)
    with pytest.raises(AugkitError, match="picture 9: "):
        features.transform([*pictures[:9], None])


def test_features_that_must_be_fitted_say_so(pictures):
    with pytest.raises(NotFittedError):
        HOGFeatures().transform(pictures)
    assert HOGFeatures().needs_fit()
    assert not HOGFeatures(None).needs_fit()
    assert HOGFeatures(None).transform(pictures).shape == (13, 2344)


def test_fewer_pictures_give_fewer_components(pictures):
    assert HOGFeatures().fit_transform(pictures).shape == (13, 13)
    with pytest.raises(AugkitError, match="at least 2 pictures, got 1"):
        HOGFeatures().fit(pictures[:1])


def test_components_are_not_whitened(pictures):
    spread = HOGFeatures(n_components=6).fit_transform(pictures).std(axis=0)
    assert (np.diff(spread) < 0).all()
    assert spread[0] > 1.5 * spread[-1]


def test_a_function_must_return_one_row_a_picture(pictures):
    with pytest.raises(AugkitError, match=r"\(13, features\); got shape \(1, 13\)"):
        FunctionFeatures(lambda given: np.ones((1, len(given)))).transform(pictures)


def test_features_are_made_of_what_names_them(pictures):
    assert isinstance(as_features(), HOGFeatures)
    assert isinstance(as_features("hog"), HOGFeatures)
    given = HOGFeatures(8)
    assert as_features(given) is given
    assert as_features("net.onnx").path == "net.onnx"
    assert as_features(colors).transform(pictures).shape == (13, 6)
    with pytest.raises(AugkitError, match="got 'hogg'"):
        as_features("hogg")


def test_neighbours_are_found_better_than_by_pixels():
    from sklearn.datasets import load_digits

    digits = load_digits()
    images, labels = (digits.images[:600] * 15).astype(np.uint8), digits.target[:600]
    moved = np.roll(images, 1, axis=2)  # by one pixel of eight: pixels are lost, shapes are not

    def agreement(known: np.ndarray, asked: np.ndarray) -> float:
        distances = ((asked[:, None] - known[None]) ** 2).sum(axis=2)
        np.fill_diagonal(distances, np.inf)
        return float((labels[distances.argmin(axis=1)] == labels).mean())

    features = HOGFeatures(32).fit(images)
    ours = agreement(features.transform(images), features.transform(moved))
    pixels = agreement(images.reshape(600, -1) / 255, moved.reshape(600, -1) / 255)
    assert ours > 0.85
    assert ours > pixels + 0.1
