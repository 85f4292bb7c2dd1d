"""``augkit recipes``."""

from typing import TYPE_CHECKING, Annotated

import typer

from augkit.cli.output import console, print_json
from augkit.errors import AugkitError

if TYPE_CHECKING:
    from augkit.recipes import Recipe


def command(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="A recipe to print as YAML, every option spelt out.")
    ] = None,
    from_albumentations: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Print a pipeline that A.save wrote as a recipe, saying what became of it."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List the recipes, or print one as YAML."""
    from augkit.recipes import read_recipe, recipe_names

    if name is not None and from_albumentations is not None:
        raise AugkitError(
            "augkit recipes prints either NAME or what --from-albumentations reads; leave one of them out"
        )
    if from_albumentations is not None:
        from augkit.interop.albumentations import translate

        translation = translate(from_albumentations)
        _print(translation.recipe, translation.to_yaml(), as_json=as_json)
        return
    if name is not None:
        recipe = read_recipe(name)
        _print(recipe, recipe.to_yaml(), as_json=as_json)
        return
    recipes = [read_recipe(known) for known in recipe_names()]
    if as_json:
        print_json([recipe.to_dict() for recipe in recipes])
        return
    from rich import box
    from rich.table import Table

    table = Table("recipe", "for", "transforms", box=box.SIMPLE_HEAD)
    for recipe in recipes:
        table.add_row(recipe.name, recipe.description, ", ".join(step.name() for step in recipe.transforms))
    console().print(table)


def _print(recipe: "Recipe", as_yaml: str, *, as_json: bool) -> None:
    if as_json:
        print_json(recipe.to_dict())
    else:
        typer.echo(as_yaml, nl=False)
