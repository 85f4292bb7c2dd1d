"""The report of an audit, as a value: the command prints it, programs and notebooks read it."""

import dataclasses
import os
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from augkit.auditing.finding import LEVELS, Finding
from augkit.auditing.table import Table
from augkit.errors import AugkitError, suggest

if TYPE_CHECKING:
    import pandas as pd

NEVER = "never"


@dataclass(frozen=True)
class Report:
    """The outcome of `audit`.

    Parameters
    ----------
    source : str
        The folder; empty for arrays.
    findings : list of Finding
        The gravest first.
    checks : dict
        What each check that was made looks for, by its name.
    skipped : dict
        Why a check was not made, by its name.
    seconds : float
    measured : int
        Pictures read by this run; the others are as an earlier run left them.
    table : Table
        What was measured.
    """

    source: str
    findings: list[Finding]
    checks: dict[str, str]
    skipped: dict[str, str]
    seconds: float
    measured: int
    table: Table = field(repr=False)

    @property
    def images(self) -> int:
        """Number of pictures, readable or not."""
        return len(self.table)

    @property
    def classes(self) -> dict[str, int]:
        """Number of pictures of each class, in all splits."""
        return self.table.counts()

    @property
    def splits(self) -> dict[str, dict[str, int]]:
        """Number of pictures of each class, split by split; empty where there are no splits."""
        return {name: self.table.counts(name) for name in self.table.split_names if name}

    def levels(self) -> dict[str, int]:
        """Return how many findings there are of each level, the gravest first."""
        counts = Counter(finding.level for finding in self.findings)
        return {level: counts[level] for level in reversed(LEVELS)}

    def exit_code(self, fail_on: str = "error") -> int:
        """Return 1 if there are findings at or above a level, else 0; "never" gives 0.

        Raises
        ------
        AugkitError
            When there is no such level.
        """
        check_level(fail_on)
        ranks = [*LEVELS, NEVER]
        return int(any(ranks.index(finding.level) >= ranks.index(fail_on) for finding in self.findings))

    def to_drop(self) -> dict[str, str]:
        """Return the files without which the findings would be gone, and the check that asks for it."""
        return {name: finding.check for finding in reversed(self.findings) for name in finding.drop}

    def drop(self) -> list[str]:
        """Return the clean list: the ids of all pictures but those that findings ask to drop.

        For arrays, `int(name)` is the place in the sequence.
        """
        gone = self.to_drop()
        return [name for name in self.table.ids if name not in gone]

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, as ``augkit audit --json`` prints it."""
        return {
            "source": self.source,
            "images": self.images,
            "classes": self.classes,
            "splits": self.splits,
            "findings": [finding.to_dict() for finding in self.findings],
            "levels": self.levels(),
            "checks": list(self.checks),
            "skipped": self.skipped,
            "measured": self.measured,
            "seconds": round(self.seconds, 3),
        }

    def to_pandas(self) -> "pd.DataFrame":
        """Return the findings as a table, a row for each.

        Raises
        ------
        AugkitError
            When pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError:
            raise AugkitError("to_pandas needs pandas: pip install pandas") from None
        names = [part.name for part in dataclasses.fields(Finding)]
        return pd.DataFrame([dataclasses.asdict(finding) for finding in self.findings], columns=names)

    def to_html(self) -> str:
        """Return the report as one page that needs nothing else."""
        from augkit.auditing.page import render

        return render(self)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the report as one HTML page that needs nothing else."""
        from augkit.files.write import write_file

        write_file(os.fspath(path), self.to_html().encode("utf-8", "backslashreplace"))

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the page in a frame of its own, so that neither styles the other."""
        from html import escape

        return (
            f'<iframe title="augkit audit" style="width:100%;height:640px;border:0" '
            f'srcdoc="{escape(self.to_html())}"></iframe>'
        )


def check_level(level: str) -> None:
    """Raise AugkitError unless this is a level to fail on."""
    if level not in (*LEVELS, NEVER):
        raise AugkitError(f"--fail-on must be a level or never, got {level!r}{suggest(level, (*LEVELS, NEVER))}")
