"""Guided copies of a folder: whatever holds for plain ones holds for them."""

import json
import shutil
from pathlib import Path

import pytest
from folders import MANIFEST, contents, counts
from PIL import Image

from augkit import AugkitError, expand, verify


@pytest.fixture
def scans(make_folder) -> Path:
    """Scans of digits in the order of the data set: class names say nothing of what they show."""
    return make_folder(a=12, b=5, c=3)


def guided(source: Path, output: Path, **options):
    return expand(source, output, **{"method": "guided", "gate": False, "recipe": "digits", "seed": 7, **options})


def lines(output: Path) -> list[dict]:
    return [json.loads(line) for line in (output / MANIFEST).read_text().splitlines()]


def test_counts_are_exact_and_lines_tell_parents_and_distances(scans, tmp_path):
    guided(scans, tmp_path / "out")
    assert counts(tmp_path / "out") == {"a": 12, "b": 12, "c": 12}
    header, *files, _ = lines(tmp_path / "out")
    assert header["guided"]["led"]
    assert header["guided"]["features"] == "HOGFeatures"
    copies = [line for line in files if line["copy"]]
    assert len(copies) == 16
    for line in copies:
        led = line["guided"]
        assert Path(led["neighbor"]).parent.name == line["class"]
        assert led["neighbor"] != line["source"]
        assert 0 <= led["step"] < 1
        assert led["distance"] > 0
        assert led["own"] < led["other"] or "only" in led
    assert not [line for line in files if not line["copy"] and "guided" in line]


@pytest.mark.parametrize("workers", [2, 8])
def test_bytes_do_not_depend_on_the_number_of_workers(scans, tmp_path, workers):
    guided(scans, tmp_path / "one", copies=3, workers=1)
    guided(scans, tmp_path / "many", copies=3, workers=workers)
    assert contents(tmp_path / "one") == contents(tmp_path / "many")


def test_shards_come_to_the_same(scans, tmp_path):
    guided(scans, tmp_path / "whole")
    for part in (2, 3, 1):
        guided(scans, tmp_path / "parts", shard=(part, 3))
    assert contents(tmp_path / "parts") == contents(tmp_path / "whole")


def test_what_is_missing_is_done_again_and_more_copies_keep_the_others(scans, tmp_path):
    guided(scans, tmp_path / "out", copies=3)
    guided(scans, tmp_path / "fewer", copies=2)
    whole = contents(tmp_path / "out")
    for name in ("a/001_aug02.png", "a/001_aug03.png", "c/002_aug01.png"):
        (tmp_path / "out" / name).unlink()
    assert guided(scans, tmp_path / "out", copies=3).written == 3
    assert contents(tmp_path / "out") == whole
    assert guided(scans, tmp_path / "fewer", copies=3).written == 20
    more = contents(tmp_path / "fewer")
    assert {name: digest for name, digest in more.items() if name != MANIFEST} == {
        name: digest for name, digest in whole.items() if name != MANIFEST
    }


def test_verify_rebuilds_every_file_and_finds_what_was_tampered_with(scans, tmp_path):
    guided(scans, tmp_path / "out", size=(16, 16))
    whole = verify(tmp_path / "out", source=scans)
    assert (whole.rebuilt, whole.problems) == (36, [])
    manifest = tmp_path / "out" / MANIFEST
    manifest.write_text(manifest.read_text().replace('"candidate":', '"candidate":1'))
    found = verify(tmp_path / "out", source=scans)
    assert {problem.reason for problem in found.problems} == {
        "seed and recipe draw other operations than the manifest has"
    }
    assert len(found.problems) == 16


def test_a_changed_source_is_refused_for_every_copy_hangs_on_all_pictures(scans, tmp_path):
    guided(scans, tmp_path / "out")
    shutil.copy(scans / "a" / "002.png", scans / "a" / "001.png")
    with pytest.raises(AugkitError, match=r"other pictures in SOURCE.*--overwrite"):
        guided(scans, tmp_path / "out")
    guided(scans, tmp_path / "out", overwrite=True)
    guided(scans, tmp_path / "fresh")
    assert contents(tmp_path / "out") == contents(tmp_path / "fresh")


def test_another_method_or_other_features_are_refused(scans, tmp_path):
    guided(scans, tmp_path / "out")
    with pytest.raises(AugkitError, match=r"--method guided, not plain; .*--overwrite"):
        expand(scans, tmp_path / "out", recipe="digits", seed=7)
    with pytest.raises(AugkitError, match=r"guided features HOGFeatures, not FunctionFeatures"):
        guided(scans, tmp_path / "out", features=lambda pictures: [[image.mean()] for image in pictures])
    expand(scans, tmp_path / "plain", recipe="digits", seed=7)
    with pytest.raises(AugkitError, match="--method plain, not guided"):
        guided(scans, tmp_path / "plain")


def test_the_gate_makes_plain_copies_and_says_so(scans, tmp_path):
    report = guided(scans, tmp_path / "gated", gate=True)
    (note,) = report.notes
    assert "plain copies, not guided ones" in note
    assert "less than 0.45; --no-gate guides all the same" in note
    header, *files, _ = lines(tmp_path / "gated")
    assert not header["guided"]["led"]
    assert header["guided"]["accuracy"] < 0.45
    assert not [line for line in files if "guided" in line]
    expand(scans, tmp_path / "plain", recipe="digits", seed=7)
    assert {name: digest for name, digest in contents(tmp_path / "gated").items() if name != MANIFEST} == {
        name: digest for name, digest in contents(tmp_path / "plain").items() if name != MANIFEST
    }
    assert verify(tmp_path / "gated", source=scans).problems == []


def test_a_source_that_can_not_be_decoded_leads_nothing_and_is_reported(scans, tmp_path):
    whole = (scans / "b" / "005.png").read_bytes()
    (scans / "b" / "004.png").write_bytes(whole[: len(whole) * 2 // 3])
    report = guided(scans, tmp_path / "out")
    assert [failure.file for failure in report.failed] == ["b/004.png"]
    assert counts(tmp_path / "out") == {"a": 12, "b": 12, "c": 12}
    before = contents(tmp_path / "out")
    assert guided(scans, tmp_path / "out").written == 0
    assert contents(tmp_path / "out") == before


def test_a_dry_run_tells_the_gate_and_touches_nothing(scans, tmp_path):
    report = guided(scans, tmp_path / "out", dry_run=True)
    assert report.estimate["files"] == 36
    assert any("guided copies: nearest neighbours by HOGFeatures" in note for note in report.notes)
    assert not (tmp_path / "out").exists()


def test_features_see_thumbnails_only(scans, tmp_path):
    for path in scans.rglob("*.png"):
        with Image.open(path) as scan:
            larger = scan.resize((400, 300))
        larger.save(path)
    shapes = []

    def look(pictures):
        shapes.extend(picture.shape for picture in pictures)
        return [[picture.mean(), picture.std()] for picture in pictures]

    guided(scans, tmp_path / "out", workers=1, features=look)
    assert set(shapes) == {(224, 299)}
    assert len(shapes) >= 20 + 16 * 8
    with Image.open(tmp_path / "out" / "c" / "001_aug01.png") as made:
        assert made.size == (400, 300)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"method": "guide"}, "--method must be one of plain, guided; did you mean 'guided'"),
        ({"method": "plain", "gate": True, "features": "hog"}, "go with --method guided"),
        ({"method": "plain"}, "go with --method guided"),
        ({"features": "nothing"}, "features must be 'hog'"),
    ],
)
def test_options_that_mean_nothing_are_refused(scans, tmp_path, options, says):
    with pytest.raises(AugkitError, match=says):
        guided(scans, tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_a_class_of_one_is_led_toward_its_only_picture(make_folder, tmp_path):
    guided(make_folder(a=3, b=1), tmp_path / "out")
    led = [line["guided"]["neighbor"] for line in lines(tmp_path / "out") if line.get("class") == "b" and line["copy"]]
    assert led == ["b/001.png"] * 2
