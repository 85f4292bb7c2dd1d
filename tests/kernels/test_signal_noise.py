"""Noise that depends on the signal, speckle and photons, and noise that colours share: their laws.

Bounds are 4.5 standard errors, of which a right law would pass one in 150,000; seeds are fixed, so what passes once
passes always.
"""

import math

import numpy as np
import pytest
from pictures import picture, same
from scipy import stats

from augkit.kernels import maximum
from augkit.kernels.noise import _few_photons, _many_photons, _photon_table, gaussian, poisson, salt_and_pepper, speckle
from augkit.kernels.normal import inverse_normal

DTYPES = (np.uint8, np.uint16, np.float32)
TAILS = ((), (2,), (3,), (4,), (5,))
SIGMAS = 4.5
SIDE = 500
COUNT = SIDE * SIDE

SPECKLE = [[118, 122, 110], [117, 142, 159]]
PHOTONS = [[115, 120, 105], [112, 148, 173]]


def flat(part, dtype=np.float32, tail=()) -> np.ndarray:
    white = maximum(np.empty(0, dtype))
    made = np.full((SIDE, SIDE, *tail), part if dtype == np.float32 else round(part * white), dtype)
    made.setflags(write=False)
    return made


def correlation(one, other) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


# For both


@pytest.mark.parametrize("kernel", [speckle, poisson])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tail", TAILS)
def test_the_seed_decides_and_shape_dtype_alpha_and_input_are_kept(kernel, dtype, tail):
    for size in ((1, 1), (1, 7), (7, 1), (37, 53)):
        image = picture((*size, *tail), dtype)
        first, again, other = (kernel(image, 0.1, seed) for seed in (1, 1, 2))
        assert (first.shape, first.dtype) == (image.shape, dtype)
        assert same(first, again)
        assert size != (37, 53) or (first != other).any()
        assert not np.shares_memory(first, image)
        assert 0 <= first.min() <= first.max() <= maximum(image)
        if tail == (4,):
            assert same(first[..., 3], image[..., 3])
        assert same(kernel(image, 0.0, 1), image)
        assert not np.shares_memory(kernel(image, 0.0, 1), image)


@pytest.mark.parametrize("kernel", [speckle, poisson])
@pytest.mark.parametrize("dtype", DTYPES)
def test_black_stays_black(kernel, dtype):
    assert not kernel(np.zeros((40, 50, 3), dtype), 0.3, 1).any()


@pytest.mark.parametrize(("kernel", "strength"), [(speckle, 0.1), (poisson, 0.01)])
@pytest.mark.parametrize("lag", [(0, 1), (0, 2), (0, 4), (1, 0), (1, 1), (7, 3)])
def test_pixels_channels_and_seeds_are_independent(kernel, strength, lag):
    noise = kernel(flat(0.5, tail=(3,)), strength, 3).astype(float) - 0.5
    bound = SIGMAS / math.sqrt(COUNT)
    for power in (1, 2):  # neither the noise nor its size tells of another
        field = noise**power
        assert abs(correlation(field[..., 0], np.roll(field[..., 0], lag, (0, 1)))) < bound
        assert abs(correlation(field[..., 0], field[..., 1])) < bound
        assert abs(correlation(field[..., 0], field[..., 2])) < bound
        another = (kernel(flat(0.5, tail=(3,)), strength, 4).astype(float) - 0.5) ** power
        assert abs(correlation(field, another)) < bound / math.sqrt(3)


# Speckle


def test_speckle_never_changes_between_versions():
    assert speckle(np.full((2, 3), 128, np.uint8), 0.1, 7).tolist() == SPECKLE


def test_speckle_is_the_picture_times_the_noise_of_the_same_seed():
    image = picture((200, 300, 3))
    noise = gaussian(np.full(image.shape, 0.5, np.float32), 0.1, 7).astype(float) - 0.5
    expected = np.clip(image * (1 + noise), 0, 255)
    # the noise was rounded at 0.5, by 2^-25, and 1 + noise by 2^-24 or less; then once to a whole level
    assert np.abs(speckle(image, 0.1, 7) - expected).max() <= 0.5 + 255 * 2.0**-22


@pytest.mark.parametrize("part", [0.1, 0.4, 0.6])
@pytest.mark.parametrize("dtype", DTYPES)
def test_the_deviation_of_speckle_is_a_fraction_of_the_value(dtype, part):
    image = flat(part, dtype)
    noise = speckle(image, 0.1, 5) / float(image[0, 0]) - 1
    # rounding to whole levels adds 1/12 of a level squared (Sheppard)
    sigma = math.sqrt(0.01 + (0 if dtype == np.float32 else 1 / 12 / float(image[0, 0]) ** 2))
    assert abs(noise.mean()) < SIGMAS * sigma / math.sqrt(COUNT)
    assert abs(noise.var() / sigma**2 - 1) < SIGMAS * math.sqrt(2 / COUNT) + 1e-4  # the table's deviation is 1 - 1e-5
    if dtype == np.float32:
        assert abs(np.mean((noise / sigma) ** 3)) < SIGMAS * math.sqrt(15 / COUNT)
        assert abs(np.mean((noise / sigma) ** 4) - 3) < SIGMAS * math.sqrt(96 / COUNT) + 2e-3  # it ends at 4.2 sigma


# Photons


def test_photons_never_change_between_versions():
    assert poisson(np.full((2, 3), 128, np.uint8), 0.01, 7).tolist() == PHOTONS


@pytest.mark.parametrize(("part", "scale"), [(0.5, 0.01), (0.1, 0.02), (0.02, 0.02), (0.3, 0.001)])
def test_photons_are_counted_by_the_law_of_poisson(part, scale):
    image = flat(part)
    found = poisson(image, scale, 5).astype(float) / scale
    counts = np.rint(found)
    assert np.abs(found - counts).max() < counts.max() * 2.0**-23  # whole photons
    mean = float(image[0, 0]) / scale
    # Var of a sample variance: (fourth central moment - variance^2) / n, and the fourth is 3 mean^2 + mean.
    assert abs(counts.mean() - mean) < SIGMAS * math.sqrt(mean / COUNT)
    assert abs(counts.var() - mean) < SIGMAS * math.sqrt((2 * mean**2 + mean) / COUNT)
    lowest, highest = stats.poisson.ppf([1e-3, 1 - 1e-3], mean)
    expected = stats.poisson.pmf(np.arange(lowest, highest + 1), mean) * COUNT
    observed = np.bincount(counts.astype(int).ravel(), minlength=int(highest) + 1)[int(lowest) : int(highest) + 1]
    chi = ((observed - expected) ** 2 / expected).sum()
    assert chi < stats.chi2.isf(1e-5, len(expected))


@pytest.mark.parametrize("scale", [0.002, 0.01, 0.016, 0.3])
def test_photons_of_dark_levels_are_the_same_by_table(scale):
    step, words = scale * 255.0, np.arange(65536, dtype=np.uint16)
    table = _photon_table(step, min(math.ceil(4 * step), 256))
    for level, row in enumerate(table):
        means = np.full(words.size, level, np.float32) * np.float32(1 / step)
        assert (row == _few_photons(means, words)).all()


@pytest.mark.parametrize("scale", [41 / 255, 47 / 255, 55 / 255, 61 / 255, 0.01, 0.016, 1.0])
def test_large_pictures_have_the_photons_of_small_ones(scale):
    image = np.arange(256, dtype=np.uint8).repeat(1200).reshape(600, 512)
    image = np.random.default_rng(0).permuted(image.ravel()).reshape(image.shape)
    large, small = poisson(image, scale, 5), poisson(image[:2], scale, 5)  # whose own values are too few for a table
    assert same(large[:2], small)


@pytest.mark.parametrize("mean", [0.0, 0.01, 0.7, 3.99, 4.0, 4.5, 6.0, 9.0, 30.0, 400.0])
def test_the_distribution_of_photons_is_met_to_a_thousandth(mean):
    words = np.arange(65536, dtype=np.uint16)
    means = np.full(words.size, mean, np.float32)
    counts = _few_photons(means, words) if mean < 4 else _many_photons(means, inverse_normal())
    counts = np.maximum(counts, 0).astype(int)
    seen = np.bincount(counts).cumsum() / words.size
    assert np.abs(seen - stats.poisson.cdf(np.arange(len(seen)), mean)).max() < 1e-3
    assert abs(counts.mean() - mean) < 3e-4 * mean + 1e-5
    assert abs(counts.var() - mean) < 1e-3 * mean + 1e-4


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("part", [0.2, 0.4, 0.6])
def test_the_variance_of_photons_is_mean_times_scale(dtype, part):
    image = flat(part, dtype)
    white = maximum(image)
    level, step = float(image[0, 0]), 0.01 * white
    counts = np.arange(400)
    weights, levels = stats.poisson.pmf(counts, level / step), np.minimum(np.rint(counts * step), white)
    mean = (weights * levels).sum()
    second, fourth = ((weights * (levels - mean) ** power).sum() for power in (2, 4))
    # that the law with rounding is the law without, to within half a level
    assert abs(mean - level) <= 0.5
    assert abs(math.sqrt(second) - math.sqrt(level * step)) <= 0.5
    values = poisson(image, 0.01, 6).astype(float)
    assert abs(values.mean() - mean) < SIGMAS * math.sqrt(second / COUNT)
    assert abs(values.var() - second) < SIGMAS * math.sqrt((fourth - second**2) / COUNT)


def test_light_too_bright_to_count_and_none_at_all():
    assert poisson(np.ones((30, 30), np.float32), 1e-11, 1).min() >= 1 - 1e-4
    image = picture((30, 30), np.float32)
    # a relative deviation of sqrt(scale / value): 1e-5.5 for the brightest
    assert np.abs(poisson(image, 1e-11, 1) - image.astype(float)).max() <= 6 * math.sqrt(1e-11) + 2.0**-24


# Shared by the colours


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tail", TAILS)
def test_shared_noise_is_that_of_the_grey_picture_in_every_colour(dtype, tail):
    white = maximum(np.empty(0, dtype))
    grey = np.full((60, 70), white / 2, dtype)
    noise = gaussian(grey, 0.05, 9).astype(float) - grey
    image = (picture((60, 70, *tail), dtype) * 0.3 + 0.35 * white).astype(dtype)
    noisy = gaussian(image, 0.05, 9, shared=True)
    expected = image + noise.reshape(60, 70, *(1 for _ in tail))
    if tail == (4,):
        expected[..., 3] = image[..., 3]
    assert (noisy.shape, noisy.dtype) == (image.shape, dtype)
    assert np.abs(noisy - expected).max() <= (3 * 2.0**-24 if dtype == np.float32 else 0)  # rounded at two places


@pytest.mark.parametrize("std", [0.2, 0.5, 3.0, 40.0])
def test_shared_noise_has_the_very_deviation_asked_for(std):
    noise = gaussian(flat(0.5, np.uint16, (3,)), std / 65535, 4, shared=True).astype(float) - 32768
    assert (noise == noise[..., :1]).all()
    noise = noise[..., 0]
    fourth = np.mean(noise**4) / std**4
    assert abs(noise.mean()) < SIGMAS * std / math.sqrt(COUNT)
    assert abs(noise.var() / std**2 - 1) < SIGMAS * math.sqrt((fourth - 1) / COUNT) + 2e-4


# Against exact distributions


@pytest.mark.parametrize("amount", [0.003, 0.1])
def test_the_number_of_struck_pixels_is_binomial(amount):
    image = np.full((40, 50), 128, np.uint8)
    struck = [np.count_nonzero(salt_and_pepper(image, amount, seed) != 128) for seed in range(400)]
    # the sum of all is binomial too, with exact tails; so is each, all 400 of which must lie within 1 - 1e-4 / 400
    low, high = stats.binom.ppf([5e-6, 1 - 5e-6], 400 * 2000, amount)
    assert low <= sum(struck) <= high
    low, high = stats.binom.ppf([1e-4 / 800, 1 - 1e-4 / 800], 2000, amount)
    assert low <= min(struck) <= max(struck) <= high
    # the dispersion of counts is that of the binomial
    mean, variance = 2000 * amount, 2000 * amount * (1 - amount)
    chi = sum((count - mean) ** 2 for count in struck) / variance
    assert stats.chi2.ppf(1e-5, 400) < chi < stats.chi2.isf(1e-5, 400)


@pytest.mark.parametrize("std", [0.3, 0.6, 1.5])
def test_whole_levels_of_weak_noise_have_the_probabilities_of_rounded_normals(std):
    # The sigma before rounding, found by plain search for the variance wanted, independent of the kernel's own.
    levels = np.arange(-12, 13)

    def shares(sigma) -> np.ndarray:
        return stats.norm.cdf((levels + 0.5) / sigma) - stats.norm.cdf((levels - 0.5) / sigma)

    low, high = 0.05, 3.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if (shares(middle) * levels**2).sum() < std**2 else (low, middle)
    expected = shares(low) * COUNT
    noise = gaussian(flat(0.5, np.uint8), std / 255, 11).astype(int) - 128
    observed = np.array([(noise == level).sum() for level in levels])
    seen = expected > 5
    chi = ((observed - expected)[seen] ** 2 / expected[seen]).sum()
    assert chi < stats.chi2.isf(1e-5, seen.sum())
