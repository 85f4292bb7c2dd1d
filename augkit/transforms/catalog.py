"""Every transform there is, found by looking: a class in a family's file is in the catalog by existing."""

import importlib
import inspect
import pkgutil
from functools import cache

from augkit import transforms
from augkit.errors import AugkitError, suggest
from augkit.transforms.base import Transform

# What of it a class says for itself; classes that others share have none of these.
_MEANINGS = {"draw", "draw_steps", "matrix", "step", "steps", "operation", "does"}


@cache
def catalog() -> dict[str, type[Transform]]:
    """Return the transforms by name, family by family.

    >>> catalog()["horizontal_flip"].__name__
    'HorizontalFlip'
    """
    found: dict[str, type[Transform]] = {}
    for module in pkgutil.iter_modules(transforms.__path__):
        if module.name in ("base", "catalog"):
            continue
        for _, member in inspect.getmembers(importlib.import_module(f"{transforms.__name__}.{module.name}")):
            is_transform = inspect.isclass(member) and issubclass(member, Transform)
            if is_transform and vars(member).keys() & _MEANINGS and member.__module__.endswith(f".{module.name}"):
                found[member.name()] = member
    return found


def find(name: str) -> type[Transform]:
    """Return the transform of this name, or raise AugkitError with a suggestion."""
    try:
        return catalog()[name]
    except KeyError:
        raise AugkitError(f"there is no transform {name!r}{suggest(name, catalog())}") from None
