"""Sharpness and clarity."""

import numpy as np
import pytest
from PIL import Image, ImageFilter
from scipy.ndimage import gaussian_filter

from augkit import Clarity, GaussianBlur, Pipeline, Sharpness
from augkit.operations import Blur, View, fuse


def texture(shape=(60, 80, 3)) -> np.ndarray:
    made = np.random.default_rng(0).integers(90, 160, shape, np.uint8)
    made.setflags(write=False)
    return made


def detail(image) -> float:
    """The mean square of the differences of neighbours."""
    plain = image.astype(float)
    return (np.diff(plain, axis=0) ** 2).mean() + (np.diff(plain, axis=1) ** 2).mean()


def test_more_amount_gives_more_detail_and_negative_less():
    amounts = (-1.0, -0.5, 0.0, 0.3, 0.8)
    found = [detail(Pipeline([Sharpness(amount=(amount, amount))])(texture())) for amount in amounts]
    assert found == sorted(found)
    assert found[2] == detail(texture())
    assert len(set(found)) == len(amounts)


def test_softest_is_the_binomial_kernel_of_pillow():
    image = texture((20, 30))
    kernel = ImageFilter.Kernel((3, 3), [1, 2, 1, 2, 4, 2, 1, 2, 1])
    theirs = np.asarray(Image.fromarray(image).filter(kernel)).astype(int)
    ours = Pipeline([Sharpness(amount=(-1, -1))])(image).astype(int)
    # Pillow leaves the outermost pixels as they are, and rounds half up where OpenCV rounds half to even.
    assert np.abs(ours - theirs)[1:-1, 1:-1].max() <= 1
    assert (ours == theirs)[1:-1, 1:-1].mean() > 0.9


@pytest.mark.parametrize("kind", [Sharpness, Clarity])
def test_mean_brightness_holds_where_nothing_is_clipped(kind):
    result = Pipeline([kind()])(texture(), key=("a", 1))
    assert result.min() > 0
    assert result.max() < 255
    assert abs(result.mean() - texture().mean()) < 0.5


def test_clarity_raises_coarse_contrast_and_leaves_fine_detail_be():
    step = np.full((96, 96), 100, np.uint8)
    step[:, 48:] = 150
    result = Pipeline([Clarity(amount=(0.5, 0.5), radius=(0.08, 0.08))])(step).astype(int)
    assert (result[:, 47] < 95).all()
    assert (result[:, 48] > 155).all()
    assert np.abs(result[:, [0, -1]] - step[:, [0, -1]]).max() <= 1
    assert (np.diff(result[:, :48], axis=1) <= 0).all()


def test_blur_is_that_of_scipy(photos):
    image = photos[0].astype(np.float32) / 255
    ours = Pipeline([GaussianBlur(radius=(0.01, 0.01))])(image)
    theirs = gaussian_filter(image, sigma=(4.27, 4.27, 0), mode="mirror", truncate=4.0)
    # OpenCV cuts the kernel of floats at 4 sigma, as here; what is beyond weighs 2 Q(4) = 6e-5 of the whole
    assert np.abs(ours - theirs).max() < 2 * 6.4e-5


def test_two_blurs_are_one_with_both_variances():
    (fused,) = fuse([Blur(0.03), Blur(0.04)])
    assert fused == Blur(0.05)
    image = np.random.default_rng(0).random((80, 90), np.float32)
    apart = Blur(0.04).apply_image(Blur(0.03).apply_image(image, View()), View())
    # sampled at whole pixels, a Gaussian of sigma 2.4 is off by less than exp(-2 pi^2 2.4^2); what remains is the cut
    # of three kernels at 4 sigma
    assert np.abs(fused.apply_image(image, View()) - apart).max() < 3 * 6.4e-5
