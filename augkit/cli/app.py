"""The command ``augkit``: collects its subcommands, and turns errors into messages and exit codes."""

import io
import sys
from typing import Annotated, NoReturn

import typer

from augkit.cli import (
    audit,
    diagnose,
    embed,
    expand,
    explain,
    oversample,
    recipes,
    sheet,
    suggest,
    transforms,
    verify,
)
from augkit.cli.output import show
from augkit.errors import AugkitError

app = typer.Typer(
    name="augkit",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Expand and balance image datasets that are too small or too lopsided.",
)
for module in (expand, verify, explain, sheet, suggest, audit, diagnose, embed, oversample, transforms, recipes):
    app.command(module.__name__.rpartition(".")[2])(module.command)


def _print_version(value: bool) -> None:
    if value:
        import augkit

        typer.echo(f"augkit {augkit.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    pass


def main() -> NoReturn:
    """Run the command; an error is one message on stderr and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names may hold what the terminal can't show
    debug = "--debug" in sys.argv
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    try:
        app(arguments)
    except AugkitError as error:
        if debug:
            raise
        _fail(str(error))
    except BrokenPipeError:  # whoever read this has gone away
        sys.stderr.close()
        sys.exit(2)
    except OSError as error:
        if debug:
            raise
        _fail(f"{error.filename or 'standard output'}: {error.strerror}")
    except Exception as error:
        if debug:
            raise
        _fail(f"this should not have happened: {type(error).__name__}: {error}; --debug shows where, please report it")
    sys.exit(0)


def _fail(message: str) -> NoReturn:
    print(show(f"augkit: {message}"), file=sys.stderr)  # noqa: T201
    sys.exit(2)
