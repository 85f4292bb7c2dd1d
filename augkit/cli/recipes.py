"""``augkit recipes``."""

from typing import Annotated

import typer

from augkit.cli.output import console, print_json


def command(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="A recipe to print as YAML, every option spelt out.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List the recipes, or print one as YAML."""
    from augkit.recipes import read_recipe, recipe_names

    if name is not None:
        recipe = read_recipe(name)
        if as_json:
            print_json(recipe.to_dict())
        else:
            typer.echo(recipe.to_yaml(), nl=False)
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
