"""Decoding: from the bytes of a file, whatever they are, to an upright picture, or a reason why not."""

import contextlib
import importlib
import io
import warnings
from functools import lru_cache
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms, UnidentifiedImageError

from augkit.errors import AugkitError
from augkit.jpeg import decode_jpeg

Array = npt.NDArray[Any]

MAX_PIXELS = 89_478_485  # as many as Pillow opens without a warning
_ORIENTATION = 0x0112
_BITS_PER_SAMPLE = 258
_PHOTOMETRIC = 262  # 0: white is zero
# What the suffixes of a scan stand for; Pillow knows more, and would start Ghostscript for a PostScript called .jpg.
for _plugin in ("Avif", "Bmp", "Gif", "Jpeg", "Jpeg2K", "Png", "Ppm", "Tiff", "WebP"):
    with contextlib.suppress(ImportError):
        importlib.import_module(f"PIL.{_plugin}ImagePlugin")
_READ = [name for name in "JPEG PNG WEBP BMP DIB TIFF GIF PPM JPEG2000 AVIF".split() if name in Image.OPEN]
_FORMATS = {
    "JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp", "BMP": "bmp", "DIB": "bmp", "TIFF": "tiff",
}  # fmt: skip


class UnusableImageError(AugkitError):
    """A file that is no picture augkit can work on; the message is the reason."""


class Facts(NamedTuple):
    """What the head of a file says of its picture.

    Attributes
    ----------
    format : str
        "jpg", "png", "webp", "bmp", "tiff", or Pillow's name of the format in lower case.
    width, height : int
        Pixels, upright.
    frames : int
        More than one for animations and documents of several pages.
    """

    format: str
    width: int
    height: int
    frames: int

    def note(self) -> str:
        """Return what a user should know of how this picture is read; empty if nothing."""
        return f"first of {self.frames} frames is used" if self.frames > 1 else ""


class Contents(NamedTuple):
    """All that a file holds: the facts of its head, and the picture itself.

    Attributes
    ----------
    facts : Facts
    mode : str
        As Pillow names it: "L", "RGB", "RGBA", "P", "CMYK", "I;16", ...
    orientation : int
        As EXIF numbers it: 1 is upright, 5 to 8 swap width and height.
    pixels : array
        Upright, as `decode` returns them.
    icc : bytes or None
        The colour profile.
    """

    facts: Facts
    mode: str
    orientation: int
    pixels: Array
    icc: bytes | None


def read_contents(data: bytes, max_pixels: int) -> Contents:
    """Return facts and picture of a file that is whole, opened once.

    Raises
    ------
    UnusableImageError
        When `examine` or `decode` would.
    """
    image = _open(data, max_pixels)
    mode = image.mode
    try:
        frames = _check_whole(image, data)
        orientation = _orientation(image)
        pixels, turn = _pixels(image, data)
    except (UnusableImageError, MemoryError):
        raise
    except Exception as error:
        raise UnusableImageError(f"damaged {image.format}: {_say(error)}") from None
    pixels, icc = _upright(pixels, turn), _profile(image, pixels)
    facts = Facts(_format(image), pixels.shape[1], pixels.shape[0], frames)
    return Contents(facts, mode, orientation, pixels, icc)


def examine(data: bytes, max_pixels: int) -> Facts:
    """Return the facts of a picture whose file is whole, at a small part of the cost of decoding it.

    JPEG files are checked for their end marker and PNG files for every checksum; other formats are decoded.

    Raises
    ------
    UnusableImageError
        When it is empty, truncated, damaged, too large, or no picture.
    """
    image = _open(data, max_pixels)
    try:
        frames = _check_whole(image, data)
        if image.format not in ("JPEG", "MPO", "PNG"):
            decode(data, max_pixels)
        orientation = _orientation(image)
    except (UnusableImageError, MemoryError):
        raise
    except Exception as error:  # Pillow's readers raise whatever their parsers stumble over
        raise UnusableImageError(f"damaged {image.format}: {_say(error)}") from None
    width, height = image.size if orientation < 5 else image.size[::-1]
    return Facts(_format(image), width, height, frames)


def _format(image: Image.Image) -> str:
    return _FORMATS.get(image.format or "", (image.format or "").lower())


def _check_whole(image: Image.Image, data: bytes) -> int:
    """Return the number of frames; raise UnusableImageError if a JPEG or PNG is not whole."""
    if image.format in ("JPEG", "MPO"):
        _check_jpeg_end(data)
        return 1  # the further pictures of an MPO are previews and depth maps
    if image.format == "PNG":
        _check_png_end(data)
    return int(getattr(image, "n_frames", 1))


def decode(data: bytes, max_pixels: int) -> tuple[Array, bytes | None]:
    """Return the picture upright, and its colour profile if it has one.

    The picture is (H, W) grey, (H, W, 3) RGB or (H, W, 4) RGBA, uint8 or uint16.

    Palettes and CMYK become RGB (by their colour profile where CMYK has one), transparency becomes alpha, 1-bit
    becomes grey, and of an animation comes the first frame.

    Raises
    ------
    UnusableImageError
        When it can't be decoded.
    """
    image = _open(data, max_pixels)
    try:
        pixels, orientation = _pixels(image, data)
    except (UnusableImageError, MemoryError):
        raise
    except Exception as error:
        raise UnusableImageError(f"damaged {image.format}: {_say(error)}") from None
    return _upright(pixels, orientation), _profile(image, pixels)


def _pixels(image: Image.Image, data: bytes) -> tuple[Array, int]:
    """Return the pixels as they are stored, and the orientation that is left to be undone."""
    if _is_fast(image, data):
        pixels = _fast_pixels(image, data)
        return pixels, 1 if image.format == "TIFF" else _orientation(image)  # OpenCV turns TIFF itself
    pixels = pillow_pixels(image)
    return pixels, _orientation(image)  # after loading: Pillow itself turns some formats


def _profile(image: Image.Image, pixels: Array) -> bytes | None:
    """Return the colour profile, if it speaks of the colours that the pixels have now."""
    profile = image.info.get("icc_profile") or b""
    return profile if profile[16:20] == (b"GRAY" if pixels.ndim == 2 else b"RGB ") else None


def _open(data: bytes, max_pixels: int) -> Image.Image:
    if not data:
        raise UnusableImageError("empty file (0 bytes)")
    try:
        image = Image.open(io.BytesIO(data), formats=_READ)
    except UnidentifiedImageError:
        raise UnusableImageError(_unidentified(data)) from None
    except MemoryError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnusableImageError(
            f"too many pixels (max-pixels and, in Python, PIL.Image.MAX_IMAGE_PIXELS set the limit): {error}"
        ) from None
    except Exception as error:
        raise UnusableImageError(f"damaged or truncated image: {_say(error)}") from None
    width, height = image.size
    if width * height > max_pixels:
        raise UnusableImageError(
            f"{width}x{height} = {width * height:,} pixels, more than the limit of {max_pixels:,} (max-pixels)"
        )
    return image


def _unidentified(data: bytes) -> str:
    if data.startswith((b"II*\0", b"MM\0*")):
        return "a TIFF of a kind that can't be read: only whole numbers of 8 or 16 bits have a defined white"
    if b"\0" not in data[:512] and not data.startswith((b"\xff\xd8", b"\x89PNG", b"GIF8", b"RIFF")):
        return "not an image: it holds text"
    return "not an image, or a damaged one"


def _say(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _check_jpeg_end(data: bytes) -> None:
    """Raise UnusableImageError unless the compressed pixels of a JPEG come to their end marker.

    Segments are stepped over, so that the end marker of an embedded thumbnail is not taken for it.
    """
    place = 2
    while place + 4 <= len(data):
        if data[place] != 0xFF:
            place = data.find(b"\xff", place)
            if place < 0:
                break
            continue
        marker = data[place + 1]
        if marker == 0xDA:  # start of scan
            if data.rfind(b"\xff\xd9", place) >= 0:
                return
            break
        if marker == 0xFF:
            place += 1
        else:
            place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    raise UnusableImageError("truncated JPEG: the end of the picture is missing")


def _check_png_end(data: bytes) -> None:
    try:
        Image.open(io.BytesIO(data), formats=("PNG",)).verify()
    except Exception as error:
        raise UnusableImageError(f"truncated or damaged PNG: {_say(error)}") from None
    if len(data) < data.rfind(b"IEND") + 8:
        raise UnusableImageError("truncated PNG: the end of the file is missing")


def _orientation(image: Image.Image) -> int:
    if not ({"exif", "Raw profile type exif"} & image.info.keys() or image.format in ("TIFF", "PNG", "WEBP")):
        return 1
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # an unreadable EXIF block says nothing of the pixels
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _upright(pixels: Array, orientation: int) -> Array:
    if orientation >= 5:
        pixels = np.swapaxes(pixels, 0, 1)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def _is_fast(image: Image.Image, data: bytes) -> bool:
    """Return whether simplejpeg or OpenCV decode this right: they are faster, and keep 16 bits of colour."""
    if image.format in ("JPEG", "MPO"):
        return image.mode in ("L", "RGB")
    if image.format == "PNG":
        plain = "transparency" not in image.info and not getattr(image, "is_animated", False)
        depth, color = data[24], data[25]
        return depth == 16 or (plain and depth == 8 and color in (0, 2, 6))
    if image.format == "TIFF":
        bits = image.tag_v2.get(_BITS_PER_SAMPLE, ())  # type: ignore[attr-defined]
        return len(bits) > 1 and set(bits) == {16}
    return False


def _jpeg_pixels(image: Image.Image, data: bytes) -> Array | None:
    """Return the pixels of a JPEG, damaged ones as far as they go; None where there are none."""
    grey, (width, height) = image.mode == "L", image.size
    with contextlib.suppress(ValueError):  # damaged, or a sampling of colours that it doesn't know
        return decode_jpeg(data, (height, width), colored=not grey)
    color = cv2.IMREAD_GRAYSCALE if grey else cv2.IMREAD_COLOR_RGB
    return cv2.imdecode(np.frombuffer(data, np.uint8), color | cv2.IMREAD_IGNORE_ORIENTATION)


def _fast_pixels(image: Image.Image, data: bytes) -> Array:
    is_jpeg = image.format in ("JPEG", "MPO")
    pixels = _jpeg_pixels(image, data) if is_jpeg else cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None:
        raise UnusableImageError(f"damaged {image.format}: its pixels can't be decoded")
    if "transparency" in image.info and (pixels.ndim == 2 or pixels.shape[2] == 3):
        return _with_transparent(pixels, image.info["transparency"])
    if pixels.ndim == 2 or is_jpeg:
        return pixels
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB if pixels.shape[2] == 3 else cv2.COLOR_BGRA2RGBA)


def _with_transparent(pixels: Array, transparent: int | tuple[int, int, int]) -> Array:
    """Return RGBA of grey or BGR pixels in which one value is transparent."""
    color = cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB if pixels.ndim == 2 else cv2.COLOR_BGR2RGB)
    white = np.iinfo(pixels.dtype).max
    alpha = np.where((color == transparent).all(axis=2), 0, white).astype(pixels.dtype)
    return np.dstack([color, alpha])


def pillow_pixels(image: Image.Image) -> Array:
    """Return the pixels of a Pillow picture of any mode, as `decode` has them: grey, RGB or RGBA.

    Raises
    ------
    UnusableImageError
        When no white is defined for its values.
    """
    image.load()
    mode = image.mode
    if mode.startswith("I;16"):
        values = np.asarray(image).astype(np.uint16)
        inverted = image.format == "TIFF" and image.tag_v2.get(_PHOTOMETRIC) == 0  # type: ignore[attr-defined]
        return 65535 - values if inverted else values
    if mode == "I":
        values = np.asarray(image)
        if values.min() < 0 or values.max() > 65535:
            raise UnusableImageError("whole numbers outside 0 to 65535: no white is defined; rescale to 8 or 16 bits")
        return values.astype(np.uint16)
    if mode == "F":
        raise UnusableImageError("floating-point pixels: no white is defined; rescale to 8 or 16 bits")
    if mode == "CMYK":
        return np.array(_from_cmyk(image))
    if mode in ("LA", "La", "PA", "RGBa") or "transparency" in image.info:
        return np.array(image.convert("RGBA"))
    if mode in ("L", "RGB", "RGBA"):
        return np.array(image)
    return np.array(image.convert("L" if mode == "1" else "RGB"))


def _from_cmyk(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if profile:
        try:
            converted = ImageCms.profileToProfile(
                image, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except ImageCms.PyCMSError:
            converted = None  # a broken profile says nothing; the plain conversion says something
        if converted is not None:
            return converted
    return image.convert("RGB")


@lru_cache(maxsize=256)
def profile_name(icc: bytes) -> str:
    """Return what a colour profile calls itself; "unreadable profile" if it can't say."""
    try:
        return " ".join(ImageCms.getProfileDescription(io.BytesIO(icc)).split()) or "profile without a name"
    except (ImageCms.PyCMSError, OSError, ValueError):
        return "unreadable profile"


def quiet_codecs() -> None:
    """Let augkit's own limit and messages stand alone: for a process that is augkit's, not for a library call."""
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    Image.MAX_IMAGE_PIXELS = None
    warnings.filterwarnings("ignore", module="PIL")
