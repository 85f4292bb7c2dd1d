"""What README and guide show runs as it stands there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from augkit.recipes import read_recipe
from augkit.recipes.schema import recipe_schema

ROOT = Path(__file__).parents[1]


@pytest.fixture
def beside_data(tmp_path, monkeypatch) -> Path:
    """A folder with the sample data in it, to work in."""
    subprocess.run([sys.executable, ROOT / "data" / "make.py", tmp_path / "data"], check=True, capture_output=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", (ROOT / name).read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_the_python_of_the_readme_runs(beside_data):
    (code,) = blocks("README.md", "python")
    names: dict[str, object] = {}
    exec(code, names)
    assert names["report"].classes["9"].total == 150


def test_the_commands_of_the_readme_run(beside_data):
    shown = (ROOT / "README.md").read_text("utf-8")
    commands = re.findall(r"augkit (?:expand|verify|explain)\s[^`#\n]*(?:\n[^`#\n]*)?(?=[`\n])", shown)
    wanted = [command.split() for command in commands if "data/digits" in command or "balanced" in command]
    assert len(wanted) >= 3
    for words in wanted:
        done = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, (words, done.stderr)


def test_the_recipe_of_the_guide_is_one():
    (text,) = blocks("docs/expand.md", "yaml")
    assert [step.name() for step in read_recipe(yaml.safe_load(text)).transforms] == [
        "horizontal_flip", "rotate", "brightness",
    ]  # fmt: skip


def test_the_example_of_nested_choices_is_a_recipe_that_works(photos):
    text, language_server = blocks("docs/recipes.md", "yaml")
    document = yaml.safe_load(text)
    Draft202012Validator(recipe_schema()).validate(document)
    recipe = read_recipe(document)
    assert [step.name() for step in recipe.transforms] == [
        "horizontal_flip", "some_of", "one_of", "pca_color_jitter",
    ]  # fmt: skip
    pipeline = recipe.fit(photos).pipeline(seed=7)
    drawn = [{one.kind.name() for one in pipeline.draw((40, 60), key=("a", copy))} for copy in range(200)]
    dusk = {"brightness", "hue_saturation", "gaussian_noise"}
    assert all(dusk <= kinds or not dusk & kinds for kinds in drawn)
    assert sum(dusk <= kinds for kinds in drawn) > sum("motion_blur" in kinds for kinds in drawn) > 0
    assert all(1 <= len(kinds & {"rotate", "perspective", "crop"}) <= 2 for kinds in drawn)
    assert language_server.startswith("# yaml-language-server: $schema=")


def test_pages_link_to_files_that_are_there():
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
