"""Printing: plain text for pipes, tables and bars for people, JSON for programs."""

import contextlib
import json
import math
import re
import sys
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from augkit.expansion.report import Failure

_LISTED = 20  # failures printed one by one; --json has them all
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def console(*, stderr: bool = False) -> "Console":
    """Return a console that takes text as it is: names may hold what looks like markup."""
    from rich.console import Console

    return Console(stderr=stderr, markup=False, highlight=False, emoji=False, soft_wrap=True)


def show(text: str) -> str:
    """Return text that any terminal can print: control characters and bytes that are no UTF-8 escaped."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text).encode("utf-8", "backslashreplace").decode()


def counted(count: int, noun: str) -> str:
    """Return a number of things in words.

    >>> counted(1, "file"), counted(2000, "file")
    ('1 file', '2,000 files')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def print_json(data: Mapping[str, Any] | list[Any]) -> None:
    """Print one JSON document on stdout; numbers that JSON has not got are null."""
    sys.stdout.write(json.dumps(_finite(data), allow_nan=False) + "\n")


def _finite(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {name: _finite(value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [_finite(value) for value in data]
    return None if isinstance(data, float) and not math.isfinite(data) else data


def print_failures(failed: "Sequence[Failure]") -> None:
    """Print files that could not be used on stderr, the first ones by name."""
    err = console(stderr=True)
    count = len(failed)
    err.print(f"{counted(count, 'image')} could not be used:")
    for failure in failed[:_LISTED]:
        err.print(f"  {show(failure.file)}: {show(failure.reason)}")
    if count > _LISTED:
        err.print(f"  ... and {count - _LISTED} more; --json lists them all")


def read_workers(text: str) -> int | str:
    """Return a number of workers as a number; whatever else it is is judged elsewhere."""
    return int(text) if text.isdecimal() else text


class ProgressLine:
    """Progress on stderr: a bar with rate and remaining time on a terminal, now and then a line elsewhere."""

    _WORDS = {  # noqa: RUF012
        "examine": ("Examining", "files"),
        "write": ("Writing", "files"),
        "embed": ("Embedding", "files"),
        "read": ("Reading", "files"),
        "augment": ("Augmenting", "transforms"),
        "try": ("Trying out", "transforms"),
        "measure": ("Measuring", "files"),
        "check": ("Checking", "checks"),
    }
    _ANNOUNCED = ("examine", "measure", "check")  # said once, where there is no bar
    _PLAIN_STEPS = 10

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._bar: Any = None
        self._task: Any = None
        self._what = ""
        self._next = 0.0

    def __enter__(self) -> "ProgressLine":
        if not self._quiet and sys.stderr.isatty():
            from rich import progress

            self._bar = progress.Progress(
                progress.TextColumn("{task.description:<10}"),
                progress.BarColumn(),
                progress.MofNCompleteColumn(),
                progress.TextColumn("{task.fields[rate]}"),
                progress.TimeRemainingColumn(),
                console=console(stderr=True),
                transient=True,
            )
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, what: str, done: int, of: int) -> None:
        """Show how far the work is."""
        if self._quiet:
            return
        if self._bar is not None:
            self._show_bar(what, done, of)
            return
        verb, things = self._WORDS[what]
        if what != self._what:
            self._what, self._next = what, 0.0
            if what in self._ANNOUNCED:
                self._say(f"{verb}: {of} {things}")
        if what not in self._ANNOUNCED and done >= self._next * of:
            self._say(f"{verb}: {done} of {of} {things}")
            self._next = (int(done / max(of, 1) * self._PLAIN_STEPS) + 1) / self._PLAIN_STEPS

    def _say(self, text: str) -> None:
        with contextlib.suppress(OSError):  # nobody listens: the work goes on
            print(text, file=sys.stderr)  # noqa: T201

    def _show_bar(self, what: str, done: int, of: int) -> None:
        if what != self._what:
            if self._task is not None:
                self._bar.remove_task(self._task)
            self._what, self._task = what, self._bar.add_task(self._WORDS[what][0], total=of, rate="")
        speed = self._bar.tasks[-1].speed
        self._bar.update(self._task, completed=done, total=of, rate=f"{speed:,.0f}/s" if speed else "")
