"""``augkit sheet``."""

from typing import Annotated

import typer


def command(
    output: Annotated[str, typer.Argument(metavar="OUTPUT", help="Folder that augkit expand wrote.")],
    picture: Annotated[str, typer.Argument(metavar="PICTURE", help="The .png or .jpg to write.")],
    rows: Annotated[int, typer.Option(metavar="N", help="Originals of each class.", min=1)] = 1,
    copies: Annotated[int, typer.Option(metavar="N", help="Copies beside each original.", min=1)] = 8,
) -> None:
    """Write a contact sheet to look at.

    Originals of each class, framed, with their copies beside them.
    """
    from augkit.expansion.sheet import make_sheet
    from augkit.files.picture import quiet_codecs

    quiet_codecs()
    count = make_sheet(output, picture, rows=rows, copies=copies)
    typer.echo(f"{count} pictures on {picture}")
