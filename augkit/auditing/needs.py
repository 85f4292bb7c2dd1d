"""What a check may lack."""

from augkit.errors import AugkitError


class MissingPackageError(AugkitError):
    """A check needs a package that is not installed; the message says which, and how to install it."""
