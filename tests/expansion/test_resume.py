"""Killed, filled up, changed: what must never be lost or half done."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from folders import MANIFEST, contents

from augkit import AugkitError, expand, verify
from augkit.expansion import run

AUGKIT = [sys.executable, "-m", "augkit"]


def start(source: Path, output: Path, *options: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [*AUGKIT, "expand", str(source), str(output), *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def wait_for_files(output: Path, count: int) -> None:
    limit = time.monotonic() + 60
    while sum(1 for _ in output.rglob("*_aug*")) < count:
        assert time.monotonic() < limit, "nothing was written"
        time.sleep(0.002)


@pytest.mark.parametrize("files", [1, 150, 400])
def test_a_run_killed_midway_and_run_again_equals_an_uninterrupted_one(make_folder, tmp_path, files):
    source = make_folder(a=20, b=5)
    expand(source, tmp_path / "whole", copies=40, seed=7)
    process = start(source, tmp_path / "killed", "--copies", "40", "--seed", "7")
    wait_for_files(tmp_path / "killed", files)
    process.kill()
    process.communicate()
    assert contents(tmp_path / "killed") != contents(tmp_path / "whole")
    report = expand(source, tmp_path / "killed", copies=40, seed=7)
    assert contents(tmp_path / "killed") == contents(tmp_path / "whole")
    assert report.written + report.kept == 25 * 41


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_stops_promptly_leaves_no_litter_and_says_how_to_go_on(make_folder, tmp_path, number):
    source = make_folder(a=30)
    process = start(source, tmp_path / "out", "--copies", "200")
    wait_for_files(tmp_path / "out", 20)
    process.send_signal(number)
    asked = time.monotonic()
    _, err = process.communicate(timeout=30)
    assert time.monotonic() - asked < 5
    assert process.returncode == 130
    assert "run the same command again to resume" in err
    assert "Traceback" not in err
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a", MANIFEST]
    assert expand(source, tmp_path / "out", copies=200).classes["a"].total == 30 * 201


def test_a_finished_run_has_nothing_left_to_do(make_folder, tmp_path):
    source = make_folder(a=4, b=1)
    expand(source, tmp_path / "out")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    report = expand(source, tmp_path / "out")
    assert (report.written, report.kept) == (0, 8)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")} == before


def test_what_is_missing_or_half_done_is_done_again(make_folder, tmp_path):
    source = make_folder(a=4, b=1)
    expand(source, tmp_path / "out")
    whole = contents(tmp_path / "out")
    (tmp_path / "out" / "b" / "001_aug02.png").unlink()
    (tmp_path / "out" / "b" / "001_aug03.png").write_bytes(b"half")
    assert expand(source, tmp_path / "out").written == 2
    assert contents(tmp_path / "out") == whole


def test_a_source_that_has_changed_is_done_again(make_folder, tmp_path):
    source = make_folder(a=2)
    expand(source, tmp_path / "out", copies=1)
    shutil.copy(source / "a" / "002.png", source / "a" / "001.png")
    assert expand(source, tmp_path / "out", copies=1).written == 2
    expand(source, tmp_path / "fresh", copies=1)
    assert contents(tmp_path / "out") == contents(tmp_path / "fresh")


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"seed": 2}, "written with seed 0, not 2"),
        ({"recipe": "strong"}, "recipe light, not strong"),
        ({"overrides": ["rotate.degrees=[0,1]"]}, "another form of recipe light"),
        ({"quality": 80}, "--quality 95, not 80"),
        ({"size": (10, 12)}, "--size None, not 12x10"),
    ],
)
def test_a_changed_recipe_or_seed_is_refused_with_the_way_out(make_folder, tmp_path, changed, says):
    source = make_folder(a=2, b=1)
    expand(source, tmp_path / "out", recipe="light")
    before = contents(tmp_path / "out")
    with pytest.raises(AugkitError, match=rf"{says}.*--overwrite"):
        expand(source, tmp_path / "out", **{"recipe": "light", **changed})
    assert contents(tmp_path / "out") == before
    expand(source, tmp_path / "fresh", **{"recipe": "light", **changed})
    expand(source, tmp_path / "out", **{"recipe": "light", **changed}, overwrite=True)
    assert contents(tmp_path / "out") == contents(tmp_path / "fresh")


def test_more_copies_keep_those_that_are_there_and_fewer_are_refused(make_folder, tmp_path):
    source = make_folder(a=2)
    expand(source, tmp_path / "out", copies=2)
    assert expand(source, tmp_path / "out", copies=3).written == 2
    expand(source, tmp_path / "fresh", copies=3)
    assert contents(tmp_path / "out") == contents(tmp_path / "fresh")
    with pytest.raises(AugkitError, match=r"holds 4 files .* that this one would not make"):
        expand(source, tmp_path / "out", copies=1)


def test_overwrite_removes_only_what_augkit_wrote(make_folder, tmp_path):
    source = make_folder(a=2)
    expand(source, tmp_path / "out", copies=2)
    (tmp_path / "out" / "a" / "mine.txt").write_text("dear")
    expand(source, tmp_path / "out", copies=1, seed=1, overwrite=True)
    assert sorted(path.name for path in (tmp_path / "out" / "a").iterdir()) == [
        "001.png", "001_aug01.png", "002.png", "002_aug01.png", "mine.txt",
    ]  # fmt: skip


def test_a_torn_last_line_of_the_manifest_costs_one_file_only(make_folder, tmp_path):
    source = make_folder(a=3)
    expand(source, tmp_path / "out", copies=1)
    whole = contents(tmp_path / "out")
    lines = (tmp_path / "out" / MANIFEST).read_bytes().splitlines(keepends=True)
    (tmp_path / "out" / MANIFEST).write_bytes(b"".join(lines[:-2]) + lines[-2][:40])
    assert expand(source, tmp_path / "out", copies=1).written == 1
    assert contents(tmp_path / "out") == whole


def test_links_that_lead_nowhere_are_made_anew(make_folder, tmp_path):
    source = make_folder(a=3, b=1)
    expand(source, tmp_path / "out", originals="link")
    moved = source.rename(tmp_path / "moved")
    assert expand(moved, tmp_path / "out", originals="link").written == 4
    assert verify(tmp_path / "out", source=moved).problems == []


def test_a_shard_whose_header_was_torn_begins_anew(make_folder, tmp_path):
    source = make_folder(a=4, b=2)
    expand(source, tmp_path / "fresh", copies=2)
    expand(source, tmp_path / "out", copies=2, shard=(2, 2))
    header = next((tmp_path / "out").glob("*shard-2*")).read_bytes()[:100]
    (tmp_path / "out" / "augkit.manifest.shard-1-of-2.jsonl").write_bytes(header)  # the disk was full
    expand(source, tmp_path / "out", copies=2, shard=(1, 2))
    assert contents(tmp_path / "out") == contents(tmp_path / "fresh")


def test_a_run_that_was_overtaken_by_another_one_is_refused(make_folder, tmp_path, monkeypatch):
    source, out = make_folder(a=3, b=1), tmp_path / "out"
    looked = run._look

    def slowly(request):
        monkeypatch.setattr(run, "_look", looked)
        expand(source, out, seed=1)  # from its first file to its last
        return looked(request)

    monkeypatch.setattr(run, "_look", slowly)
    with pytest.raises(AugkitError, match="was written with seed 1, not 2"):
        expand(source, out, seed=2)
    assert verify(out, source=source).problems == []


def test_two_runs_at_once_do_not_mix(make_folder, tmp_path):
    source = make_folder(a=30)
    process = start(source, tmp_path / "out", "--copies", "300")
    wait_for_files(tmp_path / "out", 5)
    with pytest.raises(AugkitError, match="another augkit is writing"):
        expand(source, tmp_path / "out", copies=300)
    process.kill()
    process.communicate()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="a small disk can be mounted by root only")
def test_a_full_disk_ends_with_a_clear_error_and_a_later_run_completes(make_folder, tmp_path):
    source = make_folder(a=10)
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(disk)], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.decode().strip()}")
    try:
        with pytest.raises(AugkitError, match=r"can't be written: No space left on device"):
            expand(source, disk / "out", copies=100)
        assert not list((disk / "out").glob(".augkit-unfinished/*"))
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        expand(source, disk / "out", copies=100)
        expand(source, tmp_path / "fresh", copies=100)
        assert contents(disk / "out") == contents(tmp_path / "fresh")
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_manifest_of_other_versions_is_not_mixed_with_new_files(make_folder, tmp_path):
    source = make_folder(a=3)
    expand(source, tmp_path / "out", copies=1)
    path = tmp_path / "out" / MANIFEST
    header, *rest = path.read_text().splitlines()
    changed = json.loads(header)
    changed["versions"]["opencv"] = "1.0"
    path.write_text("\n".join([json.dumps(changed), *rest]) + "\n")
    assert expand(source, tmp_path / "out", copies=1).written == 0
    path.write_text("\n".join([json.dumps(changed), *rest]) + "\n")
    (tmp_path / "out" / "a" / "001_aug01.png").unlink()
    with pytest.raises(AugkitError, match=r"begun with opencv 1\.0"):
        expand(source, tmp_path / "out", copies=1)


def test_files_of_a_killed_run_are_not_left_beside_those_of_another(make_folder, tmp_path):
    source, out = make_folder(a=6), tmp_path / "out"
    process = start(source, out, "--copies", "300", "--workers", "1")
    wait_for_files(out, 40)
    process.kill()
    process.communicate()
    with pytest.raises(AugkitError, match="of an earlier run that this one would not make"):
        expand(source, out, copies=3)
    expand(source, out, copies=3, format="bmp", overwrite=True)
    expand(source, tmp_path / "fresh", copies=3, format="bmp")
    assert contents(out) == contents(tmp_path / "fresh")


def test_a_manifest_cannot_make_overwrite_reach_outside(make_folder, tmp_path):
    source, out = make_folder(a=2), tmp_path / "out"
    expand(source, out, copies=1)
    (tmp_path / "victim").write_text("dear")
    whole = (out / MANIFEST).read_text()
    line = json.loads(whole.splitlines()[1])
    for name in ("../victim", str(tmp_path / "victim"), "a/../../victim", ""):
        (out / MANIFEST).write_text(whole + json.dumps(line | {"file": name}) + "\n")
        with pytest.raises(AugkitError, match="names a file outside its folder"):
            expand(source, out, copies=1, overwrite=True)
    (out / MANIFEST).write_text(whole)
    shutil.rmtree(out / "a")
    (out / "a").symlink_to(source / "a")
    before = contents(source)
    for options in ({}, {"overwrite": True}):
        with pytest.raises(AugkitError, match="lies outside OUTPUT"):
            expand(source, out, copies=1, **options)
    assert contents(source) == before


def test_a_manifest_of_a_later_format_or_with_damaged_lines_is_refused(make_folder, tmp_path):
    source, out = make_folder(a=1), tmp_path / "out"
    expand(source, out, copies=1)
    header, *rest = (out / MANIFEST).read_text().splitlines()
    for broken, says in (
        (json.loads(header) | {"manifest": 2}, "has format 2, this augkit knows 1"),
        (json.loads(header) | {"output": None}, "begins a damaged line"),
    ):
        (out / MANIFEST).write_text("\n".join([json.dumps(broken), *rest]) + "\n")
        with pytest.raises(AugkitError, match=says):
            expand(source, out, copies=1)
    for broken in ('{"shard": []}', '{"shard": [[], {}]}', rest[0].replace('"source_sha256":"', '"source_sha256":"z')):
        (out / MANIFEST).write_text("\n".join([header, broken]) + "\n")
        with pytest.raises(AugkitError, match="begins a damaged line"):
            expand(source, out, copies=1)


def test_overwrite_and_shards_do_not_go_together(make_folder, tmp_path):
    with pytest.raises(AugkitError, match="--overwrite can't go with --shard"):
        expand(make_folder(a=1), tmp_path / "out", overwrite=True, shard=(1, 2))


def test_three_shards_at_once_make_one_whole(make_folder, tmp_path):
    source = make_folder(a=12, b=3)
    expand(source, tmp_path / "whole", copies=9)
    processes = [start(source, tmp_path / "parts", "--copies", "9", "--shard", f"{i}/3") for i in (1, 2, 3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    for process in processes:
        process.communicate()
    assert contents(tmp_path / "parts") == contents(tmp_path / "whole")
