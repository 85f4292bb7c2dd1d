"""``augkit suggest`` as a real process."""

import json
import subprocess
import sys

import cv2
import labelled
import pytest

from augkit.recipes import read_recipe


def run(*arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "augkit", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.fixture
def arrows(tmp_path):
    images, labels = labelled.arrows(21)
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        (tmp_path / "arrows" / label).mkdir(parents=True, exist_ok=True)
        assert cv2.imwrite(str(tmp_path / "arrows" / label / f"{number}.png"), image)
    return tmp_path / "arrows"


def test_the_recipe_and_the_page_are_written_and_the_table_is_printed(arrows, tmp_path):
    done = run("suggest", arrows, "-o", tmp_path / "recipe.yaml", "--html", tmp_path / "report.html")
    assert done.returncode == 0, done.stderr
    assert "horizontal_flip swaps left and right" in done.stdout
    assert "13 of 14 transforms of classic written to" in done.stdout
    assert "Trying out: 1 of 1 transforms" in done.stderr
    assert "horizontal_flip" not in str(read_recipe(str(tmp_path / "recipe.yaml")).to_dict())
    assert "horizontal_flip" in (tmp_path / "report.html").read_text()


def test_json_is_one_object_and_the_start_may_be_a_file(arrows, tmp_path):
    (tmp_path / "mine.yaml").write_text("transforms: [vertical_flip, {invert: {p: 0.5}}]")
    (arrows / "left" / "bad.png").write_text("no picture")
    done = run("suggest", arrows, "-o", tmp_path / "r.yaml", "--start", tmp_path / "mine.yaml", "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (1, "")
    assert [(next(iter(v["transform"])), v["verdict"]) for v in found["verdicts"]] == [
        ("vertical_flip", "drop"), ("invert", "keep"),
    ]  # fmt: skip
    assert found["start"] == "mine"
    assert [failure["file"] for failure in found["failed"]] == ["left/bad.png"]
    expanded = run("expand", arrows, tmp_path / "out", "--recipe", tmp_path / "r.yaml", "--copies", "1", "--quiet")
    assert expanded.returncode == 1, expanded.stderr


def test_nothing_is_overwritten_unasked_and_wrong_usage_is_one_message(arrows, tmp_path):
    there = tmp_path / "recipe.yaml"
    there.write_text("mine")
    refused = run("suggest", arrows, "-o", there)
    assert (refused.returncode, "is there already" in refused.stderr) == (2, True)
    assert there.read_text() == "mine"
    unknown = run("suggest", arrows, "-o", tmp_path / "r.yaml", "--start", "clasic")
    assert (unknown.returncode, "did you mean 'classic'?" in unknown.stderr) == (2, True)
    assert not (tmp_path / "r.yaml").exists()
