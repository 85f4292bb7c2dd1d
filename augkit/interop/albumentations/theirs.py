"""A transform of Albumentations as an operation: a seed and a text, performed on a sample."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

import albumentations as A  # noqa: N812
import numpy as np

from augkit.errors import AugkitError
from augkit.interop.albumentations.as_text import from_text
from augkit.operations import Operation, View
from augkit.sample import DTYPES, Image, Sample

_ADVICE = "convert the picture to what it takes (uint8 RGB, most often), or leave the step out"
_KEPT = 64  # for each thread
_OUT_OF_MEMORY = -4  # OpenCV's code, which its users look for themselves
_CONVERTING = ("FromFloat", "Normalize", "ToFloat")  # made to change the dtype; others do so by accident


@dataclass(frozen=True, slots=True)
class Theirs(Operation):
    """Let Albumentations do what a seed makes of one of its transforms.

    Parameters
    ----------
    transform : str
        Its text, as `to_text` writes it.
    seed : int
        Of both its random states.
    """

    transform: str
    seed: int

    def apply_image(self, image: Image, view: View) -> Image:
        """Return the picture as it leaves the transform."""
        return self.apply(Sample(image=image), view).image

    def apply(self, sample: Sample, view: View) -> Sample:
        """Return the sample as it leaves the transform; what only looks at pixels leaves alpha and targets alone."""
        performer = _mine.performer(self.transform)
        try:
            return performer(sample, self.seed, view)
        except (MemoryError, AugkitError):
            raise
        except Exception as error:  # theirs raise whatever comes up
            if getattr(error, "code", None) == _OUT_OF_MEMORY:
                raise
            why = f"it asks for {error}" if isinstance(error, KeyError) else " ".join(str(error).split())
            raise AugkitError(
                f"albumentations {performer.name} can't take {_describe(sample)}: {why}; {_ADVICE}"
            ) from None


class _Performer:
    """One of their transforms, made ready for one thread: they hold state while they work."""

    def __init__(self, text: str) -> None:
        transform = from_text(text)
        self.name = type(transform).__name__
        self._text = text
        self._moves = "bboxes" in transform.available_keys
        self._is_composed = isinstance(transform, A.BaseCompose)
        self._converts = any(f'"{name}"' in text for name in _CONVERTING)
        self._composed = lru_cache(_KEPT)(self._compose)

    def __call__(self, sample: Sample, seed: int, view: View) -> Sample:
        image, alpha = sample.image, None
        if image.ndim == 3 and image.shape[2] == 4 and (self._is_composed or not self._moves):
            image, alpha = image[..., :3], image[..., 3]
        given: dict[str, Any] = {"image": np.array(image, order="C")}  # some write to what they get
        if self._moves:
            given |= _targets(sample) | ({} if alpha is None else {"alpha": alpha.copy()})
        changed = self._seeded(given, seed, view)(**given)
        result = self._checked(sample, changed["image"])
        if alpha is not None and result.ndim == 3 and result.shape[2] == 3:
            result = np.dstack([result, changed.get("alpha", alpha)])
        return _gather(sample, result, changed) if self._moves else sample.with_image(result)

    def _seeded(self, given: dict[str, Any], seed: int, view: View) -> Callable[..., dict[str, Any]]:
        """Return the transform ready for these targets.

        The states are set by hand and shared by all parts: `set_random_seed` starts every part of a composition from
        the same numbers, and `Compose(seed=...)` mixes in the worker of a data loader.
        """
        masks = tuple(name for name in given if name.startswith(("mask_", "alpha")))
        composed = self._composed(masks, "bboxes" in given, "keypoints" in given, view.min_visible)
        composed.set_random_state(np.random.default_rng(seed), Random(seed))
        return composed

    def _compose(self, masks: tuple[str, ...], boxes: bool, keypoints: bool, min_visible: float) -> Any:
        box_params = A.BboxParams(
            "pascal_voc", ["box_numbers"], min_visibility=min_visible, clip=True, filter_invalid_bboxes=True
        )
        return A.Compose(
            [from_text(self._text)],  # one for each: Compose changes what it holds
            bbox_params=box_params if boxes else None,
            keypoint_params=A.KeypointParams("xy", remove_invisible=False) if keypoints else None,
            additional_targets=dict.fromkeys(masks, "mask"),
        )

    def _checked(self, sample: Sample, result: Image) -> Image:
        if not isinstance(result, np.ndarray):
            raise AugkitError(
                f"albumentations {self.name} makes a {type(result).__name__} of a picture; leave the step out, and "
                f"convert what the pipeline returns"
            )
        kept = result.dtype == sample.image.dtype or (self._converts and result.dtype in DTYPES)
        if kept and result.ndim in (2, 3) and 0 not in result.shape:
            return result
        raise AugkitError(
            f"albumentations {self.name} can't take {_describe(sample)}: it makes {result.dtype} of shape "
            f"{result.shape} of it; {_ADVICE}"
        )


class _Mine(threading.local):
    """The performers of a thread."""

    def __init__(self) -> None:
        self.performer = lru_cache(_KEPT)(_Performer)


_mine = _Mine()


def _targets(sample: Sample) -> dict[str, Any]:
    """Return masks, boxes and keypoints as Albumentations names them; each mask on its own, as they may differ."""
    targets: dict[str, Any] = {f"mask_{number}": mask.copy() for number, mask in enumerate(sample.masks or ())}
    if sample.mask is not None:
        targets["mask"] = sample.mask.copy()
    if sample.boxes is not None:
        targets |= {"bboxes": sample.boxes, "box_numbers": list(range(len(sample.boxes)))}
    if sample.keypoints is not None:
        targets["keypoints"] = sample.keypoints
    return targets


def _gather(sample: Sample, image: Image, changed: dict[str, Any]) -> Sample:
    """Return the sample with all that was changed."""
    boxes, labels, visible = sample.boxes, sample.labels, sample.visible
    if boxes is not None:
        boxes, left = np.asarray(changed["bboxes"], np.float64).reshape(-1, 4), [int(n) for n in changed["box_numbers"]]
        labels = None if labels is None else tuple(labels[number] for number in left)
        visible = None if visible is None else visible[left]  # what this step cuts away, it drops by itself
    keypoints = sample.keypoints
    if keypoints is not None:
        keypoints = np.asarray(changed["keypoints"], np.float64).reshape(-1, 2)
    masks = sample.masks
    if masks is not None:
        masks = tuple(changed[f"mask_{number}"] for number in range(len(masks)))
    made = Sample(image=image, mask=changed.get("mask"), masks=masks, boxes=boxes, labels=labels, keypoints=keypoints)
    return made.with_image(image, visible=visible)


def _describe(sample: Sample) -> str:
    masks = [mask for mask in (sample.mask, *(sample.masks or ())) if mask is not None]
    told = f"a picture of {sample.image.dtype}, shape {sample.image.shape}"
    return told + "".join(f", with a mask of {mask.dtype}, shape {mask.shape}" for mask in masks)
