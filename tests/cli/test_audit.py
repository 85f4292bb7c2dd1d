"""``augkit audit`` as a person or a program meets it."""

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from folders import contents


def audit(*arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "augkit", "audit", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.fixture
def source(make_folder) -> Path:
    folder = make_folder(cat=8, dog=7)
    (folder / "cat" / "broken.png").write_bytes((folder / "cat" / "001.png").read_bytes()[:60])
    (folder / "dog" / "again.png").write_bytes((folder / "dog" / "002.png").read_bytes())
    return folder


def test_json_is_one_object_with_pictures_classes_and_findings(source):
    done = audit(source, "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (1, "")
    assert (report["images"], report["classes"]) == (17, {"cat": 9, "dog": 8})
    broken = next(finding for finding in report["findings"] if finding["check"] == "unreadable")
    assert (broken["level"], broken["files"]) == ("error", ["cat/broken.png"])
    assert set(broken) >= {"check", "level", "files", "reason", "value", "threshold"}


def test_exit_codes_follow_the_level_asked_for(source, make_folder):
    assert audit(source).returncode == 1
    assert audit(source, "--fail-on", "never").returncode == 0
    (source / "cat" / "broken.png").unlink()
    assert audit(source).returncode == 0
    assert audit(source, "--fail-on", "warning").returncode == 1
    assert audit(source, "--checks", "unreadable", "--fail-on", "info").returncode == 0
    for wrong in (
        (source, "--fail-on", "grave"),
        (source, "--checks", "nonsense"),
        ("absent",),
        (),
        (source, "--move"),
    ):
        done = audit(*wrong)
        assert done.returncode == 2
        assert done.stderr.startswith("augkit: ")


def test_the_report_is_written_and_a_second_run_reads_nothing_again(source, tmp_path):
    page = tmp_path / "reports" / "audit.html"
    done = audit(source, "--html", page, "--checks", "unreadable,exact-duplicate")
    assert "Report: " in done.stdout
    assert "cat/broken.png" in page.read_text("utf-8")
    kept = page.with_name("audit.measurements.npz")
    assert kept.is_file()
    again = json.loads(audit(source, "--html", page, "--json", "--checks", "unreadable").stdout)
    assert again["measured"] == 1  # the broken one may have been mended


def test_quarantine_writes_a_list_moves_only_when_told_and_undo_brings_all_back(source, tmp_path):
    before, folder = contents(source), tmp_path / "quarantine"
    audit(source, "--quarantine", folder)
    assert contents(source) == before
    listed = [json.loads(line)["file"] for line in (folder / "augkit.quarantine.jsonl").read_text().splitlines()]
    assert listed == ["cat/broken.png", "dog/again.png"]
    assert "2 files moved" in audit(source, "--quarantine", folder, "--move").stdout
    assert set(before) - set(contents(source)) == set(listed)
    assert "2 files moved back" in audit("--undo", folder / "augkit.moved.jsonl").stdout
    assert contents(source) == before


def test_odd_names_and_files_never_stop_it(source, tmp_path):
    (source / "cat" / "\x1b[31mred.png").write_bytes(b"no picture")
    (source / "cat" / "loop").symlink_to(source)
    (source / "dog" / "gone.png").symlink_to(source / "nowhere.png")
    cv2.imwrite(str(source / "cat" / "wide.png"), np.zeros((1, 4000), np.uint8))
    done = audit(source)
    assert done.returncode == 1
    assert "\x1b" not in done.stdout
    assert "broken link" in audit(source, "--json").stdout


@pytest.mark.parametrize("arguments", [(), ("",)])
def test_a_source_must_be_named(arguments):
    done = audit(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "augkit audit needs a SOURCE" in done.stderr


def test_list_names_every_check(source):
    done = audit("--list")
    assert done.returncode == 0
    assert "near-duplicate" in done.stdout


@pytest.mark.parametrize(
    ("option", "name", "message"),
    [
        ("--html", "cat", "cat can't be written: it is a folder; name a file"),
        ("--html", "", "OUTPUT must be named"),
        ("--quarantine", "cat/out", "lies inside SOURCE"),
        ("--quarantine", "cat/001.png", "--quarantine must be a folder"),
    ],
)
def test_where_nothing_can_be_written_is_told_before_anything_is_measured(source, option, name, message):
    before = contents(source)
    done = audit(source, option, source / name if name else "")
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Measuring" not in done.stderr
    assert contents(source) == before
