"""The JSON Schema of recipes lets through what augkit reads, and stops what it refuses."""

import json
import subprocess
import sys

import pytest
from jsonschema import Draft202012Validator

from augkit import AugkitError
from augkit.recipes import read_recipe, recipe_names
from augkit.recipes.schema import recipe_schema
from augkit.transforms.catalog import catalog

SCHEMA = recipe_schema()
VALIDATOR = Draft202012Validator(SCHEMA)


def with_step(step: object, **options: object) -> dict:
    return {"transforms": [step], **options}


def test_it_is_a_schema_of_that_draft():
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", recipe_names())
def test_every_shipped_recipe_is_let_through(name):
    VALIDATOR.validate(read_recipe(name).to_dict())


@pytest.mark.parametrize("name", catalog())
def test_every_transform_is_let_through_by_name_without_options_and_with_all_of_them(name):
    for step in (name, {name: None}, {name: {}}, {name: catalog()[name]().to_options()}):
        VALIDATOR.validate(with_step(step))


@pytest.mark.parametrize("name", catalog())
def test_every_option_has_its_default_and_says_what_it_is_for(name):
    options = SCHEMA["$defs"][name]["properties"]
    defaults = catalog()[name]().to_options()
    assert {option: options[option]["default"] for option in defaults} == defaults
    assert all(option["description"].endswith(".") for option in options.values())


@pytest.mark.parametrize("name", catalog())
def test_limits_are_those_that_augkit_has(name):
    """Each end of a range is let through, and what lies beyond it is refused by both."""
    for option, schema in SCHEMA["$defs"][name]["properties"].items():
        limits = schema.get("items", schema)
        for word, beyond in (("minimum", -0.001), ("maximum", 0.001)):
            if word in limits:
                for value, allowed in ((limits[word], True), (limits[word] + beyond, False)):
                    recipe = with_step({name: {option: [value, value] if "items" in schema else value}})
                    assert VALIDATOR.is_valid(recipe) == allowed
                    if allowed:
                        read_recipe(recipe)
                    else:
                        with pytest.raises(AugkitError, match=rf"{option} must"):
                            read_recipe(recipe)


def test_choices_nest():
    inner = {"sequential": {"transforms": ["rotate", {"one_of": {"transforms": ["invert", {"gamma": None}]}}]}}
    VALIDATOR.validate(with_step({"some_of": {"count": [1, 1], "transforms": [inner, "crop"]}}))
    wrong = {"one_of": {"transforms": ["invert", {"gamma": {"exponents": [1, 2]}}]}}
    assert not VALIDATOR.is_valid(with_step({"sequential": {"transforms": [wrong]}}))


@pytest.mark.parametrize(
    "recipe",
    [
        {},
        {"transforms": []},
        {"transforms": "rotate"},
        with_step("rotat"),
        with_step({"rotat": {}}),
        with_step({}),
        with_step({"rotate": {}, "crop": {}}),
        with_step({"rotate": [1, 2]}),
        with_step({"rotate": {"angle": [1, 2]}}),
        with_step({"rotate": {"degrees": 3}}),
        with_step({"rotate": {"degrees": ["-3", 3]}}),
        with_step({"rotate": {"degrees": [1, 2, 3]}}),
        with_step({"rotate": {"p": 1.5}}),
        with_step({"shear": {"degrees": [-90, 0]}}),
        with_step({"gaussian_noise": {"shared": 1}}),
        with_step({"crop": {"size": [224]}}),
        with_step({"crop": {"size": [224.5, 224]}}),
        with_step({"clahe": {"tiles": [8, 8]}}),
        with_step({"jpeg_compression": {"quality": [0, 90]}}),
        with_step({"pca_color_jitter": {"components": "cifar"}}),
        with_step({"pca_color_jitter": {"fit": "yes"}}),
        with_step({"pca_color_jitter": {"fit": True, "components": "imagenet"}}),
        with_step({"one_of": {"transforms": []}}),
        with_step({"one_of": {"transforms": "rotate"}}),
        with_step("rotate", border="wrp"),
        with_step("rotate", fill=2),
        with_step("rotate", fill=[0.1, 0.2]),
        with_step("rotate", fill=[0.1, 0.2, 2]),
        with_step("rotate", seed=3),
    ],
)
def test_what_augkit_refuses_is_stopped(recipe):
    assert not VALIDATOR.is_valid(recipe)
    with pytest.raises(AugkitError):
        read_recipe(recipe)


def test_a_fill_may_be_a_colour():
    VALIDATOR.validate(with_step("rotate", fill=[0.1, 0, 1]))


def test_components_may_be_fitted():
    VALIDATOR.validate(with_step({"pca_color_jitter": {"fit": True, "std": [0.1, 0.2]}}))


def test_the_command_prints_it():
    command = [sys.executable, "-m", "augkit", "recipes", "--schema"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(done.stdout) == SCHEMA
    wrong = subprocess.run([*command, "classic"], capture_output=True, text=True, timeout=60)
    assert (wrong.returncode, "--schema is the same for all recipes" in wrong.stderr) == (2, True)
