"""The JSON Schema of recipe files, for editors: made from the catalog, so that it knows what is there."""

import dataclasses
import math
import typing
from collections.abc import Sequence
from typing import Any

import pydantic

from augkit.pipeline import Pipeline
from augkit.recipes import Document, Recipe
from augkit.recipes.docstrings import Parameter, parameters
from augkit.transforms.base import Transform
from augkit.transforms.catalog import catalog
from augkit.transforms.pca import PCAColorJitter

_STEPS: Document = {"type": "array", "items": {"$ref": "#/$defs/step"}, "minItems": 1}
_OWN = {"name": "How reports and manifests call it.", "description": "For which pictures it is meant."}


def recipe_schema() -> Document:
    """Return the JSON Schema (draft 2020-12) of recipe files.

    What JSON Schema can't say is told when the recipe is read: that a range's low end comes first, for one.

    Examples
    --------
    >>> recipe_schema()["$defs"]["rotate"]["properties"]["degrees"]["default"]
    [-15.0, 15.0]
    """
    told, hints = parameters(Pipeline), typing.get_type_hints(Recipe, include_extras=True)
    properties: Document = {}
    for name, field in Recipe.model_fields.items():
        if name == "transforms":
            properties[name] = _STEPS | {"description": told[name].meaning}
        else:
            default = {} if field.is_required() else {"default": field.default}
            meaning = _OWN.get(name) or told[name].meaning
            properties[name] = pydantic.TypeAdapter(hints[name]).json_schema() | default | {"description": meaning}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "augkit recipe",
        "type": "object",
        "properties": properties,
        "required": ["transforms"],
        "additionalProperties": False,
        "$defs": {"step": _step()} | {name: transform_schema(kind) for name, kind in catalog().items()},
    }


def _step() -> Document:
    """Return what may stand in a list of transforms: a name, or one name with options."""
    named = {
        "type": "object",
        "properties": {name: {"$ref": f"#/$defs/{name}"} for name in catalog()},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    return {"anyOf": [{"enum": list(catalog())}, named]}


def transform_schema(kind: type[Transform]) -> Document:
    """Return the schema of a transform's options, each with its default, its limits and what it is for."""
    told, defaults, hints = parameters(kind), kind().to_options(), typing.get_type_hints(kind)
    properties = {}
    for field in dataclasses.fields(kind):
        parameter = told.get(field.name, Parameter("", ""))
        made = _range(field.metadata) if "least" in field.metadata else _value(hints[field.name], parameter)
        properties[field.name] = made | {"default": defaults[field.name], "description": parameter.meaning}
    schema: Document = {
        "description": (kind.__doc__ or "").partition("\n")[0],
        "type": ["object", "null"],  # `rotate:` with nothing after it has all its defaults
        "properties": properties,
        "additionalProperties": False,
    }
    if kind is PCAColorJitter:
        properties["fit"] = {"type": "boolean", "description": "The same as components: fit, and instead of it."}
        schema["not"] = {"type": "object", "properties": {"fit": {"const": True}}, "required": ["fit", "components"]}
    return schema


def _range(metadata: typing.Mapping[str, Any]) -> Document:
    ends: Document = {"type": "integer" if metadata["whole"] else "number"}
    for word, limit in (("minimum", metadata["least"]), ("maximum", metadata["most"])):
        if math.isfinite(limit):
            ends[word] = limit
    return {"type": "array", "items": ends, "minItems": 2, "maxItems": 2}


def _value(hint: Any, parameter: Parameter) -> Document:
    """Return the schema of an option that is no range; what its type leaves open, its docstring may say."""
    if hint == Sequence[Transform]:
        return dict(_STEPS)
    schema = pydantic.TypeAdapter(hint).json_schema()
    for part in schema.get("anyOf", [schema]):
        if part.get("type") == "string" and parameter.words:
            part["enum"] = parameter.words
        if part.get("type") in ("number", "integer") and parameter.bounds:
            part["minimum"], part["maximum"] = parameter.bounds
    return dict(schema)
