"""Sources that turn out to be of no use: made up for, told, and never in the way of a later run."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from folders import MANIFEST, contents
from PIL import Image

from augkit import AugkitError, expand, verify
from augkit.expansion import job, survey
from augkit.files.picture import examine
from augkit.files.read import read_bytes


@pytest.fixture
def half_bad(make_folder) -> Path:
    """A folder with a JPEG that is whole to a look at its markers, and that no decoder can make anything of."""
    source = make_folder(a=4, b=3, suffix=".jpg")
    data = bytearray((source / "b" / "002.jpg").read_bytes())
    table = data.index(b"\xff\xc4") + 4
    data[table : table + 17] = b"\xff" * 17  # more codes than there can be
    (source / "b" / "002.jpg").write_bytes(data)
    assert examine(bytes(data), 1 << 20).format == "jpg"
    return source


def test_a_picture_that_fails_only_when_decoded_is_made_up_for_also_on_resume_and_in_shards(half_bad, tmp_path):
    source = half_bad
    report = expand(source, tmp_path / "out", per_class=12)
    assert [failure.file for failure in report.failed] == ["b/002.jpg"]
    assert report.classes["b"].total == 12
    assert not list((tmp_path / "out" / "b").glob("002*"))
    whole = contents(tmp_path / "out")
    again = expand(source, tmp_path / "out", per_class=12)
    assert (again.written, again.exit_code, [f.file for f in again.failed]) == (0, 1, ["b/002.jpg"])
    (tmp_path / "out" / MANIFEST).write_bytes(
        b"".join(line for line in (tmp_path / "out" / MANIFEST).read_bytes().splitlines(True) if b'"end"' not in line)
    )
    expand(source, tmp_path / "out", per_class=12)
    assert contents(tmp_path / "out") == whole
    for number in (2, 3, 1):
        report = expand(source, tmp_path / "parts", per_class=12, shard=(number, 3))
    assert contents(tmp_path / "parts") == whole
    assert report.exit_code == 1


@pytest.mark.parametrize("removed", [True, False])
def test_an_original_that_was_passed_on_before_it_failed_does_not_stand_in_the_way(half_bad, tmp_path, removed):
    out = tmp_path / "out"
    expand(half_bad, tmp_path / "fresh", copies=3)
    expand(half_bad, out, copies=0)  # passes originals on as they are
    lines = (out / MANIFEST).read_bytes().splitlines(True)[:-1]
    digest = hashlib.sha256((half_bad / "b" / "002.jpg").read_bytes()).hexdigest()
    failed = {"failed": "b/002.jpg", "source_sha256": digest, "reason": "it is cut off"}
    lines += [json.dumps(line).encode() + b"\n" for line in ({"begun": ["b/002_aug01.jpg"]}, failed)]
    (out / MANIFEST).write_bytes(b"".join(lines))  # killed in the next run, when it had found that out
    if removed:
        (out / "b" / "002.jpg").unlink()
    else:
        (out / "b" / "002_aug01.jpg").write_bytes(b"half")
    assert [failure.file for failure in expand(half_bad, out, copies=3).failed] == ["b/002.jpg"]
    assert {name for name in contents(out) if name != MANIFEST} == {
        name for name in contents(tmp_path / "fresh") if name != MANIFEST
    }
    assert verify(out, source=half_bad).problems == []


@pytest.mark.parametrize("copies", [1, 2])
def test_files_of_another_source_with_the_same_bytes_are_not_taken_for_those_of_one_that_failed(
    half_bad, tmp_path, copies
):
    source, other = tmp_path / "set", tmp_path / "set" / "val" / "b" / "002.jpg"
    shutil.copytree(half_bad, source / "train")
    other.parent.mkdir(parents=True)
    shutil.copy(half_bad / "b" / "002.jpg", other)
    expand(source, tmp_path / "out", copies=1)
    other.unlink()
    with pytest.raises(AugkitError, match=r"1 files .* would not make \(the first is val/b/002\.jpg\)"):
        expand(source, tmp_path / "out", copies=copies)
    assert (tmp_path / "out" / "val" / "b" / "002.jpg").exists()


def test_an_original_that_was_passed_on_before_it_failed_does_not_stand_in_the_way_of_shards(half_bad, tmp_path):
    expand(half_bad, tmp_path / "fresh", copies=3)
    expand(half_bad, tmp_path / "out", copies=0)
    for number in (1, 2):
        expand(half_bad, tmp_path / "out", copies=3, shard=(number, 2))
    assert contents(tmp_path / "out") == contents(tmp_path / "fresh")


def test_a_source_that_could_not_be_read_for_a_moment_is_taken_up_again(make_folder, tmp_path, monkeypatch):
    source, out = make_folder(a=3), tmp_path / "out"

    def fail_once(path: str) -> bytes:
        if path.endswith("002.png"):
            raise OSError(5, "Input/output error")
        return read_bytes(path)

    monkeypatch.setattr(job, "read_bytes", fail_once)
    report = expand(source, out, copies=1)
    assert [(f.file, f.reason) for f in report.failed] == [("a/002.png", "can't be read: Input/output error")]
    assert report.classes["a"].total == 6
    monkeypatch.undo()
    with pytest.raises(AugkitError, match="what of it can be used"):
        expand(source, out, copies=1)
    assert expand(source, out, copies=1, overwrite=True).exit_code == 0


def test_running_out_of_memory_ends_the_run_and_is_not_held_against_the_images(make_folder, tmp_path, monkeypatch):
    source, out = make_folder(a=3), tmp_path / "out"

    def exhausted(*_: object, **__: object) -> None:
        raise MemoryError

    for module, function in ((job, "encode"), (survey, "examine"), (survey, "read_bytes")):
        monkeypatch.setattr(module, function, exhausted)
        with pytest.raises(AugkitError, match="not enough memory; run again with fewer --workers"):
            expand(source, out, copies=1)
        monkeypatch.undo()
    assert expand(source, out, copies=1).exit_code == 0


def test_a_picture_that_can_be_read_but_not_written_takes_nothing_of_the_others_away(make_folder, tmp_path):
    source, out = make_folder(a=1), tmp_path / "out"
    (source / "b").mkdir()
    Image.new("L", (20000, 10)).save(source / "b" / "wide.png")  # WebP ends at 16383
    shutil.copy(source / "a" / "001.png", source / "b")
    report = expand(source, out, per_class=5, format="webp")
    assert [(f.file, f.reason) for f in report.failed] == [
        ("b/wide.png", "a picture of 20000x10 can't be written as webp")
    ]
    assert {name: count.total for name, count in report.classes.items()} == {"a": 5, "b": 5}


def test_a_source_of_which_nothing_can_be_written_is_an_error(tmp_path):
    (tmp_path / "source" / "b").mkdir(parents=True)
    Image.new("L", (20000, 10)).save(tmp_path / "source" / "b" / "wide.png")
    with pytest.raises(AugkitError, match=r"no image of SOURCE .* could be used"):
        expand(tmp_path / "source", tmp_path / "out", copies=1, format="webp")
