"""Every kind of dirty file in one folder, through the command."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from folders import MANIFEST, contents
from PIL import Image, ImageCms

USABLE = {
    "png called so.jpg": "png",
    "cmyk.jpg": "jpg",
    "grey16.png": "png",
    "alpha.png": "png",
    "palette.png": "png",
    "one bit.png": "png",
    "animation.gif": "png",
    "pages.tiff": "tiff",
    "web.webp": "webp",
    "map.bmp": "bmp",
    "turned.jpg": "jpg",
    "profile.jpg": "jpg",
    "dot.png": "png",
    "strip.png": "png",
    "猫 é.jpg": "jpg",
    "x" * 251 + ".jpg": "jpg",
    "Twin.jpg": "jpg",
    "twin.jpg": "jpg",
    "twin.png": "png",
}
REASONS = {
    "truncated.jpg": "truncated",
    "empty.jpg": "empty file (0 bytes)",
    "text.jpg": "not an image: it holds text",
    "bomb.png": "400,000,000 pixels, more than the limit",
    "broken.jpg": "broken link",
    "loop.jpg": "broken link",
    "around": "link leads back to a folder above it",
}


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def write_all(folder: Path) -> None:
    """Write the files of USABLE and REASONS, a text file and a pipe."""
    photo = Image.fromarray(np.random.default_rng(7).integers(0, 256, (40, 60, 3), np.uint8))
    jpg, png = saved(photo, "JPEG"), saved(photo, "PNG")
    exif = Image.Exif()
    exif[0x0112] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    grey16 = Image.fromarray((np.arange(2400, dtype=np.uint16) * 27).reshape(40, 60))
    files = {
        "png called so.jpg": png,
        "cmyk.jpg": saved(photo.convert("CMYK"), "JPEG"),
        "grey16.png": saved(grey16, "PNG"),
        "alpha.png": saved(photo.convert("RGBA"), "PNG"),
        "palette.png": saved(photo.convert("P"), "PNG", transparency=3),
        "one bit.png": saved(photo.convert("1"), "PNG"),
        "animation.gif": saved(photo, "GIF", save_all=True, append_images=[photo.rotate(90)]),
        "pages.tiff": saved(photo, "TIFF", save_all=True, append_images=[photo]),
        "web.webp": saved(photo, "WEBP"),
        "map.bmp": saved(photo, "BMP"),
        "turned.jpg": saved(photo, "JPEG", exif=exif),
        "profile.jpg": saved(photo, "JPEG", icc_profile=profile),
        "dot.png": saved(Image.new("RGB", (1, 1)), "PNG"),
        "strip.png": saved(Image.new("L", (20000, 10)), "PNG"),
        "猫 é.jpg": jpg,
        "x" * 251 + ".jpg": jpg,
        "Twin.jpg": jpg,
        "twin.jpg": jpg,
        "twin.png": png,
        "truncated.jpg": jpg[: len(jpg) // 2],
        "empty.jpg": b"",
        "text.jpg": b"this is no picture",
        "bomb.png": saved(Image.new("1", (20000, 20000)), "PNG"),
        "notes.txt": b"x",
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (folder / "broken.jpg").symlink_to("nowhere.jpg")
    (folder / "loop.jpg").symlink_to("loop.jpg")
    (folder / "around").symlink_to(folder.parent)
    os.mkfifo(folder / "pipe.jpg")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_folder_with_every_dirty_file_ends_with_exit_code_1_and_the_right_list(tmp_path, workers):
    source, out = tmp_path / "source", tmp_path / "out"
    (source / "dirty").mkdir(parents=True)
    (source / "clean").mkdir()
    write_all(source / "dirty")
    (source / "clean" / "a.png").write_bytes((source / "dirty" / "twin.png").read_bytes())
    command = [sys.executable, "-m", "augkit", "expand", source, out, "--per-class", "60", "--json"]
    done = subprocess.run([*map(str, command), "--workers", str(workers)], capture_output=True, text=True, timeout=120)
    report = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (1, "")
    failed = {Path(failure["file"]).name: failure["reason"] for failure in report["failed"]}
    assert failed.keys() == REASONS.keys()
    assert [name for name, reason in REASONS.items() if reason not in failed[name]] == []
    assert {name: (count["before"], count["total"]) for name, count in report["classes"].items()} == {
        "clean": (1, 60), "dirty": (len(USABLE), 60),
    }  # fmt: skip
    assert {left["file"]: left["reason"] for left in report["left_out"]} == {
        "dirty/notes.txt": "not an image", "dirty/pipe.jpg": "not a regular file",
    }  # fmt: skip
    assert report["notes"]["first of 2 frames is used"] == 2
    written = contents(out / "dirty")
    assert len(written) == 60
    for line in map(json.loads, (out / MANIFEST).read_text().splitlines()):
        if line.get("class") == "dirty" and line["copy"]:
            with Image.open(out / line["file"]) as copy:
                kind = {"JPEG": "jpg"}.get(copy.format, copy.format.lower())
                assert kind == USABLE[Path(line["source"]).name], line["file"]
                copy.load()
    command = [sys.executable, "-m", "augkit", "verify", str(out), "--source", str(source), "--sample", "200"]
    assert subprocess.run(command, capture_output=True, text=True, timeout=120).returncode == 0
