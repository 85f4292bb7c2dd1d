"""Transforms of Albumentations as text and back."""

import copy
import json
import threading
import warnings
from collections.abc import Mapping
from functools import lru_cache
from inspect import signature
from typing import Any

import albumentations as A  # noqa: N812

from augkit.errors import AugkitError, suggest

_OTHER = {"__class_fullname__", "self"}  # than options
_KEPT = 256  # pipelines hold a handful of them; a search over recipes may go through thousands


def to_text(transform: Any) -> str:
    """Return one of their transforms, or its serialised form, as JSON text with every option spelt out.

    >>> to_text({"__class_fullname__": "CLAHE", "p": 0.5})
    '{"__class_fullname__": "CLAHE", "clip_limit": [1.0, 4.0], "p": 0.5, "tile_grid_size": [8, 8]}'

    Raises
    ------
    AugkitError
        When it can't be serialised, or the text is none of their transforms.
    """
    if isinstance(transform, str | Mapping):
        text = transform if isinstance(transform, str) else json.dumps(transform, default=_plain)
        transform = _build(text)
        _check_options(json.loads(text), _serialised(transform))
    # Twice: their validation may turn a default into what it stands for.
    return _dump(_build(_dump(transform)))


def _check_options(given: Any, made: Any) -> None:
    """Raise AugkitError where an option is none that their constructor takes, which they would pass over."""
    known = _options_of(given["__class_fullname__"]) | made.keys()  # some write more than they read
    for name in given:
        if name not in known:
            kind = given["__class_fullname__"].rpartition(".")[2]
            raise AugkitError(
                f"albumentations {kind} has no option {name!r}{suggest(str(name), sorted(known - _OTHER))}"
            )
    for part, its in zip(given.get("transforms") or (), made.get("transforms") or (), strict=False):
        _check_options(part, its)


def _options_of(name: str) -> set[str]:
    kind = A.core.serialization.SERIALIZABLE_REGISTRY[name]
    return _OTHER | signature(kind.__init__).parameters.keys()


def _dump(transform: Any) -> str:
    return json.dumps(_own_options(_serialised(transform)), sort_keys=True, default=_plain)


def _serialised(transform: Any) -> Any:
    if not hasattr(transform, "to_dict"):
        raise AugkitError(f"expected a transform of albumentations, or what its to_dict returns; got {transform!r}")
    try:
        serialised = A.to_dict(transform)["transform"]
        json.dumps(serialised, default=_plain)
    except (NotImplementedError, TypeError, ValueError) as error:
        raise AugkitError(
            f"albumentations {type(transform).__name__} can't be written down, and so not be replayed: {error}"
        ) from None
    return serialised


def from_text(text: str) -> Any:
    """Return one of their transforms from its text: a new one each time, since it holds state."""
    return copy.deepcopy(_build(text))


_building = threading.Lock()


@lru_cache(_KEPT)
def _build(text: str) -> Any:
    try:
        serialised = json.loads(text)
        with _building, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # whoever made the transform has read them
            return A.from_dict({"transform": serialised})
    except KeyError as error:
        raise AugkitError(
            f"albumentations {A.__version__} knows no transform {error}; if it is your own, import its module first"
        ) from None
    except Exception as error:  # whatever their validation raises
        raise AugkitError(f"albumentations can't make a transform of {text}: {' '.join(str(error).split())}") from None


def _own_options(serialised: Any) -> Any:
    """Return the serialised form without what their constructors don't take: some write more than they read."""
    if not isinstance(serialised, dict) or "__class_fullname__" not in serialised:
        return serialised
    known = _options_of(serialised["__class_fullname__"])
    parts = {"transforms": [_own_options(part) for part in serialised.get("transforms", ())]}
    return {name: parts.get(name, value) for name, value in serialised.items() if name in known}


def _plain(value: Any) -> Any:
    """Return arrays, their scalars and members of enumerations as JSON has them."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if hasattr(value, "value"):
        return value.value
    raise TypeError(f"{type(value).__name__} {value!r} is no plain value")
