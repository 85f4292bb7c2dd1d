"""Saved pipelines of Albumentations as recipes."""

import dataclasses
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import wrap
from typing import Any, TypeAlias

import albumentations as A  # noqa: N812
import yaml

from augkit.errors import AugkitError
from augkit.files.read import read_bytes
from augkit.interop.albumentations.as_text import to_text
from augkit.interop.albumentations.mapping import KeptError, Native, Options, to_native, wanted_look
from augkit.recipes import Recipe
from augkit.transforms.base import Transform
from augkit.transforms.choice import OneOf, Sequential, SomeOf
from augkit.transforms.foreign import Foreign
from augkit.transforms.plain import check_nesting

Source: TypeAlias = "str | os.PathLike[str] | Mapping[str, Any] | A.BaseCompose | A.BasicTransform"
"""A file that `A.save` wrote, what `A.to_dict` returns, or a pipeline itself."""

_NAME = "__class_fullname__"
_WIDTH = 110
_LEFT_OUT = ("Normalize", "ToFloat", "FromFloat", "ToTensorV2")  # the last one needs torch even to be read
_CHOICES = ("Compose", "ReplayCompose", "Sequential", "OneOf", "OneOrOther", "SomeOf")
_FILTERS = ("min_area", "min_width", "min_height", "max_accept_ratio")
_HEAD = """\
# Made from a pipeline of Albumentations {version}; above each step stands what became of theirs.
# Neighbouring steps of a kind are performed as one here: pixels are moved once and rounded once.
"""


@dataclass(frozen=True)
class Translation:
    """A recipe made from a pipeline of Albumentations, and what became of each of its transforms.

    Parameters
    ----------
    recipe : Recipe
    notes : tuple of tuples of str
        For each of the recipe's transforms, and last for what stands for none of them.
    """

    recipe: Recipe
    notes: tuple[tuple[str, ...], ...]

    def to_yaml(self) -> str:
        """Return the recipe as YAML, with the notes as comments."""
        options = self.recipe.to_dict()
        steps = options.pop("transforms")
        lines = [_HEAD.format(version=A.__version__) + _dump(options, flow=False) + "transforms:"]
        for step, notes in zip([*steps, None], self.notes, strict=True):
            for note in notes:
                lines += wrap(note, _WIDTH, initial_indent="  # ", subsequent_indent="  #   ")
            if step is not None:
                lines += [f"  {line}" for line in _dump([step]).splitlines()]
        return "\n".join(lines) + "\n"


def from_albumentations(source: Source) -> Recipe:
    """Return a pipeline of Albumentations as a recipe: ours where we have the same, theirs where not.

    Parameters
    ----------
    source : path, mapping or pipeline
        A file that `A.save` wrote, as JSON or YAML; what `A.to_dict` returns; or the pipeline itself.

    Raises
    ------
    AugkitError
        When it can't be read, or Albumentations doesn't know what it names.

    Examples
    --------
    >>> import albumentations as A
    >>> recipe = from_albumentations(A.Compose([A.HorizontalFlip(p=0.5), A.RandomFog(p=0.1)]))
    >>> [step.name() for step in recipe.transforms]
    ['horizontal_flip', 'albumentations']
    """
    return translate(source).recipe


def translate(source: Source) -> Translation:
    """Return the recipe with what became of each transform; see `from_albumentations`."""
    name, root = _read(source)
    try:
        return _translate(name, root)
    except (AttributeError, KeyError, TypeError) as error:
        raise AugkitError(
            f"{name} is damaged, {type(error).__name__}: {error}; write it anew with A.save(pipeline, FILE)"
        ) from None


def _translate(name: str, root: Options) -> Translation:
    look = _choose_look(root)
    steps: list[Transform] = []
    notes: list[tuple[str, ...]] = []
    waiting: list[str] = list(_box_notes(root))
    is_list = root[_NAME] in ("Compose", "ReplayCompose") and root.get("p", 1.0) == 1.0
    for node in root["transforms"] if is_list else [root]:
        step, said = _Translator(look).step(node)
        waiting += said
        if step is not None:
            steps.append(step)
            notes.append(tuple(waiting))
            waiting = []
    if not steps:
        raise AugkitError(f"{name}: nothing is left of the pipeline that augments pictures: {'; '.join(waiting)}")
    visible = (root.get("bbox_params") or {}).get("min_visibility", 0.0)
    recipe = Recipe(name=name, transforms=tuple(steps), min_visible=visible, **look)
    return Translation(recipe, (*notes, tuple(waiting)))


class _Translator:
    """Translates one tree of theirs, under one look for the whole recipe."""

    def __init__(self, look: Mapping[str, Any]) -> None:
        self._look = look

    def step(self, node: Options, *, forced: bool = False) -> tuple[Transform | None, list[str]]:
        """Return ours for a node, or None for nothing, and notes; forced, it happens whatever its p."""
        name = node[_NAME]
        p = 1.0 if forced and name not in ("SomeOf", "RandomOrder") else node.get("p", 1.0)
        if name in _CHOICES and node["transforms"] and not node.get("replace", False):
            return self._choice(name, node, p)
        return self._leaf(name, node, p)

    def _choice(self, name: str, node: Options, p: float) -> tuple[Transform | None, list[str]]:
        forced = name in ("OneOf", "OneOrOther")
        made = [self.step(part, forced=forced) for part in node["transforms"]]
        notes = [f"in {name}: {note}" for _, said in made for note in said]
        if name == "OneOrOther":
            weights = [node["p"], 1.0 - node["p"]]
            return OneOf([step or _nothing() for step, _ in made], weights=weights), notes
        if name == "OneOf":
            weights = [part.get("p", 1.0) for part in node["transforms"]]
            return OneOf([step or _nothing() for step, _ in made], weights=weights, p=p), notes
        if name == "SomeOf":
            count = (node["n"], node["n"])
            return SomeOf([step or _nothing() for step, _ in made], count=count, p=p), notes
        steps = [step for step, _ in made if step is not None]
        return (Sequential(steps, p=p) if steps else None), notes

    def _leaf(self, name: str, node: Options, p: float) -> tuple[Transform | None, list[str]]:
        if _is_left_out(name):
            return None, [f"{name} is left out: it belongs after augmentation, in front of the model"]
        options = json.loads(to_text(node))
        try:
            native = to_native(name, options)
            for key, value in wanted_look(options).items():
                if self._look[key] != value:
                    raise KeptError(f"its {key} is {value}, the recipe's {self._look[key]}")
        except (KeptError, AugkitError) as reason:  # what our own options can't hold is kept too
            return Foreign(transform=options | {"p": p}), [f"{name} is kept as theirs: {reason}"]
        ours = " and ".join(step.name() for step in native.steps) or "nothing"
        note = f"{name} becomes {ours}" + (f": {native.note}" if native.note else "")
        if native.share < 1.0:
            note += (
                f"; of their draws {1 - native.share:.3g} change nothing, so p {p:.3g} becomes {p * native.share:.3g}"
            )
        return _with_p(native, p), [note]


@cache
def _nothing() -> Transform:
    """Return what holds the place of a step that is left out among choices."""
    return Foreign(transform={_NAME: "NoOp", "p": 1.0})  # not made on import, which it would ask for this package


def _with_p(native: Native, p: float) -> Transform | None:
    p *= native.share
    if len(native.steps) == 1:
        step = native.steps[0]
        return dataclasses.replace(step, p=p * step.p)
    return Sequential(native.steps, p=p) if native.steps else None


def _choose_look(root: Options) -> dict[str, Any]:
    """Return what most of the transforms that have a counterpart ask of border, fill, interpolation and boxes."""
    look: dict[str, Any] = {"border": "reflect", "fill": 0.0, "interpolation": "linear", "enclosure": "corners"}
    votes: dict[str, Counter[Any]] = {key: Counter() for key in look}
    for node in _leaves(root):
        if not _is_left_out(node[_NAME]):
            options = json.loads(to_text(node))
            try:
                to_native(node[_NAME], options)
                for key, value in wanted_look(options).items():
                    votes[key][value] += 1
            except (KeptError, AugkitError):
                continue
    return {key: votes[key].most_common(1)[0][0] if votes[key] else value for key, value in look.items()}


def _leaves(node: Options) -> Iterator[Options]:
    if "transforms" in node:
        for part in node["transforms"]:
            yield from _leaves(part)
    else:
        yield node


def _is_left_out(name: str) -> bool:
    return name.rpartition(".")[2] in _LEFT_OUT


def _box_notes(root: Options) -> Iterator[str]:
    boxes = root.get("bbox_params") or {}
    for name in _FILTERS:
        if boxes.get(name):
            yield f"bbox_params.{name} is left out: augkit drops boxes by min_visible alone"


def _read(source: Source) -> tuple[str, Options]:
    """Return a name and the root of the serialised tree."""
    name = "albumentations"
    if isinstance(source, str | os.PathLike):
        name, document = Path(source).stem, _read_file(os.fspath(source))
    elif isinstance(source, Mapping):
        document = source
    else:
        document = {"transform": json.loads(to_text(source))}
    check_nesting(document, name)
    root = document.get("transform", document) if isinstance(document, Mapping) else None
    if not isinstance(root, Mapping) or not all(isinstance(node, Mapping) and _NAME in node for node in _nodes(root)):
        raise AugkitError(f"{name} is no saved pipeline of Albumentations: A.save(pipeline, FILE) writes one")
    return name, root


def _nodes(root: Any) -> Iterator[Any]:
    yield root
    parts = root.get("transforms", ()) if isinstance(root, Mapping) else ()
    for part in parts if isinstance(parts, list | tuple) else [parts]:
        yield from _nodes(part)


def _read_file(path: str) -> Any:
    try:
        text = read_bytes(path).decode("utf-8")
    except OSError as error:
        raise AugkitError(f"{path} can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise AugkitError(f"{path} is no text; A.save(pipeline, FILE) writes JSON or YAML") from None
    try:
        return json.loads(text)  # before YAML, for which 1e-05 is a word
    except (ValueError, RecursionError):
        pass
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise AugkitError(f"{path} is neither JSON nor YAML: {' '.join(str(error).split())}") from None


def _dump(data: Any, *, flow: bool | None = None) -> str:
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, default_flow_style=flow, width=_WIDTH)
