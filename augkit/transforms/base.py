"""What every transform is: frozen options, a `draw` that returns plain numbers, and the operation they mean."""

import dataclasses
import functools
import math
import numbers
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, NoReturn, Self, TypeAlias, TypeVar, cast, dataclass_transform

import numpy as np

from augkit.errors import AugkitError, suggest
from augkit.geometry import Matrix, Size
from augkit.kernels.measure import Colors
from augkit.operations import Operation, Pointwise, Step, View, Warp
from augkit.seeding import Draws, Span, for_each, of_columns

Number: TypeAlias = float | int
Params: TypeAlias = dict[str, Number]
Value: TypeAlias = Number | str
"""What stands in drawn parameters: numbers, and where a foreign library needs it, text."""
Range: TypeAlias = tuple[float, float]

_OF_VIEW = frozenset(field.name for field in dataclasses.fields(View))
_OURS = __name__.rpartition(".")[0] + "."

C = TypeVar("C", bound="type[Transform]")


def span(*, default: tuple[float, float], least: float = -math.inf, most: float = math.inf, whole: bool = False) -> Any:
    """Return a dataclass field for a range (low, high) whose ends must lie in [least, most].

    With `whole`, whole numbers are drawn from it, both ends included.
    """
    return dataclasses.field(default=default, metadata={"least": least, "most": most, "whole": whole})


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(span, dataclasses.field))
def transform(cls: C) -> C:
    """Make the class a frozen dataclass with keyword-only options, which answers a wrong one with a suggestion."""
    made = dataclass(frozen=True, kw_only=True)(cls)
    plain = made.__init__
    names = [field.name for field in dataclasses.fields(made)]
    positional = sum(not field.kw_only for field in dataclasses.fields(made))

    @functools.wraps(plain)
    def checked(self: Any, *args: Any, **options: Any) -> None:
        if len(args) > positional:
            likely = next((field for field in dataclasses.fields(made) if field.name != "p"), None)
            value = "..." if likely is None or "least" not in likely.metadata else "(low, high)"
            option = "size=(height, width)" if "size" in names else f"{likely.name if likely else 'p'}={value}"
            form = f"{cls.__name__}([...])" if positional else f"{cls.__name__}({option})"
            raise TypeError(f"{cls.__name__} takes {'one list, and ' * positional}options by name: {form}")
        for name in options:
            if name not in names:
                hint = (
                    f"; it is the pipeline's: Pipeline([...], {name}=...)" if name in _OF_VIEW else suggest(name, names)
                )
                raise AugkitError(f"{cls.__name__} has no option {name!r}{hint}")
        plain(self, *args, **options)

    made.__init__ = checked  # type: ignore[method-assign]
    return cast(C, made)


class Drawn(NamedTuple):
    """One thing that will be done, in plain numbers that hold for a picture of any size.

    Examples
    --------
    >>> from augkit import Rotate
    >>> print(Drawn(Rotate, {"degrees": 12.3}))
    rotate(degrees=12.3)
    """

    kind: "type[Transform]"
    params: Mapping[str, Value]

    def out_size(self, size: Size) -> Size:
        """Return height and width of what becomes of a picture of this size; of a foreign one, as if it kept them."""
        return self.kind.out_size(size, **self.params)

    def __str__(self) -> str:
        values = (
            f"{key}={value:.6g}" if isinstance(value, float) else f"{key}={value}" for key, value in self.params.items()
        )
        return f"{self.kind.name()}({', '.join(values)})"


@transform
class Transform:
    """What may happen to a picture. Subclass one of the kinds below, not this.

    Parameters
    ----------
    p : float in [0, 1]
        The probability that it happens at all.
    """

    foresees_size: ClassVar[bool] = True  # whether the size of the result is known before it is performed
    is_spatial: ClassVar[bool] = False  # whether it is a matrix and nothing else
    is_pointwise: ClassVar[bool] = False  # whether it is steps for each pixel and nothing else
    keeps_size: ClassVar[bool] = True
    draws_once: ClassVar[bool] = True  # false where `draw_steps` is the class's own, which may yield none or several
    draws_spans: ClassVar[bool] = True  # false where `draw` is the class's own
    drawn_from: ClassVar[Mapping[str, str]] = {}  # ranges by the drawn numbers that don't have their names
    does: ClassVar[type[Operation] | None] = None  # what has the drawn numbers as fields, if `operation` isn't its own
    p: float = 1.0

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.draws_once = cls.draw_steps is Transform.draw_steps
        cls.draws_spans = cls.draw is Transform.draw
        cls.keeps_size = cls.out_size is Transform.out_size

    def __post_init__(self) -> None:
        if not is_number(self.p) or not 0.0 <= self.p <= 1.0:
            raise AugkitError(f"{type(self).__name__}: p must be a probability from 0 to 1, got {self.p!r}")
        object.__setattr__(self, "p", plain_number(self.p))
        for field in dataclasses.fields(self):
            if "least" in field.metadata:
                pair = _check_range(type(self).__name__, field, getattr(self, field.name))
                object.__setattr__(self, field.name, pair)

    def __call__(self, *args: Any, **targets: Any) -> NoReturn:
        """Say that a transform is a step of a pipeline, which is what can be called."""
        raise TypeError(
            f"{type(self).__name__} is a step of a pipeline: pipeline = augkit.Pipeline([augkit.{type(self).__name__}"
            "(...)]), then pipeline(image)"
        )

    @classmethod
    @functools.cache
    def name(cls) -> str:
        """Return the name in recipes and manifests: HorizontalFlip is horizontal_flip."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", cls.__name__).lower()

    @property
    def is_certain(self) -> bool:
        """Whether it always happens."""
        return self.p >= 1.0

    @property
    def varies(self) -> bool:
        """Whether one draw is as good as never like another: it always happens, and a range has no end of numbers."""
        return self.is_certain and any(
            low < high for low, high in map(functools.partial(getattr, self), self._ranges())
        )

    @functools.cached_property
    def spans(self) -> tuple[Span, ...]:
        """What it draws where `draw` is not its own: every range, by its name or as `drawn_from` has it."""
        for field in dataclasses.fields(self):
            if field.metadata.get("whole"):
                raise AugkitError(f"{type(self).__name__}: {field.name} is a range of whole numbers; write draw for it")
        named = set(self.drawn_from.values())
        ranges = dict(self.drawn_from) | {name: name for name in self._ranges() if name not in named}
        ends = ((name, *getattr(self, source)) for name, source in ranges.items())
        return tuple((name, low, high - low) for name, low, high in ends)

    def _ranges(self) -> list[str]:
        """Return the names of the ranges that numbers without end are drawn from."""
        return [field.name for field in dataclasses.fields(self) if field.metadata.get("whole") is False]

    def to_options(self) -> dict[str, Any]:
        """Return every option as plain data, as recipes have them."""
        return {field.name: _plain(getattr(self, field.name)) for field in dataclasses.fields(self)}

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Self:
        """Return the transform that a recipe's options describe."""
        return cls(**options)

    @property
    def needs_fit(self) -> bool:
        """Whether it has to see the data set's colours before it can be drawn."""
        return False

    def fitted(self, colors: Colors) -> "Transform":
        """Return the transform as the data set's colours make it."""
        return self

    @property
    def in_columns(self) -> bool:
        """Whether `draw` and what it means also work for many pictures at once.

        Then `draw` gets a `ManyDraws` and returns columns of numbers, which `matrix` or `step` get. A transform of
        somebody else's is taken to be written for one picture, unless it says otherwise; then all pictures of a size
        must come out in the same size, and matrices must be affine.
        """
        return self.draws_once and self.is_ours

    @property
    def is_ours(self) -> bool:
        """Whether it is augkit's own, of which is known that it also works on numbers not known yet (`tracing`)."""
        return type(self).__module__.startswith(_OURS)

    def draw(self, draws: Draws, size: Size) -> Params:
        """Return the numbers of one application to a picture of this size, as keyword arguments of the kind.

        The size is that of the picture that the step gets, as far as augkit knows it: that of what comes out of a
        foreign step (see `foresees_size`) is not known before.

        Each is uniform in its range (see `spans`), unless a class draws otherwise.
        """
        return draws.uniforms(self.spans)

    def draw_steps(self, draws: Draws, size: Size) -> Iterable[Drawn]:
        """Return what will be done: nothing with probability 1 - p."""
        if self.p < 1.0 and not draws.chance(self.p):
            return ()
        return (Drawn(type(self), self.draw(draws, size)),)

    @staticmethod
    def out_size(size: Size, /, *args: Any, **params: Any) -> Size:
        """Return height and width of the result."""
        return size

    @classmethod
    def operation(cls, size: Size, params: Mapping[str, Any]) -> Operation:
        """Return the operation that the drawn numbers mean for a picture of this size: `does`, with them as fields."""
        if cls.does is None:
            raise NotImplementedError(f"{cls.__name__} performs nothing by itself: say what it `does`")
        return cls.does(**params)


def draw_all(steps: Iterable[Transform], draws: Draws, size: Size) -> list[Drawn]:
    """Return what steps draw one after the other, each told the size that the picture has by then."""
    drawn: list[Drawn] = []
    for step in steps:
        if not step.draws_once:
            for one in step.draw_steps(draws, size):
                drawn.append(one)
                size = one.out_size(size)
        elif step.p >= 1.0 or draws.chance(step.p):  # as `draw_steps` does, without the call
            numbers = draws.uniforms(step.spans) if step.draws_spans else step.draw(draws, size)
            drawn.append(Drawn(type(step), numbers))
            size = size if step.keeps_size else step.out_size(size, **numbers)
    return drawn


def _function(method: Any) -> Any:
    """Return what a method of a class was made of, whichever class it is looked up on."""
    return getattr(method, "__func__", method)


def draw_window(draws: Draws, size: Size, area: Range, ratio: Range) -> tuple[float, float]:
    """Return width and height of a window as fractions of the picture's.

    Its area is a fraction of the picture's, uniform in a range; its width over its height is uniform on a logarithmic
    scale. One that would not fit is made as wide or as high as the picture.
    """
    part = draws.uniform(*area)
    proportions = for_each(math.exp, draws.uniform(math.log(ratio[0]), math.log(ratio[1]))) * (size[0] / size[1])
    return for_each(_side, part * proportions), for_each(_side, part / proportions)


@of_columns(lambda squares: np.minimum(1.0, np.sqrt(squares)))
def _side(square: float) -> float:
    return min(1.0, math.sqrt(square))


@transform
class SpatialTransform(Transform):
    """A transform that is a matrix: write `matrix`, and `out_size` if the size changes."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.is_spatial = _function(cls.operation) is _function(SpatialTransform.operation)

    @staticmethod
    def matrix(size: Size, *args: Any, **params: Any) -> Matrix:
        """Return the matrix from the edges of the picture to those of the result, in pixels."""
        raise NotImplementedError("a spatial transform must have a `matrix`")

    @classmethod
    def operation(cls, size: Size, params: Mapping[str, Any]) -> Operation:
        """Return the warp."""
        return Warp(cls.matrix(size, **params), cls.out_size(size, **params))


@transform
class PointwiseTransform(Transform):
    """A transform that changes each pixel on its own: write `step`, or `steps` if it takes several."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.is_pointwise = _function(cls.operation) is _function(PointwiseTransform.operation)

    @staticmethod
    def step(*args: Any, **params: Any) -> Step:
        """Return the line, the colour matrix or the curve."""
        raise NotImplementedError("a pointwise transform must have a `step`")

    @classmethod
    def steps(cls, **params: Any) -> tuple[Step, ...]:
        """Return what is done to each pixel, one after the other."""
        return (cls.step(**params),)

    @classmethod
    def operation(cls, size: Size, params: Mapping[str, Any]) -> Operation:
        """Return the change of each pixel."""
        return Pointwise(cls.steps(**params))


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return {value.name(): value.to_options()} if isinstance(value, Transform) else value


def is_number(value: object) -> bool:
    """Return whether this is a number that a float can hold, which True and False are not."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def plain_number(value: Any) -> Number:
    """Return a number, be it numpy's, as Python's own, which JSON can hold.

    >>> import numpy as np
    >>> plain_number(np.int8(3)), plain_number(np.float32(0.5))
    (3, 0.5)
    """
    return int(value) if isinstance(value, numbers.Integral) else float(value)


def _check_range(owner: str, field: "dataclasses.Field[Any]", value: Any) -> Range:
    where = f"{owner}: {field.name}"
    value = value.tolist() if isinstance(value, np.ndarray) else value
    if not isinstance(value, tuple | list) or len(value) != 2 or not all(is_number(end) for end in value):
        likely = (
            (-value, value) if is_number(value) and value > 0.0 and field.metadata["least"] < 0.0 else (value, value)
        )
        hint = f"; write {field.name}={likely}" if is_number(value) else ""
        raise AugkitError(f"{where} must be a range (low, high) of two numbers, got {value!r}{hint}")
    low, high = map(plain_number if field.metadata["whole"] else float, value)
    if field.metadata["whole"] and math.ceil(low) > high >= low:
        raise AugkitError(f"{where} must be a range with a whole number in it, got {value!r}")
    if low > high:
        raise AugkitError(f"{where} must be (low, high) with low <= high, got {value!r}; did you swap them?")
    least, most = field.metadata["least"], field.metadata["most"]
    if low < least or high > most:
        raise AugkitError(f"{where} must lie between {least:g} and {most:g}, got {value!r}")
    return low, high
