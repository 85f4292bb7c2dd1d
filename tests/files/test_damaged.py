"""Files that are damaged, misnamed, too large, or hold numbers without a white."""

import os
import struct
import zlib

import cv2
import numpy as np
import pytest
from dirty import JPEG_ERROR, MIRROR, encoded, error, gradient, isolated, mirrored, png_bytes, png_file, rgb, tiff_bytes
from PIL import Image

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
