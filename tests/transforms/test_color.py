"""PCA colour jitter, after Krizhevsky, Sutskever and Hinton (2012)."""

import math
from itertools import permutations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageEnhance

from augkit import ChannelShuffle, Grayscale, HueSaturation, Invert, PCAColorJitter, Pipeline
from augkit.kernels.measure import LUMA
from augkit.seeding import Draws
from augkit.transforms.pca import IMAGENET

VECTORS = np.array(IMAGENET.vectors).T


def test_the_components_are_orthonormal_to_the_four_digits_published():
    vectors = VECTORS
    assert np.abs(vectors.T @ vectors - np.eye(3)).max() < 2e-4
    assert list(IMAGENET.values) == sorted(IMAGENET.values, reverse=True)


@pytest.mark.parametrize("std", [0.1, 0.5])
def test_offsets_have_the_covariance_of_the_paper(std):
    count = 4000
    draws = [PCAColorJitter(std=(std, std)).draw(Draws(1, "a", copy), (9, 9)) for copy in range(count)]
    offsets = np.array([[drawn[name] for name in ("red", "green", "blue")] for drawn in draws])
    weights = offsets @ np.linalg.inv(VECTORS).T / IMAGENET.values / std  # normal, mean 0, sd 1, independent
    assert np.abs(weights.mean(axis=0)).max() < 4.5 / math.sqrt(count)
    assert np.abs(weights.var(axis=0) - 1).max() < 4.5 * math.sqrt(2 / count)
    covariance = np.cov(weights.T)
    assert np.abs(covariance - np.diag(np.diag(covariance))).max() < 4.5 / math.sqrt(count)


@pytest.mark.parametrize("tail", [(), (3,), (4,), (5,)])
def test_every_pixel_is_shifted_by_the_drawn_colour(tail):
    image = (0.4 + 0.2 * np.random.default_rng(0).random((9, 11, *tail))).astype(np.float32)
    pipeline = Pipeline([PCAColorJitter()])
    params = pipeline.draw((9, 11), key=("a", 1))[0].params
    color = np.array([params[name] for name in ("red", "green", "blue")])
    shift = pipeline(image, key=("a", 1)) - image
    expected = {(): color @ LUMA, (3,): color, (4,): np.array([*color, 0.0]), (5,): color @ LUMA}[tail]
    assert np.abs(shift - expected).max() < 1e-6
    assert np.abs(color).max() > 1e-3


@pytest.mark.parametrize("factor", [0.0, 0.4, 1.0, 1.7])
def test_saturation_is_that_of_pillow(photos, factor):
    ours = Pipeline([HueSaturation(hue=(0, 0), saturation=(factor, factor))])(photos[1])
    theirs = np.asarray(ImageEnhance.Color(Image.fromarray(photos[1])).enhance(factor))
    # Pillow rounds the grey to a whole level before it blends, |1 - factor| / 2 of a level, and cuts the result
    assert np.abs(ours.astype(int) - theirs).max() <= 0.5 * abs(1 - factor) + 1


@pytest.mark.parametrize("degrees", [-120.0, 7.0, 90.0])
def test_a_turn_of_the_hue_keeps_the_grey_of_every_pixel_and_grey_itself(degrees):
    image = np.random.default_rng(0).uniform(0.4, 0.6, (9, 9, 3)).astype(np.float32)
    image[0] = 0.5
    turned = Pipeline([HueSaturation(hue=(degrees, degrees), saturation=(1, 1))])(image)
    assert np.abs((turned - image) @ np.array(LUMA)).max() < 1e-6
    assert np.abs(turned[0] - 0.5).max() < 1e-6
    assert np.abs(turned - image).max() > 0.01


def test_three_thirds_of_the_color_circle_are_the_whole():
    image = np.random.default_rng(0).uniform(0.4, 0.6, (9, 9, 3)).astype(np.float32)
    third = HueSaturation(hue=(120, 120), saturation=(1, 1))
    assert np.abs(Pipeline([third, third, third])(image) - image).max() < 1e-6


def test_grayscale_is_that_of_opencv(photos):
    grey = Pipeline([Grayscale()])(photos[0])
    assert (grey[..., 0] == grey[..., 1]).all()
    assert (grey[..., 0] == grey[..., 2]).all()
    # OpenCV has the weights in 15 bits: its error before rounding is below 255 * 3 * 2^-16 of a level
    assert np.abs(grey[..., 0].astype(int) - cv2.cvtColor(photos[0], cv2.COLOR_RGB2GRAY)).max() <= 1


def test_shuffled_channels_are_the_same_ones_in_each_of_five_other_orders():
    image = np.array([[[10, 20, 30]]], np.uint8)
    seen = {tuple(Pipeline([ChannelShuffle()])(image, key=("x", copy)).ravel().tolist()) for copy in range(200)}
    assert seen == set(permutations((10, 20, 30))) - {(10, 20, 30)}


def test_the_negative_of_a_negative_is_the_picture(photos):
    once = Pipeline([Invert()])
    assert (once(photos[0]) == 255 - photos[0]).all()
    assert (once(once(photos[0])) == photos[0]).all()
