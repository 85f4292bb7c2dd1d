"""The transforms as a page shows them: their words, their options, and their draws performed on a photo."""

import inspect
from collections.abc import Iterator
from typing import NamedTuple

import yaml

from augkit.files.encode import encode
from augkit.gallery.shots import Shot, choose_shots, draw_some, is_detail, moves, replay, tell
from augkit.kernels.cover import blend, erase
from augkit.pages import data_uri
from augkit.pipeline import Pipeline
from augkit.recipes.schema import transform_schema
from augkit.recipes.wording import show_limits, show_value
from augkit.sample import Image
from augkit.transforms.base import Transform
from augkit.transforms.catalog import catalog
from augkit.transforms.crop import LongestSide
from augkit.transforms.plain import to_plain

SIDE = 320
"""Longer side of what is shown, in pixels of the page."""

_ZOOM = 2
_CELLS = 8  # of the grid, along each side
_FAINT = 0.5  # how much of the photo is seen through the grid
_TOLD = 3  # steps of a draw under its picture
_BEFORE = Shot("before", ())


class Photos(NamedTuple):
    """The pictures to show transforms on: one in which movement is seen, and one for tones, colours and detail."""

    for_movement: Image
    for_tones: Image


class Picture(NamedTuple):
    """A picture on the page: what was drawn, its data, and its size in pixels of the page, which may be a new one."""

    label: str
    drawn: str
    uri: str
    width: int
    height: int
    zoomed: bool
    resized: bool


class Option(NamedTuple):
    """An option on the page, with its default and its limits in words."""

    name: str
    default: str
    limits: str
    meaning: str


class Exhibit(NamedTuple):
    """A transform on the page; `how` says how its pictures are to be read, where that needs saying."""

    name: str
    class_name: str
    family: str
    summary: str
    options: list[Option]
    yaml: str
    pictures: list[Picture]
    how: str


class _Scene(NamedTuple):
    photo: Image
    how: str = ""
    zoomed: bool = False


def make_exhibits(photos: Photos) -> Iterator[Exhibit]:
    """Yield every transform of the catalog, at its default options."""
    movement, tones = (_sized(photo, SIDE) for photo in photos)
    large = _sized(photos.for_tones, SIDE * _ZOOM)
    for name, kind in catalog().items():
        step = kind()
        draws = draw_some(step, (tones.shape[0], tones.shape[1]))
        photo = movement if any(map(moves, draws)) else tones
        shots = choose_shots(draws, photo)
        scene = _choose_scene(shots, photo, large)
        yield Exhibit(
            name=name,
            class_name=kind.__name__,
            family=family_title(kind),
            summary=(kind.__doc__ or "").partition("\n")[0],
            options=list(_options(kind)),
            yaml=yaml.safe_dump([to_plain(step)], sort_keys=False, width=60, default_flow_style=None),
            pictures=[_perform(shot, scene) for shot in (_BEFORE, *shots)],
            how=scene.how,
        )


def family_title(kind: type[Transform]) -> str:
    """Return what a transform's family is: the first line of its file, without the full stop.

    >>> from augkit import Rotate
    >>> family_title(Rotate)
    'Rotation, translation, scaling and shear, each alone and all in one'
    """
    return (inspect.getdoc(inspect.getmodule(kind)) or "").partition("\n")[0].rstrip(".")


def _options(kind: type[Transform]) -> Iterator[Option]:
    for name, schema in transform_schema(kind)["properties"].items():
        if name != "p":
            default = show_value(schema["default"]) if "default" in schema else ""
            yield Option(name, default, show_limits(schema), schema["description"])


def _choose_scene(shots: list[Shot], photo: Image, large: Image) -> _Scene:
    """Return what the draws are best seen on: the photo, with a grid for movement, or magnified for detail."""
    if all(moves(shot.steps) for shot in shots):
        return _Scene(_with_grid(photo))
    typical = shots[len(shots) // 2].steps
    if not any(moves(shot.steps) for shot in shots) and is_detail(large, replay(typical, large)):
        return _Scene(large, f"The middle of the picture, magnified {_ZOOM} times.", True)
    return _Scene(photo)


def _perform(shot: Shot, scene: _Scene) -> Picture:
    after = replay(shot.steps, scene.photo)
    shown, kind, zoom = (_middle(after), "png", _ZOOM) if scene.zoomed else (after, "webp", 1)
    data, _ = encode(shown, kind, quality=82)
    return Picture(
        label=shot.label,
        drawn="" if shot is _BEFORE else tell(shot.steps, _TOLD),
        uri=data_uri(data, kind),
        width=shown.shape[1] * zoom,
        height=shown.shape[0] * zoom,
        zoomed=scene.zoomed,
        resized=after.shape != scene.photo.shape,
    )


def _sized(photo: Image, side: int) -> Image:
    return Pipeline([LongestSide(length=side)])(photo)


def _with_grid(photo: Image) -> Image:
    """Return the photo with faint white lines, one pixel wide."""
    height, width = photo.shape[:2]
    columns = [round(width * place / _CELLS) for place in range(1, _CELLS)]
    rows = [round(height * place / _CELLS) for place in range(1, _CELLS)]
    lines = [(column, 0, column + 1, height) for column in columns] + [(0, row, width, row + 1) for row in rows]
    return blend(photo, erase(photo, [(line, 1.0) for line in lines]), _FAINT)


def _middle(photo: Image) -> Image:
    """Return the middle of a photo made large for it, which fills the usual size when it is magnified."""
    height, width = photo.shape[:2]
    rows, columns = (max(1, length // _ZOOM**2) for length in (height, width))
    top, left = (height - rows) // 2, (width - columns) // 2
    return photo[top : top + rows, left : left + columns]
