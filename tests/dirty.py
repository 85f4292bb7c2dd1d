"""Dirty pictures made by hand, and one run over them."""

import io
import struct
import subprocess
import sys
import textwrap
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

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


def mirrored(picture: Image.Image | np.ndarray) -> np.ndarray:
    return np.asarray(picture)[:, ::-1]


def error(first: np.ndarray, second: np.ndarray) -> int:
    assert first.shape == second.shape
    return int(np.abs(first.astype(int) - second.astype(int)).max())


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
