"""Names of all kinds, and what is no regular file."""

import io
import os
import shutil
import stat
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from dirty import (
    JPEG_ERROR,
    TOTAL,
    encoded,
    error,
    gradient,
    isolated,
    mirrored,
    png_bytes,
    rgb,
)
from folders import counts
from PIL import Image

# --- names --------------------------------------------------------------------------------------------------------

COMPOSED, DECOMPOSED = unicodedata.normalize("NFC", "é.png"), unicodedata.normalize("NFD", "é.png")


@pytest.mark.parametrize(
    "name", ["猫と犬.png", DECOMPOSED, "🐈‍⬛.png", " .png", "-rf.png", "a b;$(c)'\".png", "[red].png"]
)
def test_names_of_any_letters_are_kept(run, name):
    ran = run({name: png_bytes(gradient())})
    stem = name.removesuffix(".png")
    assert ran.reasons == {}
    assert ran.copy(name).read_bytes() == png_bytes(gradient())
    assert np.array_equal(ran.pixels(f"{stem}_aug01.png"), mirrored(gradient()))


def folded(out: Path) -> list[str]:
    return [unicodedata.normalize("NFC", path.name).casefold() for path in (out / "a").iterdir()]


def test_two_forms_of_one_accented_letter_give_copies_that_differ_in_either_form(run):
    ran = run({COMPOSED: png_bytes(gradient()), DECOMPOSED: png_bytes(gradient() // 2)})
    names = [name for name in folded(ran.out) if "aug" in name]
    assert len(set(names)) == len(names) == TOTAL - 4


def test_names_that_differ_in_case_give_copies_that_differ_without_it(run):
    ran = run(
        {"x.png": png_bytes(gradient()), "X.png": png_bytes(gradient() // 2), "x.PNG": png_bytes(gradient() // 3)}
    )
    names = [name for name in folded(ran.out) if "aug" in name]
    assert len(set(names)) == len(names) == TOTAL - 5


def test_a_name_that_is_no_utf8_is_kept_byte_for_byte(run, source):
    path = os.fsencode(source / "a") + b"/caf\xe9.png"
    try:
        Path(os.fsdecode(path)).write_bytes(png_bytes(gradient()))
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    ran = run()
    assert ran.reasons == {}
    names = os.listdir(os.fsencode(ran.out / "a"))
    assert {b"caf\xe9.png", b"caf\xe9_aug01.png"} <= set(names)
    assert np.array_equal(ran.pixels(os.fsdecode(b"caf\xe9_aug01.png")), mirrored(gradient()))


@pytest.mark.parametrize("letter", ["x", "é", "猫", "🐈"])
def test_names_as_long_as_can_be_give_copies_that_differ(run, letter):
    stem = letter * ((255 - 5) // len(letter.encode()))
    files = {f"{stem}1.png": png_bytes(gradient())}
    shorter = stem[:-1]
    files |= {f"{shorter}{end}.png": png_bytes(gradient() // 3 + ord(end)) for end in "23"}
    ran = run(files)
    assert ran.reasons == {}
    copies = [ran.pixels(path.name) for path in (ran.out / "a").glob("*_aug*")]
    assert len(copies) == TOTAL - 5
    for data in files.values():
        with Image.open(io.BytesIO(data)) as picture:
            assert any(np.array_equal(copy, mirrored(picture)) for copy in copies)


@pytest.mark.parametrize("length", [100, 240, 252])
def test_a_long_name_that_is_all_extension_is_used(source, tmp_path, length):
    name = "a." + "b" * length
    (source / "a" / name).write_bytes(png_bytes(gradient()))
    ended = isolated(source, tmp_path / "out")  # names are made in a loop: if it has no end, the test has
    assert ended.returncode == 0, ended.stderr
    assert counts(tmp_path / "out") == {"a": TOTAL, "b": TOTAL}
    assert (tmp_path / "out" / "a" / name).is_file()


def test_a_jpg_and_a_png_of_one_name_both_written_as_jpeg_both_appear(run):
    files = {"x.jpg": encoded(rgb(), "JPEG", quality=95), "x.png": png_bytes(255 - gradient())}
    ran = run(files, format="jpg")
    assert ran.copy("x.jpg").read_bytes() == files["x.jpg"]
    assert error(ran.pixels("x_aug01.jpg"), mirrored(gradient())) <= JPEG_ERROR
    assert error(ran.pixels("x_png.jpg"), 255 - gradient()) <= JPEG_ERROR
    assert error(ran.pixels("x_png_aug01.jpg"), mirrored(255 - gradient())) <= JPEG_ERROR


def test_an_original_that_is_called_like_a_copy_is_not_overwritten(run):
    files = {
        f"{stem}.png": png_bytes(gradient() // (number + 1))
        for number, stem in enumerate(("001", "001_aug01", "001_aug02", "001_AUG01"))
    }
    ran = run(files)
    for name, data in files.items():
        assert ran.copy(name).read_bytes() == data
    names = folded(ran.out)
    assert len([name for name in names if name == "001_aug01.png"]) == 2  # the two originals; no copy beside them


def test_an_original_written_anew_does_not_take_the_name_of_a_copy(run):
    files = {"001.png": png_bytes(gradient()), "001_aug01.bmp": encoded(rgb(height=20, width=30), "BMP")}
    ran = run(files, format="png")
    sizes = sorted(ran.pixels(path.name).shape[:2] for path in (ran.out / "a").iterdir() if "001" in path.name)
    assert sizes.count((20, 30)) >= 2
    assert sizes.count((16, 24)) >= 2


# --- what is no regular file --------------------------------------------------------------------------------------


def test_a_broken_link_is_listed_as_such(run, source):
    (source / "a" / "gone.jpg").symlink_to("nowhere.jpg")
    assert "broken link" in run().reasons["a/gone.jpg"]


def test_a_link_to_itself_is_listed_and_costs_its_class_nothing_else(run, source):
    (source / "a" / "loop.jpg").symlink_to("loop.jpg")
    ran = run()
    assert "a/loop.jpg" in ran.reasons
    assert ran.copy("good1.png").is_file()


def test_a_link_to_itself_beside_the_classes_costs_them_nothing(run, source):
    (source / "loop").symlink_to("loop")
    assert run().copy("good1.png").is_file()


def test_a_folder_that_links_to_a_folder_above_it_is_listed_once(run, source):
    (source / "a" / "up").symlink_to(source)
    (source / "a" / "here").symlink_to(".")
    ran = run()
    assert list(ran.reasons) == ["a/here", "a/up"]
    assert all("leads back" in reason for reason in ran.reasons.values())


def test_a_linked_picture_is_used_like_any_other(run, source, tmp_path):
    (tmp_path / "elsewhere.png").write_bytes(png_bytes(gradient()))
    (source / "a" / "x.png").symlink_to(tmp_path / "elsewhere.png")
    ran = run()
    assert not ran.copy("x.png").is_symlink()
    assert np.array_equal(ran.pixels("x_aug01.png"), mirrored(gradient()))


def test_a_pipe_in_a_class_is_left_out_without_waiting_for_it(source, tmp_path):
    os.mkfifo(source / "a" / "pipe.jpg")
    ended = isolated(source, tmp_path / "out")
    assert (ended.returncode, ended.stdout) == (0, ""), ended.stderr
    assert counts(tmp_path / "out") == {"a": TOTAL, "b": TOTAL}


def test_a_pipe_in_another_split_is_left_out_without_waiting_for_it(source, tmp_path):
    source.rename(tmp_path / "train")
    (source / "val" / "a").mkdir(parents=True)
    (tmp_path / "train").rename(source / "train")
    os.mkfifo(source / "val" / "a" / "pipe.jpg")
    ended = isolated(source, tmp_path / "out")
    assert ended.returncode == 0, ended.stderr
    assert counts(tmp_path / "out" / "train") == {"a": TOTAL, "b": TOTAL}


@pytest.fixture
def unprivileged() -> Sequence[str]:
    """What to put before a command so that file permissions hold for it."""
    if os.geteuid() != 0:
        return ()
    if not shutil.which("setpriv"):
        pytest.skip("root may read everything, and there is no setpriv to give that up")
    return ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")


def test_a_file_without_permission_is_listed_as_unreadable(source, tmp_path, unprivileged):
    (source / "a" / "secret.png").write_bytes(png_bytes(gradient()))
    (source / "a" / "secret.png").chmod(0)
    ended = isolated(source, tmp_path / "out", *unprivileged)
    assert ended.stdout == "a/secret.png|can't be read: Permission denied\n", ended.stderr
    assert counts(tmp_path / "out") == {"a": TOTAL, "b": TOTAL}


@pytest.mark.parametrize("folder", ["a/sub", "c"])
def test_a_folder_without_permission_is_listed_as_unreadable(source, tmp_path, unprivileged, folder):
    (source / folder).mkdir()
    (source / folder).chmod(0)
    try:
        ended = isolated(source, tmp_path / "out", *unprivileged)
    finally:
        (source / folder).chmod(stat.S_IRWXU)
    assert ended.stdout == f"{folder}|folder can't be read: Permission denied\n", ended.stderr
    assert counts(tmp_path / "out") == {"a": TOTAL, "b": TOTAL}


def test_a_train_folder_without_permission_is_an_error_with_a_message(source, tmp_path, unprivileged):
    root = tmp_path / "root"
    root.mkdir()
    source.rename(root / "train")
    (root / "val").mkdir()
    (root / "train").chmod(0)
    try:
        ended = isolated(root, tmp_path / "out", *unprivileged)
    finally:
        (root / "train").chmod(stat.S_IRWXU)
    assert "AugkitError" in ended.stderr.splitlines()[-1]
