"""The one error that augkit raises for what its user can mend."""

import difflib
from collections.abc import Iterable


class AugkitError(ValueError):
    """Something the user can mend: the message says where, what was expected, what came, what to do."""


def suggest(word: str, known: Iterable[str]) -> str:
    """Return a hint such as "; did you mean 'rotate'?", or the list of what is known.

    >>> suggest("rotat", ["rotate", "scale"])
    "; did you mean 'rotate'?"
    >>> suggest("xyz", ["rotate", "scale"])
    '; there are: rotate, scale'
    """
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(names)}"
