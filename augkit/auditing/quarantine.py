"""Quarantine: the list of files to drop, and on request their move into a folder, which can be reversed."""

import os

from augkit.auditing.report import Report
from augkit.errors import AugkitError
from augkit.files.move import check_free, move
from augkit.files.read import exists, path_of
from augkit.files.records import Journal, dump, read_records
from augkit.files.write import write_file

LIST = "augkit.quarantine.jsonl"
LOG = "augkit.moved.jsonl"


def write_list(report: Report, folder: str) -> int:
    """Write the list of files to drop, with the check that asks for each; return how many there are.

    Raises
    ------
    AugkitError
        When the list can't be written.
    """
    lines = [dump({"file": name, "check": check}) for name, check in sorted(report.to_drop().items())]
    write_file(os.path.join(folder, LIST), b"".join(lines))
    return len(lines)


def check_beside(source: str, folder: str) -> None:
    """Raise AugkitError unless this may be the quarantine of a source: a folder, or none yet, and not inside it."""
    root, inner = os.path.realpath(source), os.path.realpath(folder)
    if not folder or os.path.isfile(inner):
        raise AugkitError(f"--quarantine must be a folder, which is made where there is none; got {folder!r}")
    if os.path.commonpath([root, inner]) == root:
        raise AugkitError(f"--quarantine {folder} lies inside SOURCE {root}; name a folder beside it")


def move_out(report: Report, folder: str) -> tuple[str, int]:
    """Move the files to drop below a folder, each under its id; return the path of the log and how many were moved.

    Every move is in the log before it is done, so that `undo` finds it after a crash, too.

    Raises
    ------
    AugkitError
        When the report is not of a folder, or a file can't be moved.
    """
    if not report.table.root:
        raise AugkitError("--move moves files: the source must be a folder")
    root, folder = os.path.abspath(report.table.root), os.path.abspath(folder)
    check_beside(root, folder)
    log = os.path.join(folder, LOG)
    count = 0
    with Journal(log) as journal:
        journal.begin({"moved_from": root})
        for name in sorted(report.to_drop()):
            source, target = path_of(root, name), path_of(folder, name)
            check_free(source, target)
            journal.append([{"from": source, "to": target}])
            count += move(source, target)
    return log, count


def undo(log: str) -> int:
    """Move back what a log says was moved, the last first; return how many files came back.

    Where something has come to a file's old place meanwhile, the file stays in the quarantine, and the others go back.

    Raises
    ------
    AugkitError
        When the log can't be read, or files can't be moved back.
    """
    try:
        lines = [line for _, line in read_records(log)]
    except OSError as error:
        raise AugkitError(f"--undo: {log} can't be read: {error.strerror}") from None
    if not lines or "moved_from" not in lines[0]:
        raise AugkitError(f"--undo: {log} is no log of augkit audit --move; it is called {LOG}")
    moves = [(line["to"], line["from"]) for line in reversed(lines) if "to" in line and "from" in line]
    if not all(isinstance(path, str) for pair in moves for path in pair):
        raise AugkitError(f"--undo: {log} has a damaged line; it must name where a file was and where it is")
    back, stay = 0, []
    for here, there in moves:
        if exists(here) and exists(there):
            stay.append((here, there))
        else:
            back += move(here, there)
    stay = [(here, there) for here, there in stay if exists(here)]  # of two moves to one place, the second was refused
    if stay:
        here, there = stay[0]
        raise AugkitError(
            f"--undo: {back} files went back, {len(stay)} can't: {there} is there already, so {here} stays; move "
            "the one aside and run again"
        )
    return back
