"""Brightness, contrast and gamma on the pictures that users have."""

import numpy as np
import pytest

from augkit import Brightness, Contrast, Gamma, Pipeline
from augkit.kernels.measure import LUMA

LEVELS = np.arange(256, dtype=np.uint8).reshape(16, 16)


@pytest.mark.parametrize("offset", [-0.4, -0.1, 0.0, 0.002, 0.3])
def test_brightness_adds_the_same_to_every_level(offset):
    result = Pipeline([Brightness(offset=(offset, offset))])(LEVELS)
    assert np.abs(result - np.clip(LEVELS + 255 * offset, 0, 255)).max() <= 0.5 + 1e-4


def test_brightness_there_and_back_is_the_identity_though_it_would_clip_on_the_way():
    steps = [Brightness(offset=(0.75, 0.75)), Brightness(offset=(-0.75, -0.75))]
    assert (Pipeline(steps)(LEVELS) == LEVELS).all()


@pytest.mark.parametrize("gain", [0.0, 0.5, 0.9, 1.3])
@pytest.mark.parametrize("tail", [(), (3,), (4,), (5,)])
def test_contrast_keeps_the_mean_grey_and_scales_what_departs_from_it(gain, tail):
    image = (0.4 + 0.2 * np.random.default_rng(0).random((30, 40, *tail))).astype(np.float32)
    image.setflags(write=False)
    result = Pipeline([Contrast(gain=(gain, gain))])(image)
    before, after = (part[..., :3] if tail == (4,) else part for part in (image.astype(float), result.astype(float)))
    mean = (before @ LUMA).mean() if tail in ((3,), (4,)) else before.mean()
    assert np.abs(after - (mean + gain * (before - mean))).max() < 1e-6


def test_contrast_0_is_the_mean_grey():
    assert np.unique(Pipeline([Contrast(gain=(0, 0))])(LEVELS)).tolist() == [128]  # of 127.5, half to even


def test_contrast_after_brightness_turns_about_the_brightened_mean():
    image = np.array([[90, 110]], np.uint8)
    steps = [Brightness(offset=(0.2, 0.2)), Contrast(gain=(2, 2))]
    assert Pipeline(steps)(image).tolist() == [[131, 171]]


@pytest.mark.parametrize("exponent", [0.01, 0.5, 1.0, 2.2, 100.0])
def test_gamma_keeps_black_and_white_and_the_order_of_tones(exponent):
    result = Pipeline([Gamma(exponent=(exponent, exponent))])(LEVELS).ravel().astype(int)
    assert result[0] == 0
    assert result[255] == 255
    assert (np.diff(result) >= 0).all()
    assert np.abs(result - 255 * (np.arange(256) / 255) ** exponent).max() <= 0.5 + 1e-9


def test_gamma_and_its_inverse_fused_lose_nothing():
    assert (Pipeline([Gamma(exponent=(4, 4)), Gamma(exponent=(0.25, 0.25))])(LEVELS) == LEVELS).all()
