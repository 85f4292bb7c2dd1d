"""``augkit explain``."""

from typing import Annotated

import typer

from augkit.cli.output import console, print_json, show


def command(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A file in a folder that augkit expand wrote.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print its manifest line as one JSON object.")] = False,
) -> None:
    """Tell how a file came about."""
    from augkit.expansion.verify import find_line
    from augkit.transforms.plain import drawn_from_json

    _, header, line = find_line(file)
    if as_json:
        print_json(line)
        return
    out = console()
    out.print(f"{show(line['file'])}  ({line['bytes']:,} bytes, sha256 {line['sha256'][:16]}…)")
    if line["copy"]:
        out.print(
            f"copy {line['copy']} of {show(line['source'])}, recipe {header['recipe']['name']}, seed {header['seed']}"
        )
    else:
        out.print(f"{'link to the' if line.get('link') else 'the'} original {show(line['source'])}")
    if led := line.get("guided"):
        out.print(
            f"guided toward {show(led['neighbor'])} ({led['step']:.2f} of the way): distance {led['distance']:g}, "
            f"own class {led['own']:g}" + (f", other classes {led['other']:g}" if "other" in led else "")
        )
    for number, drawn in enumerate(drawn_from_json(line["operations"]), 1):
        out.print(f"  {number}. {drawn}")
    if not line["operations"]:
        out.print(
            "  unchanged, byte for byte"
            if line["sha256"] == line["source_sha256"]
            else "  written anew in another format"
        )
