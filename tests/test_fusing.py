"""Fused while realizing: the same operations as realized one by one and fused afterwards."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import picture

from augkit import Brightness, Contrast, Crop, Gamma, GaussianNoise, HorizontalFlip, Pipeline, Rotate
from augkit.fusing import fused, realize
from augkit.operations import Linear, Pointwise, Warp, fuse
from augkit.recipes import load_recipe, recipe_names
from augkit.transforms.base import PointwiseTransform, SpatialTransform, Transform, transform
from augkit.transforms.catalog import catalog

TRANSFORMS = list(catalog().values())
SIZE = (20, 31)


def check(pipeline: Pipeline, key) -> None:
    drawn = pipeline.draw(SIZE, key=key)
    assert fused(drawn, SIZE) == fuse(realize(drawn, SIZE))


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from(TRANSFORMS), max_size=8), st.integers(0, 1000))
def test_any_chain_is_fused_as_its_operations_are(kinds, number):
    check(Pipeline([kind() for kind in kinds]), ("a.png", number))


@pytest.mark.parametrize("name", recipe_names())
def test_recipes_are_fused_as_their_operations_are(name):
    for copy in range(20):
        check(load_recipe(name, seed=3), ("a.png", copy))


@pytest.mark.parametrize("kind", TRANSFORMS, ids=lambda kind: kind.__name__)
def test_what_a_transform_says_of_itself_is_what_its_operation_is(kind):
    drawn = Pipeline([kind()]).draw(SIZE, key=("a.png", 1))
    for step, operation in zip(drawn, realize(drawn, SIZE), strict=True):
        assert step.kind.is_spatial == isinstance(operation, Warp) == issubclass(step.kind, SpatialTransform)
        assert step.kind.is_pointwise == isinstance(operation, Pointwise) == issubclass(step.kind, PointwiseTransform)
        if step.kind.is_spatial and step.kind.keeps_size:
            assert operation.out == SIZE


def test_kinds_with_operations_of_their_own_fuse_with_their_neighbours_too():
    @transform
    class Half(SpatialTransform):
        """Shrinks to half, by an operation of its own."""

        @classmethod
        def operation(cls, size, params):
            return Warp((0.5, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 1.0), (size[0] // 2, size[1] // 2))

    @transform
    class Faint(Transform):
        """Halves the tones, by an operation of its own."""

        @classmethod
        def operation(cls, size, params):
            return Pointwise((Linear(0.5),))

    image = picture((32, 32, 3))
    assert Pipeline([Half(), HorizontalFlip()])(image).shape == (16, 16, 3)
    assert Pipeline([Half(), Half(), Crop(size=(5, 6))])(image).shape == (5, 6, 3)
    kinds = [Half, Faint, HorizontalFlip, Rotate, Brightness, Gamma, Contrast, GaussianNoise]
    for chain in itertools.product(kinds, repeat=4):
        check(Pipeline([kind() for kind in chain]), ("a.png", 3))


def test_a_matrix_with_an_operation_of_its_own_is_performed_by_that():
    class Mirrored(Rotate):
        """Turns, and looks from behind: an operation of its own."""

        @classmethod
        def operation(cls, size, params):
            return Pointwise(())

    class More(Mirrored):
        """Inherits that."""

    assert not Mirrored.is_spatial
    assert not More.is_spatial
    image = picture((*SIZE, 3))
    assert np.array_equal(Pipeline([More()])(image), image)
