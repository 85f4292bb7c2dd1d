"""Colour models, depths, transparency, frames, orientation and profiles."""

import io
import struct

import cv2
import numpy as np
import pytest
from dirty import (
    JPEG_ERROR,
    SRGB,
    WEBP_ERROR,
    WHITE,
    cmyk_profile,
    encoded,
    error,
    gradient,
    grey_profile,
    mirrored,
    png_bytes,
    rgb,
    tiff_bytes,
)
from PIL import Image, ImageOps

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
