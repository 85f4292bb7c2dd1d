"""Moving files so that nothing is ever lost or overwritten."""

import os
import shutil

from augkit.files.write import OutputError


def move(source: str, target: str) -> bool:
    """Move a file, making folders as needed; return whether it was there to be moved.

    Raises
    ------
    OutputError
        When it can't be moved, or something is at the target already.
    """
    if not os.path.lexists(source):
        return False
    if os.path.lexists(target):
        raise OutputError(f"{target} is there already: {source} is not moved")
    try:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.move(source, target)
    except OSError as error:
        raise OutputError(f"{source} can't be moved to {target}: {error.strerror}") from None
    return True
