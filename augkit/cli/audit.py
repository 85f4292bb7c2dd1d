"""``augkit audit``."""

import os
from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from augkit.cli.output import ProgressLine, console, counted, print_json, show
from augkit.errors import AugkitError

if TYPE_CHECKING:
    from augkit.auditing.finding import Finding
    from augkit.auditing.report import Report

_SHOWN = 3  # findings printed of each check; the page and --json have them all
_STYLES = {"error": "bold red", "warning": "yellow", "info": "cyan"}


def command(
    source: Annotated[
        str | None,
        typer.Argument(metavar="SOURCE", help="Folder of class folders, dataset root with splits, .npy or .npz file."),
    ] = None,
    checks: Annotated[str, typer.Option(metavar="all|A,B", help="Which checks to make; --list names them.")] = "all",
    features: Annotated[
        str,
        typer.Option(metavar="default|FILE.onnx|torch:NAME:WEIGHTS", help="What tells wrong labels and outliers."),
    ] = "default",
    html: Annotated[
        str | None,
        typer.Option(metavar="REPORT.html", help="Write a page to look at; measurements are kept beside it."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as one JSON object.")] = False,
    fail_on: Annotated[
        str, typer.Option(metavar="info|warning|error|never", help="Exit with 1 for findings of this level or above.")
    ] = "error",
    quarantine: Annotated[
        str | None, typer.Option(metavar="DIR", help="Write the list of files to drop into this folder.")
    ] = None,
    move: Annotated[bool, typer.Option("--move", help="Move the files of that list into --quarantine.")] = False,
    undo: Annotated[str | None, typer.Option(metavar="LOG", help="Move back what --move has moved.")] = None,
    workers: Annotated[str, typer.Option(metavar="N|auto", help="Threads.")] = "auto",
    max_pixels: Annotated[
        int | None, typer.Option(metavar="N", help="Larger pictures are not read (default: 89 million).")
    ] = None,
    list_checks: Annotated[bool, typer.Option("--list", help="List the checks.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")] = False,
) -> None:
    """Find what would spoil a training, before training.

    Wrong labels, damaged files, duplicates, a test picture that is in training too, odd pictures, lopsided classes.
    Nothing is changed unless --move asks for it.

    Exit codes: 0 no finding at or above --fail-on; 1 there are some; 2 wrong usage.
    """
    if undo is not None:
        _undo(undo)
        return
    if list_checks:
        _list()
        return
    if not source:
        raise AugkitError("augkit audit needs a SOURCE: a folder of images or of class folders")
    if move and quarantine is None:
        raise AugkitError("--move needs --quarantine DIR, the folder to move files to")
    from augkit.auditing.quarantine import check_beside, move_out, write_list
    from augkit.auditing.report import check_level
    from augkit.auditing.run import audit
    from augkit.files.picture import MAX_PIXELS, quiet_codecs
    from augkit.files.write import check_new

    check_level(fail_on)
    if html is not None:
        check_new(html, overwrite=True)
    if quarantine is not None:
        check_beside(source, quarantine)
    quiet_codecs()
    with ProgressLine(quiet=quiet or as_json) as progress:
        report = audit(
            source,
            checks=checks,
            features=features,
            measurements=None if html is None else f"{os.path.splitext(html)[0]}.measurements.npz",
            workers=int(workers) if workers.isdecimal() else workers,
            max_pixels=MAX_PIXELS if max_pixels is None else max_pixels,
            progress=progress,
        )
    notes = []
    if html is not None:
        report.save(html)
        notes.append(f"Report: {show(html)}")
    if quarantine is not None:
        count = write_list(report, quarantine)
        notes.append(f"List of {counted(count, 'file')} to drop: {show(quarantine)}")
        if move:
            log, moved = move_out(report, quarantine)
            notes.append(f"{counted(moved, 'file')} moved; back again with: augkit audit --undo {show(log)}")
    if as_json:
        print_json(report.to_dict())
    elif not quiet:
        _print(report)
        for note in notes:
            console().print(note)
    raise typer.Exit(report.exit_code(fail_on))


def _undo(log: str) -> None:
    from augkit.auditing.quarantine import undo

    console().print(f"{counted(undo(log), 'file')} moved back")


def _list() -> None:
    from rich import box
    from rich.table import Table

    from augkit.auditing.checks import catalog

    table = Table("check", "what it looks for", box=box.SIMPLE_HEAD)
    for check in catalog().values():
        table.add_row(check.name, check.summary)
    console().print(table)


def _print(report: "Report") -> None:
    from rich.text import Text

    out = console()
    classes = report.classes
    of = f" of {len(classes)} classes" if len(classes) > 1 else ""
    out.print(f"{counted(report.images, 'picture')}{of}, {report.measured:,} read in {report.seconds:.1f} s")
    by_check: dict[str, list[Finding]] = {}
    for finding in report.findings:
        by_check.setdefault(finding.check, []).append(finding)
    for name, found in by_check.items():
        out.print(Text.assemble("\n", (found[0].level, _STYLES[found[0].level]), f"  {name}: {len(found):,}"))
        for finding in found[:_SHOWN]:
            out.print(f"  {_files(finding)}{show(finding.reason)}")
        if len(found) > _SHOWN:
            out.print(f"  ... and {len(found) - _SHOWN:,} more; --html and --json have them all")
        out.print(f"  → {show(found[0].advice)}")
    for name, reason in report.skipped.items():
        out.print(Text.assemble("\n", ("not checked", "bold"), f"  {name}: {show(reason)}"))
    counts = Counter(finding.level for finding in report.findings)
    parts = [f"{count:,} {level}{'s' if count > 1 and level != 'info' else ''}" for level, count in counts.items()]
    out.print(f"\n{', '.join(parts)}" if parts else "\nNothing wrong seen")


def _files(finding: "Finding") -> str:
    names = ", ".join(show(name) for name in finding.files[:_SHOWN])
    more = f" and {len(finding.files) - _SHOWN:,} more" if len(finding.files) > _SHOWN else ""
    return f"{names}{more}: " if names else ""
