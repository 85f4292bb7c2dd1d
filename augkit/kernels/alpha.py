"""Alpha, put aside while the colours change, and put back."""

import cv2
import numpy as np

from augkit.kernels import Array, has_alpha
from augkit.kernels.memory import empty


def without_alpha(image: Array) -> Array:
    """Return a picture without its alpha, in one piece: itself, where it is that."""
    return cv2.cvtColor(image, cv2.COLOR_RGBA2RGB) if has_alpha(image) else np.ascontiguousarray(image)


def with_alpha_of(image: Array, changed: Array) -> Array:
    """Return the changed picture, or its changed colours, with the alpha channel of the image it was made from."""
    if not has_alpha(image):
        return changed
    if changed.shape[2] == 4:
        cv2.mixChannels([image], [changed], (3, 3))
        return changed
    whole = empty(image.shape, image.dtype)
    cv2.mixChannels([changed, image], [whole], (0, 0, 1, 1, 2, 2, 6, 3))
    return whole
