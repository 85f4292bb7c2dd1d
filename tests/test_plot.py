"""Plots: the right numbers are drawn, axes are named, and what can't be drawn is said."""

import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest

from augkit import AugkitError, plot

mpl.use("Agg")
from matplotlib import pyplot as plt


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def ink(figure) -> int:
    """How many pixels of a rendered figure are not white."""
    figure.canvas.draw()
    return int((np.asarray(figure.canvas.buffer_rgba())[..., :3] < 250).any(axis=2).sum())


def test_bars_of_added_pictures_stand_on_those_of_originals():
    ax = plot.class_counts({"cat": 5, "dog": 2}, {"dog": 3, "eel": 1})
    known, added = ax.containers
    assert [bar.get_height() for bar in known] == [5, 2, 0]
    assert [(bar.get_y(), bar.get_height()) for bar in added] == [(5, 0), (2, 3), (0, 1)]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["cat", "dog", "eel"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("class", "pictures")
    assert ink(ax.figure) > 1000


def test_labels_are_counted_in_their_order():
    ax = plot.class_counts(np.array([2, 0, 2, 1, 2]))
    assert [bar.get_height() for bar in ax.patches] == [1, 1, 3]
    assert ax.get_legend() is None


def test_plots_draw_on_the_axes_they_are_given():
    figure, (left, middle, right) = plt.subplots(1, 3)
    assert plot.class_counts(["a"], ax=left) is left
    assert plot.learning_curves([1], {"one": [0.5]}, xlabel="x", ylabel="y", ax=middle) is middle
    assert plot.feature_map([[0.0, 1.0]], ["a"], ax=right) is right
    assert plt.get_fignums() == [figure.number]


def test_a_sheet_shows_tones_as_they_are():
    dark, deep = np.full((4, 6), 51, np.uint8), np.full((4, 6, 1), 0.2, np.float32)
    color = np.full((4, 6, 3), 51 * 257, np.uint16)
    figure = plot.contact_sheet({"a": [dark, deep, color]}, captions={"a": ["one"]}, framed=True)
    shown = [np.asarray(ax.images[0].get_array()) for ax in figure.axes]
    assert [tones.shape for tones in shown] == [(4, 6, 3)] * 3
    np.testing.assert_allclose(shown, 0.2, atol=1e-6)
    assert figure.axes[0].get_xlabel() == "one"
    assert [ax.spines["left"].get_visible() for ax in figure.axes] == [True, False, False]


def test_a_sheet_without_pictures_is_refused():
    with pytest.raises(AugkitError, match="no pictures"):
        plot.contact_sheet({"a": []})


def test_curves_are_means_with_a_standard_deviation_each_way():
    runs = np.array([[0.2, 0.4], [0.4, 0.8], [0.6, 1.2]])
    ax = plot.learning_curves([10, 20], {"plain": runs}, xlabel="pictures", ylabel="accuracy")
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [0.4, 0.8])
    bars = np.array([segment[:, 1] for segment in ax.containers[0][2][0].get_segments()])
    np.testing.assert_allclose(bars, [[0.2, 0.6], [0.4, 1.2]])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("pictures", "accuracy")
    with pytest.raises(AugkitError, match=r"expected \(seeds, 3\)"):
        plot.learning_curves([1, 2, 3], {"plain": runs}, xlabel="x", ylabel="y")


def test_a_map_takes_everything_to_the_same_plane():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(40, 5)) * [5, 3, 0.1, 0.1, 0.1]
    labels = np.repeat(["cat", "dog"], 20)
    grey = np.full((8, 8), 128, np.uint8)
    ax = plot.feature_map(rows, labels, synthetic=rows[:2], realised=rows[2:4], pictures=[grey, grey])
    cats, dogs, points, made = (scatter.get_offsets() for scatter in ax.collections)
    assert (len(cats), len(dogs)) == (20, 20)
    np.testing.assert_allclose(points, cats[:2])
    np.testing.assert_allclose(made, cats[2:4])
    np.testing.assert_allclose([line.get_xydata() for line in ax.lines], np.stack([points, made], axis=1))
    assert [box.xy for box in ax.artists] == [tuple(place) for place in made]
    assert ax.get_xlabel().startswith("first principal component (6")
    assert ink(ax.figure) > 1000


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"labels": ["a"]}, "one for each row"),
        ({"realised": [[0.0, 0.0]]}, "one row for each synthetic point"),
        ({"synthetic": [[0.0, 0.0]], "pictures": [np.zeros((2, 2), np.uint8)]}, "realised rows to lie at"),
    ],
)
def test_what_does_not_fit_together_is_refused(given, said):
    options = {"labels": ["a", "b"]} | given
    with pytest.raises(AugkitError, match=said):
        plot.feature_map([[0.0, 0.0], [1.0, 1.0]], **options)


def test_long_names_of_classes_do_not_run_into_each_other():
    long, short = (plot.class_counts({name: 1, "cat": 2}).get_xticklabels() for name in ("automobile", "car"))
    assert [label.get_rotation() for label in long] == [30.0, 30.0]
    assert [label.get_rotation() for label in short] == [0.0, 0.0]


def test_the_module_is_there_once_augkit_is():
    done = subprocess.run([sys.executable, "-c", "import augkit; print(augkit.plot.class_counts.__name__)"],
                          capture_output=True, text=True)  # fmt: skip
    assert done.stdout == "class_counts\n", done.stderr
