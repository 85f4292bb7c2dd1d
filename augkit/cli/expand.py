"""``augkit expand``."""

import signal
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from augkit.cli.output import ProgressLine, console, counted, print_failures, print_json, read_workers, show
from augkit.errors import AugkitError

if TYPE_CHECKING:
    from augkit.expansion.report import ClassCount, Report


def command(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="Folder of class folders, dataset root with train/, or flat folder.")
    ],
    output: Annotated[str, typer.Argument(metavar="OUTPUT", help="New or empty folder, or one to resume.")],
    balance: Annotated[
        str | None,
        typer.Option(metavar="max|median|N", help="Every class up to that many (default: max)."),
    ] = None,
    per_class: Annotated[
        int | None,
        typer.Option(metavar="N", help="Every class up to N files; same as --balance N."),
    ] = None,
    copies: Annotated[int | None, typer.Option(metavar="N", help="N copies of each image.")] = None,
    factor: Annotated[
        float | None,
        typer.Option(metavar="X", help="Every class to X times its size."),
    ] = None,
    recipe: Annotated[
        str,
        typer.Option(
            metavar="NAME|FILE|auto", help="A recipe, or auto: classic without what would cost accuracy here."
        ),
    ] = "classic",
    method: Annotated[
        str,
        typer.Option(metavar="plain|guided", help="guided: of several draws, the one nearest to a point of SMOTE."),
    ] = "plain",
    features: Annotated[str | None, typer.Option(metavar="hog|FILE.onnx", help="What guides (default: hog).")] = None,
    no_gate: Annotated[
        bool, typer.Option("--no-gate", help="Guide also by features that can't tell the classes apart.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 0,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="STEP.OPTION=VALUE", help="Override, e.g. rotate.degrees=[-10,10]."),
    ] = None,
    format_: Annotated[
        str,
        typer.Option("--format", metavar="keep|jpg|png|webp|bmp|tiff", help="Format of files."),
    ] = "keep",
    quality: Annotated[int, typer.Option(metavar="1-100", help="For JPEG and WebP.")] = 95,
    size: Annotated[str | None, typer.Option(metavar="WxH", help="Size of all files, in pixels.")] = None,
    originals: Annotated[
        str,
        typer.Option(metavar="copy|link|none", help="What becomes of the originals; none leaves only the copies."),
    ] = "copy",
    workers: Annotated[str, typer.Option(metavar="N|auto", help="Threads.")] = "auto",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan; touch nothing.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what augkit wrote to OUTPUT.")] = False,
    shard: Annotated[str | None, typer.Option(metavar="I/N", help="Do part I of N only.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as one JSON object.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")] = False,
    max_pixels: Annotated[
        int | None, typer.Option(metavar="N", help="Larger pictures are not read (default: 89 million).")
    ] = None,
) -> None:
    """Expand and balance a folder of images.

    OUTPUT becomes a complete dataset: the originals, and beside them the copies that each class lacks.

    The bytes of every file depend on seed, recipe, source file and copy number alone. Running the same command
    again resumes. Exit codes: 0 all done; 1 done, but some images could not be used; 2 it could not be done.
    """
    from augkit.expansion.run import expand
    from augkit.files.picture import quiet_codecs

    quiet_codecs()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        with ProgressLine(quiet=quiet or as_json) as progress:
            report = expand(
                source,
                output,
                balance=balance,
                per_class=per_class,
                copies=copies,
                factor=factor,
                recipe=recipe,
                overrides=set_ or (),
                method=method,
                features=features,
                gate=not no_gate,
                seed=seed,
                format=format_,
                quality=quality,
                size=_size(size),
                originals=originals,
                workers=read_workers(workers),
                shard=_shard(shard),
                max_pixels=max_pixels,
                overwrite=overwrite,
                dry_run=dry_run,
                progress=progress,
            )
    except KeyboardInterrupt:
        print(f"augkit: interrupted; run the same command again to resume in {show(output)}", file=sys.stderr)  # noqa: T201
        raise typer.Exit(130) from None
    if as_json:
        print_json(report.to_dict())
    elif not quiet:
        _print(report, output)
    if report.failed and not as_json:
        print_failures(report.failed)
    raise typer.Exit(report.exit_code)


def _interrupt(*_: object) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # once is enough: what is under way ends and cleans up
    raise KeyboardInterrupt


def _print(report: "Report", output: str) -> None:
    from rich import box
    from rich.table import Table

    out = console()
    table = Table("class", box=box.SIMPLE_HEAD)
    for heading in ("before", "created", "after"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for name, count in report.classes.items():
        table.add_row(show(name), str(count.before), str(count.created), str(count.total), _remark(count, report))
    counts = report.classes.values()
    table.add_section()
    table.add_row(
        "all",
        *(str(sum(values)) for values in zip(*((c.before, c.created, c.total) for c in counts), strict=True)),
    )
    out.print(table)
    if report.passed_on:
        out.print(f"Passed on unchanged: {counted(report.passed_on, 'file')} of other splits")
    for note, files in report.notes.items():
        out.print(f"Note: {show(note)}" + (f" ({counted(files, 'file')})" if files else ""))
    if report.left_out:
        parts = ", ".join(f"{files} {show(reason)}" for reason, files in report.reasons().most_common())
        out.print(f"Left out: {parts}")
    out.print(_closing(report, output))


def _remark(count: "ClassCount", report: "Report") -> str:
    if not count.before:
        return "no usable image"
    some_created = any(other.created for other in report.classes.values())
    return "already large enough" if some_created and not count.created and not report.waiting_for else ""


def _closing(report: "Report", output: str) -> str:
    if report.dry_run:
        estimate = report.estimate
        kept = f" ({report.kept} of them are there already)" if report.kept else ""
        files = counted(int(estimate["files"]), "file")
        return (
            f"Dry run, nothing written: {files}{kept}, about {_bytes(estimate['bytes'])} "
            f"and {_duration(estimate['seconds'])}"
        )
    rate = report.written / report.seconds if report.seconds else 0
    written = f"{counted(report.written, 'file')} written to {show(output)}"
    line = f"{written} in {_duration(report.seconds)} ({rate:,.0f} a second)"
    if report.kept:
        line += f"; {report.kept:,} were done before"
    if report.waiting_for:
        line += f"\nStill to run, the last one completes the whole: --shard {', '.join(report.waiting_for)}"
    return line


def _bytes(count: float) -> str:
    from rich.filesize import decimal

    return decimal(int(count))


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min {rest} s"


def _size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise AugkitError(f"--size must be WIDTHxHEIGHT in pixels, for example 224x224; got {text!r}")
    return int(height), int(width)


def _shard(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    number, _, of = text.partition("/")
    if not (number.isdecimal() and of.isdecimal()):
        raise AugkitError(f"--shard must be I/N, for example 2/4; got {text!r}")
    return int(number), int(of)
