"""What README and guide show runs as it stands there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from augkit.auditing.checks import catalog
from augkit.diagnosis.remedies import REMEDIES
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


def test_the_python_of_the_audit_and_diagnose_guides_runs(beside_data):
    (beside_data / "losses.csv").write_text("epoch,train_loss,val_loss\n1,2.0,2.1\n2,nan,nan\n3,nan,nan\n")
    for page in ("docs/audit.md", "docs/diagnose.md"):
        (code,) = blocks(page, "python")
        exec(code, names := {})
    assert names["diagnosis"].symptoms[0].name == "not-finite"
    assert "data:image" in (beside_data / "audit.html").read_text("utf-8")


def test_the_commands_of_the_audit_and_diagnose_guides_run(beside_data):
    (beside_data / "losses.csv").write_text("epoch,train_loss,val_loss\n1,2.0,2.1\n2,nan,nan\n3,nan,nan\n")
    shown = [*blocks("docs/audit.md", "sh"), *blocks("docs/diagnose.md", "sh")]
    wanted = [line.partition("#")[0].split() for block in shown for line in block.splitlines()]
    assert len(wanted) == 9
    for words in wanted:
        done = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, timeout=120)
        assert done.returncode in (0, 1), (words, done.stderr)
        assert "augkit: " not in done.stderr


def test_the_guide_names_every_check_and_every_symptom():
    audit, diagnose = ((ROOT / "docs" / name).read_text("utf-8") for name in ("audit.md", "diagnose.md"))
    assert [name for name in catalog() if f"`{name}`" not in audit] == []
    assert [name for name in REMEDIES if f"`{name}`" not in diagnose] == []


def test_pages_link_to_files_that_are_there():
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
