"""The one error that augkit raises for what its user can mend, and what most of its messages are made of."""

import difflib
import operator
from collections.abc import Iterable

_LISTED = 100  # names beyond that help nobody


class AugkitError(ValueError):
    """Something the user can mend: the message says where, what was expected, what came, what to do."""


def whole_number(
    option: str, value: object, least: int | None = None, most: int | None = None, otherwise: str = ""
) -> int:
    """Return an option that must be a whole number as Python's own, or raise AugkitError naming the option.

    >>> import numpy as np
    >>> whole_number("--copies", np.uint8(3), 1)
    3
    """
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        number = None
    is_within = number is not None and (least is None or number >= least) and (most is None or number <= most)
    if number is None or isinstance(value, bool) or not is_within:
        bound = "" if least is None else f" of at least {least}" if most is None else f" from {least} to {most:,}"
        raise AugkitError(f"{option} must be {otherwise}a whole number{bound}, got {value!r}")
    return number


def suggest(word: str, known: Iterable[str]) -> str:
    """Return a hint such as "; did you mean 'rotate'?", or the list of what is known if it is short.

    >>> suggest("rotat", ["rotate", "scale"])
    "; did you mean 'rotate'?"
    >>> suggest("xyz", ["rotate", "scale"])
    '; there are: rotate, scale'
    """
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; there are: {', '.join(names)}" if 0 < len(names) <= _LISTED else ""
