"""Moving files so that nothing is ever lost or overwritten."""

import contextlib
import errno
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
    check_free(source, target)
    try:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        try:
            os.rename(source, target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            _move_across(source, target)
    except OSError as error:
        raise OutputError(f"{source} can't be moved to {target}: {error.strerror}") from None
    return True


def check_free(source: str, target: str) -> None:
    """Raise OutputError if something is where a file is to be moved."""
    if os.path.lexists(target):
        raise OutputError(f"{target} is there already: {source} is not moved")


def _move_across(source: str, target: str) -> None:
    """Move a file to another disk, where it appears whole or not at all."""
    unfinished = f"{target}.augkit-unfinished"
    try:
        shutil.copy2(source, unfinished, follow_symlinks=False)
        os.rename(unfinished, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(unfinished)
        raise
    os.unlink(source)
