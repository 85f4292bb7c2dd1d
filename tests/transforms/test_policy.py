"""TrivialAugment and RandAugment: the operations of the papers, as far as they go, each as often."""

import math
from collections import Counter

import numpy as np
import pytest
from scipy import stats

from augkit import Pipeline, RandAugment, TrivialAugment
from augkit.transforms.base import Drawn

COUNT = 9000
# Cubuk et al. (2020), section 3; Müller and Hutter (2021), table 1: the same 14.
OPERATIONS = (
    "identity", "auto_contrast", "equalize", "rotate", "solarize", "saturation", "posterize", "contrast", "brightness",
    "sharpness", "shear x", "shear y", "translate x", "translate y",
)  # fmt: skip
# Full strength: degrees of turn; a shear's tangent; a share of the side; what a factor of 1 gets more or less; the bits
# that are left. RandAugment's are those of its reference code; TrivialAugment's the "wide" ones of its table.
REACH = {
    RandAugment: {"rotate": 30, "shear": 0.3, "translate": 150 / 331, "factor": 0.9, "bits": 4},
    TrivialAugment: {"rotate": 135, "shear": 0.99, "translate": 0.45, "factor": 0.99, "bits": 2},
}
TWO_SIDED = (
    "rotate",
    "saturation",
    "contrast",
    "brightness",
    "sharpness",
    "shear x",
    "shear y",
    "translate x",
    "translate y",
)


def named(step: Drawn) -> tuple[str, float]:
    """Which operation of the papers this is, and its strength in the paper's units."""
    kind, params = step.kind.name(), dict(step.params)
    if kind == "color_jitter":
        still = {"brightness": 1.0, "contrast": 1.0, "saturation": 1.0}
        changed = [name for name, one in still.items() if params[name] != one] or ["brightness"]
        assert len(changed) == 1
        assert params["hue"] == 0
        return changed[0], params[changed[0]] - 1
    if kind in ("shear", "translate"):
        axis = "x" if params["x"] else "y"
        assert params["y" if axis == "x" else "x"] == 0
        value = params[axis]
        return f"{kind} {axis}", math.tan(math.radians(value)) if kind == "shear" else value
    return kind, next(iter(params.values()), 0.0)


def draw_many(step, count=COUNT) -> list[list[Drawn]]:
    pipeline = Pipeline([step], seed=1)
    return [pipeline.draw((32, 32), key=(f"{number}.png", 1)) for number in range(count)]


def full(kind, name) -> float:
    """The strongest a two-sided operation may be."""
    reach = REACH[kind]
    return reach.get(name.split()[0], reach["factor"])


@pytest.mark.parametrize("kind", [TrivialAugment, RandAugment])
def test_each_of_the_14_operations_comes_as_often(kind):
    # at full strength none of them is nothing, so the identity alone is no step
    step = kind(strength=(1, 1)) if kind is TrivialAugment else kind(strength=(1, 1), count=(1, 1))
    found = Counter(named(steps[0])[0] if steps else "identity" for steps in draw_many(step))
    assert set(found) == set(OPERATIONS)
    expected = COUNT / len(OPERATIONS)
    assert sum((count - expected) ** 2 / expected for count in found.values()) < stats.chi2.isf(1e-5, 13)


@pytest.mark.parametrize("kind", [TrivialAugment, RandAugment])
@pytest.mark.parametrize("strength", [1.0, 0.5, 0.1])
def test_operations_go_as_far_as_the_papers_say(kind, strength):
    step = (
        kind(strength=(strength, strength))
        if kind is TrivialAugment
        else kind(strength=(strength, strength), count=(1, 1))
    )
    found: dict[str, set[float]] = {}
    for steps in draw_many(step, 2000):
        for one in steps:
            name, value = named(one)
            found.setdefault(name, set()).add(round(value, 6))
    for name in TWO_SIDED:
        reach = full(kind, name) * strength
        assert len(found[name]) == 2
        # numbers were rounded to six digits, and 150 / 331 to 0.45
        assert sorted(found[name]) == [pytest.approx(-reach, rel=0.008), pytest.approx(reach, rel=0.008)]
    assert found["solarize"] == {round(1 - strength, 6)}
    assert found["posterize"] == {8 - round(strength * (8 - REACH[kind]["bits"]))}


def test_trivialaugment_does_one_at_31_strengths_equally_likely():
    drawn = draw_many(TrivialAugment())
    assert {len(steps) for steps in drawn} == {0, 1}
    sizes = [
        abs(dict(steps[0].params)["degrees"]) / 135 * 30 for steps in drawn if steps and named(steps[0])[0] == "rotate"
    ]
    bins = np.rint(sizes).astype(int)
    assert np.abs(bins - sizes).max() < 1e-9
    counts = np.bincount(bins, minlength=31)
    assert len(counts) == 31
    expected = len(bins) / 31
    assert expected > 5
    assert ((counts - expected) ** 2 / expected).sum() < stats.chi2.isf(1e-5, 30)


@pytest.mark.parametrize("kind", [TrivialAugment, RandAugment])
def test_signs_are_even(kind):
    signs = [
        math.copysign(1, value)
        for steps in draw_many(kind())
        for name, value in map(named, steps)
        if name in TWO_SIDED and value
    ]
    low, high = stats.binom.ppf([5e-6, 1 - 5e-6], len(signs), 0.5)
    assert low <= signs.count(1.0) <= high


def test_randaugment_does_as_many_as_asked_each_drawn_on_its_own():
    drawn = draw_many(RandAugment(count=(3, 3)))
    lengths = Counter(map(len, drawn))
    expected = {size: COUNT * stats.binom.pmf(size, 3, 13 / 14) for size in range(4)}  # the identity is no step
    assert sum((lengths[size] - expected[size]) ** 2 / expected[size] for size in range(4)) < stats.chi2.isf(1e-5, 3)
    twice = sum(named(steps[0])[0] == named(steps[1])[0] for steps in drawn if len(steps) == 3)
    low, high = stats.binom.ppf([5e-6, 1 - 5e-6], lengths[3], 1 / 13)
    assert low <= twice <= high


def test_all_operations_of_randaugment_have_one_strength():
    strengths = set()
    for steps in draw_many(RandAugment(count=(6, 6), strength=(0, 1)), 300):
        sizes = {
            round(abs(value) / full(RandAugment, name), 2) for name, value in map(named, steps) if name in TWO_SIDED
        }
        sizes = {size if abs(size - 1) > 0.01 else 1.0 for size in sizes}  # 0.45 is not quite 150 / 331
        assert max(sizes, default=0) - min(sizes, default=0) <= 0.011
        strengths |= sizes
    assert len(strengths) > 20


def test_strengths_of_randaugment_are_in_30ths_between_the_ends():
    values = {
        round(abs(value), 6)
        for steps in draw_many(RandAugment(strength=(0, 1)), 3000)
        for name, value in map(named, steps)
        if name == "rotate"
    }
    assert len(values) == 31
    assert values == {round(number / 30 * 30, 6) for number in range(31)}


@pytest.mark.parametrize(
    "step", [TrivialAugment(), RandAugment(count=(2, 2)), RandAugment(strength=(1, 1), count=(3, 3))]
)
def test_what_is_drawn_is_done(step, photos):
    image = np.ascontiguousarray(photos[0][:64, :80])
    pipeline = Pipeline([step], seed=3)
    changed = 0
    for copy in range(40):
        drawn = pipeline.draw((64, 80), key=("a", copy))
        result = pipeline(image, key=("a", copy))
        assert result.shape == image.shape
        changed += (result != image).any()
        assert (pipeline.replay(drawn, image) == result).all()
    assert changed > 25
