"""``augkit diagnose``."""

from typing import Annotated

import typer

from augkit.cli.output import console, print_json


def command(
    losses: Annotated[
        str, typer.Argument(metavar="LOSSES", help="CSV or JSON: epoch, train_loss, val_loss; or of Keras, Lightning.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print the diagnosis as one JSON object.")] = False,
) -> None:
    """Say what the loss curves of a training show.

    Diverging, jumps, oscillation, NaN, overfitting, underfitting, too few epochs: with the likely causes and remedies.

    Exit codes: 0 nothing wrong seen; 1 something is; 2 wrong usage.
    """
    from rich.text import Text

    from augkit.diagnosis.run import diagnose

    diagnosis = diagnose(losses)
    if as_json:
        print_json(diagnosis.to_dict())
        raise typer.Exit(diagnosis.exit_code)
    out = console()
    for symptom in diagnosis.symptoms:
        since = "" if symptom.epoch is None else f", from epoch {symptom.epoch:g}"
        out.print(Text.assemble((symptom.name, "bold red"), f"{since}: {symptom.reason}"))
        for number, remedy in enumerate(diagnosis.remedies(symptom), 1):
            out.print(f"  {number}. {remedy.cause}: {remedy.action}")
            if remedy.command:
                out.print(f"     $ {remedy.command}")
    if not diagnosis.symptoms:
        out.print(f"Nothing wrong seen in {diagnosis.epochs} epochs")
    raise typer.Exit(diagnosis.exit_code)
