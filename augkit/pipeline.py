"""Pipeline: draw, fuse, apply."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self, overload

import numpy as np
import numpy.typing as npt

from augkit import batch
from augkit.boxes import FORMATS, as_points, checked_boxes, to_format
from augkit.compiling import Programs
from augkit.errors import AugkitError, suggest, whole_number
from augkit.fusing import perform, perform_all
from augkit.geometry import Size, is_size
from augkit.kernels import FLOAT, Fill
from augkit.markup import as_table
from augkit.operations import View
from augkit.pillow import MODES, is_pillow, like_given
from augkit.sample import Image, Sample, check_image, check_range
from augkit.seeding import Draws, Key, ManyDraws
from augkit.transforms.base import Drawn, Transform, draw_all
from augkit.transforms.foreign import as_step
from augkit.transforms.pca import Pictures, fit_all
from augkit.transforms.plain import check_drawn, check_nesting, from_plain, naming, short, to_plain
from augkit.view import check_name, checked_view

if TYPE_CHECKING:
    import PIL.Image

_FIXED, _OF_VIEW = ("transforms", "view", "seed", "box_format"), tuple(field.name for field in dataclasses.fields(View))


class Pipeline:
    """A chain of transforms, of which neighbours of a kind are performed as one.

    A value: nothing changes what it does, it may be shared between threads and pickled, and it never writes to its
    input. Once it has seen 32 pictures of one shape and dtype, it does the next ones by a function made for these: the
    same bytes, for small pictures in a half to two thirds of the time.

    Parameters
    ----------
    transforms : iterable of Transform
        Done in this order. Transforms of Albumentations may stand among them.
    seed : int
        With a key, all random numbers are a function of this and the key. Calls without a key are different each
        time, whatever the seed.
    border : {"reflect", "replicate", "wrap", "constant"}
        What is seen beyond the edge when the picture moves.
    fill : float in [0, 1], or three for red, green and blue
        What a constant border shows: a grey, or a colour, of which pictures without colours have the luma.
    interpolation : {"linear", "nearest", "cubic"}
        For pictures; masks are always moved by nearest neighbour.
    enclosure : {"corners", "ellipse"}
        What an upright box encloses after a turn: the corners of the old box, as Albumentations has it by default, or
        the ellipse inside it, which is tighter.
    min_visible : float in [0, 1]
        Boxes of which a smaller part is left in the frame are dropped, with their labels.
    box_format : {"voc", "coco", "yolo", "albumentations"}
        How boxes are given and returned: x1, y1, x2, y2 in pixels (VOC); x, y, width, height in pixels (COCO); middle
        x, y, width, height as fractions (YOLO); x1, y1, x2, y2 as fractions (Albumentations).

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
    rotate(degrees=-4.76486) brightness(offset=-0.0419673)
    """

    def __init__(
        self,
        transforms: Iterable[Transform],
        *,
        seed: int = 0,
        border: str = "reflect",
        fill: Fill = 0.0,
        interpolation: str = "linear",
        enclosure: str = "corners",
        min_visible: float = 0.0,
        box_format: str = "voc",
    ) -> None:
        if isinstance(transforms, Transform) or not np.iterable(transforms):
            raise AugkitError(f"Pipeline: give it a list of transforms: Pipeline([{transforms!r}])")
        self.transforms: tuple[Transform, ...] = tuple(map(as_step, transforms))
        for position, step in enumerate(self.transforms):
            if not isinstance(step, Transform):
                told, hint = short(step), "; make one of it with ()" if isinstance(step, type) else ""
                if isinstance(step, Pipeline):
                    told, hint = (
                        "a Pipeline",
                        "; Sequential(pipeline.transforms) is a step, with border, fill and seed of the whole",
                    )
                raise AugkitError(f"Pipeline: step {position} must be a transform, got {told}{hint}")
        check_name("box_format", box_format, FORMATS)
        self.seed = whole_number(f"{type(self).__name__}: seed", seed)
        self.box_format = box_format
        self.view = checked_view(View(interpolation, border, fill, enclosure, min_visible))
        is_plain = type(self).draw is Pipeline.draw and type(self).apply is Pipeline.apply
        self._programs = Programs(self.transforms if is_plain else None, self.view)
        self._stages = batch.stages_of(self.transforms) if is_plain else None
        self._keeps_together: dict[Size, bool] = {}

    def __setattr__(self, name: str, value: Any) -> None:
        if (name in self.__dict__ and name in _FIXED) or name in _OF_VIEW:
            raise AttributeError(f"Pipeline: {name} can't be changed; make another pipeline")
        super().__setattr__(name, value)

    def __repr__(self) -> str:
        steps = "".join(f"    {step!r},\n" for step in self.transforms)
        options = ", ".join(f"{name}={value!r}" for name, value in self._options().items())
        return f"Pipeline([\n{steps}], {options})"

    def _repr_html_(self) -> str:
        """Return the steps as a table, for notebooks."""
        return as_table(self.transforms, self._options())

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash(self._parts())

    def _parts(self) -> tuple[Any, ...]:
        return self.transforms, self.seed, self.view, self.box_format

    def _options(self) -> dict[str, Any]:
        view = {name: getattr(self.view, name) for name in _OF_VIEW}
        return {"seed": self.seed, **view, "box_format": self.box_format}

    def to_dict(self) -> dict[str, Any]:
        """Return the pipeline as plain data with every option spelt out, ready for JSON or YAML.

        >>> from augkit import Pipeline, Rotate
        >>> Pipeline.from_dict(Pipeline([Rotate()], seed=7).to_dict()) == Pipeline([Rotate()], seed=7)
        True
        """
        options = {name: list(value) if isinstance(value, tuple) else value for name, value in self._options().items()}
        return options | {"transforms": [to_plain(step) for step in self.transforms]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the pipeline that plain data describe, as `to_dict` writes them; what is left out has its default.

        Raises
        ------
        AugkitError
            When they describe none: the message says where.
        """
        if not isinstance(data, Mapping):
            raise AugkitError(f"Pipeline: it must be a mapping, as to_dict writes it, got {short(data)}")
        check_nesting(data, "Pipeline")
        options = dict(data)
        steps = options.pop("transforms", None)
        if not isinstance(steps, list):
            raise AugkitError(f"Pipeline: 'transforms' must be a list of transforms, got {short(steps)}")
        known = [*_OF_VIEW, "seed", "box_format"]
        for name in options:
            if name not in known:
                raise AugkitError(f"Pipeline: there is no option {name!r}{suggest(str(name), known)}")
        return cls(
            [from_plain(step, f"Pipeline: transform {number}") for number, step in enumerate(steps, 1)], **options
        )

    def fit(self, pictures: Pictures) -> Self:
        """Return the pipeline with what asks for it fitted to the colours of a folder or of pictures.

        That is every `PCAColorJitter(components="fit")`; all of them see the same pictures, once.
        """
        return type(self)(fit_all(self.transforms, pictures), **self._options())

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
        masks: "Sequence[Image] | None" = None,
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
        mask, masks, boxes, labels, keypoints
            As in `Sample`, boxes in the pipeline's format; they follow the picture.

        Raises
        ------
        AugkitError
            When the picture has another dtype or shape, or a target doesn't fit it.
        """
        if len(args) == 1 and not targets:
            if isinstance(args[0], np.ndarray):
                return self._one(args[0], key)
            return self(image=args[0], key=key)["image"]
        if not args and len(targets) == 1 and "image" in targets:
            given = targets["image"]
            if isinstance(given, np.ndarray):
                return {"image": self._one(given, key)}
            if is_pillow(given, "image", MODES["image"]):
                return {"image": like_given(self._one(np.asarray(given), key), given)}
        return self._answer(args, targets, lambda size: self.draw(size, key=key))

    def _one(self, image: Image, key: Key | None) -> Image:
        """Return a picture that has nothing beside it changed."""
        program = self._programs.get((image.shape, image.dtype))
        if program is not None:
            if image.dtype == FLOAT:
                check_range(image)
            return program(image, self.seed, key)
        check_image(image)
        self._programs.see(image)
        drawn = self.draw((image.shape[0], image.shape[1]), key=key)
        if type(self).apply is not Pipeline.apply:
            return self.apply(Sample(image=image), drawn).image
        return perform(drawn, image, self.view)

    def replay(self, drawn: Iterable[Drawn], *args: Any, **targets: Any) -> Any:
        """Return what a call returns, with what was drawn before instead of a new draw.

        The numbers hold for a picture of any size: they may have been drawn for a thumbnail, or read from a manifest.

        Parameters
        ----------
        drawn : iterable of Drawn
            As `draw` returns them.
        *args, **targets
            One picture, or names: as in a call.

        Raises
        ------
        AugkitError
            When it is nothing that can be done to a picture, or as in a call.

        Examples
        --------
        >>> import numpy as np, augkit
        >>> pipeline = augkit.Pipeline([augkit.HorizontalFlip(p=0.5), augkit.Rotate()])
        >>> drawn = pipeline.draw((32, 32))
        >>> pipeline.replay(drawn, np.zeros((64, 64), np.uint8)).shape
        (64, 64)
        """
        steps = check_drawn(drawn)
        try:
            return self._answer(args, targets, lambda size: steps)
        except AugkitError:
            raise
        except Exception:
            for step in steps:  # which of them it is, costs nothing as long as none is
                with naming(step):
                    perform([step], np.zeros((8, 8, 3), np.uint8), self.view)
            raise

    def batch(self, images: npt.ArrayLike, keys: Sequence[Key | None] | None = None) -> Image:
        """Return what becomes of many pictures of one size: the bytes of one by one, much faster for small ones.

        Pictures of 8 bits with three channels and up to 5,461 pixels gain, in pipelines whose transforms can be drawn
        for many pictures at once (all but choices, a few others, and your own) and leave them all in one size; the
        rest is done one by one.

        Parameters
        ----------
        images : array (N, H, W) or (N, H, W, C)
            uint8, uint16, or float32 in [0, 1]; never written to.
        keys : sequence of N keys, optional
            As in a call; without them every call is different.

        Returns
        -------
        array (N, H', W') or (N, H', W', C)

        Raises
        ------
        AugkitError
            When keys are too few or too many, or pictures differ in shape or dtype, or come out in different sizes.

        Examples
        --------
        >>> import numpy as np, augkit
        >>> pipeline = augkit.Pipeline([augkit.Rotate(), augkit.GaussianNoise()])
        >>> pictures, keys = np.zeros((64, 32, 32, 3), np.uint8), [("digits", number) for number in range(64)]
        >>> bool((pipeline.batch(pictures, keys)[5] == pipeline(pictures[5], key=keys[5])).all())
        True
        """
        images, keys = batch.checked(images, keys)
        if self.does_at_once(images.shape, images.dtype):
            assert self._stages is not None
            check_image(images[0])
            return batch.perform(self._stages, images, ManyDraws(self.seed, keys), self.view)
        done = [self(image, key=key) for image, key in zip(images, keys, strict=True)]
        if len({image.shape for image in done}) > 1:
            sizes = sorted({image.shape[:2] for image in done})
            raise AugkitError(f"Pipeline: pictures come out in different sizes, {sizes}; call it for each of them")
        if not done:  # the size is that of what would have come
            return np.stack([self(np.zeros(images.shape[1:], images.dtype))])[:0]
        return np.stack(done)

    def does_at_once(self, shape: Sequence[int], dtype: np.dtype[Any]) -> bool:
        """Return whether `batch` does pictures of this shape (N, H, W, C) and dtype at once, and not one by one.

        >>> import numpy as np, augkit
        >>> augkit.Pipeline([augkit.Rotate90()]).does_at_once((64, 32, 32, 3), np.dtype(np.uint8))
        True
        """
        if self._stages is None or not batch.can_do(shape, dtype, self.view):
            return False
        size = shape[1], shape[2]
        if size not in self._keeps_together:
            self._keeps_together[size] = batch.keep_together(self._stages, size)
        return self._keeps_together[size]

    def _answer(self, args: tuple[Any, ...], targets: dict[str, Any], draw: Callable[[Size], list[Drawn]]) -> Any:
        if len(args) == 1 and not targets:
            return self._answer((), {"image": args[0]}, draw)["image"]
        if args:
            raise AugkitError("Pipeline: call it with one picture, or with names: pipeline(image=..., mask=...)")
        given = {name: targets[name] for name, modes in MODES.items() if is_pillow(targets.get(name), name, modes)}
        sample = self._sample(targets | {name: np.asarray(picture) for name, picture in given.items()})
        done = self.apply(sample, draw(sample.size))
        result = {name: like_given(getattr(done, name), given.get(name)) for name in targets}
        if result.get("boxes") is not None:
            result["boxes"] = to_format(self.box_format, result["boxes"], done.size)
        if isinstance(targets.get("masks"), list):
            result["masks"] = list(result["masks"])
        return result

    def draw(self, size: Size, *, key: Key | None = None) -> list[Drawn]:
        """Return what would be done to a picture of this size (height, width), in plain numbers."""
        if not is_size(size):
            raise AugkitError(f"Pipeline: draw takes a size, (height, width), as image.shape[:2]; got {short(size)}")
        return draw_all(self.transforms, Draws.of(self.seed, key), size)

    def apply(self, sample: Sample, drawn: Iterable[Drawn]) -> Sample:
        """Return the sample with what was drawn done to it; the drawn numbers suit a picture of any size."""
        return perform_all(drawn, sample, self.view)

    def _sample(self, targets: dict[str, Any]) -> Sample:
        known = [field.name for field in dataclasses.fields(Sample)]
        for name in targets:
            if name not in known:
                raise AugkitError(f"Pipeline: there is no target {name!r}{suggest(name, known)}")
        if "image" not in targets:
            raise AugkitError("Pipeline: a picture is missing: pipeline(image=..., ...)")
        targets = dict(targets)
        for name, columns in (("boxes", 4), ("keypoints", 2)):
            if targets.get(name) is not None:
                targets[name] = as_points(name, targets[name], columns)
        for name in ("labels", "masks"):
            if targets.get(name) is not None:
                if isinstance(targets[name], str | Mapping) or not np.iterable(targets[name]):
                    raise AugkitError(f"Pipeline: {name} must be a list, got {short(targets[name])}")
                targets[name] = tuple(targets[name])
        sample = Sample(**targets)
        if sample.boxes is None:
            return sample
        return dataclasses.replace(sample, boxes=checked_boxes(self.box_format, sample.boxes, sample.size))


def check_pipeline(value: Any) -> None:
    """Raise AugkitError unless this is a pipeline."""
    if not isinstance(value, Pipeline):
        raise AugkitError(
            f"pipeline: expected an augkit.Pipeline, got {type(value).__name__}; "
            f"augkit.Pipeline([...]) makes one of transforms"
        )
