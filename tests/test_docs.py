"""What README and guide show runs as it stands there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from augkit.recipes import read_recipe

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


def test_the_python_of_the_pipeline_page_runs():
    names: dict[str, object] = {}
    for code in blocks("docs/pipeline.md", "python"):
        exec(code, names)


def test_the_recipe_of_the_pipeline_page_is_one():
    (text,) = blocks("docs/pipeline.md", "yaml")
    choice, jitter = read_recipe(yaml.safe_load(text)).transforms
    assert [step.name() for step in choice.transforms] == ["gaussian_blur", "motion_blur", "downscale"]
    assert jitter.needs_fit


def test_the_recipe_of_the_guide_is_one():
    (text,) = blocks("docs/expand.md", "yaml")
    assert [step.name() for step in read_recipe(yaml.safe_load(text)).transforms] == [
        "horizontal_flip", "rotate", "brightness",
    ]  # fmt: skip


def test_the_commands_of_the_page_on_oversampling_run(beside_data):
    (shown,) = blocks("docs/oversampling.md", "sh")
    commands = [line.partition("#")[0].split() for line in shown.splitlines()]
    assert len(commands) == 3
    for words in commands:
        done = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, (words, done.stderr)


def test_the_python_of_the_page_on_oversampling_runs():
    names: dict[str, object] = {}
    for code in blocks("docs/oversampling.md", "python"):
        exec(code, names)
    assert names["head"].score(names["X"], names["digits"].target) > 0.95
    assert len(names["steps"]) == len(names["X_balanced"]) - names["keep"].sum() > 100


def test_the_commands_of_the_page_on_suggesting_run(beside_data):
    (shown,) = blocks("docs/suggest.md", "sh")
    commands = [line.partition("#")[0].split() for line in shown.splitlines()]
    assert len(commands) == 4
    for words in commands:
        done = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, (words, done.stderr)
    assert "# drop horizontal_flip" in (beside_data / "recipe.yaml").read_text()


def test_the_python_of_the_page_on_suggesting_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for code in blocks("docs/suggest.md", "python"):
        exec(code, names)
    assert "horizontal_flip" not in str(names["pipeline"].to_dict())
    assert (tmp_path / "report.html").exists()


def test_pages_link_to_files_that_are_there():
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
