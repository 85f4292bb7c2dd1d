"""Numbers that are not known yet: arithmetic with them is written down as Python instead of done.

What is run on them must ask nothing of their values: it may add and multiply, call a function by way of `for_each`, but
neither compare nor round. Whoever tries gets `UntraceableError`.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Never, TypeAlias

from augkit.seeding import TO_UNIT, Derived, Draws, Span

Number: TypeAlias = "float | Traced"


class UntraceableError(Exception):
    """A value was asked for that is not known yet."""


def _refuse(self: Traced, *args: Any, **named: Any) -> Never:
    raise UntraceableError


class Traced:
    """A number as the Python that yields it: an operator or a function, and what it is applied to.

    What a neutral element makes superfluous is left out, so the result is that of all of the arithmetic, to the last
    bit, but for the sign of a zero; numbers are taken to be finite, and divisors not to be 0.
    """

    __slots__ = ("form", "name", "parts", "script")

    def __init__(self, script: Script, form: str, parts: Sequence[Number] = (), name: str | None = None) -> None:
        self.script, self.form, self.parts, self.name = script, form, parts, name

    def __add__(self, other: Number) -> Number:
        return self if _is(other, 0.0) else Traced(self.script, "({} + {})", (self, other))

    def __radd__(self, other: float) -> Number:
        return self if other == 0.0 else Traced(self.script, "({} + {})", (other, self))

    def __sub__(self, other: Number) -> Number:
        return self if _is(other, 0.0) else Traced(self.script, "({} - {})", (self, other))

    def __rsub__(self, other: float) -> Number:
        return -self if other == 0.0 else Traced(self.script, "({} - {})", (other, self))

    def __mul__(self, other: Number) -> Number:
        return Traced(self.script, "({} * {})", (self, other)) if isinstance(other, Traced) else other * self

    def __rmul__(self, other: float) -> Number:
        if other == 0.0:
            return 0.0
        if abs(other) == 1.0:
            return self if other == 1.0 else -self
        return Traced(self.script, "({} * {})", (other, self))

    def __truediv__(self, other: Number) -> Number:
        return self if _is(other, 1.0) else Traced(self.script, "({} / {})", (self, other))

    def __rtruediv__(self, other: float) -> Number:
        return 0.0 if other == 0.0 else Traced(self.script, "({} / {})", (other, self))

    def __rpow__(self, other: float) -> Traced:
        return Traced(self.script, "(({}) ** {})", (other, self))

    def __neg__(self) -> Traced:
        return Traced(self.script, "(-{})", (self,))

    def of_each(self, function: Callable[..., Any], results: int) -> Any:
        """Return what a function yields of this number; see `for_each`."""
        called = f"{self.script.bound(function)}({{}})"
        if results == 1:
            return Traced(self.script, called, (self,))
        return self.script.several(Traced(self.script, called, (self,)), results)

    __bool__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __float__ = __int__ = __index__ = __round__ = __floor__ = __ceil__ = __trunc__ = _refuse
    __hash__ = __format__ = __iter__ = __pos__ = __divmod__ = __rdivmod__ = _refuse
    __abs__ = __mod__ = __rmod__ = __floordiv__ = __rfloordiv__ = __pow__ = __array_ufunc__ = _refuse


def _is(value: Number, number: float) -> bool:
    return not isinstance(value, Traced) and value == number


class Script:
    """A function that is being written, line by line.

    Parameters
    ----------
    head : str
        Its parameters.
    """

    def __init__(self, head: str) -> None:
        self.lines = [f"def run({head}):"]
        self.names: dict[str, Any] = {}
        self._depth, self._count = 1, 0
        self._named: list[Traced] = []

    def line(self, text: str, *values: Any) -> None:
        """Write a line, with values where it has braces; numbers that it needs more than once get names before."""
        uses: dict[int, int] = {}
        for value in values:
            self._count_uses(value, uses)
        written = [self._text(value, uses) for value in values]
        self.lines.append("    " * self._depth + text.format(*written))

    def named(self, form: str, parts: Sequence[Number] = ()) -> Traced:
        """Return a number that is worked out in this place, and in no other."""
        name = self._fresh()
        self.line(f"{name} = {form}", *parts)
        return Traced(self, form, parts, name)

    def several(self, value: Traced, count: int) -> tuple[Traced, ...]:
        """Return the numbers that one call yields."""
        names = [self._fresh() for _ in range(count)]
        self.line(f"{', '.join(names)} = {{}}", value)
        return tuple(Traced(self, name, (), name) for name in names)

    @contextmanager
    def block(self, text: str, *values: Any) -> Iterator[None]:
        """Write what follows under a line; numbers that get their names there are not known by them afterwards."""
        self.line(text, *values)
        self._depth, known = self._depth + 1, len(self._named)
        yield
        self._depth -= 1
        for value in self._named[known:]:
            value.name = None
        del self._named[known:]

    def bound(self, value: Any) -> str:
        """Return a name by which the function knows an object."""
        name = "_" + getattr(value, "__name__", type(value).__name__).strip("_<>")
        while self.names.setdefault(name, value) is not value:
            name += "_"
        return name

    def function(self) -> Callable[..., Any]:
        """Return what has been written."""
        exec(compile("\n".join(self.lines), "<augkit>", "exec"), self.names)
        made: Callable[..., Any] = self.names["run"]
        return made

    def _fresh(self) -> str:
        self._count += 1
        return f"n{self._count}"

    def _count_uses(self, value: Any, uses: dict[int, int]) -> None:
        if isinstance(value, Traced):
            uses[id(value)] = uses.get(id(value), 0) + 1
            if value.name is None and uses[id(value)] == 1:
                for part in value.parts:
                    self._count_uses(part, uses)
        else:
            for part in _fields(value):
                self._count_uses(part, uses)

    def _text(self, value: Any, uses: dict[int, int]) -> str:
        if isinstance(value, Traced):
            if value.name is not None:
                return value.name
            text = value.form.format(*(self._text(part, uses) for part in value.parts))
            if uses[id(value)] > 1:
                value.name = self._fresh()
                self._named.append(value)
                self.lines.append("    " * self._depth + f"{value.name} = {text}")
                return value.name
            return text
        parts = [self._text(part, uses) for part in _fields(value)]
        if type(value) is tuple:
            return f"({', '.join(parts)}{',' * (len(parts) == 1)})"
        if isinstance(value, dict):
            return f"{{{', '.join(f'{key!r}: {part}' for key, part in zip(value, parts, strict=True))}}}"
        if parts and not _is_known(value):
            return f"{self.bound(type(value))}({', '.join(parts)})"
        plain = type(value) in (bool, int, str, float) and (type(value) is not float or math.isfinite(value))
        return repr(value) if plain or value is None else self.bound(value)


def _is_known(value: Any) -> bool:
    return not isinstance(value, Traced) and all(map(_is_known, _fields(value)))


def _fields(value: Any) -> Sequence[Any]:
    """Return what a value is made of, in the order in which it is made of that."""
    if isinstance(value, tuple):
        return value
    if isinstance(value, dict):
        return tuple(value.values())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, field.name) for field in dataclasses.fields(value)]
    return ()


class TracedDraws(Derived):
    """The random numbers of a picture to come, in the place of `Draws`: each is written down where it is drawn.

    Parameters
    ----------
    script : Script
        A function of `seed` and `key`, among other things.
    always : bool
        Whether all of them are drawn for every picture, so that each is a certain one of the words.
    """

    def __init__(self, script: Script, *, always: bool) -> None:
        self.script, self.always = script, always
        self.taken = 0

    def head(self) -> str:
        """Return the line that the function begins with."""
        blocks, bound = -(-self.taken // 8), self.script.bound
        told = f"{bound(Draws)}.ahead(seed, key, {blocks})"
        if not self.taken:
            return f"key is None or {told}"  # which checks the key
        words = f"{bound(Draws.fresh)}({self.taken}) if key is None else {told}"
        if not self.always:
            return f"pop = list({words}).pop"
        return f"{''.join(f'w{number}, ' for number in reversed(range(self.taken)))}= {words}[-{self.taken}:]"

    def _word(self) -> str:
        self.taken += 1
        return f"w{self.taken - 1}" if self.always else "pop()"

    def __getattr__(self, name: str) -> Never:
        raise UntraceableError

    def bits(self) -> Traced:
        """Return 53 random bits."""
        return self.script.named(f"{self._word()} >> 11")

    def uniform(self, low: Number = 0.0, high: Number = 1.0) -> Number:
        """Return a number, uniform between low and high."""
        return self._beyond(low, high - low)

    def uniforms(self, spans: Sequence[Span]) -> dict[str, Number]:
        """Return numbers by their names, each uniform in its own range."""
        return {name: self._beyond(low, width) for name, low, width in spans}

    def _beyond(self, low: Number, width: Number) -> Number:
        word = self._word()
        if _is(width, 0.0):
            if not self.always:
                self.script.line(word)
            return low
        # The width is scaled by a power of two, not the bits: the same to the last bit.
        value = low + (width * TO_UNIT) * Traced(self.script, f"({word} >> 11)")
        return self.script.named("{}", (value,))
