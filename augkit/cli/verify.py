"""``augkit verify``."""

from typing import Annotated

import typer

from augkit.cli.output import console, counted, print_json, show


def command(
    output: Annotated[str, typer.Argument(metavar="OUTPUT", help="Folder that augkit expand wrote.")],
    source: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="What it was made from: rebuild some files and compare bytes."),
    ] = None,
    sample: Annotated[int, typer.Option(metavar="N", help="How many files to rebuild.", min=1)] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
) -> None:
    """Check the files of an output.

    Every file is compared with the manifest, and with --source some are made anew.

    Exit codes: 0 all as written; 1 some file differs, is missing, or is not in the manifest; 2 wrong usage.
    """
    from augkit.expansion.verify import verify
    from augkit.files.picture import quiet_codecs

    quiet_codecs()
    result = verify(output, source=source, sample=sample)
    if as_json:
        print_json(result.to_dict())
    else:
        for problem in result.problems:
            console(stderr=True).print(f"{show(problem.file)}: {show(problem.reason)}")
        rebuilt = f", {result.rebuilt} rebuilt from their sources" if source is not None else ""
        verdict = counted(len(result.problems), "problem") if result.problems else "all as written"
        console().print(f"{counted(result.checked, 'file')} checked{rebuilt}: {verdict}")
    raise typer.Exit(result.exit_code)
