"""Recipes: pipelines as YAML, checked before anything is done with them."""

import json

import numpy as np
import pytest
import yaml

from augkit import AugkitError, Crop, HorizontalFlip, OneOf, Pipeline, Rotate
from augkit.recipes import Recipe, describe_transforms, load_recipe, read_recipe, recipe_names
from augkit.transforms.catalog import catalog


def with_steps(*steps, **options) -> dict:
    return {"transforms": list(steps), **options}


# Shipped


@pytest.mark.parametrize("name", recipe_names())
def test_every_shipped_recipe_loads_and_describes_itself(name):
    recipe = read_recipe(name)
    assert recipe.name == name
    assert recipe.description.endswith(".")
    assert len(recipe.transforms) >= 3
    image = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    pipeline = load_recipe(name, seed=3)
    assert pipeline.seed == 3
    assert (pipeline(image, key=("a", 1)) != image).any()


@pytest.mark.parametrize("name", recipe_names())
def test_every_shipped_recipe_survives_plain_data_yaml_and_json(name):
    recipe = read_recipe(name)
    assert read_recipe(recipe.to_dict()) == recipe
    assert read_recipe(yaml.safe_load(recipe.to_yaml())) == recipe
    assert read_recipe(json.loads(json.dumps(recipe.to_dict()))) == recipe


def test_recipe_for_digits_mirrors_and_turns_nothing_into_something_else():
    kinds = {type(step).__name__ for step in read_recipe("digits").transforms}
    assert not kinds & {"HorizontalFlip", "VerticalFlip"}


# Reading


def test_steps_may_be_names_or_names_with_options():
    recipe = read_recipe(with_steps("horizontal_flip", {"rotate": {"degrees": [-3, 3]}}, {"crop": None}))
    assert recipe.transforms == (HorizontalFlip(), Rotate(degrees=(-3, 3)), Crop())
    assert recipe.name == "custom"
    assert (recipe.border, recipe.fill, recipe.interpolation) == ("reflect", 0.0, "linear")


def test_options_of_the_recipe_reach_the_pipeline():
    view = load_recipe(with_steps("rotate", border="constant", fill=0.5, interpolation="cubic")).view
    assert (view.border, view.fill, view.interpolation) == ("constant", 0.5, "cubic")
    recipe = read_recipe(with_steps("rotate"), overrides=["fill=[0.5, 0, 1]"])
    assert recipe.pipeline().view.fill == (0.5, 0.0, 1.0)
    assert json.loads(json.dumps(recipe.to_dict())) == recipe.to_dict()
    assert read_recipe(yaml.safe_load(recipe.to_yaml())) == recipe


@pytest.mark.parametrize("suffix", [".yaml", ".yml", ".json"])
def test_files_are_read_and_name_the_recipe(tmp_path, suffix):
    path = tmp_path / f"mine{suffix}"
    path.write_text(json.dumps(with_steps("rotate")), "utf-8")
    assert read_recipe(str(path)).name == "mine"
    assert read_recipe(str(path)).transforms == (Rotate(),)


def test_what_was_written_is_read_again(tmp_path):
    recipe = Recipe(name="größe: yes", description="- #1\n", transforms=(Crop(size=(3, 4), p=0.1),), fill=0.1)
    path = tmp_path / "recipe.yaml"
    path.write_text(recipe.to_yaml(), "utf-8")
    assert read_recipe(str(path)) == recipe


def test_plain_data_given_is_not_changed():
    document = with_steps({"rotate": {"degrees": [-3, 3]}}, border="wrap")
    before = json.dumps(document)
    read_recipe(document, overrides=["rotate.degrees=[-1, 1]", "border=reflect", "rotate.p=0.5"])
    assert json.dumps(document) == before


def test_a_recipe_is_frozen():
    with pytest.raises(Exception, match="frozen"):
        read_recipe("light").name = "dark"


# Overrides


def test_overrides_change_options_of_all_steps_of_that_name_and_of_the_recipe():
    document = with_steps("rotate", "horizontal_flip", {"rotate": {"p": 0.5}})
    recipe = read_recipe(document, overrides=["rotate.degrees=[-1, 1]", "fill=0.25", " rotate.p = 0.75"])
    assert recipe.transforms == (Rotate(degrees=(-1, 1), p=0.75), HorizontalFlip(), Rotate(degrees=(-1, 1), p=0.75))
    assert recipe.fill == 0.25


def test_a_later_override_wins():
    assert read_recipe("light", overrides=["rotate.p=0.1", "rotate.p=0.2"]).transforms[1].p == 0.2


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("rotate.degrees", "write it as transform.option=value"),
        ("rotate.degrees=[1", "not valid YAML"),
        ("rotat.degrees=[1, 2]", "no 'rotat'; did you mean 'rotate'"),
        ("rotate.degree=[1, 2]", "no option 'degree'; did you mean 'degrees'"),
        ("rotate.degrees=[2, 1]", "did you swap them"),
        ("bordr=wrap", "no option 'bordr'; did you mean 'border'"),
        ("transforms=[]", "no option 'transforms'"),
        ("border=wrp", "border"),
        ("fill=2", "fill"),
        ("=3", "no option ''"),
    ],
)
def test_wrong_overrides_are_told(override, message):
    with pytest.raises(AugkitError, match=message):
        load_recipe("light", overrides=[override])


# Errors


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({}, "'transforms' must be a list of transforms, got None"),
        (with_steps(), "'transforms' must be a list of transforms"),
        ({"transforms": "rotate"}, "'transforms' must be a list of transforms, got 'rotate'"),
        ({"transforms": {"rotate": {}}}, "'transforms' must be a list of transforms"),
        (with_steps("rotate", "rotat"), "transform 2: there is no transform 'rotat'; did you mean 'rotate'"),
        (
            with_steps({"rotate": {"degree": [1, 2]}}),
            "transform 1: Rotate has no option 'degree'; did you mean",
        ),
        (with_steps({"rotate": {"degrees": [2, 1]}}), "transform 1: Rotate: .*did you swap them"),
        (with_steps({"rotate": {"degrees": 3}}), "transform 1: Rotate: degrees must be a range .*got 3"),
        (with_steps({"rotate": {"degrees": ["a", 3]}}), "transform 1: Rotate: degrees must be a range"),
        (with_steps({"rotate": {"p": 2}}), "transform 1: Rotate: p must be a probability"),
        (with_steps({"crop": {"size": [3, 4, 5]}}), "transform 1: Crop: size must be"),
        (with_steps({"crop": {"size": [0, 4]}}), "transform 1: Crop: size must be"),
        (with_steps({"rotate": [1, 2]}), "transform 1 must be a name or"),
        (with_steps({"rotate": {}, "crop": {}}), "transform 1 must be a name or"),
        (with_steps(3), "transform 1 must be a name or"),
        (with_steps(None), "transform 1 must be a name or"),
        (with_steps("rotate", bordr="wrap"), "there is no option 'bordr'; did you mean 'border'"),
        (with_steps("rotate", border="wrp"), "border must be 'reflect', 'replicate', 'wrap' or 'constant', got 'wrp'"),
        (with_steps("rotate", fill=1.5), r"^recipe: fill must be a grey from 0 .*, got 1\.5; levels"),
        (with_steps("rotate", fill=[0, 1.5, 0]), r"fill must be .*got \[0, 1\.5, 0\]; levels of 8 bits"),
        (with_steps("rotate", fill=[0, True, 0]), r"fill must be .*got \[0, True, 0\]$"),
        (with_steps("rotate", interpolation=3), "interpolation must be .*got 3"),
        (with_steps("rotate", name=["a"]), "name must be "),
        (with_steps("rotate", fill=True), "fill must be .*got True$"),
        (with_steps("rotate", min_visible="0.5"), "min_visible must be a valid number, got '0.5'"),
        ({"transform": ["rotate"]}, "there is no option 'transform'; did you mean 'transforms'"),
    ],
)
def test_every_mistake_is_told_with_its_place(document, message):
    with pytest.raises(AugkitError, match=message):
        read_recipe(document)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("transforms: [rotate", "not valid YAML"),
        ("- rotate", "must be a mapping with a list 'transforms', got list"),
        ("", "must be a mapping with a list 'transforms', got NoneType"),
        ("3: 4", "its keys must be names, got 3"),
        ("!!python/object:os.system {}", "not valid YAML"),
        ("transforms: [rotate]\ntransforms: [nothing]\n", "'transforms' stands twice"),
    ],
)
def test_files_that_hold_no_recipe_are_told_by_name(tmp_path, text, message):
    path = tmp_path / "mine.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(AugkitError, match=message) as caught:
        read_recipe(str(path))
    assert "mine.yaml" in str(caught.value)


def test_files_that_cannot_be_read_are_told(tmp_path):
    with pytest.raises(AugkitError, match="can't be read: No such file"):
        read_recipe(str(tmp_path / "missing.yaml"))
    (tmp_path / "latin.yaml").write_bytes("name: Größe".encode("latin-1"))
    with pytest.raises(AugkitError, match="not UTF-8"):
        read_recipe(str(tmp_path / "latin.yaml"))
    with pytest.raises(AugkitError, match="can't be read"):
        read_recipe(str(tmp_path))


def test_an_unknown_name_is_told_with_a_suggestion():
    with pytest.raises(AugkitError, match="no recipe 'clasic'; did you mean 'classic'"):
        read_recipe("clasic")


# Telling


def test_transforms_are_described_in_plain_data():
    described = describe_transforms()
    assert [line["name"] for line in described] == list(catalog())
    assert json.loads(json.dumps(described)) == described
    for line in described:
        assert line["summary"].endswith(".")
        read_recipe(with_steps({line["name"]: line["options"]}))


# What a file may do to whoever reads it


def test_a_recipe_that_holds_itself_by_an_alias_is_told(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("transforms: &all\n- one_of:\n    transforms: *all\n", "utf-8")
    for overrides in ([], ["rotate.p=1"]):
        with pytest.raises(AugkitError, match=r"mine\.yaml: it is nested more than 100 deep, or holds itself"):
            read_recipe(str(path), overrides=overrides)


def test_aliases_of_aliases_do_not_grow_without_bound(tmp_path):
    lines = ["x0: &x0 {one_of: {transforms: [rotate, rotate]}}"]
    lines += [f"x{n}: &x{n} {{one_of: {{transforms: [*x{n - 1}, *x{n - 1}]}}}}" for n in range(1, 30)]
    path = tmp_path / "mine.yaml"
    path.write_text("\n".join([*lines, "transforms: [*x29]"]), "utf-8")
    with pytest.raises(AugkitError, match=r"mine\.yaml: it has .* values, at most 100,000"):
        read_recipe(str(path))


@pytest.mark.parametrize("text", ["transforms: [rotate]\ntransforms: [shear]", "transforms: [rotate: {p: 1, p: 0}]"])
def test_what_stands_twice_is_told_and_none_of_it_lost(tmp_path, text):
    path = tmp_path / "mine.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(AugkitError, match=r"mine\.yaml is not valid YAML: '\w+' stands twice"):
        read_recipe(str(path))


def test_small_numbers_are_read_as_json_and_people_write_them(tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(with_steps({"rotate": {"p": 1e-5}}, fill=2e-7)), "utf-8")
    recipe = read_recipe(str(path))
    assert (recipe.transforms[0].p, recipe.fill) == (1e-5, 2e-7)


@pytest.mark.parametrize("source", [None, 5, ["rotate"], b"light"])
def test_what_is_no_recipe_is_told(source):
    with pytest.raises(AugkitError, match="recipe must be a name, the path of a YAML file, a mapping or a Pipeline"):
        read_recipe(source)


def test_a_path_names_a_recipe_too(tmp_path):
    (tmp_path / "mine.yaml").write_text("transforms: [rotate]", "utf-8")
    assert read_recipe(tmp_path / "mine.yaml").name == "mine"


@pytest.mark.parametrize("overrides", ["rotate.p=1", 5, [5], [None]])
def test_overrides_that_are_no_list_of_texts_are_told(overrides):
    with pytest.raises(AugkitError, match=r"overrides must be a list|write it as transform\.option=value"):
        read_recipe("light", overrides=overrides)


# Pipelines


def test_a_pipeline_may_stand_for_a_recipe():
    pipeline = Pipeline([Rotate(), OneOf([Crop(), HorizontalFlip(p=0.5)])], seed=3, border="constant", fill=0.5)
    assert load_recipe(pipeline, seed=3) == pipeline
    assert load_recipe(read_recipe(pipeline), seed=3) == pipeline
    assert load_recipe(pipeline, overrides=["rotate.p=0.25"]).transforms[0] == Rotate(p=0.25)


def test_a_pipeline_with_a_transform_that_recipes_do_not_know_is_told():
    class Mine(Rotate):
        pass

    class Own(Pipeline):
        pass

    namesake = type("Rotate", (Rotate,), {})
    for pipeline in (Pipeline([Mine()]), Pipeline([OneOf([namesake(), Crop()])]), Own([Rotate()])):
        with pytest.raises(AugkitError, match="must be a plain Pipeline of augkit's transforms"):
            read_recipe(pipeline)
