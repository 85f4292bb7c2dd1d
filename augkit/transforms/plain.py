"""Transforms, and what they drew, as plain data and back: what recipes, manifests and JSON are made of."""

import math
import reprlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from augkit.errors import AugkitError
from augkit.transforms.base import Drawn, Transform
from augkit.transforms.catalog import find

_DEEPEST = 100  # lists and mappings within each other; 30 choices in choices
_MOST = 100_000  # values; more come about by aliases of aliases only
_SOME_SIZE = (64, 64)
_SHOWN = 200  # characters of plain data in a message


def short(data: Any) -> str:
    """Return plain data as a message shows them: they may nest without end."""
    text = reprlib.repr(data)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def check_nesting(data: Any, where: str) -> None:
    """Raise AugkitError where plain data hold themselves, nest too deep or, by YAML's aliases, grow without bound."""
    counted: dict[int, int] = {}

    def count(part: Any, depth: int) -> int:
        if not isinstance(part, Mapping | list | tuple):
            return 1
        if depth > _DEEPEST:
            raise AugkitError(f"{where}: it is nested more than {_DEEPEST} deep, or holds itself by an alias")
        if id(part) not in counted:
            values = part.values() if isinstance(part, Mapping) else part
            counted[id(part)] = 1 + sum(count(value, depth + 1) for value in values)
        return counted[id(part)]

    if (values := count(data, 1)) > _MOST:
        raise AugkitError(
            f"{where}: it has {values:,} values, at most {_MOST:,} are read; it repeats itself by aliases"
        )


def to_plain(step: Transform) -> dict[str, Any]:
    """Return a transform as plain data with every option spelt out.

    >>> from augkit import OneOf, Rotate
    >>> to_plain(Rotate())
    {'rotate': {'p': 1.0, 'degrees': [-15.0, 15.0]}}
    """
    return {step.name(): step.to_options()}


def from_plain(data: Any, where: str) -> Transform:
    """Return the transform that plain data describe: a name, or a mapping of one name to its options.

    Raises
    ------
    AugkitError
        When they describe none: the message begins with `where`.
    """
    name, options = name_and_options(data)
    if not isinstance(name, str) or not isinstance(options, dict) or not all(isinstance(key, str) for key in options):
        hint = f"; write {name}: {{transforms: [...]}}" if name in ("one_of", "some_of", "sequential") else ""
        raise AugkitError(f"{where} must be a name or 'name: {{option: value}}', got {short(data)}{hint}")
    try:
        kind = find(name)
        if isinstance(parts := options.get("transforms"), Sequence) and not isinstance(parts, str):
            inner = [
                part if isinstance(part, Transform) else from_plain(part, f"{name}: transform {number}")
                for number, part in enumerate(parts, 1)
            ]
            options = options | {"transforms": inner}
        return kind.from_options(options)
    except AugkitError as error:
        raise AugkitError(f"{where}: {error}") from None


def name_and_options(data: Any) -> tuple[Any, Any]:
    """Return name and options of a step as it may stand in a recipe; options are None where it is none."""
    if isinstance(data, str):
        return data, {}
    if isinstance(data, Mapping) and len(data) == 1:
        ((name, options),) = data.items()
        return name, {} if options is None else dict(options) if isinstance(options, Mapping) else options
    return data, None


def check_drawn(drawn: Any) -> list[Drawn]:
    """Return what was drawn as a list.

    Raises
    ------
    AugkitError
        When a draw can't have returned it: the message names the step and what is wrong with it.
    """
    if isinstance(drawn, Drawn):
        raise AugkitError("Pipeline: replay takes what draw returned, a list of Drawn; put this one into a list")
    steps = list(drawn) if isinstance(drawn, Iterable) else [drawn]
    for step in steps:
        if not (
            isinstance(step, Drawn)
            and isinstance(step.kind, type)
            and issubclass(step.kind, Transform)
            and isinstance(step.params, Mapping)
        ):
            raise AugkitError(f"Pipeline: replay takes what draw returned, a list of Drawn; got {short(step)} in it")
        with naming(step):
            for name, value in step.params.items():
                if value is None or (isinstance(value, float) and not math.isfinite(value)):
                    raise ValueError(f"{name} is {value}")
            with suppress(AugkitError):  # of that size
                step.kind.operation(_SOME_SIZE, step.params)
    return steps


@contextmanager
def naming(step: Drawn) -> Iterator[None]:
    """Make an AugkitError of what goes wrong with a step, which says that no draw returns it."""
    try:
        yield
    except AugkitError:
        raise
    except Exception as error:
        where = f"Pipeline: replay can't do {step.kind.name()} with {short(dict(step.params))}, which no draw returns"
        raise AugkitError(f"{where}: {error}") from error


def drawn_to_json(drawn: Iterable[Drawn]) -> list[list[Any]]:
    """Return drawn numbers as plain data: [["rotate", {"degrees": 3.2}], ...]."""
    return [[kind.name(), dict(params)] for kind, params in drawn]


def drawn_from_json(data: Iterable[Sequence[Any]]) -> list[Drawn]:
    """Return what `drawn_to_json` wrote down."""
    return [Drawn(find(name), params) for name, params in data]
