"""The grey of a picture, and a change of it put back into all colours."""

import cv2
import numpy as np

from augkit.kernels import Array, channels, to_dtype
from augkit.kernels.alpha import with_alpha_of, without_alpha
from augkit.kernels.memory import empty


def grey_of(image: Array) -> Array:
    """Return the grey (H, W) of a picture: its luma, or the mean of channels that are no colours."""
    count = channels(image)
    if count == 1:
        return image
    if count == 3:
        return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    if count == 4:
        return cv2.cvtColor(image, cv2.COLOR_RGBA2GRAY)
    return to_dtype(image.mean(axis=2, dtype=np.float64), image)


def add_grey(image: Array, detail: Array) -> Array:
    """Return the picture with a signed change (H, W), in levels, added to all its colours alike; alpha is kept."""
    if channels(image) == 1:
        return to_dtype(image + detail, image)
    colors = without_alpha(image)
    if image.dtype == np.uint8 and detail.dtype == np.int16 and colors.shape[2] == 3:
        whole = cv2.merge([detail] * 3, dst=empty(colors.shape, np.int16))
        changed = cv2.add(colors, whole, dst=empty(colors.shape, np.uint8), dtype=cv2.CV_8U)
    else:
        changed = to_dtype(colors + detail[..., None], image)
    return with_alpha_of(image, changed)
