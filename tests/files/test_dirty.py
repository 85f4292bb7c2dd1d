"""One test for each kind of dirty file: what comes of it in pixels, or why it is of no use.

Every file is made here, lies in a class beside good pictures, and goes through `augkit.expand`.
"""

import io
import os
import shutil
import stat
import struct
import subprocess
import sys
import textwrap
import unicodedata
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from folders import contents, counts
from PIL import Image, ImageCms, ImageOps

from augkit import expand, verify
from augkit.expansion.report import Report

MIRROR = {"transforms": [{"horizontal_flip": {}}]}
TOTAL = 9  # files in each class: with two good pictures and up to seven dirty ones, every one gets a copy
WHITE = (255, 255, 255)

# JPEG halves the resolution of colours, which at the edge of a gradient costs one of its steps, here 14 levels at
# most; quantisation at quality 95 adds a level or two. A wrong turn or mirror costs over 100.
JPEG_ERROR = 16
WEBP_ERROR = 20  # the same, with coarser quantisation


# --- pictures and files -------------------------------------------------------------------------------------------


def gradient(height: int = 16, width: int = 24, *, channels: int = 3, depth: int = 8) -> np.ndarray:
    """A smooth picture that no turn or mirror maps to itself."""
    down, across = np.mgrid[0:height, 0:width].astype(np.float64)
    planes = [
        across / width,
        down / height,
        (across + 2 * down) / (width + 2 * height),
        0.2 + 0.7 * down / height,
    ]
    picture = np.stack(planes[:channels], axis=-1) * 0.9 + 0.05
    scaled = np.rint(picture * (2**depth - 1)).astype(np.uint8 if depth == 8 else np.uint16)
    return scaled[..., 0] if channels == 1 else scaled


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def rgb(**options: Any) -> Image.Image:
    return Image.fromarray(gradient(**options))


def png_bytes(picture: np.ndarray, extra: Sequence[tuple[bytes, bytes]] = ()) -> bytes:
    """A PNG of 8 or 16 bits written by hand, so that no library is asked to check itself."""
    channels = 1 if picture.ndim == 2 else picture.shape[2]
    depth = picture.dtype.itemsize * 8
    rows = picture.astype(picture.dtype.newbyteorder(">")).reshape(len(picture), -1)
    raw = b"".join(b"\0" + row.tobytes() for row in rows)
    head = struct.pack(">IIBBBBB", picture.shape[1], len(picture), depth, {1: 0, 2: 4, 3: 2, 4: 6}[channels], 0, 0, 0)
    return png_file(head, zlib.compress(raw), extra)


def png_file(head: bytes, pixels: bytes, extra: Sequence[tuple[bytes, bytes]] = ()) -> bytes:
    chunks = [(b"IHDR", head), *extra, (b"IDAT", pixels), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def tiff_bytes(picture: np.ndarray, orientation: int = 1, *, white_is_zero: bool = False) -> bytes:
    """An uncompressed little-endian TIFF of one strip, of any number format."""
    channels = 1 if picture.ndim == 2 else picture.shape[2]
    bits = picture.dtype.itemsize * 8
    pixels = picture.astype(picture.dtype.newbyteorder("<")).tobytes()
    short, long_ = 3, 4
    light = 2 if channels > 1 else 0 if white_is_zero else 1
    sample_format = {"u": 1, "i": 2, "f": 3}[picture.dtype.kind]
    tags = [
        (256, long_, [picture.shape[1]]), (257, long_, [picture.shape[0]]), (258, short, [bits] * channels),
        (259, short, [1]), (262, short, [light]), (273, long_, [8]), (274, short, [orientation]),
        (277, short, [channels]), (278, long_, [picture.shape[0]]), (279, long_, [len(pixels)]),
        (284, short, [1]), (339, short, [sample_format] * channels),
    ]  # fmt: skip
    place = 8 + len(pixels) + len(pixels) % 2
    beyond, entries = b"", b""
    for tag, kind, values in tags:
        packed = struct.pack(f"<{len(values)}{'H' if kind == short else 'I'}", *values)
        if len(packed) > 4:
            at = place + 2 + 12 * len(tags) + 4 + len(beyond)
            beyond += packed + b"\0" * (len(packed) % 2)
            packed = struct.pack("<I", at)
        entries += struct.pack("<HHI", tag, kind, len(values)) + packed.ljust(4, b"\0")
    directory = struct.pack("<H", len(tags)) + entries + b"\0\0\0\0" + beyond
    return b"II*\0" + struct.pack("<I", place) + pixels + b"\0" * (len(pixels) % 2) + directory


def profile(head: bytes, tags: Sequence[tuple[bytes, bytes]]) -> bytes:
    """A colour profile of version 2.4; `head` is its class, its colours and what they are told in."""
    described = [
        (b"desc", b"desc\0\0\0\0" + struct.pack(">I", 2) + b"t\0" + b"\0" * 78),
        (b"cprt", b"text\0\0\0\0none\0"),
        (b"wtpt", b"XYZ \0\0\0\0" + fixed(0.9642, 1, 0.8249)),
        *tags,
    ]
    body, index, start = b"", struct.pack(">I", len(described)), 128 + 4 + 12 * len(described)
    for name, data in described:
        index += name + struct.pack(">II", start + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    first = struct.pack(">II", start + len(body), 0) + b"\2\x40\0\0" + head
    return (first.ljust(36, b"\0") + b"acsp" + b"\0" * 28 + fixed(0.9642, 1, 0.8249)).ljust(128, b"\0") + index + body


def fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def cmyk_profile() -> bytes:
    """The profile of an odd press whose cyan ink is red, so that following it can't be mistaken."""
    ramp = bytes(range(256))
    white, red, black = bytes((255, 128, 128)), bytes((138, 209, 198)), bytes((0, 128, 128))  # Lab
    corners = [(c, m, y, k) for c in (0, 1) for m in (0, 1) for y in (0, 1) for k in (0, 1)]
    table = b"".join(black if k else red if c else black if m or y else white for c, m, y, k in corners)
    lookup = b"mft1\0\0\0\0\4\3\2\0" + fixed(1, 0, 0, 0, 1, 0, 0, 0, 1) + ramp * 4 + table + ramp * 3
    return profile(b"prtrCMYKLab ", [(b"A2B0", lookup)])


def grey_profile() -> bytes:
    """The profile of a grey scale with gamma 2.2."""
    return profile(b"mntrGRAYXYZ ", [(b"kTRC", b"curv\0\0\0\0" + struct.pack(">IH", 1, 0x0233))])


SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()  # holds the time: made once


# --- running ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ran:
    """What a run left: its report, and the files of class a."""

    report: Report
    out: Path

    @property
    def reasons(self) -> dict[str, str]:
        return {failure.file: failure.reason for failure in self.report.failed}

    def copy(self, name: str) -> Path:
        return self.out / "a" / name

    def pixels(self, name: str, mode: str | None = None) -> np.ndarray:
        with Image.open(self.copy(name)) as picture:
            assert mode is None or picture.mode == mode
            return np.asarray(picture)


Run = Callable[..., Ran]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two good pictures in class a and one in class b."""
    root = tmp_path / "source"
    for number, name in enumerate(("a/good1.png", "a/good2.png", "b/good.png")):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(png_bytes(gradient() // (number + 1)))
    return root


@pytest.fixture
def run(source: Path, tmp_path: Path) -> Run:
    """A function that puts files into class a, expands, and checks what must hold whatever the files are."""

    def run(files: Mapping[str, bytes] | None = None, *, per_class: int = TOTAL, **options: Any) -> Ran:
        for name, data in (files or {}).items():
            (source / "a" / name).write_bytes(data)
        out = tmp_path / "out"
        options = {"recipe": MIRROR, "per_class": per_class, **options}
        before = contents(source)
        report = expand(source, out, **options)
        assert contents(source) == before
        assert counts(out) == {"a": per_class, "b": per_class}
        assert {name: count.total for name, count in report.classes.items()} == {"a": per_class, "b": per_class}
        assert verify(out, source=source).problems == []
        again = expand(source, out, **options)
        assert (again.written, again.kept) == (0, 2 * per_class)
        assert again.failed == report.failed
        return Ran(report, out)

    return run


def mirrored(picture: Image.Image | np.ndarray) -> np.ndarray:
    return np.asarray(picture)[:, ::-1]


def error(first: np.ndarray, second: np.ndarray) -> int:
    assert first.shape == second.shape
    return int(np.abs(first.astype(int) - second.astype(int)).max())


# --- damaged files ------------------------------------------------------------------------------------------------


def thumbnailed_jpeg() -> tuple[bytes, int]:
    """A JPEG whose EXIF holds a whole JPEG, and the place where its own pixels begin."""
    thumbnail = encoded(rgb(height=8, width=8), "JPEG")
    exif = Image.Exif()
    exif[0x010E] = "a picture with a thumbnail"
    head = exif.tobytes()
    # Directory 1 tells where the thumbnail lies; Pillow writes directory 0 only, so that it goes behind as it is.
    data = encoded(rgb(height=64, width=96), "JPEG", exif=head + thumbnail)
    assert data.index(b"\xff\xd9") < data.rindex(b"\xff\xda")
    return data, data.rindex(b"\xff\xda")


@pytest.mark.parametrize("progressive", [False, True], ids=["baseline", "progressive"])
@pytest.mark.parametrize("rest", ["half", "all but two bytes", "all but one byte"])
def test_a_truncated_jpeg_is_listed_as_truncated(run, rest, progressive):
    whole = encoded(rgb(height=64, width=96), "JPEG", progressive=progressive)
    length = {"half": len(whole) // 2, "all but two bytes": -2, "all but one byte": -1}[rest]
    ran = run({"cut.jpg": whole[:length]})
    assert list(ran.reasons) == ["a/cut.jpg"]
    assert "truncated" in ran.reasons["a/cut.jpg"].lower()


def test_the_end_marker_of_a_thumbnail_does_not_hide_that_a_jpeg_is_truncated(run):
    whole, pixels = thumbnailed_jpeg()
    ran = run({"cut.jpg": whole[: (pixels + len(whole)) // 2], "whole.jpg": whole})
    assert list(ran.reasons) == ["a/cut.jpg"]
    assert "truncated JPEG" in ran.reasons["a/cut.jpg"]


def test_a_jpeg_with_bytes_behind_its_end_is_used(run):
    ran = run({"tail.jpg": encoded(rgb(), "JPEG", quality=95) + b"\0" * 500 + b"camera maker's notes"}, format="png")
    assert ran.reasons == {}
    assert error(ran.pixels("tail_aug01.png", "RGB"), mirrored(gradient())) <= JPEG_ERROR


@pytest.mark.parametrize("missing", ["half", "end chunk", "last checksum", "last byte"])
def test_a_truncated_png_is_listed_as_truncated(run, missing):
    whole = png_bytes(gradient(64, 96))
    length = {"half": len(whole) // 2, "end chunk": -12, "last checksum": -4, "last byte": -1}[missing]
    ran = run({"cut.png": whole[:length]})
    assert list(ran.reasons) == ["a/cut.png"]
    assert "truncated" in ran.reasons["a/cut.png"]


def test_a_png_with_one_wrong_bit_is_listed_as_damaged(run):
    data = bytearray(png_bytes(gradient(64, 96)))
    data[len(data) // 2] ^= 4
    ran = run({"bit.png": bytes(data)})
    assert "damaged PNG" in ran.reasons["a/bit.png"]


@pytest.mark.parametrize("kind", ["WEBP", "TIFF", "BMP", "GIF"])
def test_a_truncated_file_of_any_other_format_is_listed(run, kind):
    whole = encoded(Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)), kind)
    ran = run({f"cut.{kind.lower()}": whole[: len(whole) // 2]})
    assert list(ran.reasons) == [f"a/cut.{kind.lower()}"]
    assert ran.reasons[f"a/cut.{kind.lower()}"]


def test_an_empty_file_is_listed_as_empty(run):
    ran = run({"none.jpg": b"", "none.png": b""})
    assert ran.reasons == {"a/none.jpg": "empty file (0 bytes)", "a/none.png": "empty file (0 bytes)"}


def test_text_called_jpg_is_listed_as_text(run):
    ran = run({"page.jpg": b"<!DOCTYPE html><title>404 Not Found</title>"})
    assert "text" in ran.reasons["a/page.jpg"]


def test_postscript_called_jpg_is_listed_and_no_program_is_started_for_it(source, tmp_path):
    interpreter, called = tmp_path / "bin" / "gs", tmp_path / "called"
    interpreter.parent.mkdir()
    interpreter.write_text(f"#!/bin/sh\n: > '{called}'\nexit 1\n")
    interpreter.chmod(0o755)
    (source / "a" / "x.jpg").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n")
    ended = isolated(source, tmp_path / "out", "env", f"PATH={interpreter.parent}{os.pathsep}{os.environ['PATH']}")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("a/x.jpg|")
    assert not called.exists()


def test_noise_called_jpg_is_listed_as_no_image(run):
    ran = run({"noise.jpg": np.random.default_rng(0).bytes(999)})
    assert "not an image" in ran.reasons["a/noise.jpg"]


# --- wrong names --------------------------------------------------------------------------------------------------


def test_a_png_called_jpg_is_passed_on_as_it_is_and_its_copies_are_called_png(run):
    data = png_bytes(gradient())
    ran = run({"x.jpg": data})
    assert ran.reasons == {}
    assert ran.copy("x.jpg").read_bytes() == data
    assert np.array_equal(ran.pixels("x_aug01.png", "RGB"), mirrored(gradient()))


@pytest.mark.parametrize("name", ["x.png", "x", "x.txt"])
def test_a_jpeg_called_otherwise_is_passed_on_as_it_is_and_its_copies_are_called_jpg(run, name):
    data = encoded(rgb(), "JPEG", quality=95)
    ran = run({name: data})
    assert ran.reasons == {}
    assert ran.copy(name).read_bytes() == data
    with Image.open(ran.copy("x_aug01.jpg")) as copy:
        assert copy.format == "JPEG"
        assert error(np.asarray(copy), mirrored(gradient())) <= JPEG_ERROR


# --- colours ------------------------------------------------------------------------------------------------------

INKS = np.zeros((16, 24, 4), np.uint8)  # no ink, then cyan, then magenta, each eight columns wide
INKS[:, 8:16, 0] = INKS[:, 16:, 1] = 255


def test_a_cmyk_jpeg_becomes_rgb(run):
    ran = run({"x.jpg": encoded(Image.fromarray(INKS, "CMYK"), "JPEG", quality=100)}, format="png")
    copy = ran.pixels("x_aug01.png", "RGB")
    for column, color in ((20, WHITE), (12, (0, 255, 255)), (4, (255, 0, 255))):
        assert error(copy[8, column], np.array(color)) <= 3


def test_a_cmyk_jpeg_becomes_rgb_by_its_colour_profile(run):
    data = encoded(Image.fromarray(INKS, "CMYK"), "JPEG", quality=100, icc_profile=cmyk_profile())
    ran = run({"x.jpg": data}, format="png")
    copy = ran.pixels("x_aug01.png", "RGB")
    for column, color in ((20, WHITE), (12, (255, 0, 0)), (4, (0, 0, 0))):
        assert error(copy[8, column], np.array(color)) <= 8
    with Image.open(ran.copy("x_aug01.png")) as picture:
        assert "icc_profile" not in picture.info


def test_a_cmyk_jpeg_with_a_broken_colour_profile_becomes_rgb_all_the_same(run):
    data = encoded(Image.fromarray(INKS, "CMYK"), "JPEG", quality=100, icc_profile=cmyk_profile()[:300])
    copy = run({"x.jpg": data}, format="png").pixels("x_aug01.png", "RGB")
    assert error(copy[8, 12], np.array((0, 255, 255))) <= 3


def test_a_grey_jpeg_stays_grey(run):
    ran = run({"x.jpg": encoded(Image.fromarray(gradient(channels=1)), "JPEG", quality=95)})
    assert error(ran.pixels("x_aug01.jpg", "L"), mirrored(gradient(channels=1))) <= JPEG_ERROR


@pytest.mark.parametrize(("suffix", "write"), [("png", png_bytes), ("tif", tiff_bytes)])
@pytest.mark.parametrize("channels", [1, 3])
def test_sixteen_bits_stay_sixteen_bits_to_the_last(run, suffix, write, channels):
    picture = gradient(channels=channels, depth=16)
    ran = run({f"x.{suffix}": write(picture)})
    copy = cv2.imread(str(ran.copy(f"x_aug01.{suffix}")), cv2.IMREAD_UNCHANGED)
    assert copy.dtype == np.uint16
    assert np.array_equal(copy if channels == 1 else copy[..., ::-1], mirrored(picture))


@pytest.mark.parametrize("depth", [8, 16])
def test_a_tiff_whose_zero_is_white_is_turned_the_right_way_round(run, depth):
    picture = gradient(channels=1, depth=depth)
    ran = run({"x.tif": tiff_bytes(picture, white_is_zero=True)}, format="png")
    copy = cv2.imread(str(ran.copy("x_aug01.png")), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(copy, mirrored(2**depth - 1 - picture))


@pytest.mark.parametrize("channels", [2, 4], ids=["LA", "RGBA"])
def test_sixteen_bits_with_transparency_stay_sixteen_bits(run, channels):
    picture = gradient(channels=4, depth=16)[..., [0, 3] if channels == 2 else [0, 1, 2, 3]]
    ran = run({"x.png": png_bytes(picture)})
    copy = cv2.cvtColor(cv2.imread(str(ran.copy("x_aug01.png")), cv2.IMREAD_UNCHANGED), cv2.COLOR_BGRA2RGBA)
    wanted = picture if channels == 4 else picture[..., [0, 0, 0, 1]]
    assert copy.dtype == np.uint16
    assert np.array_equal(copy, mirrored(wanted))


def test_rgba_keeps_its_transparency_and_the_colours_under_it(run):
    picture = gradient(channels=4)
    picture[:8, :8, 3] = 0
    ran = run({"x.png": png_bytes(picture)})
    assert np.array_equal(ran.pixels("x_aug01.png", "RGBA"), mirrored(picture))


def test_grey_with_transparency_becomes_rgba(run):
    picture = gradient(channels=4)[..., [0, 3]]
    ran = run({"x.png": png_bytes(picture)})
    assert np.array_equal(ran.pixels("x_aug01.png", "RGBA"), mirrored(picture[..., [0, 0, 0, 1]]))


def palette_picture() -> Image.Image:
    places = (np.arange(16 * 24).reshape(16, 24) % 5).astype(np.uint8)
    picture = Image.fromarray(places, "P")
    picture.putpalette([value for place in range(5) for value in (place * 50, 255 - place * 40, place * 9)])
    return picture


def test_a_palette_becomes_its_colours(run):
    ran = run({"x.png": encoded(palette_picture(), "PNG")})
    assert np.array_equal(ran.pixels("x_aug01.png", "RGB"), mirrored(palette_picture().convert("RGB")))


def test_the_transparent_colours_of_a_palette_become_transparency(run):
    alpha = (0, 80, 255, 255, 160)
    data = encoded(palette_picture(), "PNG", transparency=bytes(alpha))
    places = np.asarray(palette_picture())
    wanted = np.dstack([np.asarray(palette_picture().convert("RGB")), np.array(alpha, np.uint8)[places]])
    assert np.array_equal(run({"x.png": data}).pixels("x_aug01.png", "RGBA"), mirrored(wanted))


def test_the_transparent_colour_of_an_rgb_png_becomes_transparency(run):
    picture = gradient()
    picture[2:5, 3:9] = (1, 2, 3)
    ran = run({"x.png": png_bytes(picture, [(b"tRNS", struct.pack(">HHH", 1, 2, 3))])})
    alpha = np.where((picture == (1, 2, 3)).all(axis=-1), 0, 255).astype(np.uint8)
    assert np.array_equal(ran.pixels("x_aug01.png", "RGBA"), mirrored(np.dstack([picture, alpha])))


def test_the_transparent_grey_of_a_grey_png_becomes_transparency(run):
    picture = gradient(channels=1)
    ran = run({"x.png": png_bytes(picture, [(b"tRNS", struct.pack(">H", picture[0, 5]))])})
    alpha = np.where(picture == picture[0, 5], 0, 255).astype(np.uint8)
    assert np.array_equal(ran.pixels("x_aug01.png", "RGBA"), mirrored(np.dstack([picture] * 3 + [alpha])))


@pytest.mark.parametrize("channels", [1, 3])
def test_the_transparent_colour_of_a_png_of_sixteen_bits_costs_it_neither_bits_nor_transparency(run, channels):
    picture = gradient(channels=channels, depth=16)
    picture[2:5, 3:9] = 777
    ran = run({"x.png": png_bytes(picture, [(b"tRNS", struct.pack(">H", 777) * channels)])})
    copy = cv2.cvtColor(cv2.imread(str(ran.copy("x_aug01.png")), cv2.IMREAD_UNCHANGED), cv2.COLOR_BGRA2RGBA)
    opaque = np.full(picture.shape[:2], 65535, np.uint16)
    opaque[2:5, 3:9] = 0
    colors = picture if channels == 3 else np.dstack([picture] * 3)
    assert copy.dtype == np.uint16
    assert np.array_equal(copy, mirrored(np.dstack([colors, opaque])))


def test_one_bit_becomes_black_and_white(run):
    dots = np.random.default_rng(1).random((16, 24)) < 0.4
    ran = run({"x.png": encoded(Image.fromarray(dots), "PNG"), "y.tif": encoded(Image.fromarray(dots), "TIFF")})
    for name in ("x_aug01.png", "y_aug01.tif"):
        assert np.array_equal(ran.pixels(name, "L"), mirrored(dots * np.uint8(255)))


# --- several pictures in one file ---------------------------------------------------------------------------------


def frames(mode: str = "RGB") -> list[Image.Image]:
    return [rgb().convert(mode), Image.new(mode, (24, 16), "blue"), Image.new(mode, (24, 16), "lime")]


@pytest.mark.parametrize(
    ("name", "options", "copy"),
    [
        ("x.png", {"format": "PNG"}, "x_aug01.png"),
        ("x.webp", {"format": "WEBP", "lossless": True}, "x_aug01.png"),
        ("x.tif", {"format": "TIFF"}, "x_aug01.png"),
    ],
    ids=["APNG", "WebP", "TIFF"],
)
def test_of_several_frames_the_first_is_used_and_the_user_is_told(run, name, options, copy):
    first, *others = frames()
    kind = options.pop("format")
    ran = run({name: encoded(first, kind, save_all=True, append_images=others, **options)}, format="png")
    assert np.array_equal(ran.pixels(copy)[..., :3], mirrored(first))
    assert ran.report.notes["first of 3 frames is used"] == 1


def test_of_an_animated_gif_the_first_frame_is_used_and_its_copies_are_png(run):
    first, *others = (frame.quantize(64) for frame in frames())
    data = encoded(first, "GIF", save_all=True, append_images=others)
    ran = run({"x.gif": data})
    assert ran.copy("x.gif").read_bytes() == data
    assert np.array_equal(ran.pixels("x_aug01.png")[..., :3], mirrored(first.convert("RGB")))
    assert ran.report.notes["first of 3 frames is used"] == 1


# --- other formats ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind", "options"),
    [
        ("x.bmp", "BMP", {}),
        ("x.tiff", "TIFF", {"compression": "tiff_lzw"}),
        ("x.tif", "TIFF", {"compression": "raw"}),
        ("x.PNG", "PNG", {}),
    ],
)
def test_lossless_formats_are_kept_with_every_pixel_exact(run, name, kind, options):
    data = encoded(rgb(), kind, **options)
    ran = run({name: data})
    copy = name.replace("x.", "x_aug01.")
    assert ran.copy(name).read_bytes() == data
    assert np.array_equal(ran.pixels(copy, "RGB"), mirrored(gradient()))
    with Image.open(ran.copy(copy)) as picture:
        assert picture.format == kind


def test_webp_is_kept_within_its_codecs_error(run):
    ran = run({"x.webp": encoded(rgb(), "WEBP", lossless=True)})
    with Image.open(ran.copy("x_aug01.webp")) as picture:
        assert picture.format == "WEBP"
        assert error(np.asarray(picture), mirrored(gradient())) <= WEBP_ERROR


# --- orientation and colour profiles ------------------------------------------------------------------------------


def turned_files(orientation: int) -> dict[str, bytes]:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return {
        "x.jpg": encoded(rgb(), "JPEG", quality=95, subsampling=0, exif=exif),
        "y.png": encoded(rgb(), "PNG", exif=exif),
        "z.webp": encoded(rgb(), "WEBP", lossless=True, exif=exif),
    }


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photos_are_turned_upright_as_exif_asks(run, orientation):
    files = turned_files(orientation)
    ran = run(files, format="png")
    for name, data in files.items():
        with Image.open(io.BytesIO(data)) as picture:
            wanted = mirrored(ImageOps.exif_transpose(picture))
        copy = ran.copy(f"{name[0]}_aug01.png")
        # Two decoders of the same JPEG may round differently.
        assert error(np.asarray(Image.open(copy)), wanted) <= (2 if name == "x.jpg" else 0)
        with Image.open(copy) as picture:
            assert picture.getexif().get(0x0112, 1) == 1


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_tiff_pictures_are_turned_upright_as_their_tag_asks(run, orientation, depth):
    data = tiff_bytes(gradient(depth=depth), orientation)
    eight = tiff_bytes(gradient(depth=8), orientation)
    with Image.open(io.BytesIO(eight)) as picture:
        wanted = mirrored(ImageOps.exif_transpose(picture))
    ran = run({"x.tif": data}, format="png")
    copy = cv2.imread(str(ran.copy("x_aug01.png")), cv2.IMREAD_UNCHANGED)[..., ::-1]
    assert copy.dtype == (np.uint8 if depth == 8 else np.uint16)
    assert error(np.rint(copy / (1 if depth == 8 else 257)), wanted) <= (0 if depth == 8 else 1)  # rounded twice


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_with_unreadable_exif_is_used_as_it_stands(run, kind):
    data = encoded(rgb(), kind, exif=b"Exif\0\0no exif at all")
    ran = run({f"x.{kind.lower()}": data}, format="png")
    assert ran.reasons == {}
    assert error(ran.pixels("x_aug01.png", "RGB"), mirrored(gradient())) <= WEBP_ERROR


def test_a_photo_on_its_side_gets_the_wanted_size_upright(run):
    with Image.open(io.BytesIO(turned_files(6)["x.jpg"])) as picture:
        assert picture.size == (24, 16)
    ran = run({"x.jpg": turned_files(6)["x.jpg"]}, size=(24, 16))
    with Image.open(ran.copy("x_aug01.jpg")) as picture:
        assert picture.size == (16, 24)


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tiff"])
def test_the_colour_profile_is_carried_over_to_the_copies(run, suffix):
    kind = {"jpg": "JPEG"}.get(suffix, suffix.upper())
    ran = run({f"x.{suffix}": encoded(rgb(), kind, icc_profile=SRGB)})
    with Image.open(ran.copy(f"x_aug01.{suffix}")) as copy:
        assert copy.info["icc_profile"] == SRGB


def test_a_format_without_colour_profiles_drops_it_and_the_user_is_told(run):
    ran = run({"x.png": encoded(rgb(), "PNG", icc_profile=SRGB)}, format="bmp")
    assert np.array_equal(ran.pixels("x_aug01.bmp", "RGB"), mirrored(gradient()))
    assert any("colour profile dropped" in note for note in ran.report.notes)


@pytest.mark.parametrize("mode", ["L", "LA"])
def test_copies_have_no_colour_profile_that_does_not_fit_their_colours(run, mode):
    ran = run({"x.png": encoded(rgb().convert(mode), "PNG", icc_profile=grey_profile())})
    with Image.open(ran.copy("x_aug01.png")) as copy:
        space = copy.info.get("icc_profile", b"")[16:20]
        assert space == (b"GRAY" if mode == "L" else b"")


# --- sizes --------------------------------------------------------------------------------------------------------


def bomb() -> bytes:
    """20000x20000 pixels of one bit in 49 kB."""
    rows = zlib.compressobj(9)
    raw = b"".join(rows.compress(b"\0" * 2501) for _ in range(20000)) + rows.flush()
    return png_file(struct.pack(">IIBBBBB", 20000, 20000, 1, 0, 0, 0, 0), raw)


def test_a_decompression_bomb_is_not_opened(run):
    data = bomb()
    assert len(data) < 100_000
    ran = run({"bomb.png": data})
    assert "limit" in ran.reasons["a/bomb.png"]
    assert "400" in ran.reasons["a/bomb.png"].replace(",", "")


def test_pictures_of_more_than_max_pixels_are_listed_and_those_of_just_as_many_are_used(run):
    files = {"large.png": png_bytes(gradient(16, 25)), "fits.png": png_bytes(gradient(16, 24))}
    ran = run(files, max_pixels=16 * 24)
    assert list(ran.reasons) == ["a/large.png"]
    assert "25x16 = 400 pixels" in ran.reasons["a/large.png"]
    assert ran.copy("fits_aug01.png").is_file()


def test_a_picture_of_a_size_that_pillow_warns_of_is_used_or_listed_as_too_large(run):
    rows = zlib.compress(b"\0" * (1 + 9500 // 8 + 1) * 9500)
    ran = run({"large.png": png_file(struct.pack(">IIBBBBB", 9500, 9500, 1, 0, 0, 0, 0), rows)}, per_class=3)
    reason = ran.reasons.get("a/large.png", "")
    assert "damaged" not in reason
    assert ran.copy("large_aug01.png").is_file() or "max-pixels" in reason


@pytest.mark.parametrize("recipe", ["classic", "strong", MIRROR], ids=["classic", "strong", "mirror"])
@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 2), (10, 20000)])
def test_pictures_of_odd_shapes_go_through_every_recipe(run, recipe, height, width):
    ran = run({"x.png": png_bytes(gradient(height, width))}, recipe=recipe)
    assert ran.reasons == {}
    copy = ran.pixels("x_aug01.png", "RGB")
    assert copy.shape == (height, width, 3)
    if recipe == MIRROR:
        assert np.array_equal(copy, mirrored(gradient(height, width)))


def test_a_picture_too_wide_for_the_wanted_format_is_listed(run):
    ran = run({"x.png": png_bytes(gradient(10, 20000))}, format="webp")
    assert "20000x10 can't be written as webp" in ran.reasons["a/x.png"]


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


def isolated(source: Path, out: Path, *before: str) -> subprocess.CompletedProcess[str]:
    """Expand in a process of its own, which is ended after some seconds; print what failed as lines."""
    script = f"""
        import sys
        from augkit import expand
        report = expand(sys.argv[1], sys.argv[2], recipe={MIRROR!r}, per_class={TOTAL})
        for failure in report.failed:
            print(failure.file, failure.reason, sep="|")
    """
    command = [*before, sys.executable, "-W", "error", "-c", textwrap.dedent(script), str(source), str(out)]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=6, check=False)
    except subprocess.TimeoutExpired:
        pytest.fail("it does not come to an end")


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


# --- numbers without a defined white ------------------------------------------------------------------------------


def test_a_tiff_of_floating_point_numbers_is_listed_with_what_to_do(run):
    ran = run({"x.tif": tiff_bytes(gradient(channels=1).astype(np.float32) / 255)})
    assert list(ran.reasons) == ["a/x.tif"]
    assert "rescale to 8 or 16 bits" in ran.reasons["a/x.tif"]


def test_a_tiff_of_three_floating_point_numbers_a_pixel_is_listed(run):
    ran = run({"x.tif": tiff_bytes(gradient().astype(np.float32) / 255)})
    assert list(ran.reasons) == ["a/x.tif"]
    assert "TIFF" in ran.reasons["a/x.tif"]


@pytest.mark.parametrize("lowest", [-1, 0, 65536 - 255])
def test_a_tiff_of_large_whole_numbers_is_read_as_sixteen_bits_or_listed(run, lowest):
    picture = gradient(channels=1).astype(np.int32) * 257 // 256 + lowest
    ran = run({"x.tif": tiff_bytes(picture)})
    if picture.min() >= 0 and picture.max() <= 65535:
        copy = cv2.imread(str(ran.copy("x_aug01.tif")), cv2.IMREAD_UNCHANGED)
        assert copy.dtype == np.uint16
        assert np.array_equal(copy, mirrored(picture))
    else:
        assert "rescale to 16 bits" in ran.reasons["a/x.tif"]


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
