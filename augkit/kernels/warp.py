"""Moving pixels: exactly where the matrix allows it, by one resampling otherwise."""

import math
from struct import Struct

import cv2
import numpy as np

from augkit.geometry import Matrix, Size, compose, invert, is_whole, scaling, translation
from augkit.kernels import BYTE, FLOAT, MOST_CHANNELS, Array, Fill, by_channels, channels, has_alpha, maximum, to_dtype
from augkit.kernels.frames import Levels, frame_for, paint
from augkit.kernels.measure import luma
from augkit.kernels.memory import copy_of, empty, target, target_like

BORDERS = {
    "reflect": cv2.BORDER_REFLECT_101,
    "replicate": cv2.BORDER_REPLICATE,
    "wrap": cv2.BORDER_WRAP,
    "constant": cv2.BORDER_CONSTANT,
}
INTERPOLATIONS = {"nearest": cv2.INTER_NEAREST, "linear": cv2.INTER_LINEAR, "cubic": cv2.INTER_CUBIC}

# Up to this many source pixels a target pixel, bilinear sampling does not visibly alias.
PLAIN_STEP = 1.25
# Matrices of whole pixels: whether rows become columns, whether x and y are mirrored, and OpenCV's code for that.
_TURNS: dict[tuple[float, ...], tuple[bool, tuple[bool, bool], int | None]] = {
    (1, 0, 0, 1): (False, (False, False), None),
    (-1, 0, 0, 1): (False, (True, False), 1),
    (1, 0, 0, -1): (False, (False, True), 0),
    (-1, 0, 0, -1): (False, (True, True), -1),
    (0, 1, 1, 0): (True, (False, False), None),
    (0, -1, 1, 0): (True, (True, False), 1),
    (0, 1, -1, 0): (True, (False, True), 0),
    (0, -1, -1, 0): (True, (True, True), -1),
}
_BLACK = (0.0, 0.0, 0.0, 0.0)
_packed = Struct("6d").pack  # as in tone.py
_SAME = 1e-6  # of a pixel: that far, edges of a window may be from whole ones
FAR = 64
"""Times the size of a picture, beyond which of its border only some part is seen, or nothing can be told."""
_FEW = 1 << 12  # pixels, for which `target` has nothing to offer
_FRAMED = 1 << 16  # pixels of a picture, up to which a frame gains
_COARSE = 3  # source pixels a target pixel, from which on their plain mean is as good as denser sampling
_STEEPEST = 4  # times as many source pixels at a corner as in the middle


def warp(
    image: Array,
    matrix: Matrix,
    out: Size,
    border: str = "reflect",
    fill: Fill = 0.0,
    interpolation: str = "linear",
    *,
    into: Array | None = None,
) -> Array:
    """Return the picture moved by the matrix (source edges to target edges) onto a canvas of size `out`.

    Flips, right angles, and integer crops and pads move pixels without touching their values. Everything else
    resamples once; where the picture shrinks, it is first sampled more densely and then averaged down, so
    that nothing aliases.

    Parameters
    ----------
    image : array (H, W) or (H, W, C)
        uint8, uint16 or float32.
    matrix : Matrix
        Affine, or a perspective.
    out : (int, int)
        Height and width of the result.
    border : {"reflect", "replicate", "wrap", "constant"}
        What is seen beyond the edge; a reflection that would be seen more than 64 times in a row is the edge repeated.
    fill : float in [0, 1], or three for red, green and blue
        What a constant border shows; alpha is 0 there.
    interpolation : {"nearest", "linear", "cubic"}
    into : array, optional
        Where the result of an RGB picture of 8 bits may be put; it is returned then.
    """
    if is_whole(matrix[0]):  # as all must be that only rearrange
        exact = _rearrange(image, matrix, out, border, fill)
        if exact is not None:
            return exact
    if interpolation == "nearest":
        return _sample(image, matrix, out, border, fill, cv2.INTER_NEAREST)
    flag = INTERPOLATIONS[interpolation]
    alpha = has_alpha(image)
    if alpha and not image[..., 3].min() >= maximum(image):  # also where it is NaN
        return _resample_transparent(image, matrix, out, border, fill, flag)
    if matrix[1] == 0.0 == matrix[3]:
        resized = _resize_window(image, matrix, out, flag)
        if resized is not None:
            return resized
    if alpha and border == "constant":
        return _resample_transparent(image, matrix, out, border, fill, flag)
    return _resample(image, matrix, out, border, fill, flag, into)


def _resize_window(image: Array, matrix: Matrix, out: Size, flag: int) -> Array | None:
    """Return the picture resized where the result shows an upright window of whole pixels, or None where it doesn't.

    So looked at, nothing beyond the window has a part in what is seen: its outermost pixels are repeated, not blended
    with their neighbours outside. A picture larger than the result is averaged,
    and so is a window much larger; 8 bits are off by up to 0.8 of a level, as OpenCV computes.
    """
    across, _, x, _, down, y = matrix[:6]
    if across <= 0.0 or down <= 0.0 or matrix[6:] != (0.0, 0.0, 1.0):
        return None
    edges = (-y / down, (out[0] - y) / down, -x / across, (out[1] - x) / across)
    top, bottom, left, right = map(round, edges)
    if not (0 <= top < bottom <= image.shape[0] and 0 <= left < right <= image.shape[1]):
        return None
    if max(abs(edges[0] - top), abs(edges[1] - bottom), abs(edges[2] - left), abs(edges[3] - right)) > _SAME:
        return None
    window = image[top:bottom, left:right]
    if across <= 1.0 and down <= 1.0 and (window.shape == image.shape or max(across, down) * _COARSE <= 1.0):
        return resize(window, out, cv2.INTER_AREA)
    if flag == cv2.INTER_LINEAR and min(across, down) * PLAIN_STEP >= 1.0:
        return resize(window, out, cv2.INTER_LINEAR)
    return None


def _resample(
    image: Array, matrix: Matrix, out: Size, border: str, fill: Fill, flag: int, into: Array | None = None
) -> Array:
    """Sample as densely as the source is, then average; where that would be vast, average first and then sample."""
    step_across, step_down = _steps(matrix, out)
    if step_across <= PLAIN_STEP and step_down <= PLAIN_STEP:
        return _sample(image, matrix, out, border, fill, flag, into=into)
    height, width = image.shape[:2]
    steps = (min(step, max(height, width)) for step in (step_across, step_down))
    across, down = (1 if step <= PLAIN_STEP else math.ceil(step) for step in steps)
    parts = min(across, down) // 2  # the picture may be turned, so alike for both of its sides
    size = (-(-height // min(parts, height)), -(-width // min(parts, width))) if parts else (height, width)
    if size != (height, width) and out[0] * down * out[1] * across > 4 * height * width:
        back = compose(matrix, scaling(width / size[1], height / size[0]))
        return _resample(resize(image, size, cv2.INTER_AREA), back, out, border, fill, flag)
    dense = compose(scaling(across, down), matrix)
    sampled = _sample(image, dense, (out[0] * down, out[1] * across), border, fill, flag)
    return resize(sampled, out, cv2.INTER_AREA)


def _resample_transparent(image: Array, matrix: Matrix, out: Size, border: str, fill: Fill, flag: int) -> Array:
    """Resample colours weighted by alpha (Porter and Duff 1984): what can't be seen must not bleed into what can."""
    white = np.float32(maximum(image))
    values = image.astype(np.float32, order="C") / white
    # As RGBA, a grey has an alpha of 1: alpha itself stays what it is.
    weights = cv2.cvtColor(cv2.extractChannel(values, 3), cv2.COLOR_GRAY2RGBA)
    moved = _resample(cv2.multiply(values, weights, values), matrix, out, border, 0.0, flag)
    alpha = cv2.extractChannel(moved, 3)
    seen = cv2.divide(moved, cv2.cvtColor(alpha, cv2.COLOR_GRAY2RGBA))
    seen[~(alpha > 0.0)] = (*(fill if isinstance(fill, tuple) else (fill,) * 3), 0.0)
    return to_dtype(seen * white, image)


def warp_mask(mask: Array, matrix: Matrix, out: Size, *, border: str = "reflect") -> Array:
    """Return the mask moved by the matrix: nearest neighbour always, any dtype, beyond a constant border 0."""
    if mask.ndim == 3 and mask.shape[2] == 1:  # OpenCV drops a last axis of one channel
        return warp_mask(mask[..., 0], matrix, out, border=border)[..., None]
    if mask.dtype in (np.uint8, np.uint16, np.float32):
        return warp(mask, matrix, out, border=border, interpolation="nearest")
    # OpenCV can't move this dtype, or not as exactly; its bytes move as channels, since nothing is computed with them.
    height, width = mask.shape[:2]
    raw = np.ascontiguousarray(mask).view(np.uint8).reshape(height, width, -1)
    parts = [
        warp(np.ascontiguousarray(raw[..., i]), matrix, out, border=border, interpolation="nearest")
        for i in range(raw.shape[2])
    ]
    return np.ascontiguousarray(np.stack(parts, axis=-1)).view(mask.dtype).reshape(out + mask.shape[2:])


def _steps(matrix: Matrix, out: Size) -> tuple[float, float]:
    """Return how many source pixels lie between neighbours in a row and in a column; of a perspective, where most do.

    Near its horizon they are without number: what is that small may alias.
    """
    a, b, _, d, e, _, g, h, i = matrix
    if g == h == 0.0 and i == 1.0 and (det := abs(a * e - b * d)) > 0.0:
        return math.hypot(d, e) / det, math.hypot(a, b) / det
    inverse = invert(matrix)
    middle = _steps_at(inverse, out[1] / 2, out[0] / 2)
    corners = [_steps_at(inverse, x, y) for x in (0, out[1]) for y in (0, out[0])]
    across, down = (
        min(max(steps), _STEEPEST * step) for step, steps in zip(middle, zip(*corners, strict=True), strict=True)
    )
    return across, down


def _steps_at(inverse: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f, g, h, i = inverse
    w = g * x + h * y + i
    if w <= 0.0:
        return math.inf, math.inf
    u, v = (a * x + b * y + c) / w, (d * x + e * y + f) / w
    return math.hypot(a - u * g, d - v * g) / w, math.hypot(b - u * h, e - v * h) / w


def beyond(image: Array, fill: Fill, *, alpha: bool = True) -> Levels:
    """Return the values of a constant border in levels, as OpenCV takes them; a fourth channel is `alpha`."""
    if not fill:
        return _BLACK
    white = maximum(image)
    if not isinstance(fill, tuple):
        red = green = blue = fill * white
    elif alpha and channels(image) in (3, 4):
        red, green, blue = (part * white for part in fill)
    else:
        red = green = blue = luma(fill) * white
    return red, green, blue, 0.0 if alpha else red


def _parts(image: Array) -> list[Array]:
    """Return its channels by fours, of which OpenCV's borders know; two are looked up one by one (see `_sample`)."""
    count = 4 if image.shape[2] > 4 else 1
    return [np.ascontiguousarray(image[..., i : i + count]) for i in range(0, image.shape[2], count)]


def _rejoin(parts: list[Array]) -> Array:
    return np.concatenate([part if part.ndim == 3 else part[..., None] for part in parts], axis=2)


def _sample(
    image: Array,
    matrix: Matrix,
    out: Size,
    border: str,
    fill: Fill,
    flag: int,
    *,
    alpha: bool = True,
    into: Array | None = None,
) -> Array:
    height, width = image.shape[:2]
    count = channels(image)
    # OpenCV's borders know four channels; the fourth is alpha only where there are four. Two channels are looked
    # up linearly at whole 32nds of a pixel in OpenCV 5.0, any other number exactly.
    if count > 4 or count == 2:
        return _rejoin([_sample(part, matrix, out, border, fill, flag, alpha=False) for part in _parts(image)])
    if border == "reflect" and (height == 1 or width == 1):
        # OpenCV 5.0 never returns when it has to reflect a single line; doubled, it looks the same.
        image = np.repeat(np.repeat(image, 2 if height == 1 else 1, axis=0), 2 if width == 1 else 1, axis=1)
        height, width = image.shape[:2]
    white = beyond(image, fill, alpha=alpha)
    source, margin, colors = image, 0, count == 3 and image.dtype == BYTE
    if colors and border == "constant" and height * width <= _FRAMED and flag:  # not the nearest
        source, middle, margin = frame_for((height, width), white)
        cv2.cvtColor(image, cv2.COLOR_RGB2RGBA, middle)
    elif colors:
        # By way of four channels it is faster, both conversions included (benchmarks/kernels.py).
        source = cv2.cvtColor(image, cv2.COLOR_RGB2RGBA, target((height, width, 4), BYTE))
    if border == "reflect" and _looks_far(matrix, out, (height, width)):
        border = "replicate"
    # OpenCV puts pixel centres on whole numbers, we put edges there.
    a, b, c, d, e, f, g, h, i = matrix
    if g == h == 0.0 and i == 1.0 and a * e != b * d:  # where they are equal, `invert` says what is wrong
        warp, shift = cv2.warpAffine, 0.5 - margin
        packed = _packed(a, b, (a + b) * shift + c - 0.5, d, e, (d + e) * shift + f - 0.5)
        rows = np.ndarray((2, 3), float, packed)
    else:
        warp = cv2.warpPerspective
        centers = compose(translation(margin - 0.5, margin - 0.5), compose(invert(matrix), translation(0.5, 0.5)))
        rows, flag = np.array(centers).reshape(3, 3), flag | cv2.WARP_INVERSE_MAP
    size, edge = (out[1], out[0]), BORDERS[border]
    if colors:
        moved = warp(source, rows, size, target((*out, 4), BYTE), flag, edge, white)
        return cv2.cvtColor(moved, cv2.COLOR_RGBA2RGB, target((*out, 3), BYTE) if into is None else into)
    moved = warp(source, rows, size, target((*out, *image.shape[2:]), image.dtype), flag, edge, white)
    if flag & cv2.INTER_MAX == cv2.INTER_CUBIC and moved.dtype == np.float32:  # it overshoots; whole numbers saturate
        np.clip(moved, 0.0, 1.0, out=moved)
    return moved


def _looks_far(matrix: Matrix, out: Size, size: Size) -> bool:
    """Return whether a matrix shows so many reflections that nobody could tell: OpenCV counts out each."""
    if matrix[6:] == (0.0, 0.0, 1.0):
        a, b, c, d, e, f = map(abs, matrix[:6])
        det = abs(matrix[0] * matrix[4] - matrix[1] * matrix[3]) * FAR
        across, down = out[1] + c, out[0] + f
        return e * across + b * down > det * size[1] or d * across + a * down > det * size[0]
    a, b, c, d, e, f, g, h, i = invert(matrix)
    for x, y in ((0, 0), (out[1], 0), (0, out[0]), out[::-1]):  # before the horizon, nothing is farther away
        w = (g * x + h * y + i) * FAR
        if w <= 0.0 or abs(a * x + b * y + c) > w * size[1] or abs(d * x + e * y + f) > w * size[0]:
            return True
    return False


def resize(image: Array, out: Size, flag: int) -> Array:
    """Return the picture in another size, by one of OpenCV's interpolations."""
    if channels(image) > 4:
        return _rejoin([resize(part, out, flag) for part in _parts(image)])
    height, width = out
    kept = None if height * width < _FEW else target((height, width, *image.shape[2:]), image.dtype)
    resized = cv2.resize(image, (width, height), kept, 0, 0, flag)
    return np.clip(resized, 0.0, 1.0, out=resized) if resized.dtype == FLOAT else resized  # a last bit beyond


def _rearrange(image: Array, matrix: Matrix, out: Size, border: str, fill: Fill) -> Array | None:
    """Return the picture flipped, turned, cropped and padded without resampling, or None if that can't be."""
    a, b, x, c, d, y, g, h, i = matrix
    if a == d == i == 1.0 and b == c == g == h == 0.0 == x % 1.0 == y % 1.0:  # as most crops: the short way
        top, left = -int(y), -int(x)
        if 0 <= top <= image.shape[0] - out[0] and 0 <= left <= image.shape[1] - out[1]:
            return copy_of(image[top : top + out[0], left : left + out[1]])
    turn = _TURNS.get((a, b, c, d))
    if turn is None:
        if not (is_whole(a) and is_whole(b) and is_whole(c) and is_whole(d)):
            return None
        turn = _TURNS.get((round(a), round(b), round(c), round(d)))
    if turn is None or not (is_whole(x) and is_whole(y)) or g or h or i != 1.0:
        return None
    swapped, mirrored, flip = turn
    turned = _transposed(image) if swapped else image
    height, width = turned.shape[:2]
    if flip is not None:
        turned = np.ascontiguousarray(turned)
        if channels(turned) > MOST_CHANNELS:
            turned = by_channels(lambda part: cv2.flip(part, flip), turned)
        else:
            turned = cv2.flip(turned, flip, target_like(turned))
    left, top = round(x) - (width if mirrored[0] else 0), round(y) - (height if mirrored[1] else 0)
    right, bottom = out[1] - left - width, out[0] - top - height
    if not (left or top or right or bottom):
        return turned.copy() if turned is image else turned
    if left > 0 or top > 0 or right > 0 or bottom > 0:
        # Before cutting: the border continues the whole picture, not the part that is cut out.
        pads = (max(top, 0), max(bottom, 0), max(left, 0), max(right, 0))
        area = (height + pads[0] + pads[1]) * (width + pads[2] + pads[3])
        if area > FAR * max(height * width, math.prod(out)):
            return None  # only a distant part of the border is seen: let the sampler find it
        turned = pad(turned, pads, border, fill)
        left, top, right, bottom = min(left, 0), min(top, 0), min(right, 0), min(bottom, 0)
        if left == top == right == bottom == 0:
            return turned
        height, width = turned.shape[:2]
    return copy_of(turned[-top : height + bottom, -left : width + right])


def _transposed(image: Array) -> Array:
    """Return rows as columns, in memory of their own; OpenCV does so ten times as fast as numpy, up to 4 channels."""
    if channels(image) <= 4:
        target = empty((image.shape[1], image.shape[0], *image.shape[2:]), image.dtype)
        return cv2.transpose(np.ascontiguousarray(image), target)
    return np.array(np.swapaxes(image, 0, 1), order="C")


def pad(image: Array, sides: tuple[int, int, int, int], border: str, fill: Fill, *, alpha: bool = True) -> Array:
    """Return the picture with a margin of so many pixels at its top, bottom, left and right."""
    if channels(image) > (4 if border == "constant" else MOST_CHANNELS):
        return _rejoin([pad(part, sides, border, fill, alpha=False) for part in _parts(image)])
    top, bottom, left, right = sides
    height, width, *count = image.shape
    kept = target((height + top + bottom, width + left + right, *count), image.dtype)
    white = beyond(image, fill, alpha=alpha)
    return cv2.copyMakeBorder(image, top, bottom, left, right, BORDERS[border], kept, white)


def warp_and_pad(
    image: Array,
    matrix: Matrix,
    out: Size,
    sides: tuple[int, int, int, int],
    border: str = "reflect",
    fill: Fill = 0.0,
    interpolation: str = "linear",
) -> Array:
    """Return what `pad` makes of what `warp` does; small pictures are put where a border of one colour is already."""
    colors = image.dtype == BYTE and channels(image) == 3
    if not colors or border != "constant" or not 1 < out[1] <= _FRAMED // out[0]:
        return pad(warp(image, matrix, out, border, fill, interpolation), sides, border, fill)
    top, bottom, left, right = sides
    room = empty((out[0] + top + bottom, out[1] + left + right, 3), BYTE)
    paint(room, beyond(image, fill))
    middle = room[top : top + out[0], left : left + out[1]]
    moved = warp(image, matrix, out, border, fill, interpolation, into=middle)
    if moved is not middle:
        middle[:] = moved
    return room
