"""Jitter along the principal components of a data set's colours."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import starmap
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import numpy as np

from augkit.errors import AugkitError
from augkit.files.folder import read_pictures
from augkit.geometry import Size
from augkit.kernels.measure import Colors, measure_colors
from augkit.operations import Linear
from augkit.pillow import MODES, is_pillow
from augkit.sample import Image, check_image
from augkit.seeding import Draws
from augkit.transforms.base import Params, PointwiseTransform, Range, Transform, is_number, span, transform

if TYPE_CHECKING:
    import PIL.Image

Pictures: TypeAlias = "str | os.PathLike[str] | Iterable[Image | PIL.Image.Image]"
"""A folder, or pictures one after the other."""

# Principal components of RGB over ImageNet's training pictures by falling size, and their eigenvalues, for values in
# [0, 1]: as published with the AlexNet reimplementations in cuda-convnet and fb.resnet.torch.
IMAGENET = Colors(
    (0.2175, 0.0188, 0.0045), ((-0.5675, -0.5808, -0.5836), (0.7192, -0.0045, -0.6948), (0.4009, -0.8140, 0.4203))
)


@transform
class PCAColorJitter(PointwiseTransform):
    """Shift all pixels by one colour, drawn along the principal components of a data set's colours.

    One constant offset a picture, sum_i alpha_i lambda_i p_i with alpha_i ~ N(0, std), as in Krizhevsky,
    Sutskever and Hinton (2012), section 4.1, where p_i and lambda_i belong to the covariance of RGB over the training
    set. A grey picture is shifted by the grey of that colour.

    Parameters
    ----------
    std : (float, float)
        Range of the standard deviation of alpha; the paper has 0.1.
    components : "imagenet", "fit" or three rows
        Each row an eigenvalue and the red, green and blue of its component, for values in [0, 1]. "fit" stands for
        those of a data set that is yet to be seen: `augkit expand` fits them to its source, `Pipeline.fit` and
        `PCAColorJitter.fit` to what they are given. In a recipe, ``fit: true`` says the same.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> jitter = augkit.Pipeline([augkit.PCAColorJitter()])
    >>> np.unique(jitter(np.full((8, 8, 3), 128, np.uint8), key=("a.jpg", 1)).reshape(-1, 3), axis=0).shape
    (1, 3)
    >>> reds = np.arange(256, dtype=np.uint8).reshape(16, 16, 1) * np.array([1, 0, 0], np.uint8)
    >>> augkit.PCAColorJitter.fit([reds]).components[0]
    (0.0839869, 1.0, 0.0, 0.0)
    """

    std: Range = span(default=(0.1, 0.1), least=0.0, most=10.0)
    components: str | tuple[tuple[float, ...], ...] = "imagenet"

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.components, str) and self.components in ("imagenet", "fit"):
            return
        rows = self.components
        if (
            not isinstance(rows, tuple | list)
            or len(rows) != 3
            or not all(isinstance(row, tuple | list) and len(row) == 4 and all(map(is_number, row)) for row in rows)
        ):
            raise AugkitError(
                f"PCAColorJitter: components must be 'imagenet', 'fit' or three rows (eigenvalue, red, green, blue), "
                f"got {rows!r}"
            )
        object.__setattr__(self, "components", tuple(tuple(map(float, row)) for row in rows))

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Self:
        """Return the transform that a recipe's options describe: `fit: true` stands for `components: fit`."""
        options = dict(options)
        if (fit := options.pop("fit", None)) is not None:
            if not isinstance(fit, bool) or (fit and "components" in options):
                raise AugkitError(
                    f"PCAColorJitter: fit must be true or false, and stand without components; got {fit!r}"
                )
            options |= {"components": "fit"} if fit else {}
        return cls(**options)

    @classmethod
    def fit(cls, pictures: Pictures, **options: Any) -> Self:
        """Return the transform with the components of these pictures, seen in one pass that keeps sums only.

        Parameters
        ----------
        pictures : path or iterable
            A folder as `augkit expand` takes it, whose unreadable files are passed over; or pictures, arrays
            (H, W, 3) and such, or Pillow's.
        **options
            Of the transform: std, p.
        """
        return cls(components="fit", **options).fitted(colors_of(pictures))

    @property
    def needs_fit(self) -> bool:
        """Whether the components are yet to be fitted."""
        return self.components == "fit"

    def fitted(self, colors: Colors) -> Self:
        """Return the transform with these components, if it asked for them."""
        if not self.needs_fit:
            return self
        return replace(self, components=_rows(colors))

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return the colour offset, as fractions of white."""
        if isinstance(self.components, str):
            if self.needs_fit:
                raise AugkitError(
                    "PCAColorJitter: the components are yet to be fitted; take pipeline.fit(pictures or folder)"
                )
            rows = _IMAGENET_ROWS
        else:
            rows = self.components
        std = draws.uniform(*self.std)
        red = green = blue = 0.0
        for value, r, g, b in rows:
            weight = draws.normal(0.0, std) * value
            red, green, blue = red + weight * r, green + weight * g, blue + weight * b
        return {"red": red, "green": green, "blue": blue}

    @staticmethod
    def step(*, red: float, green: float, blue: float) -> Linear:
        """Return a line of slope 1 for each colour."""
        return Linear(1.0, (red, green, blue))


def _rows(colors: Colors) -> tuple[tuple[float, ...], ...]:
    return tuple((value, *vector) for value, vector in zip(colors.values, colors.vectors, strict=True))


_IMAGENET_ROWS = _rows(IMAGENET)


def colors_of(pictures: Pictures) -> Colors:
    """Return the principal components of the colours of a folder, or of pictures."""
    if isinstance(pictures, str | os.PathLike):
        return measure_colors(read_pictures(os.fspath(pictures)))
    if not np.iterable(pictures):
        raise AugkitError(f"fit takes a folder, or a list of pictures; got {type(pictures).__name__}")
    if isinstance(pictures, np.ndarray) and (pictures.ndim < 3 or (pictures.ndim == 3 and pictures.shape[2] in (3, 4))):
        raise AugkitError(f"fit takes a list of pictures; of one of shape {pictures.shape}, make [picture]")
    return measure_colors(starmap(_checked, enumerate(pictures)))


def _checked(place: int, picture: "Image | PIL.Image.Image") -> Image:
    is_pillow(picture, f"pictures[{place}]", MODES["image"])
    image = np.asarray(picture)
    check_image(image)
    if image.dtype.kind == "f" and not np.isfinite(image).all():
        raise AugkitError(f"PCAColorJitter: pictures[{place}] holds NaN or infinity; leave it out or mend it")
    return image


def fit_all(transforms: Iterable[Transform], pictures: Pictures) -> tuple[Transform, ...]:
    """Return the transforms, those that ask for it fitted to the colours of a folder or of pictures."""
    transforms = tuple(transforms)
    if not any(step.needs_fit for step in transforms):
        return transforms
    colors = colors_of(pictures)
    return tuple(step.fitted(colors) for step in transforms)
