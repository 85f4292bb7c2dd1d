"""Decoding JPEG: the pixels of OpenCV, whatever the size, the sampling of colours and the damage."""

import io

import cv2
import numpy as np
import PIL.Image
import pytest
from pictures import same

from augkit.files.picture import MAX_PIXELS, UnusableImageError, decode
from augkit.jpeg import decode_jpeg
from augkit.sample import Image

SAMPLINGS = ["4:4:4", "4:2:2", "4:2:0", "4:1:1"]
SIZES = [(1, 1), (1, 40), (33, 1), (16, 16), (32, 64), (31, 33), (97, 211)]


def smooth(height: int, width: int) -> Image:
    rows, columns = np.mgrid[:height, :width]
    waves = [np.sin(rows / 7 + color) * np.cos(columns / (5 + color)) for color in range(3)]
    return np.rint(127.5 + 120 * np.stack(waves, axis=2)).astype(np.uint8)


def written(image: Image, **options) -> bytes:
    file = io.BytesIO()
    PIL.Image.fromarray(image).save(file, "JPEG", **options)
    return file.getvalue()


def by_opencv(data: bytes, *, colored: bool = True) -> Image:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB if colored else cv2.IMREAD_GRAYSCALE)


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("sampling", SAMPLINGS)
@pytest.mark.parametrize("size", SIZES)
def test_the_pixels_are_those_of_opencv(size, sampling, progressive):
    for quality in (5, 75, 100):
        data = written(smooth(*size), quality=quality, subsampling=sampling, progressive=progressive)
        assert same(decode_jpeg(data, size, colored=True), by_opencv(data))


@pytest.mark.parametrize("size", SIZES)
def test_grey_pixels_are_those_of_opencv(size):
    data = written(smooth(*size)[..., 0])
    assert same(decode_jpeg(data, size, colored=False), by_opencv(data, colored=False))


def test_pixels_are_in_one_piece_and_may_be_written_to():
    pixels = decode_jpeg(written(smooth(32, 64)), (32, 64), colored=True)
    assert pixels.flags.c_contiguous
    assert pixels.flags.writeable


def test_rows_of_large_pictures_begin_between_multiples_of_32_bytes():
    for _ in range(20):
        pixels = decode_jpeg(written(smooth(256, 256)), (256, 256), colored=True)
        assert pixels.strides == (768, 3, 1)
        assert pixels.ctypes.data % 32 == 16


@pytest.mark.parametrize("side", [32, 256])
@pytest.mark.parametrize("colored", [True, False])
def test_every_picture_has_memory_of_its_own(side, colored):
    light, dark = (written(np.full((side, side, 3), level, np.uint8)) for level in (250, 5))
    first = decode_jpeg(light, (side, side), colored=colored)
    second = decode_jpeg(dark, (side, side), colored=colored)
    assert not np.shares_memory(first, second)
    assert (first == 250).all()
    assert (second == 5).all()


@pytest.mark.parametrize("size", [(64, 64), (97, 211)])
def test_damaged_pixels_come_as_far_as_opencv_has_them(size, capfd):
    whole = written(smooth(*size))
    middle = (whole.rindex(b"\xff\xda") + len(whole)) // 2  # of the compressed pixels
    cut, broken = whole[:middle] + b"\xff\xd9", bytearray(whole)
    broken[middle : middle + 20] = bytes(20)
    assert not same(by_opencv(bytes(broken)), by_opencv(whole))
    with pytest.raises(ValueError, match="premature"):
        decode_jpeg(cut, size, colored=True)
    for data in (cut, bytes(broken)):
        assert same(decode(data, MAX_PIXELS)[0], by_opencv(data))
    capfd.readouterr()  # OpenCV's codec writes to the terminal


def test_damaged_pixels_are_never_those_of_another_picture(capfd):
    whole = written(smooth(64, 64), progressive=True)
    usable = 0
    for end in range(200, len(whole), 7):
        data, results = whole[:end] + b"\xff\xd9", []
        for level in (250, 5):  # what lies about in memory
            decode_jpeg(written(np.full((64, 64, 3), level, np.uint8)), (64, 64), colored=True)
            try:
                results.append(decode(data, MAX_PIXELS)[0])
            except UnusableImageError:
                results.append(np.empty(0))
        assert same(*results)
        usable += results[0].size > 0
    assert 10 < usable < len(range(200, len(whole), 7))
    capfd.readouterr()


def test_a_sampling_that_only_opencv_knows_is_decoded_by_it(capfd):
    data = bytearray(written(smooth(24, 40), subsampling="4:4:4"))
    factors = data.index(b"\xff\xc0") + 11  # those of the first of three components, which are three bytes each
    data[factors : factors + 9 : 3] = b"\x22\x12\x21"
    with pytest.raises(ValueError, match=r"(?i)subsampling"):
        decode_jpeg(bytes(data), (24, 40), colored=True)
    pixels, _ = decode(bytes(data), MAX_PIXELS)
    assert same(pixels, by_opencv(bytes(data)))
    capfd.readouterr()
