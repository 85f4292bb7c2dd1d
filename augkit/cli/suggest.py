"""``augkit suggest``."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from augkit.cli.output import ProgressLine, console, print_failures, print_json, read_workers, show

if TYPE_CHECKING:
    from augkit.assessment.estimate import Estimate
    from augkit.assessment.result import Assessment

_STYLES = {"drop": "bold red", "warn": "yellow", "can't tell": "cyan", "keep": "green"}


def command(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="Folder of class folders, or dataset root with train/.")
    ],
    output: Annotated[str, typer.Option("--output", "-o", metavar="RECIPE.yaml", help="Recipe to write.")],
    start: Annotated[
        str, typer.Option(metavar="NAME|FILE", help="The recipe to judge: classic, strong, ... or a YAML file.")
    ] = "classic",
    html: Annotated[
        str | None, typer.Option(metavar="REPORT.html", help="Write a page with figures and the worst cases.")
    ] = None,
    features: Annotated[str, typer.Option(metavar="hog|FILE.onnx", help="What describes a picture.")] = "hog",
    seed: Annotated[int, typer.Option(help="Same seed, same verdicts.")] = 0,
    workers: Annotated[str, typer.Option(metavar="N|auto", help="Threads.")] = "auto",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace RECIPE.yaml and REPORT.html.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as one JSON object.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")] = False,
    max_pixels: Annotated[
        int | None, typer.Option(metavar="N", help="Larger pictures are not read (default: 89 million).")
    ] = None,
) -> None:
    """Write a recipe without what will cost accuracy on these pictures.

    Predicts, before training, which transforms do harm and which classes they make alike. Only training pictures are
    looked at; pictures of other splits are left alone.

    Exit codes: 0 all done; 1 done, but some images could not be used; 2 it could not be done.
    """
    from augkit.files.picture import quiet_codecs
    from augkit.files.write import check_new, write_file
    from augkit.suggestion import suggest

    quiet_codecs()
    for path in (output, html):
        if path is not None:
            check_new(path, overwrite=overwrite)
    try:
        with ProgressLine(quiet=quiet or as_json) as progress:
            found = suggest(
                source,
                start=start,
                features=features,
                seed=seed,
                workers=read_workers(workers),
                max_pixels=max_pixels,
                progress=progress,
            )
    except KeyboardInterrupt:
        print("augkit: interrupted; nothing is written", file=sys.stderr)  # noqa: T201
        raise typer.Exit(130) from None
    assessment = found.assessment
    if html is not None:
        assessment.save(html)
    write_file(output, assessment.to_yaml().encode())
    if as_json:
        print_json(found.to_dict())
    elif not quiet:
        _print(assessment, output)
        if html is not None:
            console().print(f"Report: {show(html)}")
    if found.failed and not as_json:
        print_failures(found.failed)
    raise typer.Exit(found.exit_code)


def _print(assessment: "Assessment", output: str) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    out = console()
    table = Table("transform", "verdict", box=box.SIMPLE_HEAD)
    table.add_column("agreement", justify="right")
    table.add_column("dry run, points", justify="right")
    for found in assessment.verdicts:
        verdict = Text(found.verdict, _STYLES[found.verdict])
        table.add_row(found.name, verdict, _figure(found.agreement, ".2f"), _figure(found.effect, "+.1f"))
    out.print(table)
    for found in assessment.verdicts:
        if found.swaps:
            pairs = ", ".join(f"{swap.one} and {swap.other}" for swap in found.swaps)
            out.print(f"{found.name} swaps {show(pairs)}")
    for note in assessment.notes:
        out.print(f"Note: {show(note)}")
    kept = len(assessment.verdicts) - len(assessment.named("drop"))
    out.print(
        f"{kept} of {len(assessment.verdicts)} transforms of {show(assessment.start.name)} written to {show(output)}; "
        f"judged on {assessment.pictures:,} of {assessment.of:,} pictures in {assessment.seconds:.1f} s"
    )


def _figure(estimate: "Estimate | None", digits: str) -> str:
    if estimate is None:
        return ""
    return f"{estimate.value:{digits}} ± {estimate.high - estimate.value:{digits.lstrip('+')}}"
