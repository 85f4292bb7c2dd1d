"""Other libraries, each imported only by its user."""

import contextlib
from collections.abc import Iterator


@contextlib.contextmanager
def needing(library: str, extra: str) -> Iterator[None]:
    """Say what to install where an import of this library finds none.

    Raises
    ------
    ModuleNotFoundError
        Naming the extra; another one's is passed on as it is.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != library:
            raise
        raise ModuleNotFoundError(
            f"this part of augkit needs {library}: pip install 'augkit[{extra}]'", name=error.name
        ) from None
