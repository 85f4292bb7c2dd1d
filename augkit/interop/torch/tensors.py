"""Pictures as tensors."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from augkit.errors import AugkitError
from augkit.kernels import maximum
from augkit.sample import check_image


def to_tensor(
    image: Any,
    *,
    dtype: torch.dtype = torch.float32,
    mean: float | Sequence[float] | None = None,
    std: float | Sequence[float] | None = None,
) -> torch.Tensor:
    """Return a picture as a tensor, channels first.

    A uint8 tensor of a picture that may be written to shares its memory; a float one is written once.

    Parameters
    ----------
    image : array (H, W) or (H, W, C), or Pillow picture
    dtype : torch.dtype
        Floating point, where black is 0 and white 1; or torch.uint8, for uint8 pictures.
    mean, std : float or one for each channel, optional
        Subtracted and divided by, where white is 1.

    Returns
    -------
    tensor (C, H, W)

    Raises
    ------
    AugkitError
        When dtype or channels don't fit the picture.

    Examples
    --------
    >>> import numpy as np
    >>> picture = np.full((2, 4, 3), 255, np.uint8)
    >>> to_tensor(picture, mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25)).unique()
    tensor([2.])
    """
    pixels = np.asarray(image)
    check_image(pixels)
    if not pixels.flags.writeable or min(pixels.strides) < 0:
        pixels = pixels.copy()
    plain = mean is None and std is None
    white = maximum(pixels)
    if pixels.dtype == np.uint16:
        pixels = pixels.astype(np.float32)
    tensor = torch.from_numpy(pixels if pixels.ndim == 3 else pixels[..., None]).permute(2, 0, 1)
    if dtype == torch.uint8 and tensor.dtype == torch.uint8 and plain:
        return tensor
    if not dtype.is_floating_point:
        raise AugkitError(
            f"to_tensor: {dtype} is for uint8 pictures without mean and std, got {np.asarray(image).dtype}"
        )
    # In single precision at least: a half can't hold 65535.
    done = torch.empty(tensor.shape, dtype=torch.promote_types(dtype, torch.float32)).copy_(tensor)
    if plain:
        return done.mul_(1.0 / white).to(dtype)
    scale = _channels("std", 1.0 if std is None else std, tensor)
    shift = _channels("mean", 0.0 if mean is None else mean, tensor)
    return done.mul_(torch.from_numpy(1.0 / (white * scale))).sub_(torch.from_numpy(shift / scale)).to(dtype)


def _channels(name: str, value: float | Sequence[float], tensor: torch.Tensor) -> npt.NDArray[np.float32]:
    """Return one number, or one for each channel, ready to be broadcast."""
    values = np.asarray(value, np.float32).reshape(-1, 1, 1)
    if len(values) not in (1, len(tensor)):
        raise AugkitError(f"to_tensor: {name} has {len(values)} numbers for a picture of {len(tensor)} channels")
    return values
