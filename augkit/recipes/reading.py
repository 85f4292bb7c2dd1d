"""YAML as recipes are written in it: keys stand once, and numbers such as 1e-5 are numbers."""

import re
from typing import Any

import yaml

from augkit.errors import AugkitError

# PyYAML's constructors raise what Python's own do, for example for the date 2024-99-99.
_ERRORS = (yaml.YAMLError, ValueError, IndexError, TypeError, AttributeError, RecursionError)


class _Loader(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} stands twice", key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep)


# YAML 1.1 wants a point and a sign in 1.0e-5; JSON, and people, write 1e-5.
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)[eE][-+]?\d+$"), list("-+.0123456789")
)


def parse(text: str, where: str) -> Any:
    """Return what YAML text says; JSON is YAML, too.

    Raises
    ------
    AugkitError
        When it is no YAML, or says something twice: the message begins with `where`.

    Examples
    --------
    >>> parse("p: 1e-5", "recipe mine.yaml")
    {'p': 1e-05}
    """
    try:
        return yaml.load(text, _Loader)
    except _ERRORS as error:
        raise AugkitError(f"{where} is not valid YAML: {' '.join(str(error).split())}") from None
