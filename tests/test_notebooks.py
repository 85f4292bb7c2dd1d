"""The notebooks as they are committed: executed without a complaint, small, and listed. CI executes them anew."""

import importlib.util
import os
import re
import sys
from pathlib import Path

import pytest

pytest.importorskip("nbformat", reason="nbformat is not installed: pip install 'augkit[notebooks]'")

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


@pytest.fixture(scope="module")
def execute():
    spec = importlib.util.spec_from_file_location("execute", FOLDER / "execute.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_was_executed_without_a_complaint(path, execute):
    assert execute.problems(path) == []


def test_all_are_listed():
    listed = re.findall(r"\]\((\w+\.ipynb)\)", (FOLDER / "README.md").read_text())
    assert listed == [path.name for path in NOTEBOOKS]
    assert len(listed) == 5


def test_complaints_are_found(tmp_path, execute):
    from nbformat import v4, write

    def cell(count, *outputs):
        return v4.new_code_cell("x", execution_count=count, outputs=list(outputs))

    error = v4.new_output("error", ename="ValueError", evalue="no", traceback=[])
    warning = v4.new_output("stream", name="stderr", text="mind the gap")
    place = v4.new_output("stream", name="stdout", text=f"see {Path.home()}/notes")
    path = tmp_path / "bad.ipynb"
    write(v4.new_notebook(cells=[cell(1, error), cell(2, warning), cell(4, place)]), path)
    assert execute.problems(path) == [
        "not executed from start to end",
        "cell 1 raised ValueError: no",
        "cell 2 warned: mind the gap",
        "cell 3 names a folder of this machine",
    ]


def test_pictures_of_yours_are_found_from_here_and_the_notebook_is_left_alone(tmp_path, execute, monkeypatch):
    pytest.importorskip("ipykernel", reason="ipykernel is not installed: pip install 'augkit[notebooks]'")
    from nbformat import read, v4, write

    path, out = tmp_path / "one.ipynb", tmp_path / "out"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    cells = [v4.new_code_cell("import os; print(os.environ['AUGKIT_DATA'])")]
    write(v4.new_notebook(cells=cells, metadata=kernel), path)
    before = path.read_bytes()
    monkeypatch.setenv("AUGKIT_DATA", "pictures")
    monkeypatch.setenv("PATH", os.environ["PATH"])  # which it changes
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(execute, "OF_YOURS", out)
    monkeypatch.setattr(sys, "argv", ["execute.py", str(path)])
    with pytest.raises(SystemExit):  # with 1: the folder is named
        execute.main()
    (cell,) = read(out / path.name, as_version=4).cells
    assert cell.outputs[0].text.strip() == str(tmp_path / "pictures")
    assert path.read_bytes() == before
