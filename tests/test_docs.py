"""What README and guide show runs as it stands there."""

import gc
import re
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
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


def test_the_recipe_of_the_guide_is_one():
    (text,) = blocks("docs/expand.md", "yaml")
    assert [step.name() for step in read_recipe(yaml.safe_load(text)).transforms] == [
        "horizontal_flip", "rotate", "brightness",
    ]  # fmt: skip


def test_pages_link_to_files_that_are_there():
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


LOADERS = {"PyTorch": "torch", "Keras 3": "keras", "Hugging Face": "datasets", "WebDataset": "webdataset"}


@pytest.mark.parametrize(
    "section", ["PyTorch", "Keras 3", "Hugging Face", "WebDataset", "scikit-learn and imbalanced-learn"]
)
@pytest.mark.filterwarnings("ignore:This DataLoader will create:UserWarning")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # WebDataset leaves closing to the collector
@pytest.mark.filterwarnings("ignore:lbfgs failed to converge")
def test_the_loaders_of_the_guide_run(section, photos, tmp_path, monkeypatch):
    if section in LOADERS:
        pytest.importorskip(LOADERS[section], reason=f"{LOADERS[section]} is not installed, or lacks a backend")
    monkeypatch.chdir(tmp_path)
    pictures = np.stack([photos[0][place : place + 24, place : place + 32] for place in range(60)])
    names: dict[str, object] = {"pictures": pictures, "labels": [0] * 40 + [1] * 15 + [2] * 5}
    text = (ROOT / "docs" / "loaders.md").read_text("utf-8")
    first, *sections = re.split(r"^## ", text, flags=re.MULTILINE)
    (found,) = (part for part in sections if part.startswith(f"{section}\n"))
    for part in (first, found):
        exec(python_of(part), names)
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        gc.collect()


def python_of(text: str) -> str:
    (code,) = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return code
