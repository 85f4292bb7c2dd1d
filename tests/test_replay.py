"""Replay of what no draw returned: told, with the step and what is wrong with it."""

import math

import pytest
from pictures import picture

from augkit import AugkitError, GaussianNoise, JPEGCompression, OneOf, Pipeline, Rotate, Sharpness
from augkit.transforms.base import Drawn


@pytest.mark.parametrize(
    "drawn", [None, 5, "rotate", [["rotate", {"degrees": 3}]], [None], [Drawn(3, {})], [Drawn(Rotate, None)]]
)
def test_replay_of_what_draw_did_not_return_is_told(drawn):
    with pytest.raises(AugkitError, match="replay takes what draw returned"):
        Pipeline([Rotate()]).replay(drawn, picture((4, 5)))


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (Drawn(Rotate, {"angle": 3.0}), "rotate with .'angle': 3.0.*unexpected keyword argument 'angle'"),
        (Drawn(Rotate, {}), "rotate with {}.*'degrees'"),
        (Drawn(Rotate, {"degrees": math.nan}), "rotate with .*: degrees is nan"),
        (Drawn(Sharpness, {"amount": None}), "sharpness with .*: amount is None"),
        (Drawn(OneOf, {}), "one_of with {}.*by itself"),
        (Drawn(GaussianNoise, {"std": 0.1, "seed": 50.5}), "gaussian_noise with .*'seed': 50.5"),
        (Drawn(JPEGCompression, {"quality": "good"}), "jpeg_compression with .*'quality': 'good'"),
    ],
)
def test_replay_of_what_no_draw_returns_names_the_step(step, message):
    with pytest.raises(AugkitError, match=message):
        Pipeline([Rotate()]).replay([Drawn(Rotate, {"degrees": 3.0}), step], picture((4, 5)))
