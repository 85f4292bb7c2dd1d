"""The command as a person or a program meets it: a real process, its streams and its exit code."""

import json
import os
import pty
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from folders import MANIFEST, contents, counts

import augkit
from augkit.transforms.catalog import catalog


def run(*arguments: object, **options: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "augkit", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, **{"timeout": 120, **options})


def test_expand_shows_counts_before_and_after_class_by_class(make_folder, tmp_path):
    done = run("expand", make_folder(cat=5, dog=2), tmp_path / "out")
    assert done.returncode == 0
    rows = {line.split()[0]: line.split()[1:4] for line in done.stdout.splitlines() if len(line.split()) > 3}
    assert rows["cat"] == ["5", "0", "5"]
    assert rows["dog"] == ["2", "3", "5"]
    assert rows["all"] == ["7", "3", "10"]
    assert "already large enough" in done.stdout
    assert re.search(r"10 files written to .* in [\d.]+ s \(\d+ a second\)", done.stdout)
    assert "Writing: 10 of 10 files" in done.stderr


def test_json_is_one_object_on_stdout_and_nothing_else(make_folder, tmp_path):
    source = make_folder(cat=3, dog=1)
    (source / "cat" / "bad.jpg").write_text("no picture")
    (source / "cat" / "notes.txt").write_text("x")
    done = run("expand", source, tmp_path / "out", "--json", "--seed", 7)
    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert done.stderr == ""
    assert {name: (c["originals"], c["created"], c["total"]) for name, c in report["classes"].items()} == {
        "cat": (3, 0, 3), "dog": (1, 2, 3),
    }  # fmt: skip
    assert (report["written"], report["skipped"]) == (6, 1)
    assert report["failed"] == [{"file": "cat/bad.jpg", "reason": "not an image: it holds text"}]
    assert report["seconds"] > 0


def test_images_that_could_not_be_used_are_listed_and_the_exit_code_says_so(make_folder, tmp_path):
    source = make_folder(cat=3)
    (source / "cat" / "empty.jpg").write_bytes(b"")
    done = run("expand", source, tmp_path / "out", "--quiet")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "1 image could not be used:\n  cat/empty.jpg: empty file (0 bytes)\n"


def test_quiet_says_nothing_when_all_is_well(make_folder, tmp_path):
    done = run("expand", make_folder(cat=3, dog=1), tmp_path / "out", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_dry_run_prints_the_plan_and_touches_nothing(make_folder, tmp_path):
    done = run("expand", make_folder(cat=3, dog=1), tmp_path / "out", "--dry-run")
    assert done.returncode == 0
    assert "Dry run, nothing written: 6 files" in done.stdout
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--recipe", "clasic"], "there is no recipe 'clasic'; did you mean 'classic'?"),
        (["--recipe", "none.yaml"], "recipe none.yaml can't be read: No such file or directory"),
        (["--set", "rotat.degrees=[1,2]"], "did you mean 'rotate'?"),
        (["--set", "rotate.degrees=[2,1]"], "did you swap them?"),
        (["--set", "rotate.angle=[1,2]"], "Rotate has no option 'angle'"),
        (["--set", "rotate"], "write it as transform.option=value"),
        (["--set", "border=round"], "border"),
        (["--balance", "most"], "--balance must be max, median or a whole number"),
        (["--balance", "max", "--copies", "2"], "choose one of --balance, --copies"),
        (["--format", "gif"], "--format must be one of keep, jpg, png, webp, bmp, tiff"),
        (["--quality", "0"], "--quality must be a whole number from 1 to 100"),
        (["--size", "224"], "--size must be WIDTHxHEIGHT"),
        (["--size", "0x10"], "--size must be WIDTHxHEIGHT"),
        (["--workers", "0"], "--workers must be auto or a whole number of at least 1"),
        (["--workers", "some"], "--workers must be auto or"),
        (["--shard", "3/2"], "--shard must be I/N"),
        (["--shard", "1"], "--shard must be I/N"),
        (["--originals", "move"], "--originals must be one of copy, link, none"),
        (["--max-pixels", "0"], "--max-pixels must be"),
    ],
)
def test_wrong_usage_is_one_clear_message_and_exit_code_2(make_folder, tmp_path, options, says):
    done = run("expand", make_folder(cat=1), tmp_path / "out", *options)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "out").exists()


def test_debug_shows_the_traceback(tmp_path):
    done = run("expand", tmp_path / "none", tmp_path / "out", "--debug")
    assert done.returncode != 0
    assert "Traceback" in done.stderr
    assert "does not exist" in done.stderr


def test_names_of_any_bytes_are_printed_and_written(make_folder, tmp_path):
    source = make_folder(cat=2)
    strange = os.fsencode(source / "cat") + b"/caf\xe9 [bold]\xff.png"
    Path(os.fsdecode(strange)).write_bytes((source / "cat" / "001.png").read_bytes())
    (source / "cat" / "猫 [red].jpg").write_text("no picture")
    done = run("expand", source, tmp_path / "out", "--copies", 1)
    assert done.returncode == 1
    assert "cat/猫 [red].jpg: not an image" in done.stderr
    assert counts(tmp_path / "out") == {"cat": 6}
    assert run("verify", tmp_path / "out", "--source", source).returncode == 0


def test_a_terminal_gets_a_bar_with_rate_and_remaining_time(make_folder, tmp_path):
    source = make_folder(cat=20)
    master, slave = pty.openpty()
    shown = bytearray()

    def read() -> None:
        while True:
            try:
                part = os.read(master, 4096)
            except OSError:
                return
            if not part:
                return
            shown.extend(part)

    reader = threading.Thread(target=read)
    reader.start()
    command = [sys.executable, "-m", "augkit", "expand", str(source), str(tmp_path / "out"), "--copies", "60"]
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "100"}
    subprocess.run(command, stderr=slave, stdout=subprocess.DEVNULL, env=environment, check=True, timeout=120)
    os.close(slave)
    reader.join(10)
    os.close(master)
    text = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", bytes(shown)).decode()
    assert "Writing" in text
    assert re.search(r"\d+/1220", text)
    assert re.search(r"\d+/s", text)


def test_a_reader_that_goes_away_is_no_error():
    done = subprocess.run(
        f"{sys.executable} -m augkit transforms | head -1", shell=True, capture_output=True, text=True, timeout=60
    )
    assert "Traceback" not in done.stderr
    assert "Error" not in done.stderr


def test_verify_finds_what_was_changed_removed_or_added(make_folder, tmp_path):
    source = make_folder(cat=3, dog=1)
    out = tmp_path / "out"
    run("expand", source, out)
    clean = run("verify", out, "--source", source)
    assert (clean.returncode, clean.stderr) == (0, "")
    assert "6 files checked, 2 rebuilt from their sources: all as written" in clean.stdout
    data = bytearray((out / "dog" / "001_aug01.png").read_bytes())
    data[-20] ^= 1
    (out / "dog" / "001_aug01.png").write_bytes(data)
    (out / "cat" / "001.png").unlink()
    (out / "dog" / "mine.png").write_bytes(b"")
    found = run("verify", out, "--json")
    assert found.returncode == 1
    assert {problem["file"]: problem["reason"] for problem in json.loads(found.stdout)["problems"]} == {
        "dog/001_aug01.png": "its bytes have changed",
        "cat/001.png": "missing",
        "dog/mine.png": "not in the manifest",
    }


def test_verify_rebuilds_from_the_source_and_notices_a_forged_manifest(make_folder, tmp_path):
    source, out = make_folder(cat=1), tmp_path / "out"
    run("expand", source, out, "--copies", 1, "--recipe", "light")
    text = (out / MANIFEST).read_text()
    (out / MANIFEST).write_text(re.sub(r'"degrees":-?[\d.]+', '"degrees":1.5', text))
    found = run("verify", out, "--source", source)
    assert found.returncode == 1
    assert "seed and recipe draw other operations than the manifest has" in found.stderr


def test_verify_says_when_a_run_has_not_ended(make_folder, tmp_path):
    source, out = make_folder(cat=4), tmp_path / "out"
    run("expand", source, out, "--shard", "1/2")
    found = run("verify", out)
    assert found.returncode == 1
    assert "the run has not ended" in found.stderr


def test_explain_tells_how_a_file_came_about(make_folder, tmp_path):
    out = tmp_path / "out"
    run("expand", make_folder(cat=2, dog=1), out, "--recipe", "digits", "--seed", 5)
    told = run("explain", out / "dog" / "001_aug01.png").stdout
    assert "copy 1 of dog/001.png, recipe digits, seed 5" in told
    assert re.search(r"1\. rotate\(degrees=-?\d", told)
    assert "unchanged, byte for byte" in run("explain", out / "dog" / "001.png").stdout
    line = json.loads(run("explain", out / "dog" / "001_aug01.png", "--json").stdout)
    assert line["operations"][0][0] == "rotate"
    strange = run("explain", tmp_path / "x.png")
    assert (strange.returncode, "no augkit.manifest.jsonl" in strange.stderr) == (2, True)


def test_sheet_draws_originals_and_copies(make_folder, tmp_path):
    out = tmp_path / "out"
    run("expand", make_folder(cat=4, dog=1), out)
    done = run("sheet", out, tmp_path / "sheet.png")
    assert (done.returncode, "4 pictures on" in done.stdout) == (0, True)
    assert (tmp_path / "sheet.png").stat().st_size > 1000
    assert "4 pictures on" in run("sheet", out, tmp_path / "wide.png", "--copies", "9999999999").stdout
    assert (tmp_path / "wide.png").read_bytes() == (tmp_path / "sheet.png").read_bytes()
    other = run("sheet", out, tmp_path / "sheet.pdf")
    assert (other.returncode, (tmp_path / "sheet.pdf").exists()) == (2, False)
    assert "ends in .png or .jpg" in other.stderr
    wrong = run("sheet", out, tmp_path / "none" / "sheet.png")
    assert (wrong.returncode, "can't be written" in wrong.stderr) == (2, True)


def test_transforms_and_recipes_are_listed_and_a_printed_recipe_runs(make_folder, tmp_path):
    listed = json.loads(run("transforms", "--json").stdout)
    assert [transform["name"] for transform in listed] == list(catalog())
    table = run("transforms", env=os.environ | {"COLUMNS": "200"}).stdout
    assert all(name in table for name in catalog())
    assert {recipe["name"] for recipe in json.loads(run("recipes", "--json").stdout)} == {
        "classic",
        "digits",
        "light",
        "strong",
    }
    (tmp_path / "my.yaml").write_text(run("recipes", "strong").stdout)
    source = make_folder(cat=2, dog=1)
    assert run("expand", source, tmp_path / "a", "--recipe", tmp_path / "my.yaml").returncode == 0
    assert run("expand", source, tmp_path / "b", "--recipe", "strong").returncode == 0
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


@pytest.mark.parametrize("other", [["strong"], ["--json"], ["--from-albumentations", "saved.json"]])
def test_the_schema_stands_alone(other):
    done = run("recipes", "--schema", *other)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"leave out {other[0]}" in done.stderr.replace("'", "")


def test_version_is_that_of_the_package():
    assert run("--version").stdout.strip() == f"augkit {augkit.__version__}"
