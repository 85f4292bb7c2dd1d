"""Encoding: from a picture to the bytes of a file, saying what the format could not keep."""

import io
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from augkit.errors import AugkitError
from augkit.files.convert import on_white, to_eight_bits

Array = npt.NDArray[Any]

SUFFIXES = {
    "jpg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "png": (".png",),
    "webp": (".webp",),
    "bmp": (".bmp", ".dib"),
    "tiff": (".tif", ".tiff"),
}
"""The formats that can be written, with the names that fit each."""

_OPAQUE = ("jpg",)
_EIGHT_BIT = ("jpg", "webp", "bmp")
_PILLOW_NAMES = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "tiff": "TIFF"}


def target_suffix(suffix: str, source_format: str, wanted: str) -> tuple[str, str]:
    """Return suffix and format of a written picture; "keep" takes the source's, or PNG where we can't write it.

    >>> target_suffix(".JPEG", "jpg", "keep")
    ('.JPEG', 'jpg')
    >>> target_suffix(".gif", "gif", "keep")
    ('.png', 'png')
    """
    chosen = wanted if wanted != "keep" else source_format if source_format in SUFFIXES else "png"
    return (suffix if suffix.lower() in SUFFIXES[chosen] else SUFFIXES[chosen][0]), chosen


def encode(image: Array, kind: str, *, quality: int, icc: bytes | None = None) -> tuple[bytes, str]:
    """Return a picture as the bytes of a file, and a note of what the format could not keep ("" if nothing).

    Parameters
    ----------
    image : array (H, W), (H, W, 3) RGB or (H, W, 4) RGBA
        uint8 or uint16.
    kind : {"jpg", "png", "webp", "bmp", "tiff"}
    quality : int
        1 to 100, for JPEG and WebP.
    icc : bytes, optional
        Colour profile to embed.

    Raises
    ------
    AugkitError
        When the format can't hold a picture of this size.
    """
    notes = []
    if kind in _OPAQUE and image.ndim == 3 and image.shape[2] == 4:
        image = on_white(image)
        notes.append("transparency laid on white")
    if kind in _EIGHT_BIT and image.dtype == np.uint16:
        image = to_eight_bits(image)
        notes.append("16 bits reduced to 8")
    if icc and (kind not in _PILLOW_NAMES or (image.dtype == np.uint16 and image.ndim == 3)):
        icc = None
        notes.append("colour profile dropped")
    try:
        data = _by_pillow(image, kind, quality, icc) if icc else _by_opencv(image, kind, quality)
    except (ValueError, OSError):
        data = None
    except cv2.error as error:
        if error.code == cv2.Error.StsNoMem:
            raise MemoryError from None
        data = None
    if data is None:
        raise AugkitError(f"a picture of {image.shape[1]}x{image.shape[0]} can't be written as {kind}")
    return data, ", ".join(notes)


def _by_opencv(image: Array, kind: str, quality: int) -> bytes | None:
    options: list[int] = []
    if kind == "jpg":
        options = [cv2.IMWRITE_JPEG_QUALITY, quality]
    elif kind == "webp":
        options = [cv2.IMWRITE_WEBP_QUALITY, quality]
    if image.ndim == 3:
        image = cv2.cvtColor(image, cv2.COLOR_RGB2BGR if image.shape[2] == 3 else cv2.COLOR_RGBA2BGRA)
    done, data = cv2.imencode(f".{kind}", image, options)
    return data.tobytes() if done else None


def _by_pillow(image: Array, kind: str, quality: int, icc: bytes) -> bytes:
    options = {"quality": quality} if kind in ("jpg", "webp") else {}
    file = io.BytesIO()
    Image.fromarray(image).save(file, _PILLOW_NAMES[kind], icc_profile=icc, **options)
    return file.getvalue()


def format_of(name: str) -> str:
    """Return the format that the suffix of a written file stands for.

    >>> format_of("cat/001_aug03.JPEG")
    'jpg'
    """
    suffix = name[name.rfind(".") :].lower()
    return next(kind for kind, suffixes in SUFFIXES.items() if suffix in suffixes)
