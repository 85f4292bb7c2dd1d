"""The checks: each a file with a pure function ``check(table)`` that yields findings; found by looking."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from augkit.auditing.finding import Finding
from augkit.auditing.table import Table
from augkit.errors import AugkitError, suggest


class Check(NamedTuple):
    """A check: its name in kebab case, what it looks for, and the function from a table to findings."""

    name: str
    summary: str
    find: Callable[[Table], Iterator[Finding]]


@cache
def catalog() -> dict[str, Check]:
    """Return all checks by name, sorted.

    >>> catalog()["exact-duplicate"].summary
    'Pictures of one class with the same bytes or the same pixels.'
    """
    found = {}
    for module in pkgutil.iter_modules(__path__):
        name = module.name.replace("_", "-")
        code = importlib.import_module(f"{__name__}.{module.name}")
        found[name] = Check(name, (code.__doc__ or "").partition("\n")[0], code.check)
    return found


def choose(names: Sequence[str] | str) -> list[Check]:
    """Return the checks of these names; "all" stands for all of them.

    >>> [check.name for check in choose("dark, bright")]
    ['dark', 'bright']
    """
    wanted = [name.strip() for name in (names.split(",") if isinstance(names, str) else names)]
    if wanted == ["all"]:
        return list(catalog().values())
    for name in wanted:
        if name not in catalog():
            raise AugkitError(f"--checks: there is no check {name!r}{suggest(name, catalog())}")
    return [catalog()[name] for name in dict.fromkeys(wanted)]
