"""What docstrings say of parameters, for whoever shows them: schema and gallery."""

import inspect
import re
from typing import NamedTuple

_SECTION = re.compile(r"^Parameters\n-+\n(.*?)(?=^\S[^\n]*\n-{3,}$|\Z)", re.MULTILINE | re.DOTALL)
_ENTRY = re.compile(r"^(\S[^\n]*?) : ([^\n]+)\n((?:[ ]+[^\n]+\n?|\n)+)", re.MULTILINE)
_BOUNDS = re.compile(r"\bin \[(-?[\d.]+), (-?[\d.]+)\]")


class Parameter(NamedTuple):
    """One parameter as its class's docstring has it: what is expected, and what it is for."""

    expected: str
    meaning: str

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Return the least and the most that it may be, if that is said.

        >>> Parameter("float in [0, 1]", "The probability.").bounds
        (0.0, 1.0)
        """
        found = _BOUNDS.search(self.expected)
        return (float(found[1]), float(found[2])) if found else None

    @property
    def words(self) -> list[str]:
        """Return the words that it may be.

        >>> Parameter('"imagenet", "fit" or three rows', "").words
        ['imagenet', 'fit']
        """
        return re.findall(r'"([^"]+)"', self.expected)


def parameters(owner: type) -> dict[str, Parameter]:
    """Return the parameters that a class and those above it document, by name.

    >>> from augkit import Rotate
    >>> parameters(Rotate)["degrees"].meaning
    'Range of the angle.'
    """
    found: dict[str, Parameter] = {}
    for kind in reversed(owner.__mro__):
        section = _SECTION.search(inspect.cleandoc(kind.__doc__ or ""))
        for names, expected, text in _ENTRY.findall(section[1] if section else ""):
            for name in names.split(", "):
                found[name] = Parameter(expected, " ".join(text.replace("``", "`").split()))
    return found
