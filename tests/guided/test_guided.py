"""What GuidedSMOTE promises: safe choices near the points, the same bytes for all workers, a gate."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

import augkit
from augkit import AugkitError
from augkit.guided.audition import Guide, thumbnail_side
from augkit.guided.gate import neighbor_accuracy
from augkit.guided.thumbnail import make_thumbnail


def digits(*counts: int) -> tuple[np.ndarray, np.ndarray]:
    """Scans of 0, 1, 2, ..., so many of each, 32 x 32."""
    data = load_digits()
    rows = np.concatenate([np.flatnonzero(data.target == label)[:count] for label, count in enumerate(counts)])
    images = np.repeat(np.repeat((data.images[rows] * 15).astype(np.uint8), 4, axis=1), 4, axis=2)
    return images, data.target[rows]


@pytest.fixture
def pipeline() -> augkit.Pipeline:
    return augkit.load_recipe("digits", seed=7)


def test_new_pictures_are_those_that_were_chosen(pipeline):
    X, y = digits(20, 8, 6)
    guided = augkit.GuidedSMOTE(pipeline)
    more, labels = guided.fit_resample(X, y)
    assert np.bincount(labels).tolist() == [20, 20, 20]
    assert (more[: len(X)] == X).all()
    assert len(guided.choices_) == len(guided.drawn_) == len(guided.parents_.rows) == len(more) - len(X) == 26
    assert (y[guided.parents_.rows] == labels[len(y) :]).all()
    for picture, drawn, row in zip(more[len(X) :], guided.drawn_, guided.parents_.rows, strict=True):
        np.testing.assert_array_equal(picture, pipeline.replay(drawn, X[row]))
    assert guided.report_.guided
    assert guided.report_.made == 26
    assert all(choice.own < choice.other for choice in guided.choices_ if choice.only is None)


def test_the_chosen_candidate_is_the_nearest_safe_one(pipeline):
    X, y = digits(20, 8)
    guided = augkit.GuidedSMOTE(pipeline, candidates=5)
    guided.fit_resample(X, y)
    features = augkit.HOGFeatures().fit(X)
    rows = features.transform(X)
    seen: dict[int, int] = {}
    for choice, row, neighbor, step in zip(guided.choices_, *guided.parents_, strict=True):
        seen[row] = seen.get(row, 0) + 1
        draws = [pipeline.draw((32, 32), key=(str(row), seen[row], number)) for number in range(5)]
        made = features.transform([pipeline.replay(drawn, X[row]) for drawn in draws])
        to_all = np.linalg.norm(made[:, None] - rows, axis=2)
        safe = to_all[:, y == y[row]].min(axis=1) < to_all[:, y != y[row]].min(axis=1)
        distances = np.linalg.norm(made - (rows[row] + step * (rows[neighbor] - rows[row])), axis=1)
        assert safe.any()
        assert choice.candidate == np.where(safe, distances, np.inf).argmin()
        assert choice.distance == pytest.approx(distances[choice.candidate], rel=1e-4)


def test_guided_pictures_lie_nearer_to_their_points_than_plain_ones(pipeline):
    X, y = digits(30, 8, 8)
    one, many = (augkit.GuidedSMOTE(pipeline, candidates=number) for number in (1, 8))
    one.fit_resample(X, y)
    many.fit_resample(X, y)
    distances = [np.mean([choice.distance for choice in guided.choices_]) for guided in (one, many)]
    assert distances[1] < 0.9 * distances[0]


def test_bytes_do_not_depend_on_the_number_of_workers(pipeline):
    X, y = digits(20, 8, 6)
    one, many = (augkit.GuidedSMOTE(pipeline, workers=workers) for workers in (1, 7))
    np.testing.assert_array_equal(one.fit_resample(X, y)[0], many.fit_resample(X, y)[0])
    assert one.choices_ == many.choices_


def arrow(left: bool, rng: np.random.Generator) -> np.ndarray:
    """An arrow somewhere in a grey square, with noise."""
    picture = rng.integers(60, 90, (32, 32), dtype=np.uint8)
    top, start = rng.integers(10, 20), rng.integers(4, 10)
    picture[top : top + 3, start : start + 18] = 220
    for offset in range(6):
        column = start + offset if left else start + 17 - offset
        picture[top + 1 - offset : top + 2 + offset, column] = 220
    return picture


def test_flips_that_turn_one_class_into_the_other_are_not_chosen():
    rng = np.random.default_rng(0)
    X = np.stack([arrow(number < 40, rng) for number in range(52)])
    y = np.repeat(["left", "right"], [40, 12])
    pipeline = augkit.Pipeline([augkit.HorizontalFlip(p=0.5), augkit.Brightness()], seed=1)
    guided = augkit.GuidedSMOTE(pipeline)
    guided.fit_resample(X, y)
    flipped = [any(step.kind is augkit.HorizontalFlip for step in drawn) for drawn in guided.drawn_]
    assert guided.report_.accuracy > 0.9
    assert np.mean(flipped) < 0.05


def test_without_a_safe_candidate_the_mildest_step_is_done_and_counted():
    rng = np.random.default_rng(0)
    X = np.stack([arrow(number < 40, rng) for number in range(52)])
    y = np.repeat(["left", "right"], [40, 12])
    pipeline = augkit.Pipeline([augkit.HorizontalFlip(), augkit.Brightness(offset=(0.01, 0.02))], seed=1)
    guided = augkit.GuidedSMOTE(pipeline)
    guided.fit_resample(X, y)
    mild = [drawn for drawn, choice in zip(guided.drawn_, guided.choices_, strict=True) if choice.only is not None]
    assert guided.report_.unsafe == len(mild) > 20
    assert all([step.kind for step in drawn] == [augkit.Brightness] for drawn in mild)


def test_the_gate_shuts_where_features_tell_nothing(pipeline):
    rng = np.random.default_rng(0)
    X, y = rng.integers(0, 255, (60, 16, 16), dtype=np.uint8), np.repeat([0, 1, 2], [30, 20, 10])
    guided = augkit.GuidedSMOTE(pipeline)
    with pytest.warns(UserWarning, match=r"less than 0.45: 30 plain augmented copies.*gate=False forces it"):
        more, _ = guided.fit_resample(X, y)
    assert not guided.report_.guided
    assert not guided.choices_
    row = int(guided.parents_.rows[0])
    np.testing.assert_array_equal(more[60], pipeline(X[row], key=(str(row), 1)))
    forced = augkit.GuidedSMOTE(pipeline, gate=False)
    forced.fit_resample(X, y)
    assert forced.report_.guided
    assert forced.report_.accuracy == guided.report_.accuracy < 0.45


def test_accuracy_is_the_mean_over_classes():
    rows = np.array([[0.0], [0.1], [0.2], [0.3], [0.45], [9.0]])
    labels = np.array([0, 0, 0, 0, 1, 1])
    assert neighbor_accuracy(rows, labels) == pytest.approx(0.75)  # all of 0; of 1, the row at 9 finds that at 0.45


def test_pictures_of_any_size_and_kind_in_a_list(pipeline):
    X, y = digits(12, 4)
    pictures = [picture[: 20 + number % 12] for number, picture in enumerate(X)]
    guided = augkit.GuidedSMOTE(pipeline, sampler=augkit.SMOTE(k_neighbors=2, random_state=0), gate=False)
    more, _ = guided.fit_resample(pictures, y)
    assert isinstance(more, list)
    assert [picture.shape for picture in more[16:]] == [pictures[row].shape for row in guided.parents_.rows]


def test_large_pictures_are_auditioned_as_thumbnails(photos, pipeline):
    assert make_thumbnail(photos[0], 32).shape == (32, 48, 3)
    assert make_thumbnail(photos[0][:, :20], 32).shape == (128, 20, 3)
    assert thumbnail_side(augkit.HOGFeatures()) == 32
    shapes = set()

    def look(pictures: list[np.ndarray]) -> np.ndarray:
        shapes.update(picture.shape for picture in pictures)
        return np.array([[picture.mean(), picture.std()] for picture in pictures])

    X = [photos[number % 2][number : number + 300, number : number + 400] for number in range(12)]
    guided = augkit.GuidedSMOTE(pipeline, features=look, gate=False, sampler=augkit.SMOTE(k_neighbors=1))
    more, _ = guided.fit_resample(X, [0] * 9 + [1] * 3)
    assert shapes == {(224, 299, 3)}
    assert {picture.shape for picture in more} == {(300, 400, 3)}


@pytest.mark.parametrize(
    ("options", "y", "says"),
    [
        ({"candidates": 0}, None, "candidates must be a whole number of at least 1, got 0"),
        ({"gate": True}, None, "gate must be 'auto' or False, got True"),
        ({}, [0, 1], "a label for each picture"),
    ],
)
def test_what_is_wrong_is_said(pipeline, options, y, says):
    X, labels = digits(8, 4)
    with pytest.raises(AugkitError, match=says):
        augkit.GuidedSMOTE(pipeline, **options).fit_resample(X, labels if y is None else y)


def test_a_sampler_must_tell_parents(pipeline):
    from imblearn.over_sampling import RandomOverSampler

    X, y = digits(8, 4)
    with pytest.raises(AugkitError, match="RandomOverSampler tells no parents_"):
        augkit.GuidedSMOTE(pipeline, sampler=RandomOverSampler()).fit_resample(X, y)


def test_an_array_can_not_hold_new_pictures_of_another_size():
    X, y = digits(20, 8)
    with pytest.raises(AugkitError, match=r"not \(32, 32\); give a list instead"):
        augkit.GuidedSMOTE(augkit.Pipeline([augkit.Resize(size=(8, 8))])).fit_resample(X, y)


@pytest.mark.parametrize("kind", [augkit.PixelSMOTE, augkit.LatentSMOTE])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_baselines_keep_shape_and_dtype_and_lie_between_their_parents(kind, dtype):
    X, y = digits(20, 8)
    X = X.astype(dtype) if dtype == np.uint8 else X.astype(dtype) / 255
    sampler = kind(random_state=0)
    more, labels = sampler.fit_resample(X, y)
    assert more.dtype == dtype
    assert more.shape == (40, 32, 32)
    assert np.bincount(labels).tolist() == [20, 20]
    rows, neighbors, steps = sampler.parents_
    between = X[rows] + steps[:, None, None] * (X[neighbors].astype(float) - X[rows])
    scale = 255 if dtype == np.uint8 else 1
    tolerance = 0.002 if kind is augkit.PixelSMOTE else 0.15  # the components of 28 pictures leave little out
    assert np.abs(more[28:] - between).mean() / scale < tolerance


def test_baselines_want_pictures_of_one_shape():
    X, y = digits(4, 2)
    with pytest.raises(AugkitError, match="PixelSMOTE: pictures must be of one shape and dtype, got 2"):
        augkit.PixelSMOTE().fit_resample([*X[:5], X[5][:20]], y)


def test_a_guide_is_the_same_for_a_copy_alone_and_among_others(pipeline):
    X, y = digits(12, 6)
    guide = Guide.of(pipeline, augkit.HOGFeatures(), X, y, 32, 4)
    points = [guide.point(13, 14, step) for step in (0.1, 0.5, 0.9)]
    alone = guide.choose(X[13], 13, points[1:2], [("a", 2)])
    assert guide.choose(X[13], 13, points, [("a", copy) for copy in (1, 2, 3)])[1:2] == alone


@pytest.mark.parametrize("order", ["in turns", "sorted"])
def test_of_many_rows_no_order_makes_noise_look_like_classes(monkeypatch, order):
    monkeypatch.setattr("augkit.guided.gate._MOST_JUDGED", 600)
    rows = np.random.default_rng(0).normal(size=(2003, 6))
    labels = np.arange(len(rows)) % 4
    if order == "sorted":  # and two classes rarer than what is judged of each
        labels = np.repeat([0, 1, 2], [1995, 4, 4])
    assert neighbor_accuracy(rows, labels) < 0.45


def test_of_many_rows_neighbours_are_looked_for_among_all(monkeypatch):
    monkeypatch.setattr("augkit.guided.gate._MOST_JUDGED", 10)
    rows = np.repeat(np.arange(100.0), 2)[:, None]  # each has one of its class beside it
    assert neighbor_accuracy(rows, np.repeat(np.arange(100), 2)) == 1.0


def test_what_is_no_pipeline_and_no_number_of_workers_is_told():
    X, y = digits(4, 4)
    with pytest.raises(AugkitError, match=r"expected an augkit\.Pipeline, got list"):
        augkit.GuidedSMOTE([augkit.Rotate()]).fit_resample(X, y)
    with pytest.raises(AugkitError, match="workers must be auto or a whole number of at least 1, got 0"):
        augkit.GuidedSMOTE(augkit.Pipeline([augkit.Rotate()]), workers=0).fit_resample(X, y)
