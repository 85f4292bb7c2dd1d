"""``augkit transforms`` as a person meets it: the list, the page, and what is said when it can't be written."""

import os
import subprocess
import sys

import pytest

from augkit.transforms.catalog import catalog


def run(*arguments: object, **options: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "augkit", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, **{"timeout": 120, **options})


def test_the_page_is_written_and_told(tmp_path):
    done = run("transforms", "--gallery", tmp_path / "page.html")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{len(catalog())} transforms on {tmp_path}/page.html (" in done.stdout
    assert (tmp_path / "page.html").read_text("utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--gallery", "none/page.html"], "none/page.html can't be written: there is no folder none"),
        (["--gallery", "page.txt"], "name a file that ends in .html, got page.txt"),
        (
            ["--gallery", "page.html", "--image", "none.jpg"],
            "picture none.jpg can't be read: No such file or directory",
        ),
        (["--gallery", "page.html", "--image", "notes.txt"], "picture notes.txt can't be used: not an image"),
        (["--image", "notes.txt"], "--image goes with --gallery"),
        (["--gallery", "page.html", "--json"], "choose one of --gallery, --json"),
    ],
)
def test_wrong_usage_is_one_clear_message_and_exit_code_2(tmp_path, options, says):
    (tmp_path / "notes.txt").write_text("no picture")
    done = run("transforms", *options, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("command", ["transforms", "recipes"])
@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_no_line_of_a_list_is_wider_than_the_terminal_and_no_option_is_broken(command, width):
    listed = run(command, env=os.environ | {"COLUMNS": str(width)}).stdout.splitlines()
    shown = [line for line in listed if not line.startswith(("Every", "To "))]
    assert max(map(len, shown)) <= width
    if width >= 80 and command == "transforms":
        assert sum("factor=[0.85, 1.15]" in line for line in shown) == 2
