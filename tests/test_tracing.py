"""Arithmetic that is written down instead of done gives what it gives when done."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from augkit.geometry import about_center, compose, rotation, scaling, shearing, translation
from augkit.operations import Linear, Sharpen
from augkit.seeding import Draws, for_each
from augkit.tracing import Script, Traced, TracedDraws, UntraceableError

numbers = st.sampled_from([0.0, 1.0, -1.0, 0.5, 3.0, -7.25])
terms = st.recursive(
    st.sampled_from(["x", "y"]) | numbers.map(repr),
    lambda inner: (
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda parts: f"({' '.join(parts)})")
        | inner.map(lambda term: f"(-{term})")
        | inner.map(lambda term: f"for_each(math.exp, for_each(math.sin, {term}))")
    ),
    max_leaves=12,
)


def run(function, *values: float):
    """Trace a function of numbers, and return what the function that was written down yields."""
    names = "xyz"[: len(values)]
    script = Script(", ".join(names))
    script.line("return {}", function(*(Traced(script, name) for name in names)))
    return script.function()(*values)


@given(terms, st.sampled_from([0.0, 1.0, 0.3, -2.5]), st.sampled_from([0.0, 0.1, 7.0]))
def test_any_arithmetic(text, x, y):
    known = {"x": x, "y": y, "for_each": for_each, "math": math}
    try:
        expected = eval(text, known)
    except ZeroDivisionError:
        return
    assert run(lambda x, y: eval(text, known | {"x": x, "y": y}), x, y) == expected


def test_powers_of_a_known_number():
    assert run(lambda x: 2 ** (8 - x), 3) == 32
    assert run(lambda x: 0.5 ** (x * 2.0), 1.5) == 0.125


def test_numbers_that_are_used_twice_are_worked_out_once():
    calls = []

    def count(x: float) -> float:
        calls.append(x)
        return x + 1.0

    def twice(x):
        y = for_each(count, x * 2.0)
        return y * y + y

    assert run(twice, 3.0) == 56.0
    assert calls == [6.0]


def test_matrices():
    def chain(x, y, z):
        turned = about_center(rotation(x), (20, 24))
        return compose(
            translation(y, 3.0), compose(about_center(shearing(z, 0.0), (20, 24)), compose(scaling(y, z), turned))
        )

    for values in ((10.0, 0.9, 1.1), (90.0, 1.0, -45.0), (0.0, 0.0, 0.0)):
        assert run(chain, *values) == chain(*values)


@pytest.mark.parametrize("always", [True, False])
def test_draws(always):
    def take(draws):
        spans = [("a", 1.0, 2.0), ("b", 5.0, 0.0), ("c", 0.0, 1.0)]
        named = draws.uniforms(spans)
        return (
            draws.uniform(), draws.uniform(2, 3), draws.uniform(4, 4), draws.bits(), draws.normal(0.5, 2.0),
            draws.integer(1, 6), draws.integer(2.5, 9.5), draws.uniform(0.0, 1.0 - draws.uniform()), *named.values(),
        )  # fmt: skip

    script = Script("seed, key")
    draws = TracedDraws(script, always=always)
    script.line("return {}", take(draws))
    script.lines[1:1] = [f"    {draws.head()}"]
    for number in range(5):
        assert script.function()(7, ("a.png", number)) == take(Draws.of(7, ("a.png", number)))
    assert script.function()(7, None) != script.function()(7, None)


def test_values_of_any_make():
    known = Sharpen(0.5)

    def make(x):
        return (x,), {"a": x, "b": (1, "two", None, True)}, Linear(x, (x, 0.0, 1.0)), Sharpen(x + 1.0), known

    assert run(make, 3.0) == make(3.0)
    assert run(make, 3.0)[-1] is known


def test_blocks_keep_their_numbers_to_themselves():
    script = Script("x")
    square = Traced(script, "x") * Traced(script, "x")
    script.line("seen = 0.0")
    with script.block("if x > 2.0:"):
        script.line("seen = {}", square + square)
    script.line("return seen, {}", square + square)
    assert script.function()(1.0) == (0.0, 2.0)
    assert script.function()(3.0) == (18.0, 18.0)


@pytest.mark.parametrize(
    "ask",
    [
        bool, float, int, round, abs, math.floor, math.ceil, math.cos, np.sqrt, hash, lambda x: x == 1.0,
        lambda x: x < 1.0, lambda x: max(x, 1.0), lambda x: x % 2.0, lambda x: x // 2.0, lambda x: x**2.0,
        lambda x: [1, 2][x], lambda x: divmod(x, 2.0), list, lambda x: f"{x:.2f}",
        lambda x: np.add(np.zeros(2), x, out=np.zeros(2)), lambda x: np.float64(2.0) * x, lambda x: np.arange(2.0) + x,
    ],
)  # fmt: skip
def test_what_asks_for_the_value_is_refused(ask):
    with pytest.raises(UntraceableError):
        ask(Traced(Script("x"), "x"))


@pytest.mark.parametrize("ask", [lambda draws: draws.chance(0.5), lambda draws: draws.choice([1, 2])])
def test_draws_that_decide_are_refused(ask):
    with pytest.raises(UntraceableError):
        ask(TracedDraws(Script(""), always=True))
