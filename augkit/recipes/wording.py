"""Options in the words of people: values as one writes them, and what may be written."""

from collections.abc import Mapping
from typing import Any


def show_value(value: Any) -> str:
    """Return an option's value as one would write it in a recipe; of transforms, their names.

    >>> show_value([-15.0, 4 / 3])
    '[-15, 1.33333]'
    >>> show_value([{"rotate": {}}, {"scale": {}}])
    '[rotate, scale]'
    >>> show_value(None), show_value(False), show_value("imagenet")
    ('null', 'false', 'imagenet')
    """
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
        case list():
            return f"[{', '.join(map(show_value, value))}]"
        case Mapping():
            return ", ".join(value)
        case _:
            return str(value)


def show_limits(schema: Mapping[str, Any]) -> str:
    """Return in words what a JSON Schema lets an option be.

    >>> show_limits({"type": "array", "items": {"type": "number", "minimum": 0.0}, "minItems": 2})
    'low and high, numbers from 0 up'
    >>> show_limits({"anyOf": [{"type": "integer", "minimum": 1, "maximum": 9}, {"type": "null"}]})
    'a whole number from 1 to 9, or null'
    """
    match schema:
        case {"anyOf": parts}:
            return ", or ".join(map(show_limits, parts))
        case {"enum": words}:
            return " or ".join(words)
        case {"type": "array", "prefixItems": [item, *_]}:
            return f"two {_numbers(item)}"
        case {"type": "array", "items": {"type": "number" | "integer"} as item, "minItems": 2}:
            return f"low and high, {_numbers(item)}".removesuffix(", numbers")
        case {"type": "array", "items": {"$ref": _}}:
            return "a list of transforms"
        case {"type": "array", "items": item}:
            return f"a list of {_numbers(item)}" if "items" not in item else "a list of lists of numbers"
        case {"type": "boolean"}:
            return "true or false"
        case {"type": "null"}:
            return "null"
        case _:
            return f"a {_numbers(schema)}".replace("numbers", "number")


def _numbers(schema: Mapping[str, Any]) -> str:
    """Return what numbers these are: "whole numbers from 1 to 8"."""
    match schema:
        case {"minimum": least, "maximum": most}:
            limits = f"from {least:g} to {most:g}"
        case {"minimum": least}:
            limits = f"from {least:g} up"
        case {"maximum": most}:
            limits = f"up to {most:g}"
        case _:
            limits = ""
    kind = "whole numbers" if schema["type"] == "integer" else "numbers"
    return f"{kind} {limits}".strip()
