"""``augkit recipes``."""

from typing import Annotated

import typer

from augkit.cli.output import print_json
from augkit.errors import AugkitError


def command(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="A recipe to print as YAML, every option spelt out.")
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of recipe files, which helps an editor.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List the recipes, or print one as YAML."""
    if schema:
        if name is not None:
            raise AugkitError(f"--schema is the same for all recipes; leave out {name!r}")
        import json

        from augkit.recipes.schema import recipe_schema

        typer.echo(json.dumps(recipe_schema(), indent=2))
        return
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
    from augkit.cli.listing import Entry, print_listing

    print_listing(
        [("", [Entry(one.name, one.description, [step.name() for step in one.transforms]) for one in recipes])]
    )
    typer.echo("To start a recipe of your own: augkit recipes NAME > mine.yaml")
