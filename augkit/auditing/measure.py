"""Measuring: every picture read once, decoded once, and told in one row of the table."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from augkit.auditing.table import ROW
from augkit.errors import AugkitError
from augkit.execution import run
from augkit.files.arrays import load_arrays, write_arrays
from augkit.files.picture import UnusableImageError, profile_name, read_contents
from augkit.files.read import path_of, read_bytes, stamp_of
from augkit.kernels import one_thread
from augkit.kernels.fingerprint import SIDE, perceptual_hash, to_rgb8
from augkit.kernels.measure import measure_tone, shrink_to
from augkit.kernels.view import to_view

Array = npt.NDArray[Any]

_SIDE = 512  # tones are measured on pictures no larger: blur that this hides is no blur to a network
_FORMAT = 1  # of kept measurements; another one is measured anew


class Measured(NamedTuple):
    """The row of a picture at a place, why it is not usable ("" if it is), and whether an earlier run measured it."""

    place: int
    row: Array
    reason: str
    known: bool = False


def measure_files(
    root: str,
    ids: Sequence[str],
    *,
    known: dict[str, Array],
    max_pixels: int,
    workers: int,
    progress: Callable[[int, int], None],
) -> tuple[Array, dict[int, str], int]:
    """Return a row for each file, why some are not usable, and how many were read; unchanged ones keep their row.

    Parameters
    ----------
    root : str
    ids : list of str
    known : dict
        Rows of an earlier run, by id.
    max_pixels : int
        Larger pictures are not read.
    workers : int
    progress : callable
        Told how many are done, of how many.
    """
    rows = np.zeros(len(ids), ROW)
    reasons: dict[int, str] = {}
    read = 0
    with one_thread():
        todo = list(enumerate(ids))
        for number, measured in enumerate(run(partial(_measure_file, root, known, max_pixels), todo, workers), 1):
            rows[measured.place] = measured.row
            if measured.reason:
                reasons[measured.place] = measured.reason
            read += not measured.known
            progress(number, len(ids))
    return rows, reasons, read


def _measure_file(root: str, known: dict[str, Array], max_pixels: int, item: tuple[int, str]) -> Measured:
    place, image_id = item
    path = path_of(root, image_id)
    row = np.zeros((), ROW)
    try:
        row["bytes"], row["modified"] = stamp_of(path)
        before = known.get(image_id)
        if before is not None and before["bytes"] == row["bytes"] and before["modified"] == row["modified"]:
            return Measured(place, before, "", known=True)
        data = read_bytes(path)
        row["file"] = np.frombuffer(hashlib.sha256(data).digest(), np.uint64)
        contents = read_contents(data, max_pixels)
        _fill(row, contents.pixels, to_rgb8(contents.pixels))
    except OSError as error:
        return Measured(place, row, f"can't be read: {error.strerror}")
    except UnusableImageError as error:
        return Measured(place, row, str(error))
    except Exception as error:  # a bad file is a finding, whatever a codec or OpenCV stumbles over
        return Measured(place, row, f"can't be measured: {' '.join(str(error).split()) or type(error).__name__}")
    row["format"], row["mode"], row["orientation"] = contents.facts.format, contents.mode, contents.orientation
    row["profile"] = profile_name(contents.icc) if contents.icc else ""
    return Measured(place, row, "")


def _fill(row: Array, pixels: Array, rgb: Array) -> None:
    """Fill in what is measured of a picture; it is usable."""
    digest = hashlib.blake2b(f"{pixels.shape}{pixels.dtype}".encode(), digest_size=16)
    digest.update(np.ascontiguousarray(pixels).data)
    row["pixels"] = np.frombuffer(digest.digest(), np.uint64)
    row["height"], row["width"] = pixels.shape[:2]
    small = shrink_to(rgb, _SIDE)
    tone = measure_tone(small)
    for name, value in tone._asdict().items():
        row[name] = value
    view = to_view(small, SIDE)
    row["view"] = view
    row["hash"] = perceptual_hash(view)
    row["orientation"] = 1
    row["usable"] = True


def measure_arrays(
    images: Sequence[Array], value_range: tuple[float, float] | None, *, workers: int,
    progress: Callable[[int, int], None],
) -> tuple[Array, dict[int, str]]:  # fmt: skip
    """Return a row for each picture of a sequence of arrays, and why some are not usable."""
    rows = np.zeros(len(images), ROW)
    reasons: dict[int, str] = {}
    with one_thread():
        measure = partial(_measure_array, images, value_range)
        for number, measured in enumerate(run(measure, range(len(images)), workers), 1):
            rows[measured.place] = measured.row
            if measured.reason:
                reasons[measured.place] = measured.reason
            progress(number, len(images))
    return rows, reasons


def _measure_array(images: Sequence[Array], value_range: tuple[float, float] | None, place: int) -> Measured:
    row = np.zeros((), ROW)
    image = np.asarray(images[place])
    row["bytes"] = image.nbytes
    if image.ndim not in (2, 3) or not image.size or image.dtype.kind not in "uifb":
        return Measured(place, row, f"no picture: shape {image.shape}, dtype {image.dtype}")
    if image.ndim == 3 and image.shape[2] not in (1, 3, 4):
        if image.shape[0] not in (1, 3, 4):
            return Measured(place, row, f"no picture: {image.shape[2]} channels")
        image = np.moveaxis(image, 0, -1)  # as torch has it
    if image.ndim == 3 and image.shape[2] == 1:
        image = image[..., 0]
    row["format"], row["mode"] = "array", {2: "L"}.get(image.ndim, "RGB" if image.shape[-1] == 3 else "RGBA")
    finite = np.isfinite(image) if image.dtype.kind == "f" else None
    if finite is not None and not finite.all():
        row["not_finite"] = image.size - int(np.count_nonzero(finite))
        image = np.where(finite, image, 0)
    row["least"], row["most"] = float(image.min()), float(image.max())
    _fill(row, image, to_rgb8(_levels(image, value_range)))
    return Measured(place, row, "")


def _levels(image: Array, value_range: tuple[float, float] | None) -> Array:
    """Return a picture of any numbers as uint8 or uint16, or as float32 from 0 to 1."""
    if image.dtype in (np.uint8, np.uint16):
        return np.ascontiguousarray(image)
    low, high = float(image.min()), float(image.max())
    if value_range is not None and value_range[0] <= low <= high <= value_range[1]:
        low, high = value_range
    return ((image.astype(np.float32) - low) / max(high - low, 1e-9)).clip(0.0, 1.0)


def find_range(images: Sequence[Array]) -> tuple[float, float] | None:
    """Return where the values of pictures lie by all appearances; None for bytes, and where no usual range fits.

    >>> find_range(np.random.default_rng(0).random((9, 4, 4)))
    (0.0, 1.0)
    """
    sample = [np.asarray(images[place]) for place in range(0, len(images), max(1, len(images) // _SAMPLE))]
    sample = [image for image in sample if image.dtype not in (np.uint8, np.uint16) and image.dtype.kind in "uif"]
    with np.errstate(invalid="ignore"):
        finite = [image[np.isfinite(image)] for image in sample]
    extremes = [(float(values.min()), float(values.max())) for values in finite if values.size]
    for low, high in ((0.0, 1.0), (-1.0, 1.0), (0.0, 255.0)):
        fitting = sum(low <= least and most <= high for least, most in extremes)
        if extremes and fitting >= _MOST * len(extremes):
            return low, high
    return None


_SAMPLE = 500
_MOST = 0.9


def look_for_odd_values(root: str, array_files: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the array files of a folder that hold NaN or infinity or can't be read, and what is wrong."""
    for image_id in array_files:
        try:
            arrays = load_arrays(path_of(root, image_id))
        except AugkitError:
            yield image_id, "can't be read as numpy arrays"
            continue
        for name, array in arrays.items():
            if array.dtype.kind == "f":
                nan, infinite = int(np.isnan(array).sum()), int(np.isinf(array).sum())
                if nan or infinite:
                    yield image_id, f"{name} holds {nan:,} NaN and {infinite:,} infinite of {array.size:,} values"


def keep(path: str, ids: Sequence[str], rows: Array) -> None:
    """Write down the measurements of the usable pictures for the next run."""
    usable = rows["usable"]
    names = np.array([name for name, good in zip(ids, usable, strict=True) if good], dtype=np.str_)
    write_arrays(path, {"format": np.array(_FORMAT), "ids": names, "rows": rows[usable]})


def recall(path: str) -> dict[str, Array]:
    """Return the rows that an earlier run has kept, by id; none where there are none that fit."""
    try:
        arrays = load_arrays(path)
        if int(arrays["format"]) != _FORMAT or arrays["rows"].dtype != ROW:
            return {}
        return dict(zip(arrays["ids"].tolist(), arrays["rows"], strict=True))
    except (AugkitError, KeyError, ValueError, TypeError):
        return {}
