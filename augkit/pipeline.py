"""Pipeline: draw, fuse, apply."""

import operator
import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, overload

import numpy as np
import numpy.typing as npt

from augkit.errors import AugkitError, suggest
from augkit.geometry import Size
from augkit.kernels.warp import BORDERS, INTERPOLATIONS
from augkit.operations import Operation, View, Warp, fuse
from augkit.sample import Image, Sample
from augkit.seeding import Draws
from augkit.transforms.base import Drawn, Transform

if TYPE_CHECKING:
    import PIL.Image

# A palette's numbers are the classes of a mask; of a picture, they are no brightness that could be changed.
_PIL_MODES = {"image": ("L", "I;16", "RGBA", "RGB"), "mask": ("1", "P", "I;16", "L")}

Key: TypeAlias = tuple[str, int] | tuple[str, int, int]
"""Image id, copy, and which attempt at it (0 when left out)."""


class Pipeline:
    """A chain of transforms, which neighbours of a kind perform as one.

    A value: it holds no state, may be shared between threads and pickled, and never writes to its input.

    Parameters
    ----------
    transforms : iterable of Transform
        Done in this order.
    seed : int
        With a key, all random numbers are a function of this and the key. Calls without a key are different each
        time, whatever the seed.
    border : {"reflect", "replicate", "wrap", "constant"}
        What is seen beyond the edge when the picture moves.
    fill : float in [0, 1]
        The grey of a constant border.
    interpolation : {"linear", "nearest", "cubic"}
        For pictures; masks are always moved by nearest neighbour.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> pipeline = augkit.Pipeline([augkit.Rotate(), augkit.Brightness()], seed=7)
    >>> picture = np.zeros((32, 32, 3), np.uint8)
    >>> pipeline(picture).shape
    (32, 32, 3)
    >>> one, again = (pipeline(picture, key=("cat/001.jpg", 1)) for _ in range(2))
    >>> bool((one == again).all())
    True
    >>> print(*pipeline.draw((32, 32), key=("cat/001.jpg", 1)))
    rotate(degrees=-5.02879) brightness(offset=-0.127572)
    """

    def __init__(
        self,
        transforms: Iterable[Transform],
        *,
        seed: int = 0,
        border: str = "reflect",
        fill: float = 0.0,
        interpolation: str = "linear",
    ) -> None:
        if isinstance(transforms, Transform):
            raise AugkitError(f"Pipeline: give it a list of transforms: Pipeline([{transforms!r}])")
        self.transforms: tuple[Transform, ...] = tuple(transforms)
        for position, step in enumerate(self.transforms):
            if not isinstance(step, Transform):
                hint = "; make one of it with ()" if isinstance(step, type) else ""
                raise AugkitError(f"Pipeline: step {position} must be a transform, got {step!r}{hint}")
        for name, value, known in (
            ("border", border, BORDERS),
            ("interpolation", interpolation, INTERPOLATIONS),
        ):
            if value not in known:
                raise AugkitError(f"Pipeline: there is no {name} {value!r}{suggest(str(value), known)}")
        if not 0.0 <= fill <= 1.0:
            raise AugkitError(f"Pipeline: fill must be a grey from 0 (black) to 1 (white), got {fill!r}")
        self.seed = operator.index(seed)
        self.view = View(interpolation, border, fill)

    def __repr__(self) -> str:
        view = self.view
        steps = "".join(f"    {step!r},\n" for step in self.transforms)
        return (
            f"Pipeline([\n{steps}], seed={self.seed}, border={view.border!r}, fill={view.fill}, "
            f"interpolation={view.interpolation!r})"
        )

    @overload
    def __call__(self, image: Image, *, key: Key | None = None) -> Image: ...

    @overload
    def __call__(self, image: "PIL.Image.Image", *, key: Key | None = None) -> "PIL.Image.Image": ...

    @overload
    def __call__(
        self,
        *,
        image: "Image | PIL.Image.Image",
        key: Key | None = None,
        mask: "Image | PIL.Image.Image | None" = None,
        boxes: npt.ArrayLike | None = None,
        labels: Sequence[Any] | None = None,
        keypoints: npt.ArrayLike | None = None,
    ) -> dict[str, Any]: ...

    def __call__(self, *args: Any, key: Key | None = None, **targets: Any) -> Any:
        """Return the picture changed; called with names (image=, mask=, boxes=, ...), a dict of all of them.

        Parameters
        ----------
        image : array (H, W) or (H, W, C)
            uint8, uint16, or float32 in [0, 1]; it is never written to. The result has the same dtype and number
            of channels. A Pillow picture of mode L, RGB, RGBA or I;16 may stand for it, and for the mask one of mode L,
            P, 1 or I;16; the result is a Pillow picture of the same mode then.
        key : (image id, copy), optional
            Makes the result a function of seed and key; without it every call is different.
        mask, boxes, labels, keypoints
            As in `Sample`; they follow the picture.

        Raises
        ------
        AugkitError
            When the picture has another dtype or shape, or a target doesn't fit it.
        """
        if len(args) == 1 and not targets:
            return self(image=args[0], key=key)["image"]
        if args:
            raise AugkitError("Pipeline: call it with one picture, or with names: pipeline(image=..., mask=...)")
        given = {name: targets[name] for name, modes in _PIL_MODES.items() if _is_pil(targets.get(name), name, modes)}
        sample = _sample(targets | {name: np.asarray(picture) for name, picture in given.items()})
        done = self.apply(sample, self.draw(sample.size, key=key))
        return {name: _like(getattr(done, name), given.get(name)) for name in targets}

    def draw(self, size: Size, *, key: Key | None = None) -> list[Drawn]:
        """Return what would be done to a picture of this size (height, width), in plain numbers."""
        draws = Draws(self.seed, *_check_key(key)) if key is not None else Draws(0, os.urandom(16).hex(), 0)
        drawn: list[Drawn] = []
        for step in self.transforms:
            drawn.extend(step.draw_steps(draws, size))
        return drawn

    def apply(self, sample: Sample, drawn: Iterable[Drawn]) -> Sample:
        """Return the sample with what was drawn done to it; the drawn numbers suit a picture of any size."""
        image = sample.image
        flat = image.ndim == 3 and image.shape[2] == 1  # OpenCV drops a last axis of one channel
        if flat:
            sample = _with_image(sample, image[..., 0])
        operations = fuse(realize(drawn, sample.size))
        for operation in operations:
            sample = operation.apply(sample, self.view)
        if flat:
            sample = _with_image(sample, sample.image[..., None])
        return sample if operations else _with_image(sample, image.copy())


def _check_key(key: Key) -> Key:
    try:
        image_id, *numbers = key
        if isinstance(image_id, str) and 1 <= len(numbers) <= 2:
            return (image_id, *map(operator.index, numbers))  # type: ignore[return-value]
    except (TypeError, ValueError):
        pass
    raise AugkitError(f"Pipeline: key must be (text, whole number), for example ('cat/001.jpg', 3); got {key!r}")


def _is_pil(value: Any, name: str, modes: Sequence[str]) -> bool:
    """Return whether this is a Pillow picture; raise AugkitError if it is one that has to be converted first."""
    if not hasattr(value, "getbands"):
        return False
    if value.mode not in modes:
        raise AugkitError(
            f"Pipeline: {name} is a Pillow picture of mode {value.mode}, expected one of {', '.join(modes)}; "
            f"{name}.convert({modes[-1]!r}) will do"
        )
    return True


def _like(result: Any, given: "PIL.Image.Image | None") -> Any:
    """Return a result as it is, or as a Pillow picture with the mode and palette of the one given."""
    if given is None:
        return result
    import PIL.Image

    picture = PIL.Image.fromarray(result)
    if given.mode == "P" and (palette := given.getpalette()) is not None:
        picture.putpalette(palette)
    return picture


def realize(drawn: Iterable[Drawn], size: Size) -> list[Operation]:
    """Return the operations that drawn numbers mean, one by one, for a picture of this size."""
    operations = []
    for kind, params in drawn:
        operation = kind.operation(size, params)
        if isinstance(operation, Warp):
            size = operation.out
        operations.append(operation)
    return operations


def _with_image(sample: Sample, image: Image) -> Sample:
    return Sample(image=image, mask=sample.mask, boxes=sample.boxes, labels=sample.labels, keypoints=sample.keypoints)


def _sample(targets: dict[str, Any]) -> Sample:
    known = ("image", "mask", "boxes", "labels", "keypoints")
    for name in targets:
        if name not in known:
            raise AugkitError(f"Pipeline: there is no target {name!r}{suggest(name, known)}")
    if "image" not in targets:
        raise AugkitError("Pipeline: a picture is missing: pipeline(image=..., ...)")
    for name, columns in (("boxes", 4), ("keypoints", 2)):
        if targets.get(name) is not None:
            values = np.array(targets[name], np.float64)
            targets = targets | {name: values if values.size else np.empty((0, columns))}
    if targets.get("labels") is not None:
        targets = targets | {"labels": tuple(targets["labels"])}
    return Sample(**targets)
