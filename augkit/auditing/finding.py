"""What a check has found, as a value."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Level: TypeAlias = Literal["info", "warning", "error"]
LEVELS: tuple[Level, ...] = ("info", "warning", "error")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is wrong, or may be.

    Parameters
    ----------
    check : str
        Name of the check, in kebab case.
    level : {"info", "warning", "error"}
        error: the training or its result is spoilt; warning: it probably suffers; info: to be known.
    reason : str
        What is wrong, in plain words.
    advice : str
        What to do about it.
    files : tuple of str
        Ids of the pictures it is about: paths relative to the source, or numbers in an array.
    value, threshold : float or None
        What was measured, and from where on it is a finding; None where nothing is measured.
    confidence : float or None
        How sure it is, 0 to 1, where the check can tell.
    drop : tuple of str
        The files without which the finding would be gone.

    Examples
    --------
    >>> Finding(check="dark", level="info", reason="nearly black", advice="look at it", files=("cat/1.png",)).files
    ('cat/1.png',)
    """

    check: str
    level: Level
    reason: str
    advice: str
    files: tuple[str, ...] = ()
    value: float | None = None
    threshold: float | None = None
    confidence: float | None = None
    drop: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, as ``augkit audit --json`` prints it."""
        return {
            "check": self.check,
            "level": self.level,
            "files": list(self.files),
            "reason": self.reason,
            "value": None if self.value is None else round(float(self.value), 6),
            "threshold": self.threshold,
            "confidence": None if self.confidence is None else round(float(self.confidence), 3),
            "advice": self.advice,
            "drop": list(self.drop),
        }
