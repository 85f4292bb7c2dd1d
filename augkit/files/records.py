"""Files of JSON lines: read past a torn end, appended by one process at a time, gathered into one."""

import contextlib
import io
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any, TypeAlias

from augkit.errors import AugkitError
from augkit.files.write import OutputError

try:
    import fcntl
except ImportError:  # not on Windows: there, nothing keeps two runs from one folder
    fcntl = None  # type: ignore[assignment]

Record: TypeAlias = dict[str, Any]


def dump(record: Record) -> bytes:
    """Return a line of JSON, newline included; names that are no UTF-8 are escaped."""
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(record, separators=(",", ":")).encode() + b"\n"


def read_records(path: str) -> Iterator[tuple[int, Record]]:
    """Yield place and content of each line; one that a killed run left unfinished is passed over."""
    place = 0
    with open(path, "rb") as file:
        for raw in file:
            try:
                record = json.loads(raw) if raw.endswith(b"\n") else None
            except (ValueError, RecursionError):
                record = None
            if isinstance(record, dict):
                yield place, record
            place += len(raw)


def find_files(folder: str, prefix: str, suffix: str) -> list[str]:
    """Return the paths of the files in a folder whose names begin and end so, sorted; none without the folder.

    Raises
    ------
    AugkitError
        When it is no folder, or can't be read.
    """
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise AugkitError(f"{folder} can't be read: {error.strerror}") from None
    return [os.path.join(folder, name) for name in sorted(names) if name.startswith(prefix) and name.endswith(suffix)]


class Journal:
    """A file of JSON lines that is appended to while work goes on, by one process at a time.

    Parameters
    ----------
    path : str
    wait : bool
        Whether to wait for another process that is writing to it.

    Raises
    ------
    AugkitError
        When another process is writing to it, and `wait` is False.
    """

    def __init__(self, path: str, *, wait: bool = False) -> None:
        self.path = path
        self._file = self._open(wait)
        while not self._is_current():  # who held the lock has replaced or removed the file
            self._file.close()
            self._file = self._open(wait)
        self._place = 0

    def _open(self, wait: bool) -> io.FileIO:
        with _reported(self.path):
            os.makedirs(os.path.dirname(self.path), exist_ok=True)
            file = open(self.path, "ab", buffering=0)  # noqa: SIM115
        if fcntl is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                file.close()
                raise AugkitError(f"another augkit is writing to {os.path.dirname(self.path)}; wait for it") from None
        return file

    def _is_current(self) -> bool:
        try:
            return os.path.samestat(os.stat(self.path), os.fstat(self._file.fileno()))
        except FileNotFoundError:
            return False

    def clear(self) -> None:
        """Remove all lines."""
        self._file.truncate(0)

    def begin(self, header: Record) -> None:
        """Make ready to append; a new file gets the header first."""
        self._place = os.fstat(self._file.fileno()).st_size
        if self._place == 0:
            self.append([header])
        else:
            self._write(b"\n")  # ends a line that a killed run left unfinished

    def append(self, records: Sequence[Record]) -> list[int]:
        """Write lines at once; return their places."""
        places, data = [], b""
        for record in records:
            places.append(self._place + len(data))
            data += dump(record)
        self._write(data)
        return places

    def _write(self, data: bytes) -> None:
        with _reported(self.path):
            rest = memoryview(data)
            while rest:
                rest = rest[self._file.write(rest) :]
        self._place += len(data)

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if os.fstat(self._file.fileno()).st_size == 0:  # nothing was to be said
            with contextlib.suppress(OSError):
                os.unlink(self.path)
        self._file.close()


def gather(
    path: str, header: Record, lines: Iterable[tuple[str, int]], last: Iterable[Record], parts: Sequence[str]
) -> None:
    """Write header, the lines that stand at these (file, place), and the last lines to one file; remove the parts."""
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name}.tmp")
    with _reported(path), contextlib.ExitStack() as stack:
        sources = {part: stack.enter_context(open(part, "rb")) for part in parts}
        with open(temporary, "wb") as file:
            file.write(dump(header))
            for part, place in lines:
                sources[part].seek(place)
                file.write(sources[part].readline())
            for record in last:
                file.write(dump(record))
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        for part in parts:
            if part != path:
                os.unlink(part)


@contextlib.contextmanager
def _reported(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path} can't be written: {error.strerror}") from None
