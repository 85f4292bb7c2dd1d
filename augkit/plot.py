"""Plots of a data set and of what was made of it, by matplotlib (``pip install augkit[plot]``).

Each takes the axes to draw on, or makes a figure of its own, and returns what it drew on.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt
from sklearn.decomposition import PCA

from augkit.errors import AugkitError
from augkit.kernels import Array, channels, maximum
from augkit.sample import check_image

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Counts: TypeAlias = Mapping[Any, int]
Floats: TypeAlias = npt.NDArray[np.float64]

_KNOWN, _NEW = "#4c72b0", "#dd8452"  # what was there, and what was made
_FRAME = "#c44e52"
_COLORS = "tab10"
_THUMBNAIL = 26  # points
_LEVEL = 7  # letters of a class: longer names would run into each other


def class_counts(counts: "Counts | npt.ArrayLike", added: "Counts | npt.ArrayLike" = (), *, ax: Any = None) -> "Axes":
    """Draw how many pictures each class has, and on top of them how many were added.

    Parameters
    ----------
    counts : mapping of class to number, or labels
    added : mapping of class to number, or labels
        Nothing by default.
    ax : Axes, optional

    Examples
    --------
    >>> ax = class_counts(["cat", "cat", "cat", "dog"], {"dog": 2})
    >>> [int(bar.get_height()) for bar in ax.patches]
    [3, 1, 0, 2]
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('class', 'pictures')
    """
    known, new = _counted(counts), _counted(added)
    classes = list(known | new)
    ax = _axes(ax, (max(4.0, 0.55 * len(classes) + 1.5), 2.8))
    names = [str(name) for name in classes]
    bottoms = [known.get(name, 0) for name in classes]
    ax.bar(names, bottoms, color=_KNOWN, label="originals")
    if new:
        ax.bar(names, [new.get(name, 0) for name in classes], bottom=bottoms, color=_NEW, label="added")
        ax.set_ylim(0, 1.2 * ax.get_ylim()[1])  # room for the legend
        ax.legend(frameon=False, ncols=2, loc="upper right")
    ax.set(xlabel="class", ylabel="pictures")
    if max(map(len, names), default=0) > _LEVEL:
        _pyplot().setp(ax.get_xticklabels(), rotation=30, ha="right", rotation_mode="anchor")
    return ax


def contact_sheet(
    rows: Mapping[str, Sequence[Any]],
    *,
    columns: Sequence[str] = (),
    captions: Mapping[str, Sequence[str]] | None = None,
    framed: bool = False,
    side: float = 1.0,
) -> "Figure":
    """Draw rows of pictures to be looked at beside each other.

    Parameters
    ----------
    rows : mapping of name to pictures
        Arrays or Pillow pictures, of any sizes.
    columns : sequence of str
        What stands above the columns.
    captions : mapping of name to texts, optional
        What stands below each picture of a row.
    framed : bool
        Frame the first picture of each row, as the original beside its copies.
    side : float
        Width of a picture, in inches; its height is that of most of them.

    Raises
    ------
    AugkitError
        When there is no picture.

    Examples
    --------
    >>> grey = np.full((8, 8), 128, np.uint8)
    >>> figure = contact_sheet({"a": [grey, grey // 2], "b": [grey]}, columns=["original", "darker"])
    >>> [ax.get_title() for ax in figure.axes[:2]], figure.axes[0].get_ylabel()
    (['original', 'darker'], 'a')
    """
    plt = _pyplot()
    width = max((len(pictures) for pictures in rows.values()), default=0)
    if not width:
        raise AugkitError("contact_sheet: there are no pictures to show")
    shapes = [np.shape(picture)[:2] for pictures in rows.values() for picture in pictures]
    height = side * float(np.median([tall / wide for tall, wide in shapes])) + (0.25 if captions else 0.0)
    margin = 0.2 + 0.09 * max(map(len, rows))
    size = (side * width + margin, height * len(rows) + 0.3)
    figure, grid = plt.subplots(len(rows), width, figsize=size, squeeze=False, layout="constrained")
    for (name, pictures), line in zip(rows.items(), grid, strict=True):
        for ax in line:
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set_visible(False)
        for ax, picture in zip(line, pictures, strict=False):
            ax.imshow(_shown(picture), interpolation="nearest")
        for ax, text in zip(line, (captions or {}).get(name, ()), strict=False):
            ax.set_xlabel(text, fontsize=8)
        line[0].set_ylabel(name, rotation=0, ha="right", va="center")
        if framed and len(pictures):
            line[0].spines[:].set(visible=True, color=_FRAME, linewidth=2)
    for ax, title in zip(grid[0], columns, strict=False):
        ax.set_title(title, fontsize=9)
    return figure


def learning_curves(
    x: npt.ArrayLike, curves: Mapping[str, npt.ArrayLike], *, xlabel: str, ylabel: str, ax: Any = None
) -> "Axes":
    """Draw curves that were measured with several seeds: their means, with one standard deviation each way.

    Parameters
    ----------
    x : array of N
    curves : mapping of name to array (seeds, N), or of N
    xlabel, ylabel : str
    ax : Axes, optional

    Raises
    ------
    AugkitError
        When a curve doesn't fit `x`.

    Examples
    --------
    >>> curves = {"plain": [[0.5, 0.7], [0.7, 0.9]]}
    >>> ax = learning_curves([10, 100], curves, xlabel="pictures", ylabel="accuracy")
    >>> ax.lines[0].get_ydata().round(6).tolist()
    [0.6, 0.8]
    """
    places = np.asarray(x)
    ax = _axes(ax, (6.0, 3.4))
    for number, (name, values) in enumerate(curves.items()):
        runs = np.atleast_2d(np.asarray(values, np.float64))
        if runs.ndim != 2 or runs.shape[1] != len(places):
            raise AugkitError(f"learning_curves: {name!r} has shape {runs.shape}, expected (seeds, {len(places)})")
        spread = runs.std(axis=0, ddof=1) if len(runs) > 1 else None
        ax.errorbar(places, runs.mean(axis=0), yerr=spread, label=name, color=f"C{number}", marker="o", ms=4, capsize=3)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.legend(frameon=False)
    return ax


def feature_map(
    features: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    synthetic: npt.ArrayLike | None = None,
    realised: npt.ArrayLike | None = None,
    pictures: Sequence[Any] = (),
    ax: Any = None,
) -> "Axes":
    """Draw rows of features on a plane, and the way from synthetic points to the pictures that were made for them.

    More than two features are projected on the two principal components of the rows; all that is drawn goes the same
    way.

    Parameters
    ----------
    features : array (N, features)
    labels : array of N
    synthetic : array (M, features), optional
        Points that a sampler made, drawn as crosses.
    realised : array (M, features), optional
        Where the picture made for each of these points lies, joined to it by a line.
    pictures : sequence of M pictures
        Drawn just above where they lie.
    ax : Axes, optional

    Raises
    ------
    AugkitError
        When rows, labels, points and pictures don't fit each other.

    Examples
    --------
    >>> rows = np.array([[0.0, 0.0], [1.0, 0.0], [4.0, 4.0]])
    >>> ax = feature_map(rows, ["cat", "cat", "dog"], synthetic=[[0.5, 0.0]], realised=[[0.5, 0.2]])
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['cat', 'dog', 'synthetic point', 'picture made for it']
    >>> ax.get_xlabel()
    'first feature'
    """
    rows, names = np.asarray(features, np.float64), np.asarray(labels)
    if rows.ndim != 2 or names.shape != (len(rows),):
        raise AugkitError(f"feature_map: labels must be one for each row; got {names.shape} for rows {rows.shape}")
    points, made = (None if given is None else np.asarray(given, np.float64) for given in (synthetic, realised))
    if made is not None and (points is None or made.shape != points.shape):
        raise AugkitError("feature_map: realised must hold one row for each synthetic point")
    if len(pictures) and (made is None or len(pictures) != len(made)):
        raise AugkitError(f"feature_map: {len(pictures)} pictures need as many realised rows to lie at")
    ax = _axes(ax, (8.4, 5.0))
    project = _projection(rows, ax)
    for number, name in enumerate(np.unique(names)):
        ax.scatter(*project(rows[names == name]).T, s=24, alpha=0.8, lw=0, color=_color(number), label=str(name))
    if points is not None:
        where = project(points)
        if made is not None:
            lies = project(made)
            ax.plot(*np.stack([where, lies], axis=1).transpose(2, 1, 0), color="0.4", lw=0.8, zorder=4)
        ax.scatter(*where.T, marker="x", s=28, lw=1.2, color="black", zorder=5, label="synthetic point")
        if made is not None:
            ax.scatter(*lies.T, marker="s", s=16, color=_FRAME, zorder=5, label="picture made for it")
            for place, picture in zip(lies, pictures, strict=False):
                _pin(ax, place, picture)
    ax.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return ax


def _counted(given: "Counts | npt.ArrayLike") -> dict[Any, int]:
    """Return the number of each class, in the order of a mapping or of sorted labels."""
    return dict(given) if isinstance(given, Mapping) else dict(sorted(Counter(np.asarray(given).tolist()).items()))


def _projection(rows: Floats, ax: Any) -> Any:
    """Return what takes rows to the plane, and name the axes."""
    if rows.shape[1] == 2:
        ax.set(xlabel="first feature", ylabel="second feature")
        return lambda points: points
    pca = PCA(2, random_state=0).fit(rows)
    told = [f"{share:.0%} of the variance" for share in pca.explained_variance_ratio_]
    ax.set(xlabel=f"first principal component ({told[0]})", ylabel=f"second principal component ({told[1]})")
    return pca.transform


def _pin(ax: Any, place: Floats, picture: Any) -> None:
    """Show a small picture just above a place."""
    from matplotlib.offsetbox import AnnotationBbox, OffsetImage

    shown = _shown(picture)
    image = OffsetImage(shown, zoom=_THUMBNAIL / max(shown.shape[:2]), interpolation="nearest")
    ax.add_artist(
        AnnotationBbox(
            image,
            tuple(place),
            xybox=(0, 0.8 * _THUMBNAIL),
            boxcoords="offset points",
            pad=0.1,
            bboxprops={"edgecolor": _FRAME, "lw": 0.8},
            zorder=3,
        )
    )


def _shown(picture: Any) -> Array:
    """Return a picture as matplotlib shows it without stretching its tones: RGB or RGBA, white is 1."""
    pixels = np.asarray(picture)
    check_image(pixels)
    fractions = pixels / maximum(pixels)
    return fractions if channels(pixels) > 1 else np.repeat(fractions.reshape(*pixels.shape[:2], 1), 3, axis=2)


def _color(number: int) -> Any:
    return _pyplot().get_cmap(_COLORS)(number % 10)


def _axes(ax: Any, size: tuple[float, float]) -> Any:
    """Return the axes to draw on: those given, or new ones; without the lines that frame nothing."""
    if ax is None:
        _, ax = _pyplot().subplots(figsize=size, layout="constrained")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _pyplot() -> Any:
    try:
        from matplotlib import pyplot
    except ImportError:
        raise AugkitError("augkit.plot needs matplotlib: pip install augkit[plot]") from None
    return pyplot
