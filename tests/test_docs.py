"""What README and docs show runs as it stands there, block after block."""

import contextlib
import gc
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from augkit.auditing.checks import catalog
from augkit.diagnosis.remedies import REMEDIES
from augkit.recipes import read_recipe
from augkit.recipes.schema import recipe_schema

ROOT = Path(__file__).parents[1]
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
PAGES = [*READMES, *sorted((ROOT / "docs").glob("*.md"))]
# What stands for a folder or a file of the reader's own, and what the sample data has in its place.
MEANT = {
    "SOURCE": "data/digits",
    "OUTPUT/cat/001_aug03.jpg": "OUTPUT/9/001_aug01.png",
    "photos": "data/photos",
    "cat.jpg": "data/photos/flower.jpg",
}
MAY_FIND = ("audit", "diagnose")  # their exit code 1 says that they found something
LOSSES = "epoch,train_loss,val_loss\n1,2.0,2.1\n2,nan,nan\n3,nan,nan\n"


@pytest.fixture
def beside_data(tmp_path, monkeypatch) -> Path:
    """A folder with the sample data in it, to work in."""
    subprocess.run([sys.executable, ROOT / "data" / "make.py", tmp_path / "data"], check=True, capture_output=True)
    (tmp_path / "losses.csv").write_text(LOSSES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def blocks(page: Path) -> list[tuple[str, str]]:
    """Language and text of each block of code."""
    return re.findall(r"^```(\w+)\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[list[str]]:
    """The words of each augkit command in a block."""
    lines = text.replace("\\\n", " ").splitlines()
    return [shlex.split(line, comments=True) for line in lines if line.startswith("augkit ")]


LOADERS = [
    pytest.mark.filterwarnings("ignore:This DataLoader will create:UserWarning"),  # of fewer processors than workers
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"),  # WebDataset leaves closing to the collector
]


def libraries(page: Path) -> list[str]:
    """The optional libraries that a page's code imports."""
    text = page.read_text("utf-8")
    known = ("torch", "keras", "datasets", "webdataset")
    return [name for name in known if re.search(rf"^(from|import) {name}\b", text, re.MULTILINE)]


@pytest.mark.parametrize(
    "page", [pytest.param(page, marks=LOADERS if libraries(page) else (), id=page.stem) for page in PAGES]
)
def test_every_block_of_a_page_runs(page, beside_data):
    for library in libraries(page):
        pytest.importorskip(library, reason=f"{library} is not installed, or has no backend")
    names: dict[str, object] = {}
    for language, text in blocks(page):
        if language == "python" and "def matrix(size" not in text:  # a part of augkit itself, shown as an example
            exec(compile(text, f"{page.name}", "exec"), names)
        elif language == "yaml":
            assert read_recipe(yaml.safe_load(text)).transforms
        elif language == "sh":
            for words in commands(text):
                run([MEANT.get(word, word) for word in words])
    gc.collect()  # what a block leaves to the collector is this test's


def run(words: list[str]) -> None:
    if words[1] == "expand" and "OUTPUT" in words:  # one example after the other, into the same folder
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree("OUTPUT")
    target = words.pop() if ">" in words else None
    words = [word for word in words if word != ">"]
    done = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0 or (done.returncode == 1 and words[1] in MAY_FIND), (words, done.stderr)
    if target is not None:
        Path(target).write_text(done.stdout)


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.stem)
def test_the_readme_balances_what_it_says(page, beside_data):
    (code,) = [text for language, text in blocks(page) if language == "python" and "augkit.expand(" in text]
    names: dict[str, object] = {}
    exec(code, names)
    assert names["report"].classes["9"].total == 150


def test_the_guide_names_every_check_and_every_symptom():
    audit, diagnose = ((ROOT / "docs" / name).read_text("utf-8") for name in ("audit.md", "diagnose.md"))
    assert [name for name in catalog() if f"`{name}`" not in audit] == []
    assert [name for name in REMEDIES if f"`{name}`" not in diagnose] == []


def test_the_example_of_nested_choices_is_a_recipe_that_works(photos):
    (text,) = [text for language, text in blocks(ROOT / "docs" / "recipes.md") if language == "yaml"]
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


def test_the_albumentations_page_shows_what_the_command_prints(beside_data):
    page = blocks(ROOT / "docs" / "albumentations.md")
    names: dict[str, object] = {}
    for code in (text for language, text in page if language == "python"):
        exec(code, names)  # the last of them saves the file that the command reads
    (words,) = [words for language, text in page if language == "sh" for words in commands(text)]
    done = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, timeout=120)
    assert done.stdout == [text for language, text in page if language == "yaml"][-1]
    assert names["done"]["mask"].shape == names["mask"].shape


def test_what_pages_import_from_bridges_is_in_their_reference():
    """Which docs/site.py makes of each bridge's list of what it offers."""
    shown = {
        (bridge, name.strip())
        for page in PAGES
        for bridge, names in re.findall(
            r"^from augkit\.interop\.(\w+) import (.+)$", page.read_text("utf-8"), re.MULTILINE
        )
        for name in names.split(",")
    }
    assert len({bridge for bridge, _ in shown}) == 6
    for bridge, name in shown:
        home = ROOT / "augkit" / "interop" / bridge
        source = (home / "__init__.py" if home.is_dir() else home.with_suffix(".py")).read_text("utf-8")
        assert f'"{name}"' in source.partition("__all__ = [")[2].partition("]")[0], f"{bridge}: {name}"


def test_pages_link_to_files_that_are_there():
    made = {"transforms.md", "reference", "results"}  # by docs/site.py
    for page in [*PAGES, ROOT / "CONTRIBUTING.md"]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert target.split("/")[0] in made or (page.parent / target).exists(), f"{page.name} links to {target}"
