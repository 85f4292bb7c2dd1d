"""Recipes: a pipeline as YAML, by name or from a file, checked before anything is done with it."""

import dataclasses
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

import pydantic
import yaml

from augkit.errors import AugkitError, suggest
from augkit.files.read import read_bytes
from augkit.operations import View
from augkit.pipeline import Pipeline
from augkit.recipes.reading import parse
from augkit.transforms.base import Transform
from augkit.transforms.catalog import catalog
from augkit.transforms.pca import Pictures, fit_all
from augkit.transforms.plain import check_nesting, from_plain, name_and_options, short, to_plain
from augkit.view import checked_fill

Document: TypeAlias = dict[str, Any]

_Fraction: TypeAlias = Annotated[float, pydantic.Field(ge=0.0, le=1.0, strict=True)]
_FRACTION = {"type": "number", "minimum": 0, "maximum": 1}
_Fill: TypeAlias = Annotated[
    Any,  # a Fill
    pydantic.PlainValidator(checked_fill),
    pydantic.WithJsonSchema(
        {"anyOf": [_FRACTION, {"type": "array", "items": _FRACTION, "minItems": 3, "maxItems": 3}]}
    ),
]


class Recipe(pydantic.BaseModel):
    """A recipe as it stands in YAML: a name, how pixels are looked at, and the transforms in order.

    Examples
    --------
    >>> read_recipe("light").pipeline(seed=7).seed
    7
    """

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    name: str
    description: str = ""
    border: Literal["reflect", "replicate", "wrap", "constant"] = "reflect"
    fill: _Fill = 0.0
    interpolation: Literal["linear", "nearest", "cubic"] = "linear"
    enclosure: Literal["corners", "ellipse"] = "corners"
    min_visible: _Fraction = 0.0
    transforms: tuple[pydantic.InstanceOf[Transform], ...]

    def pipeline(self, *, seed: int = 0) -> Pipeline:
        """Return the pipeline that this recipe describes."""
        view = {field.name: getattr(self, field.name) for field in dataclasses.fields(View)}
        return Pipeline(self.transforms, seed=seed, **view)

    def fit(self, pictures: Pictures) -> "Recipe":
        """Return the recipe with what asks for it fitted to the colours of a folder, or of pictures."""
        return self.model_copy(update={"transforms": fit_all(self.transforms, pictures)})

    def to_dict(self) -> Document:
        """Return the recipe as plain data with every option spelt out, as manifests keep it."""
        document = self.model_dump(mode="json", exclude={"transforms"})
        return document | {"transforms": [to_plain(step) for step in self.transforms]}

    def to_yaml(self) -> str:
        """Return the recipe as YAML with every option spelt out."""
        return yaml.safe_dump(self.to_dict(), sort_keys=False, allow_unicode=True, default_flow_style=None)


AnyRecipe: TypeAlias = str | os.PathLike[str] | Mapping[str, Any] | Recipe | Pipeline
"""The name of a shipped recipe, the path of a YAML file, plain data, or what was made of them."""


def load_recipe(source: AnyRecipe, *, seed: int = 0, overrides: Sequence[str] = ()) -> Pipeline:
    """Return the pipeline of a recipe.

    Parameters
    ----------
    source : str, path, mapping or Pipeline
        The name of a shipped recipe, the path of a YAML file, the recipe as plain data, or a pipeline, whose seed and
        format of boxes don't count.
    seed : int
        The pipeline's seed.
    overrides : sequence of str
        Changes such as ``"rotate.degrees=[-10, 10]"`` or ``"border=constant"``.

    Raises
    ------
    AugkitError
        When there is no such recipe, or something in it is wrong: the message says where.

    Examples
    --------
    >>> load_recipe("digits", overrides=["rotate.degrees=[-5, 5]"]).transforms[0]
    Rotate(p=1.0, degrees=(-5.0, 5.0))
    """
    return read_recipe(source, overrides=overrides).pipeline(seed=seed)


@cache
def recipe_names() -> tuple[str, ...]:
    """Return the names of the shipped recipes.

    >>> recipe_names()
    ('classic', 'digits', 'light', 'strong')
    """
    files = resources.files(__name__).iterdir()
    return tuple(sorted(file.name.removesuffix(".yaml") for file in files if file.name.endswith(".yaml")))


def read_recipe(source: AnyRecipe, *, overrides: Sequence[str] = ()) -> Recipe:
    """Return the recipe of this name, file, plain data or pipeline, with overrides applied."""
    document, where = _document(source)
    check_nesting(document, where)
    if isinstance(overrides, str) or not isinstance(overrides, Sequence):
        raise AugkitError(f"overrides must be a list such as ['rotate.degrees=[-10, 10]'], got {overrides!r}")
    for override in overrides:
        _override(document, override)
    for option in document:
        if option not in Recipe.model_fields:
            raise AugkitError(f"{where}: there is no option {option!r}{suggest(option, Recipe.model_fields)}")
    steps = document.get("transforms")
    if not isinstance(steps, list) or not steps:
        raise AugkitError(f"{where}: 'transforms' must be a list of transforms, got {short(steps)}")
    made = tuple(from_plain(step, f"{where}: transform {number}") for number, step in enumerate(steps, 1))
    try:
        return Recipe(**document | {"transforms": made})
    except pydantic.ValidationError as error:
        raise AugkitError(f"{where}: {_first(error)}") from None


def _document(source: AnyRecipe) -> tuple[Document, str]:
    if isinstance(source, Recipe):
        return source.to_dict(), f"recipe {source.name}"
    if isinstance(source, Pipeline):
        _check_is_plain(source)
        source = {name: value for name, value in source.to_dict().items() if name in Recipe.model_fields}
    if isinstance(source, Mapping):
        for name in source:
            if not isinstance(name, str):
                raise AugkitError(f"recipe: its keys must be names, got {name!r}")
        return {"name": "custom"} | dict(source), "recipe"
    if not isinstance(source, str | os.PathLike):
        raise AugkitError(
            f"recipe must be a name, the path of a YAML file, a mapping or a Pipeline, got {short(source)}"
        )
    source = os.fspath(source)
    if source in recipe_names():
        text, where = (resources.files(__name__) / f"{source}.yaml").read_text("utf-8"), f"recipe {source}"
    else:
        text, where = _read_file(source), f"recipe {source}"
    document = parse(text, where)
    if not isinstance(document, dict):
        raise AugkitError(f"{where} must be a mapping with a list 'transforms', got {type(document).__name__}")
    for name in document:
        if not isinstance(name, str):
            raise AugkitError(f"{where}: its keys must be names, got {name!r}")
    return {"name": Path(source).stem} | document, where


def _check_is_plain(pipeline: Pipeline) -> None:
    """Raise AugkitError where a recipe would not say all that a pipeline does: it knows transforms by their names."""
    try:
        is_plain = Pipeline.from_dict(pipeline.to_dict()).transforms == pipeline.transforms
    except AugkitError:  # there is none of that name
        is_plain = False
    if not is_plain or type(pipeline) is not Pipeline:
        raise AugkitError(
            "recipe: a pipeline that stands for one must be a plain Pipeline of augkit's transforms; those of your own "
            "have no name that a recipe could say"
        )


def _read_file(source: str) -> str:
    path = Path(source)
    looks_like_file = path.suffix in (".yaml", ".yml", ".json") or path.parent != Path()
    if not looks_like_file and not os.path.isfile(source):
        raise AugkitError(f"there is no recipe {source!r}{suggest(source, recipe_names())}, or name a .yaml file")
    try:
        return read_bytes(source).decode()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise AugkitError(f"recipe {source} can't be read: {reason}") from None


def _override(document: Document, override: str) -> None:
    path, equals, text = override.partition("=") if isinstance(override, str) else ("", "", "")
    if not equals:
        raise AugkitError(f"--set {override}: write it as transform.option=value, for example rotate.degrees=[-10,10]")
    value = parse(text, f"--set {override}: {text!r}")
    name, dot, option = path.strip().partition(".")
    if not dot:
        known = set(Recipe.model_fields) - {"transforms"}
        if name in catalog():
            raise AugkitError(f"--set {override}: name an option, such as {name}.p=0 to switch {name} off")
        if name not in known:
            raise AugkitError(f"--set {override}: a recipe has no option {name!r}{suggest(name, known)}")
        document[name] = value
        return
    steps = list(_all_steps(document, "transforms"))
    hits = [options for step_name, options in steps if step_name == name]
    if not hits:
        raise AugkitError(f"--set {override}: the recipe has no {name!r}{suggest(name, [str(s[0]) for s in steps])}")
    for options in hits:
        if isinstance(options, dict):  # anything else is refused later, with its place
            options[option] = value


def _all_steps(holder: Document, key: str) -> Iterator[tuple[Any, Any]]:
    """Yield name and options of all steps below a list of them, also in choices, ready to be changed in place."""
    steps = holder.get(key)
    if not isinstance(steps, list):
        return
    holder[key] = []
    for step in steps:
        name, options = name_and_options(step)
        holder[key].append({name: options} if isinstance(name, str) else step)
        yield name, options
        if isinstance(options, dict):
            yield from _all_steps(options, "transforms")


def _first(error: pydantic.ValidationError) -> str:
    problem = error.errors(include_url=False)[0]
    if problem["type"] == "value_error":  # one of ours
        return str(problem["ctx"]["error"])
    option = str(problem["loc"][0])
    return f"{option} {problem['msg'].replace('Input should', 'must', 1)}, got {short(problem['input'])}"


def describe_transforms() -> list[Document]:
    """Return name, class, first docstring line and default options of every transform, as plain data."""
    return [
        {
            "name": name,
            "class": kind.__name__,
            "family": kind.__module__.rpartition(".")[2],
            "summary": (kind.__doc__ or "").partition("\n")[0],
            "options": kind().to_options(),
        }
        for name, kind in catalog().items()
    ]
