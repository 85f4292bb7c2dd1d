"""A pipeline of ours as a transform of theirs."""

from collections.abc import Iterable, Mapping
from typing import Any

import albumentations as A  # noqa: N812
import numpy as np
import numpy.typing as npt
from albumentations.core.type_definitions import Targets

from augkit import geometry
from augkit.errors import AugkitError
from augkit.fusing import fused
from augkit.geometry import Size
from augkit.kernels.warp import warp_mask
from augkit.operations import Warp
from augkit.pipeline import Pipeline
from augkit.sample import Image, Sample
from augkit.transforms.base import Transform
from augkit.transforms.choice import Choice
from augkit.transforms.foreign import Foreign
from augkit.transforms.plain import drawn_from_json, drawn_to_json


class ToAlbumentations(A.DualTransform):  # type: ignore[misc]
    """A pipeline as one transform in `A.Compose`, where masks, boxes and keypoints follow.

    What is drawn comes from Albumentations' own generator, so `A.Compose(seed=...)` rules it. It can be saved with
    `A.save` and loaded once this module is imported, and replayed by `A.ReplayCompose`.

    Parameters
    ----------
    pipeline : Pipeline or mapping
        The pipeline, or what its `to_dict` returns. Its own seed counts too; formats and filters of boxes are those of
        `A.Compose`.
    p : float in [0, 1]
        The probability that it happens at all.

    Examples
    --------
    >>> import albumentations as A, numpy as np, augkit
    >>> from augkit.interop.albumentations import ToAlbumentations
    >>> pipeline = augkit.Pipeline([augkit.HorizontalFlip(), augkit.Brightness()])
    >>> both = A.Compose([ToAlbumentations(pipeline), A.RandomFog()], seed=7)
    >>> both(image=np.zeros((32, 48, 3), np.uint8))["image"].shape
    (32, 48, 3)
    """

    _targets = (Targets.IMAGE, Targets.MASK, Targets.BBOXES, Targets.KEYPOINTS)

    def __init__(self, pipeline: Pipeline | Mapping[str, Any], p: float = 1.0) -> None:
        super().__init__(p=p)
        self.pipeline = Pipeline.from_dict(pipeline) if isinstance(pipeline, Mapping) else pipeline
        if not isinstance(self.pipeline, Pipeline):
            raise AugkitError(f"ToAlbumentations: give it a Pipeline, got {pipeline!r}; Pipeline([...]) makes one")
        if any(isinstance(step, Foreign) for step in _leaves(self.pipeline.transforms)):
            raise AugkitError(
                "ToAlbumentations: the pipeline holds steps of Albumentations, which may look at masks or boxes; "
                "put them into A.Compose beside it"
            )

    @classmethod
    def get_class_fullname(cls) -> str:
        """Return the name in saved pipelines: the public one, wherever the class stands."""
        return f"{__package__}.{cls.__name__}"

    def get_transform_init_args(self) -> dict[str, Any]:
        """Return the pipeline as plain data."""
        return {"pipeline": self.pipeline.to_dict()}

    def get_params_dependent_on_data(self, params: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
        """Return what is drawn, as plain data."""
        key = ("albumentations", self.py_random.getrandbits(53))
        return {"drawn": drawn_to_json(self.pipeline.draw(params["shape"][:2], key=key))}

    def apply(self, img: Image, drawn: list[list[Any]], **params: Any) -> Image:
        """Return the picture changed."""
        return self.pipeline.apply(Sample(image=img), drawn_from_json(drawn)).image

    def apply_to_mask(self, mask: Image, drawn: list[list[Any]], **params: Any) -> Image:
        """Return the mask moved, by nearest neighbour."""
        for warp in _warps(drawn, mask.shape[:2]):
            mask = warp_mask(mask, warp.matrix, warp.out, border=self.pipeline.view.border)
        return mask

    def apply_to_bboxes(
        self, bboxes: npt.NDArray[Any], drawn: list[list[Any]], shape: tuple[int, ...], **params: Any
    ) -> npt.NDArray[Any]:
        """Return the boxes (N, 4 and more: x1, y1, x2, y2 as fractions) moved; their processor clips and drops."""
        corners = self.pipeline.view.enclosure == "corners"
        enclose = geometry.transform_boxes if corners else geometry.transform_ellipses
        size: Size = (shape[0], shape[1])
        pixels = bboxes[:, :4].astype(np.float64) * _sides(size)
        for place, warp in enumerate(_warps(drawn, size)):
            if place:  # what an earlier one has moved out of sight, this one doesn't show again
                pixels = np.clip(pixels, 0.0, _sides(size))
            pixels, size = enclose(warp.matrix, pixels), warp.out
        return np.column_stack([pixels / _sides(size), bboxes[:, 4:]]).astype(bboxes.dtype)

    def apply_to_keypoints(
        self, keypoints: npt.NDArray[Any], drawn: list[list[Any]], shape: tuple[int, ...], **params: Any
    ) -> npt.NDArray[Any]:
        """Return the keypoints (N, 5 and more: x, y, z, angle, scale) moved, turned and scaled."""
        places = keypoints[:, :2].astype(np.float64) + 0.5  # theirs are pixel numbers, as ours
        # A short arrow at each place: where it points afterwards is the angle, how it grows across is the scale.
        ahead = places + _ARROW * np.column_stack([np.cos(keypoints[:, 3]), np.sin(keypoints[:, 3])])
        aside = places + _ARROW * np.column_stack([-np.sin(keypoints[:, 3]), np.cos(keypoints[:, 3])])
        for warp in _warps(drawn, (shape[0], shape[1])):
            places, ahead, aside = (geometry.transform_points(warp.matrix, xy) for xy in (places, ahead, aside))
        ahead, aside = (ahead - places) / _ARROW, (aside - places) / _ARROW
        moved = keypoints.copy()
        moved[:, :2] = places - 0.5
        moved[:, 3] = np.arctan2(ahead[:, 1], ahead[:, 0]) % (2 * np.pi)
        moved[:, 4] *= np.sqrt(np.abs(ahead[:, 0] * aside[:, 1] - ahead[:, 1] * aside[:, 0]))
        return moved


_ARROW = 1e-3  # pixels


def _warps(drawn: list[list[Any]], size: Size) -> list[Warp]:
    """Return what of the drawn steps moves pixels, fused as it is for the picture, so that both see the same edges."""
    return [operation for operation in fused(drawn_from_json(drawn), size) if isinstance(operation, Warp)]


def _sides(size: Size) -> npt.NDArray[Any]:
    return np.array([size[1], size[0], size[1], size[0]], np.float64)


def _leaves(steps: Iterable[Transform]) -> Iterable[Transform]:
    for step in steps:
        if isinstance(step, Choice):
            yield from _leaves(step.transforms)
        else:
            yield step
