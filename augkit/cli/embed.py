"""``augkit embed``."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from augkit.cli.output import ProgressLine, console, print_failures, print_json, read_workers, show

if TYPE_CHECKING:
    from augkit.embedding import EmbedReport


def command(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="Folder of class folders, dataset root with train/, or flat folder.")
    ],
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE.npz", help="File to write.")],
    features: Annotated[str, typer.Option(metavar="hog|FILE.onnx", help="What describes a picture.")] = "hog",
    workers: Annotated[str, typer.Option(metavar="N|auto", help="Threads.")] = "auto",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace FILE.npz.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as one JSON object.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")] = False,
    max_pixels: Annotated[
        int | None, typer.Option(metavar="N", help="Larger pictures are not read (default: 89 million).")
    ] = None,
) -> None:
    """Write the features of a folder of images to a file.

    FILE.npz holds the arrays ids, labels and features, sorted by id: what augkit oversample and scikit-learn take.

    Exit codes: 0 all done; 1 done, but some images could not be used; 2 it could not be done.
    """
    from augkit.embedding import embed
    from augkit.files.picture import quiet_codecs

    quiet_codecs()
    try:
        with ProgressLine(quiet=quiet or as_json) as progress:
            report = embed(
                source,
                output,
                features=features,
                workers=read_workers(workers),
                max_pixels=max_pixels,
                overwrite=overwrite,
                progress=progress,
            )
    except KeyboardInterrupt:
        print("augkit: interrupted; nothing is written", file=sys.stderr)  # noqa: T201
        raise typer.Exit(130) from None
    if as_json:
        print_json(report.to_dict())
    elif not quiet:
        _print(report, output)
    if report.failed and not as_json:
        print_failures(report.failed)
    raise typer.Exit(report.exit_code)


def _print(report: "EmbedReport", output: str) -> None:
    from rich import box
    from rich.table import Table

    out = console()
    table = Table("class", box=box.SIMPLE_HEAD)
    table.add_column("images", justify="right")
    for name, count in report.classes.items():
        table.add_row(show(name), str(count))
    out.print(table)
    for note in report.notes:
        out.print(f"Note: {show(note)}")
    if report.left_out:
        out.print(
            f"Left out: {len(report.left_out)} files and folders that are no images of a class; --json lists them"
        )
    rate = report.images / report.seconds
    out.print(
        f"{report.images:,} x {report.features} features written to {show(output)} in {report.seconds:.1f} s "
        f"({rate:,.0f} images a second)"
    )
