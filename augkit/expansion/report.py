"""What a run did, as values: the command prints them, programs read them."""

import dataclasses
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from augkit.errors import AugkitError


@dataclass(frozen=True)
class ClassCount:
    """The files of one class: usable before, passed on, created, and in the output after; what was aimed at."""

    before: int
    originals: int
    created: int
    total: int
    target: int


class Failure(NamedTuple):
    """A file that could not be used or is not as it should be, and why."""

    file: str
    reason: str


@dataclass(frozen=True)
class Report:
    """The outcome of `expand`.

    Parameters
    ----------
    classes : dict of ClassCount
        By class name; "." is the class of a flat folder.
    written, kept : int
        Files written by this run, and found done by an earlier one.
    passed_on : int
        Files of other splits in the output.
    failed : list of Failure
    left_out : list of Failure
        Files that are no images of a class, and why.
    notes : dict
        What a user should know, and of how many files it holds; 0 where it is said of the whole.
    seconds : float
    dry_run : bool
        Whether this is only the plan.
    waiting_for : list of str
        The shards that still have to run.
    estimate : dict
        For a dry run: files, bytes and seconds to expect.
    """

    classes: dict[str, ClassCount]
    written: int
    kept: int
    passed_on: int
    failed: list[Failure]
    left_out: list[Failure]
    notes: dict[str, int]
    seconds: float
    dry_run: bool = False
    waiting_for: list[str] = field(default_factory=list)
    estimate: dict[str, float] = field(default_factory=dict)

    @property
    def skipped(self) -> int:
        """Number of files that are no images of a class."""
        return len(self.left_out)

    @property
    def exit_code(self) -> int:
        """0 when all is done, 1 when some sources could not be used."""
        return 1 if self.failed else 0

    def reasons(self) -> Counter[str]:
        """Return how many files were left out for each reason."""
        return Counter(failure.reason for failure in self.left_out)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, as ``augkit expand --json`` prints it."""
        return {
            "classes": {name: dataclasses.asdict(count) for name, count in self.classes.items()},
            "written": self.written,
            "kept": self.kept,
            "passed_on": self.passed_on,
            "failed": [failure._asdict() for failure in self.failed],
            "skipped": self.skipped,
            "left_out": [failure._asdict() for failure in self.left_out],
            "notes": self.notes,
            "seconds": round(self.seconds, 3),
            "dry_run": self.dry_run,
            "waiting_for": self.waiting_for,
            "estimate": self.estimate,
        }


class OutOfMemoryError(AugkitError):
    """No file is to blame, so the run must end."""

    def __init__(self) -> None:
        super().__init__("not enough memory; run again with fewer --workers, a smaller --size or a lower --max-pixels")
