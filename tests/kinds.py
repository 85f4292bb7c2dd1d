"""The transforms of the catalog by what they have in common, for tests of all of them."""

import dataclasses

import numpy as np
import pytest

from augkit import CoarseDropout, Posterize, Solarize
from augkit.fusing import realize
from augkit.operations import fuse
from augkit.transforms.base import PointwiseTransform, SpatialTransform
from augkit.transforms.catalog import catalog
from augkit.transforms.choice import Choice

TRANSFORMS = list(catalog().values())
COMPOSED = [kind for kind in TRANSFORMS if not kind.draws_once]  # they draw what other transforms do
SPATIAL = [kind for kind in TRANSFORMS if issubclass(kind, SpatialTransform)]
MAY_MOVE = [*SPATIAL, *(kind for kind in COMPOSED if kind is not CoarseDropout)]
PLAIN = [kind for kind in TRANSFORMS if kind not in MAY_MOVE]
TONES = [kind for kind in TRANSFORMS if issubclass(kind, PointwiseTransform) and kind not in (Posterize, Solarize)]
RANGED = [kind for kind in TRANSFORMS if any("least" in field.metadata for field in dataclasses.fields(kind))]
CHOICES = [kind for kind in TRANSFORMS if issubclass(kind, Choice)]

TAILS = ((), (1,), (3,), (4,), (5,))
KEYS = [(f"class/{number:03d}.png", copy) for number in range(4) for copy in (1, 2)]


def over(kinds):
    return pytest.mark.parametrize("kind", kinds, ids=lambda kind: kind.__name__)


def ranges_of(kind) -> list[str]:
    return [field.name for field in dataclasses.fields(kind) if "least" in field.metadata]


def matrix_of(drawn, size) -> tuple[np.ndarray, tuple[int, int]]:
    """The matrix and the size of the result, of spatial transforms."""
    (warp,) = fuse(realize(drawn, size))
    return np.array(warp.matrix).reshape(3, 3), warp.out
