"""The one error that augkit raises for what its user can mend."""

import difflib
from collections.abc import Iterable

_LISTED = 100  # names beyond that help nobody


class AugkitError(ValueError):
    """Something the user can mend: the message says where, what was expected, what came, what to do."""


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
