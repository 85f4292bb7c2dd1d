"""What README and docs show runs as it stands there, block after block."""

import contextlib
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from augkit.recipes import read_recipe

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
# What stands for a folder or a file of the reader's own, and what the sample data has in its place.
MEANT = {"SOURCE": "data/digits", "OUTPUT": "OUTPUT", "OUTPUT/cat/001_aug03.jpg": "OUTPUT/9/001_aug01.png"}


@pytest.fixture
def beside_data(tmp_path, monkeypatch) -> Path:
    """A folder with the sample data in it, to work in."""
    subprocess.run([sys.executable, ROOT / "data" / "make.py", tmp_path / "data"], check=True, capture_output=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def blocks(page: Path) -> list[tuple[str, str]]:
    """Language and text of each block of code."""
    return re.findall(r"^```(\w+)\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[list[str]]:
    """The words of each augkit command in a block."""
    lines = text.replace("\\\n", " ").splitlines()
    return [shlex.split(line, comments=True) for line in lines if line.startswith("augkit ")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_block_of_a_page_runs(page, beside_data):
    names: dict[str, object] = {}
    for language, text in blocks(page):
        if language == "python" and "def matrix(size" not in text:  # a part of augkit itself, shown as an example
            exec(compile(text, f"{page.name}", "exec"), names)
        elif language == "yaml":
            assert read_recipe(yaml.safe_load(text)).transforms
        elif language == "sh":
            for words in commands(text):
                run([MEANT.get(word, word) for word in words])


def run(words: list[str]) -> None:
    if words[:2] == ["augkit", "expand"] and "OUTPUT" in words:  # one example after the other, into the same folder
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree("OUTPUT")
    done = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, (words, done.stderr)


def test_the_readme_balances_what_it_says(beside_data):
    (code,) = [text for language, text in blocks(ROOT / "README.md") if language == "python"]
    names: dict[str, object] = {}
    exec(code, names)
    assert names["report"].classes["9"].total == 150


def test_the_albumentations_page_shows_what_the_command_prints(beside_data):
    page = blocks(ROOT / "docs" / "albumentations.md")
    names: dict[str, object] = {}
    for code in (text for language, text in page if language == "python"):
        exec(code, names)  # the last of them saves the file that the command reads
    (words,) = [words for language, text in page if language == "sh" for words in commands(text)]
    done = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, timeout=120)
    assert done.stdout == [text for language, text in page if language == "yaml"][-1]
    assert names["done"]["mask"].shape == names["mask"].shape


def test_pages_link_to_files_that_are_there():
    made = {"transforms.md", "reference", "results"}  # by docs/site.py
    for page in [*PAGES, ROOT / "CONTRIBUTING.md"]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert target.split("/")[0] in made or (page.parent / target).exists(), f"{page.name} links to {target}"
