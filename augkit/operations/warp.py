"""Moving pixels, and with them masks, boxes and keypoints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from augkit import geometry
from augkit.geometry import Matrix, Points, Size
from augkit.kernels import Array
from augkit.kernels.warp import warp, warp_mask
from augkit.operations.base import Operation, View
from augkit.sample import Sample


@dataclass(frozen=True, slots=True)
class Warp(Operation):
    """Move pixels: a matrix from the edges of the source to a canvas of size `out`.

    A chain of warps is one look at the source, resampled once: what one step cut away, a later one may show. Only a
    larger canvas at its end is done by itself, so that its margin is the border's, pixel for pixel.
    """

    makes_new: ClassVar = True
    matrix: Matrix
    out: Size

    def absorb(self, following: Operation) -> Operation | None:
        """Multiply the matrices, unless the following one only puts the picture onto a larger canvas."""
        if isinstance(following, Warp) and not geometry.only_pads(following.matrix, self.out, following.out):
            return Warp(geometry.compose(following.matrix, self.matrix), following.out)
        return None

    def apply_image(self, image: Array, view: View) -> Array:
        """Resample the picture once, or not at all where whole pixels move."""
        return warp(image, self.matrix, self.out, view.border, view.fill, view.interpolation)

    def apply(self, sample: Sample, view: View) -> Sample:
        """Move the picture and all its targets."""
        image = self.apply_image(sample.image, view)
        if not sample.has_targets:
            return sample.with_image(image)
        masks = sample.masks
        if masks is not None:
            masks = tuple(self._move_mask(mask, view) for mask in masks)
        boxes = {}
        if sample.boxes is not None:
            enclose = geometry.transform_boxes if view.enclosure == "corners" else geometry.transform_ellipses
            boxes = left_of(sample, enclose(self.matrix, sample.boxes), self.out, view)
        keypoints = sample.keypoints
        if keypoints is not None:  # pixel numbers, so half a pixel from the edges that matrices speak of
            keypoints = geometry.transform_points(self.matrix, keypoints + 0.5) - 0.5
        mask = None if sample.mask is None else self._move_mask(sample.mask, view)
        return sample.with_image(image, mask=mask, masks=masks, keypoints=keypoints, **boxes)

    def _move_mask(self, mask: Array, view: View) -> Array:
        return warp_mask(mask, self.matrix, self.out, border=view.border)


def left_of(sample: Sample, moved: Points, size: Size, view: View) -> dict[str, Any]:
    """Return what a picture of this size has of a sample's boxes, which have been moved: boxes, labels, visible parts.

    A box is dropped by what is left of the one that was given, however many steps have cut it.
    """
    boxes, visible = geometry.clip_boxes(moved, size)
    if sample.visible is not None:
        visible = visible * sample.visible
    kept = (visible > 0.0) & (visible >= view.min_visible * (1 - 1e-9))  # rounding may put an edge a hair outside
    labels = sample.labels
    if labels is not None:
        labels = tuple(label for label, keep in zip(labels, kept, strict=True) if keep)
    return {"boxes": boxes[kept], "labels": labels, "visible": visible[kept]}
