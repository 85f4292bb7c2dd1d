import hashlib
import json
import os
import shutil

import numpy as np
import pytest
from folders import MANIFEST, contents, counts
from PIL import Image

import augkit
from augkit import AugkitError, expand
from augkit.expansion import verify as verification
from augkit.expansion.job import distinct_draws
from augkit.expansion.sheet import _font_for, make_sheet
from augkit.transforms.plain import drawn_to_json


def test_classes_become_exactly_as_large_as_the_largest(make_folder, tmp_path):
    source = make_folder(a=7, b=3, c=1)
    report = expand(source, tmp_path / "out")
    assert counts(tmp_path / "out") == {"a": 7, "b": 7, "c": 7}
    assert {name: (c.originals, c.created, c.total) for name, c in report.classes.items()} == {
        "a": (7, 0, 7), "b": (3, 4, 7), "c": (1, 6, 7),
    }  # fmt: skip
    assert (report.written, report.kept, report.failed, report.exit_code) == (21, 0, [], 0)


def test_originals_are_copied_byte_for_byte_and_the_source_is_not_touched(make_folder, tmp_path):
    source = make_folder(a=3, b=1)
    before = contents(source)
    expand(source, tmp_path / "out")
    after = contents(tmp_path / "out")
    assert contents(source) == before
    assert before.items() <= after.items()


def test_copies_are_spread_evenly_and_all_differ(make_folder, tmp_path):
    expand(make_folder(a=20, b=3), tmp_path / "out", recipe="light")
    copies = [path.name for path in (tmp_path / "out" / "b").glob("*_aug*")]
    per_image = [sum(name.startswith(stem) for name in copies) for stem in ("001", "002", "003")]
    assert sorted(per_image) == [5, 6, 6]
    digests = list(contents(tmp_path / "out" / "b").values())
    assert len(set(digests)) == len(digests) == 20


@pytest.mark.parametrize("workers", [2, 8])
def test_bytes_do_not_depend_on_the_number_of_workers(make_folder, tmp_path, workers):
    source = make_folder(a=12, b=5)
    expand(source, tmp_path / "one", copies=3, workers=1, seed=7)
    expand(source, tmp_path / "many", copies=3, workers=workers, seed=7)
    assert contents(tmp_path / "one") == contents(tmp_path / "many")


def test_another_seed_gives_other_copies(make_folder, tmp_path):
    source = make_folder(a=2)
    expand(source, tmp_path / "one", copies=2, seed=1)
    expand(source, tmp_path / "two", copies=2, seed=2)
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert [name for name in one if name in two and one[name] == two[name]] == ["a/001.png", "a/002.png"]


def test_a_copy_depends_on_its_own_source_and_number_alone(make_folder, tmp_path):
    source = make_folder(a=4, b=2)
    expand(source, tmp_path / "all", copies=3, seed=5)
    shutil.rmtree(source / "b")
    for name in ("001.png", "002.png", "004.png"):
        (source / "a" / name).unlink()
    moved = tmp_path / "elsewhere"
    source.rename(moved)
    expand(moved, tmp_path / "few", copies=1, seed=5)
    few, everything = contents(tmp_path / "few"), contents(tmp_path / "all")
    assert few["a/003_aug01.png"] == everything["a/003_aug01.png"]


def test_shards_in_any_order_make_the_same_folder(make_folder, tmp_path):
    source = make_folder(a=9, b=4, c=2)
    expand(source, tmp_path / "whole", seed=3)
    waiting = [expand(source, tmp_path / "parts", seed=3, shard=(i, 3)).waiting_for for i in (3, 1, 2)]
    assert waiting == [["1/3", "2/3"], ["2/3"], []]
    assert contents(tmp_path / "whole") == contents(tmp_path / "parts")


def test_a_split_data_set_keeps_its_other_splits_free_of_copies(make_folder, tmp_path):
    make_folder("root/train", a=6, b=2)
    make_folder("root/val", a=2, b=2)
    root = make_folder("root/test", a=1, b=1).parent
    (root / "test" / "labels.csv").write_text("x")
    report = expand(root, tmp_path / "out")
    assert counts(tmp_path / "out" / "train") == {"a": 6, "b": 6}
    for split in ("val", "test"):
        assert contents(tmp_path / "out" / split) == contents(root / split)
    assert set(report.classes) == {"a", "b"}


def test_an_image_id_counts_from_the_root_of_the_data_set(make_folder, tmp_path):
    make_folder("root/train", a=2)
    root = make_folder("root/val", a=1).parent
    expand(root, tmp_path / "out", copies=1)
    lines = [json.loads(line) for line in (tmp_path / "out" / MANIFEST).read_text().splitlines()]
    assert lines[1]["source"] == "train/a/001.png"


def test_a_flat_folder_is_one_class_and_nested_folders_belong_to_theirs(make_folder, tmp_path):
    source = make_folder(a=3)
    report = expand(source / "a", tmp_path / "flat", copies=1)
    assert {name: count.total for name, count in report.classes.items()} == {".": 6}
    make_folder("source/a", deep=2)
    report = expand(source, tmp_path / "nested", copies=1)
    assert {name: count.total for name, count in report.classes.items()} == {"a": 10}
    assert (tmp_path / "nested" / "a" / "deep" / "001_aug01.png").exists()


@pytest.mark.parametrize("originals", ["copy", "link", "none"])
def test_originals_are_copied_linked_or_left_out(make_folder, tmp_path, originals):
    source = make_folder(a=4, b=1)
    report = expand(source, tmp_path / "out", originals=originals)
    original = tmp_path / "out" / "b" / "001.png"
    assert original.exists() == (originals != "none")
    assert original.is_symlink() == (originals == "link")
    assert report.classes["b"].created == 3
    assert report.classes["b"].total == (3 if originals == "none" else 4)
    assert augkit.verify(tmp_path / "out", source=source).problems == []


def test_all_files_get_the_wanted_size_and_format(make_folder, tmp_path):
    source = make_folder(a=2, b=1)
    expand(source, tmp_path / "out", size=(32, 48), format="jpg", quality=80)
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file() and path.name != MANIFEST]
    assert len(files) == 4
    for path in files:
        with Image.open(path) as image:
            assert (image.format, image.size, path.suffix) == ("JPEG", (48, 32), ".jpg")


def test_the_manifest_says_how_each_file_came_about(make_folder, tmp_path):
    source = make_folder(a=3, b=1)
    expand(source, tmp_path / "out", seed=9, recipe="digits")
    header, *files, end = map(json.loads, (tmp_path / "out" / MANIFEST).read_text().splitlines())
    assert header["seed"] == 9
    assert header["recipe"]["name"] == "digits"
    assert end == {"end": {"files": 6, "failed": []}}
    on_disk = contents(tmp_path / "out")
    for line in files:
        assert on_disk[line["file"]] == line["sha256"]
        assert hashlib.sha256((source / line["source"]).read_bytes()).hexdigest() == line["source_sha256"]
    copy = next(line for line in files if line["copy"] == 2)
    assert copy["operations"][0][0] == "rotate"
    assert -10 <= copy["operations"][0][1]["degrees"] <= 10


def test_a_dry_run_tells_the_plan_and_touches_nothing(make_folder, tmp_path):
    report = expand(make_folder(a=5, b=2), tmp_path / "out", dry_run=True)
    assert not (tmp_path / "out").exists()
    assert report.classes["b"].total == 5
    assert report.estimate["files"] == 10
    assert report.estimate["bytes"] > 0


def test_draws_that_repeat_are_drawn_again_while_the_recipe_has_anything_new():
    flips = augkit.load_recipe({"transforms": [{"horizontal_flip": {"p": 0.5}}, {"vertical_flip": {"p": 0.5}}]}, seed=1)
    draws, repeated = distinct_draws(flips, "a.png", [1, 2, 3, 4, 5], (8, 8))
    said = [str(drawn_to_json(drawn)) for drawn in draws.values()]
    assert len(set(said[:3])) == 3
    assert "[]" not in said[:3]
    assert repeated == {4, 5}


def test_a_recipe_with_too_few_outcomes_is_noted(make_folder, tmp_path):
    recipe = {"transforms": ["horizontal_flip"]}
    report = expand(make_folder(a=1), tmp_path / "out", copies=2, recipe=recipe)
    assert report.classes["a"].total == 3
    assert "the recipe has too few outcomes to make every copy different" in report.notes


@pytest.mark.parametrize("inner", [("source/out",), ("source",), (".",)])
def test_an_output_in_or_around_the_source_is_refused(make_folder, tmp_path, inner):
    source = make_folder(a=1)
    with pytest.raises(AugkitError, match=r"SOURCE|same folder"):
        expand(source, tmp_path.joinpath(*inner))
    link = tmp_path / "link"
    link.symlink_to(source)
    with pytest.raises(AugkitError, match=r"inside SOURCE|same folder"):
        expand(source, link / "out")


def test_a_folder_that_augkit_did_not_write_is_refused_even_with_overwrite(make_folder, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("dear")
    for overwrite in (False, True):
        with pytest.raises(AugkitError, match="not empty and was not written by augkit"):
            expand(make_folder(f"source{overwrite}", a=1), tmp_path / "out", overwrite=overwrite)
    assert (tmp_path / "out" / "thesis.txt").read_text() == "dear"


def test_a_source_without_images_is_refused(tmp_path):
    (tmp_path / "source" / "a").mkdir(parents=True)
    (tmp_path / "source" / "a" / "x.txt").write_text("x")
    with pytest.raises(AugkitError, match="holds no images"):
        expand(tmp_path / "source", tmp_path / "out")
    (tmp_path / "source" / "a" / "x.jpg").write_text("x")
    with pytest.raises(AugkitError, match=r"no usable image.*x\.jpg"):
        expand(tmp_path / "source", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_grey_pictures_stay_grey_and_large_shrink_before_the_costly_steps(photos, tmp_path):
    (tmp_path / "source" / "a").mkdir(parents=True)
    Image.fromarray(photos[0]).convert("L").save(tmp_path / "source" / "a" / "x.jpg")
    expand(tmp_path / "source", tmp_path / "out", copies=1, size=(100, 150))
    with Image.open(tmp_path / "out" / "a" / "x_aug01.jpg") as image:
        assert (image.mode, image.size) == ("L", (150, 100))
    lines = [json.loads(line) for line in (tmp_path / "out" / MANIFEST).read_text().splitlines()]
    names = [operation[0] for operation in lines[2]["operations"]]
    assert names[: names.index("resize")] == [n for n in names if n in (
        "horizontal_flip", "rotate", "translate", "scale", "crop", "pad")]  # fmt: skip


def test_the_long_tail_of_cifar_becomes_ten_classes_of_500(cifar, tmp_path):
    report = expand(cifar, tmp_path / "out", balance="max", seed=7)
    assert set(counts(tmp_path / "out").values()) == {500}
    assert {count.total for count in report.classes.values()} == {500}
    assert len(os.listdir(tmp_path / "out")) == 11
    assert np.array(Image.open(tmp_path / "out" / "truck" / "0043_aug01.jpg")).shape == (32, 32, 3)


@pytest.mark.parametrize(
    "late", [{"crop": {"size": [10, 10]}}, {"longest_side": {"length": 9}}, "transpose", "rotate90"]
)
def test_the_wanted_size_holds_also_where_a_late_step_changes_the_size(make_folder, tmp_path, late):
    recipe = {"transforms": ["brightness", late, "gaussian_noise"]}
    expand(make_folder(a=1), tmp_path / "out", copies=2, recipe=recipe, size=(32, 30))
    for path in (tmp_path / "out" / "a").iterdir():
        with Image.open(path) as image:
            assert image.size == (30, 32)


def test_verify_rebuilds_files_from_the_first_to_the_last_and_converted_originals(make_folder, tmp_path, monkeypatch):
    source = make_folder(a=10)
    expand(source, tmp_path / "out", copies=1, format="bmp")
    rebuilt = []
    monkeypatch.setattr(verification, "_rebuild", lambda source, header, line, result: rebuilt.append(line["file"]))
    augkit.verify(tmp_path / "out", source=source, sample=4)
    assert rebuilt == ["a/001.bmp", "a/003_aug01.bmp", "a/006.bmp", "a/008_aug01.bmp"]
    monkeypatch.undo()
    result = augkit.verify(tmp_path / "out", source=source, sample=100)
    assert (result.rebuilt, result.problems) == (20, [])


def test_a_contact_sheet_shows_originals_upright(photos, tmp_path):
    (tmp_path / "source" / "a").mkdir(parents=True)
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = Image.fromarray(photos[0])
    photo.save(tmp_path / "source" / "a" / "x.jpg", exif=exif)
    expand(tmp_path / "source", tmp_path / "out", copies=1, recipe={"transforms": [{"brightness": {"offset": [0, 0]}}]})
    make_sheet(tmp_path / "out", tmp_path / "sheet.png", copies=1)
    with Image.open(tmp_path / "sheet.png") as sheet:
        original, copy = (
            np.asarray(sheet.convert("L").crop((150 + 118 * i, 6, 262 + 118 * i, 118)), float)[4:-4, 20:-20]
            for i in range(2)
        )
    assert np.abs(original - copy).mean() < 3  # two codings of one picture; lying, it differs by 50


def test_copies_that_come_out_alike_are_noted(tmp_path):
    (tmp_path / "source" / "a").mkdir(parents=True)
    Image.new("L", (1, 1), 0).save(tmp_path / "source" / "a" / "dot.png")
    report = expand(tmp_path / "source", tmp_path / "out", copies=3, recipe={"transforms": ["rotate"]})
    assert "the recipe has too few outcomes to make every copy different" in report.notes


THEIRS = {"albumentations": {"transform": {"__class_fullname__": "RandomCrop", "height": 18, "width": 18}}}


def test_what_a_step_cannot_take_is_not_counted_as_written(make_folder, tmp_path):
    source = make_folder(a=2, b=2)
    Image.new("L", (16, 16)).save(source / "b" / "small.png")
    report = expand(source, tmp_path / "out", copies=1, recipe={"transforms": [THEIRS]}, workers=1)
    assert [failure.file for failure in report.failed] == ["b/small.png"]
    assert (
        report.written
        == len(list((tmp_path / "out").glob("*/*.png")))
        == report.classes["a"].total + report.classes["b"].total
    )


def test_what_is_made_for_a_network_is_not_written_to_a_file(make_folder, tmp_path):
    recipe = {"transforms": [{"albumentations": {"transform": {"__class_fullname__": "Normalize"}}}]}
    with pytest.raises(AugkitError, match=r"makes float32 of uint8.*leave out its Normalize"):
        expand(make_folder(a=1), tmp_path / "out", copies=1, recipe=recipe)


def test_a_pipeline_may_be_what_the_copies_are_drawn_from(make_folder, tmp_path):
    source = make_folder(a=2, b=1)
    steps = [augkit.Rotate(), augkit.GaussianNoise()]
    expand(source, tmp_path / "one", recipe=augkit.Pipeline(steps, seed=99, border="constant"), seed=7)
    expand(
        source, tmp_path / "other", recipe={"border": "constant", "transforms": ["rotate", "gaussian_noise"]}, seed=7
    )
    assert contents(tmp_path / "one") == contents(tmp_path / "other")


def test_a_whole_number_of_numpy_is_one(make_folder, tmp_path):
    report = expand(make_folder(a=1), tmp_path / "out", copies=np.int64(1), quality=np.uint8(90), workers=np.int32(1))
    assert report.written == 2


@pytest.mark.parametrize("size", [32, (32,), (32, 0), (32, "a"), "ab"])
def test_what_is_no_size_is_told(make_folder, tmp_path, size):
    with pytest.raises(AugkitError, match=r"--size must be WIDTHxHEIGHT, \(height, width\) in Python"):
        expand(make_folder(a=1), tmp_path / "out", copies=1, size=size)


def test_copies_of_copies_are_noted(make_folder, tmp_path):
    first = expand(make_folder(a=1), tmp_path / "out", copies=1)
    again = expand(tmp_path / "out", tmp_path / "more", copies=1)
    note = "the source was itself written by augkit expand: its copies are copied like its originals"
    assert (note in first.notes, note in again.notes) == (False, True)


def test_letters_that_a_font_lacks_are_told_by_their_numbers():
    _, missing = _font_for("dog\ue000")
    assert missing == {"\ue000": "\\ue000"}
