"""Kernels compiled by numba: the bytes of those without it."""

import importlib
import sys

import numpy as np
import pytest

from augkit import Brightness, Contrast, GaussianNoise, Pad, PCAColorJitter, Pipeline, Rotate, Sharpness
from augkit.kernels import detail, jitted, many
from augkit.kernels.detail import motion_blur

numba = pytest.importorskip("numba", reason="numba is not installed", exc_type=ImportError)

SHAPES = [(7, 2, 2), (9, 2, 17), (6, 31, 3), (5, 40, 40), (200, 32, 32)]


@pytest.fixture
def without(monkeypatch):
    """Return a function that calls another one as if numba were not installed."""

    def call(function, *args):
        with monkeypatch.context() as patch:
            patch.setattr(many, "jitted", lambda: None)
            patch.setattr(detail, "jitted", lambda: None)
            return function(*args)

    return call


def batch(shape, seed=0):
    images = np.random.default_rng(seed).integers(0, 256, (*shape, 3), np.uint8)
    images.flags.writeable = False
    return images


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("most", [1.0, 5.0])
def test_sharpening_has_the_bytes_of_opencv(without, shape, most):
    for seed in range(20):
        images = batch(shape, seed)
        amount = np.random.default_rng(seed).uniform(-1.0, most, len(images))
        assert (many.sharpen_many(images, amount) == without(many.sharpen_many, images, amount)).all()


@pytest.mark.parametrize("shape", SHAPES)
def test_means_are_those_of_opencv(without, shape):
    images = batch(shape)
    assert (many.mean_colors(images) == without(many.mean_colors, images)).all()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("alike", [True, False])
def test_lines_have_the_bytes_of_opencv(without, shape, alike):
    for seed in range(20):
        images, rng = batch(shape, seed), np.random.default_rng(seed)
        gain, *offset = rng.uniform(-3.0, 3.0, len(images)), *rng.uniform(-1.0, 1.0, (3, len(images)))
        lines = (gain, [offset[0]] * 3) if alike else (gain, offset)
        assert (many.linear_many(images, *lines) == without(many.linear_many, images, *lines)).all()


@pytest.mark.parametrize("shape", [(160, 150, 3), (257, 263), (131, 190, 4), (16384, 2, 3), (2, 9000, 5)])
@pytest.mark.parametrize("pixels", [0.5, 1.0, 3.0, 6.5, 10.0])
def test_motion_blur_has_the_bytes_of_opencv(without, shape, pixels):
    image = np.random.default_rng(0).choice(np.array([0, 1, 127, 128, 254, 255], np.uint8), shape)
    for degrees in (0.0, 17.0, 45.0, 90.0, 111.0):
        length = pixels / min(shape[:2])
        assert (motion_blur(image, length, degrees) == without(motion_blur, image, length, degrees)).all()


@pytest.mark.parametrize("p", [0.5, 1.0])
def test_a_batch_has_the_same_bytes_with_and_without_it(without, p):
    steps = [
        Rotate(),
        Pad(size=(40, 40)),
        Brightness(p=p),
        Contrast(),
        PCAColorJitter(p=p),
        Sharpness(p=p),
        GaussianNoise(),
    ]
    pipeline, images, keys = Pipeline(steps, seed=7), batch((50, 32, 32)), [("a.png", copy) for copy in range(50)]
    assert pipeline.does_at_once(images.shape, images.dtype)
    compiled = pipeline.batch(images, keys)
    assert (compiled == without(pipeline.batch, images, keys)).all()
    assert (compiled[9] == pipeline(images[9], key=keys[9])).all()


def test_it_is_done_without_where_numba_does_not_import(monkeypatch):
    jitted()
    monkeypatch.delattr("augkit.kernels.jit")
    monkeypatch.delitem(sys.modules, "augkit.kernels.jit")
    monkeypatch.setitem(sys.modules, "numba", None)
    assert jitted.__wrapped__() is None


def test_it_is_compiled_anew_where_nothing_can_be_kept_on_disk(monkeypatch):
    compile_it = numba.njit

    def without_disk(*args, cache=False, **options):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return compile_it(*args, **options)

    monkeypatch.setattr(numba, "njit", without_disk)
    kernels = importlib.reload(jitted())
    sums = np.zeros((3, 3), np.int64)
    kernels.add_up(np.ones((3, 4, 6), np.uint8), sums)
    assert (sums == 8).all()
