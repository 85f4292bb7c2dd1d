"""``augkit recipes``."""

from typing import TYPE_CHECKING, Annotated

import typer

from augkit.cli.output import print_json
from augkit.errors import AugkitError

if TYPE_CHECKING:
    from augkit.recipes import Recipe


def command(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="A recipe to print as YAML, every option spelt out.")
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of recipe files, which helps an editor.")
    ] = False,
    from_albumentations: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Print a pipeline that A.save wrote as a recipe, saying what became of it."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List the recipes, or print one as YAML."""
    if schema:
        if name is not None:
            raise AugkitError(f"--schema is the same for all recipes; leave out {name!r}")
        if from_albumentations is not None:
            raise AugkitError("--schema is the same for all recipes; leave out --from-albumentations")
        if as_json:
            raise AugkitError("--schema prints JSON always; leave out --json")
        import json

        from augkit.recipes.schema import recipe_schema

        typer.echo(json.dumps(recipe_schema(), indent=2))
        return
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
    from augkit.cli.listing import Entry, print_listing

    print_listing(
        [("", [Entry(one.name, one.description, [step.name() for step in one.transforms]) for one in recipes])]
    )
    typer.echo("To start a recipe of your own: augkit recipes NAME > mine.yaml")


def _print(recipe: "Recipe", as_yaml: str, *, as_json: bool) -> None:
    if as_json:
        print_json(recipe.to_dict())
    else:
        typer.echo(as_yaml, nl=False)
