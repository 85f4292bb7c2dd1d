"""What is written: formats, sizes, originals, splits and folders."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from dirty import JPEG_ERROR, MIRROR, TOTAL, WEBP_ERROR, encoded, error, gradient, mirrored, png_bytes, rgb, tiff_bytes
from folders import contents, counts
from PIL import Image

from augkit import expand

# --- what is written ----------------------------------------------------------------------------------------------

FORMATS = {"jpg": "jpg", "png": "png", "webp": "webp", "tiff": "tif", "bmp": "bmp"}


@pytest.mark.parametrize("kind", FORMATS)
def test_transparency_is_kept_by_every_format_but_jpeg_which_shows_it_on_white(run, kind):
    picture = gradient(channels=4)
    ran = run({"x.png": png_bytes(picture)}, format=kind, quality=100)
    laid = Image.new("RGBA", (24, 16), "white")
    laid.alpha_composite(Image.fromarray(picture))
    on_white = np.asarray(laid.convert("RGB"))
    for name, turn in (("x", np.asarray), ("x_aug01", mirrored)):
        with Image.open(ran.copy(f"{name}.{FORMATS[kind]}")) as written:
            if kind == "jpg":
                assert error(np.asarray(written), turn(on_white)) <= JPEG_ERROR
                continue
            assert written.mode == "RGBA"
            copy = np.asarray(written)
        assert np.array_equal(copy[..., 3], turn(picture)[..., 3])
        assert error(copy, turn(picture)) <= (WEBP_ERROR if kind == "webp" else 0)
    assert ("transparency laid on white" in " ".join(ran.report.notes)) == (kind == "jpg")


@pytest.mark.parametrize("kind", FORMATS)
def test_sixteen_bits_are_kept_where_the_format_can_and_rounded_with_a_note_where_not(run, kind):
    picture = gradient(depth=16)
    ran = run({"x.png": png_bytes(picture)}, format=kind, quality=100)
    for name, turn in (("x", np.asarray), ("x_aug01", mirrored)):
        copy = cv2.imread(str(ran.copy(f"{name}.{FORMATS[kind]}")), cv2.IMREAD_UNCHANGED)[..., ::-1]
        if kind in ("png", "tiff"):
            assert copy.dtype == np.uint16
            assert np.array_equal(copy, turn(picture))
        else:
            assert copy.dtype == np.uint8
            wanted = np.rint(turn(picture) / 257)
            assert error(copy, wanted) <= {"jpg": JPEG_ERROR, "webp": WEBP_ERROR, "bmp": 0}[kind]
    assert ("16 bits reduced to 8" in " ".join(ran.report.notes)) == (kind in ("jpg", "webp", "bmp"))


def test_size_holds_for_copies_and_originals_and_those_that_have_it_pass_untouched(run):
    files = {"fits.png": png_bytes(gradient(12, 18)), "large.png": png_bytes(gradient(120, 180))}
    ran = run(files, size=(12, 18))
    for path in ran.out.glob("*/*"):
        with Image.open(path) as picture:
            assert picture.size == (18, 12)
    assert ran.copy("fits.png").read_bytes() == files["fits.png"]
    # Ten pixels are averaged to one: the mean of a gradient is its value in the middle.
    wanted = gradient(120, 180).reshape(12, 10, 18, 10, 3).mean(axis=(1, 3))
    assert error(ran.pixels("large.png"), np.rint(wanted)) <= 1
    assert error(ran.pixels("large_aug01.png"), mirrored(np.rint(wanted))) <= 1


def test_originals_can_be_links_to_where_they_really_are(run, source):
    ran = run({"x.png": png_bytes(gradient())}, originals="link")
    assert ran.copy("x.png").is_symlink()
    assert ran.copy("x.png").resolve() == (source / "a" / "x.png").resolve()
    assert not ran.copy("x_aug01.png").is_symlink()


def test_originals_can_be_left_away(source, tmp_path):
    report = expand(source, tmp_path / "out", per_class=TOTAL, recipe=MIRROR, originals="none")
    assert counts(tmp_path / "out") == {"a": TOTAL - 2, "b": TOTAL - 1}
    assert (report.classes["a"].originals, report.classes["a"].created) == (0, TOTAL - 2)
    assert all("_aug" in path.name for path in (tmp_path / "out").glob("*/*"))


# --- folders ------------------------------------------------------------------------------------------------------


@pytest.fixture
def split(source: Path, tmp_path: Path) -> Path:
    """A data set with splits, of which val and test hold more than pictures."""
    root = tmp_path / "split"
    root.mkdir()
    source.rename(root / "train")
    for name, data in {
        "val/a/1.png": png_bytes(gradient()),
        "val/labels.csv": b"file,label\n",
        "test/2.jpg": encoded(rgb(), "JPEG"),
        "test/deep/er/broken.jpg": b"no picture",
        "test/empty.txt": b"",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


@pytest.mark.parametrize("options", [{}, {"format": "webp", "size": (8, 8)}], ids=["keep", "format and size"])
def test_only_train_is_expanded_and_the_other_splits_pass_byte_for_byte(split, tmp_path, options):
    report = expand(split, tmp_path / "out", per_class=TOTAL, recipe=MIRROR, **options)
    assert counts(tmp_path / "out" / "train") == {"a": TOTAL, "b": TOTAL}
    assert list(report.classes) == ["a", "b"]
    assert report.failed == []
    for name in ("val", "test"):
        assert contents(tmp_path / "out" / name) == contents(split / name)


def test_splits_are_known_whatever_their_capitals(split, tmp_path):
    (split / "train").rename(split / "Train")
    (split / "val").rename(split / "VAL")
    report = expand(split, tmp_path / "out", per_class=TOTAL, recipe=MIRROR)
    assert list(report.classes) == ["a", "b"]
    assert counts(tmp_path / "out" / "Train") == {"a": TOTAL, "b": TOTAL}
    assert contents(tmp_path / "out" / "VAL") == contents(split / "VAL")


def test_other_splits_are_linked_when_originals_are_links_and_left_away_when_they_are(split, tmp_path):
    expand(split, tmp_path / "linked", per_class=3, recipe=MIRROR, originals="link")
    assert (tmp_path / "linked" / "val" / "labels.csv").is_symlink()
    assert contents(tmp_path / "linked" / "test") == contents(split / "test")
    expand(split, tmp_path / "without", per_class=3, recipe=MIRROR, originals="none")
    assert [path.name for path in (tmp_path / "without").iterdir() if path.is_dir()] == ["train"]


def test_folders_in_a_class_are_kept_and_belong_to_it(source, tmp_path):
    for name in ("a/2019/may/good1.png", "a/2020/good1.png"):
        (source / name).parent.mkdir(parents=True)
        (source / name).write_bytes(png_bytes(gradient()))
    report = expand(source, tmp_path / "out", per_class=TOTAL, recipe=MIRROR)
    assert report.classes["a"].before == 4
    assert sum(path.is_file() for path in (tmp_path / "out" / "a").rglob("*")) == TOTAL
    copy = tmp_path / "out" / "a" / "2019" / "may" / "good1_aug01.png"
    assert np.array_equal(np.asarray(Image.open(copy)), mirrored(gradient()))


def test_hidden_files_and_folders_are_passed_over_without_a_word(run, source):
    for name in (".hidden/x.png", "a/.hidden/x.png", "a/._good1.png", "a/.DS_Store", "__MACOSX/a/._x.png"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(png_bytes(gradient()))
    ran = run()
    assert ran.report.failed == ran.report.left_out == []
    assert ran.report.classes["a"].before == 2
    assert not [path for path in ran.out.rglob("*") if path.name.startswith((".", "__MACOSX"))]


def test_files_that_are_no_pictures_are_left_out_with_a_reason(run, source):
    (source / "notes.txt").write_text("collected in May")
    ran = run({"labels.csv": b"1,2\n", "Thumbs.db": b"\xd0\xcf\x11\xe0"})
    assert {left.file: left.reason for left in ran.report.left_out} == dict.fromkeys(
        ["a/labels.csv", "a/Thumbs.db", "notes.txt"], "not an image"
    )
    assert ran.report.failed == []


def test_a_flat_folder_is_one_class(source, tmp_path):
    (source / "a" / "broken.jpg").write_bytes(b"")
    report = expand(source / "a", tmp_path / "out", per_class=TOTAL, recipe=MIRROR)
    assert {name: count.total for name, count in report.classes.items()} == {".": TOTAL}
    assert [failure.file for failure in report.failed] == ["broken.jpg"]
    assert len(list((tmp_path / "out").glob("*.png"))) == TOTAL
    copy = tmp_path / "out" / "good1_aug01.png"
    assert np.array_equal(np.asarray(Image.open(copy)), mirrored(gradient()))


def test_a_class_without_one_usable_picture_is_reported_and_the_others_are_complete(source, tmp_path):
    (source / "c").mkdir()
    (source / "c" / "empty.png").write_bytes(b"")
    (source / "c" / "float.tif").write_bytes(tiff_bytes(np.ones((4, 4), np.float32)))
    report = expand(source, tmp_path / "out", per_class=TOTAL, recipe=MIRROR)
    assert counts(tmp_path / "out") == {"a": TOTAL, "b": TOTAL}
    assert (report.classes["c"].before, report.classes["c"].total) == (0, 0)
    assert sorted(failure.file for failure in report.failed) == ["c/empty.png", "c/float.tif"]
