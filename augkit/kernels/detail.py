"""Detail: unsharp masking at a small and at a large radius, blur, and what covers it altogether."""

import cv2
import numpy as np

from augkit.kernels import Array, channels, has_alpha, maximum, to_dtype, with_alpha_of
from augkit.kernels.memory import empty, empty_like

_NO_BLUR = 0.15  # below it a neighbour weighs exp(-1 / (2 sigma^2)) < 3e-10: nothing
_COARSE = 24  # a blur this many times wider than a pixel of the reduced picture costs nothing and loses nothing


def sharpen(image: Array, amount: float) -> Array:
    """Return x + amount * (x - blur(x)) along each axis, blur being the binomial [1 2 1] / 4; flat stays flat.

    Two passes of [-a, 1 + 2a, -a] with a = amount / 4: one separable filter, whose weights sum to 1.
    """
    side = amount / 4
    kernel = np.array([-side, 1 + 2 * side, -side])
    changed = cv2.sepFilter2D(image, -1, kernel, kernel, dst=empty_like(image), borderType=cv2.BORDER_REFLECT_101)
    if image.dtype == np.float32:
        np.clip(changed, 0.0, 1.0, out=changed)
    return with_alpha_of(image, changed)


def local_contrast(image: Array, amount: float, radius: float) -> Array:
    """Return x + amount * (grey - blur(grey)), the blur being Gaussian with sigma = radius * shorter side.

    The detail is taken from the grey of the picture and added to all its colours alike, so that hues hold.
    The blur is so wide that it is done on a reduced picture.
    """
    height, width = image.shape[:2]
    sigma = radius * min(height, width)
    if sigma < 0.5:
        return image.copy()
    grey = _grey(image)
    reduce = max(1, int(sigma * 4 / _COARSE))
    small_size = (max(1, width // reduce), max(1, height // reduce))
    small = cv2.resize(grey, small_size, interpolation=cv2.INTER_AREA) if reduce > 1 else grey
    small = cv2.GaussianBlur(
        small.astype(np.float32),
        (0, 0),
        sigmaX=sigma * small_size[0] / width,
        borderType=cv2.BORDER_REFLECT_101,
    )
    blurred = small
    if reduce > 1:
        target = empty(grey.shape, np.float32)
        blurred = cv2.resize(small, (width, height), dst=target, interpolation=cv2.INTER_LINEAR)
    if channels(image) == 1:
        return to_dtype(image + amount * (grey - blurred), image)
    colors = image[..., :3] if has_alpha(image) else image
    if image.dtype == np.uint8 and colors.shape[2] == 3:
        # Rounding the detail, not the sum, is the same for whole levels and keeps the addition in integers.
        detail = cv2.addWeighted(grey, amount, blurred, -amount, 0.0, dst=empty(grey.shape, np.int16), dtype=cv2.CV_16S)
        whole = cv2.merge([detail] * 3, dst=empty(colors.shape, np.int16))
        changed = cv2.add(np.ascontiguousarray(colors), whole, dst=empty(colors.shape, np.uint8), dtype=cv2.CV_8U)
    else:
        detail = amount * (grey - blurred)
        changed = to_dtype(colors + detail[..., None], image)
    return np.dstack([changed, image[..., 3]]) if has_alpha(image) else changed


def _grey(image: Array) -> Array:
    count = channels(image)
    if count == 1:
        return image
    if count == 3:
        return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    if count == 4:
        return cv2.cvtColor(image, cv2.COLOR_RGBA2GRAY)
    return image.mean(axis=2, dtype=np.float32)


def blur(image: Array, radius: float) -> Array:
    """Return the picture under a Gaussian whose sigma is `radius` times the shorter side; alpha is kept."""
    sigma = radius * min(image.shape[:2])
    if sigma < _NO_BLUR:
        return image.copy()
    changed = cv2.GaussianBlur(image, (0, 0), sigmaX=sigma, dst=empty_like(image), borderType=cv2.BORDER_REFLECT_101)
    return with_alpha_of(image, changed)


def erase(image: Array, left: int, top: int, right: int, bottom: int, fill: float) -> Array:
    """Return the picture with a rectangle painted grey; alpha is kept."""
    changed = empty_like(image)
    np.copyto(changed, image)
    colors = changed[..., :3] if has_alpha(image) else changed
    colors[top:bottom, left:right] = to_dtype(np.array(fill * maximum(image)), image)
    return changed
