"""``augkit transforms``."""

from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer

from augkit.cli.output import print_json, show
from augkit.errors import AugkitError

if TYPE_CHECKING:
    from augkit.cli.listing import Entry


def command(
    gallery: Annotated[
        str | None,
        typer.Option(metavar="OUT.html", help="Write a page that shows what each one does, to look at in a browser."),
    ] = None,
    image: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="The picture to show them on (default: two sample photos)."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print them as one JSON list.")] = False,
) -> None:
    """List the transforms and their options, or show them on a page."""
    if image is not None and gallery is None:
        raise AugkitError("--image goes with --gallery: augkit transforms --gallery OUT.html --image FILE")
    if gallery is not None:
        if as_json:
            raise AugkitError("choose one of --gallery, --json")
        _write_gallery(gallery, image)
        return
    from augkit.recipes import describe_transforms

    described = describe_transforms()
    if as_json:
        print_json(described)
        return
    from augkit.cli.listing import print_listing

    print_listing(
        (family, [_entry(transform) for transform in transforms])
        for family, transforms in groupby(described, key=lambda transform: transform["family"])
    )
    typer.echo("Every transform also takes p, the probability that it happens (default 1).")
    typer.echo("To see what they do: augkit transforms --gallery OUT.html")


def _entry(transform: dict[str, Any]) -> "Entry":
    from augkit.cli.listing import Entry
    from augkit.recipes.wording import show_value

    options = [f"{key}={show_value(value)}" for key, value in transform["options"].items() if key != "p"]
    return Entry(transform["name"], transform["summary"], options)


def _write_gallery(path: str, image: str | None) -> None:
    from rich.filesize import decimal

    from augkit.files.picture import quiet_codecs
    from augkit.gallery import make_gallery

    quiet_codecs()
    written = make_gallery(path, image=image)
    typer.echo(f"{written.transforms} transforms on {show(path)} ({decimal(written.bytes)}); open it in a browser")
