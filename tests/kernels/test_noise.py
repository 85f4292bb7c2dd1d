"""Noise: its law, measured on samples so large that bounds of 4.5 standard errors are narrow.

All seeds are fixed, so a test fails for a wrong law, not for bad luck.
"""

import math

import numpy as np
import pytest
from scipy import stats

from augkit.kernels import maximum
from augkit.kernels.bits import random_bytes, random_words
from augkit.kernels.noise import (
    COUNT_WORDS,
    MANY_THROWS,
    gaussian,
    places,
    poisson_number,
    poisson_numbers,
    salt_and_pepper,
)
from augkit.kernels.normal import byte_tables

DTYPES = (np.uint8, np.uint16, np.float32)
TAILS = ((), (2,), (3,), (4,), (5,))
SIGMAS = 4.5
SHAPE = (1000, 1000)
COUNT = 1_000_000

GOLDEN_GAUSSIAN = [[122, 100, 140], [138, 90, 148]]
GOLDEN_WEAK = [128] * 5 + [129] + [128] * 3 + [127, 128, 127] + [128] * 7 + [129] + [128] * 4
GOLDEN_IMPULSE = [
    [0, 128, 255, 128, 255, 255, 255, 128, 0, 128, 0, 128],
    [255, 128, 255, 128, 128, 128, 128, 0, 128, 128, 128, 0],
]


def flat(tail=(), dtype=np.uint8, shape=SHAPE) -> np.ndarray:
    made = np.full((*shape, *tail), 0.5 if dtype == np.float32 else np.iinfo(dtype).max // 2 + 1, dtype)
    made.setflags(write=False)
    return made


def field(std, seed, tail=(), dtype=np.uint8, **options) -> np.ndarray:
    """The noise alone, in levels; std in levels too."""
    image = flat(tail, dtype)
    return gaussian(image, std / maximum(image), seed, **options).astype(np.float64) - image.astype(np.float64)


def correlation(one, other) -> float:
    one, other = one - one.mean(), other - other.mean()
    return float((one * other).mean() / (one.std() * other.std()))


# Gaussian


@pytest.mark.parametrize(
    ("dtype", "std"),
    [(np.uint8, std) for std in (0.2, 0.5, 1.0, 1.99, 2.0, 3.0, 10.0, 27.0, 27.5, 40.0)]  # pairs of tables from 2 to 27
    + [(np.uint16, std) for std in (0.2, 0.5, 1.0, 3.0, 300.0)]
    + [(np.float32, std) for std in (1e-3, 0.02, 0.1)],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_noise_has_mean_0_and_the_very_deviation_asked_for(dtype, std):
    noise = field(std, 5, dtype=dtype)
    fourth = np.mean(noise**4) / std**4  # the variance of a sample variance is (fourth - 1) / n
    assert abs(noise.mean()) < SIGMAS * std / math.sqrt(COUNT)
    # The table of 65536 quantiles, cut at 4.3 sigma, has a deviation of 1 to within 1e-5; float32 levels 2^-24.
    # Pairs of tables are a thousandth apart, and as near to their deviation as whole levels allow.
    tables = 1e-3 if dtype == np.uint8 and 2.0 <= std <= 27.0 else 1e-4
    assert abs(noise.std() / std - 1) < SIGMAS / 2 * math.sqrt((fourth - 1) / COUNT) + tables


@pytest.mark.parametrize(("dtype", "std"), [(np.uint8, 10.0), (np.uint8, 25.0), (np.uint16, 900.0), (np.float32, 0.1)])
def test_noise_is_normal_in_skewness_kurtosis_and_tails(dtype, std):
    noise = field(std, 6, dtype=dtype) / std
    assert abs(np.mean(noise**3)) < SIGMAS * math.sqrt(15 / COUNT)
    # Of rounded normal noise the fourth moment is less by 1 / (120 std^4): nothing. Var(x^4) = 96.
    # Ending at 4.3 sigma costs 2e-3 of the 3.
    assert abs(np.mean(noise**4) - 3) < SIGMAS * math.sqrt(96 / COUNT) + 2e-3
    half = 0.5 / std if dtype != np.float32 else 0.0
    for limit in (1, 2, 3):
        levels = math.floor(limit / (2 * half)) if half else limit
        edge = (levels + 0.5) * 2 * half if half else limit
        share = math.erfc(edge / math.sqrt(2))
        assert abs(np.mean(np.abs(noise) > edge) - share) < SIGMAS * math.sqrt(share / COUNT) + (3e-4 if half else 0)


@pytest.mark.parametrize("std", [0.3, 1.0, 10.0])
def test_every_level_is_as_likely_as_its_opposite(std):
    noise = field(std, 7)
    for level in range(1, math.ceil(3 * std) + 1):
        above, below = int((noise == level).sum()), int((noise == -level).sum())
        assert abs(above - below) <= SIGMAS * math.sqrt(above + below)


@pytest.mark.parametrize("std", [0.5, 10.0])
@pytest.mark.parametrize("lag", [(0, 1), (0, 2), (0, 3), (0, 4), (1, 0), (1, 1), (1, -1), (5, 0)])
def test_noise_of_neighbouring_pixels_is_independent(std, lag):
    noise = field(std, 8)
    moved = np.roll(noise, lag, (0, 1))
    for power in (1, 2):  # neither the noise nor its size tells of the neighbour's
        assert abs(correlation(noise**power, moved**power)) < SIGMAS / math.sqrt(COUNT)


@pytest.mark.parametrize("channels", [2, 3, 5])
def test_noise_of_channels_is_independent(channels):
    noise = field(10, 9, (channels,))
    for one in range(channels):
        for other in range(one):
            assert abs(correlation(noise[..., one], noise[..., other])) < SIGMAS / math.sqrt(COUNT)


@pytest.mark.parametrize("other", [1, 2, 3, 2**52, 2**53 - 1])
def test_noise_of_different_seeds_is_independent(other):
    assert abs(correlation(field(10, 0), field(10, other))) < SIGMAS / math.sqrt(COUNT)


def test_shared_noise_is_one_for_all_colours():
    for tail, dtype in (((3,), np.uint8), ((4,), np.uint8), ((3,), np.float32), ((5,), np.uint16)):
        noise = field(0.05 if dtype == np.float32 else 10, 9, tail, dtype, shared=True)
        colors = noise[..., :3] if tail == (4,) else noise
        assert colors.std() > 0
        assert (colors == colors[..., :1]).all()


@pytest.mark.parametrize("std", [2.0, 40.0])
def test_noise_saturates_and_never_wraps_around(std):
    for level in (0, 3, 252, 255):
        image = np.full((200, 200, 3), level, np.uint8)
        noisy = gaussian(image, std / 255, 3).astype(int)
        free = gaussian(np.full_like(image, 128), std / 255, 3).astype(int) - 128
        inside = np.abs(free) < 127  # where 128 itself did not saturate
        assert (noisy == np.clip(level + free, 0, 255))[inside].all()
        assert inside.mean() > 0.99


@pytest.mark.parametrize("kernel", [gaussian, salt_and_pepper])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tail", TAILS)
def test_the_seed_decides_and_the_input_is_left_alone(kernel, dtype, tail):
    image = flat(tail, dtype, (40, 50))
    first, again, other = (kernel(image, 0.2, seed) for seed in (1, 1, 2))
    assert first.dtype == dtype
    assert first.shape == image.shape
    assert (first == again).all()
    assert (first != other).any()
    assert first.min() >= 0
    assert first.max() <= maximum(image)
    if tail == (4,):
        assert (first[..., 3] == image[..., 3]).all()


@pytest.mark.parametrize("kernel", [gaussian, salt_and_pepper])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tail", TAILS)
def test_no_noise_is_the_identity_and_a_fresh_copy(kernel, dtype, tail):
    image = np.random.default_rng(0).integers(0, 2, (9, 11, *tail)).astype(dtype)
    result = kernel(image, 0.0, 3)
    assert (result == image).all()
    assert not np.shares_memory(result, image)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("pixels", [1, 2, 3, 4, 5, 7, 131_072, 131_073, 524_288, 524_289, 524_290, 1_048_579])
@pytest.mark.parametrize("shared", [False, True])
def test_every_value_of_8_bits_gets_what_two_tables_hold(pixels, channels, shared):
    std, seed, most = 0.1, 11, 1 << 17
    image = np.full((1, pixels, channels), 90, np.uint8)
    count = pixels if shared else pixels * channels
    one, other = (np.frombuffer(table, np.int8).astype(int) for table in byte_tables(std * 255.0))
    noise = np.empty(count, int)
    for start in range(0, count, most):
        part = noise[start : start + most]
        raw = random_words(seed, 2 * len(part), np.dtype(np.uint8), 2 * start)
        part[:] = one[raw[: len(part)]] + other[raw[len(part) :]]
    expected = np.clip(90 + noise.reshape(1, pixels, -1), 0, 255)
    assert (gaussian(image, std, seed, shared=shared) == expected).all()
    again = image.copy()
    assert (gaussian(again, std, seed, shared=shared, over=True) == expected).all()


def test_noise_never_changes_between_versions():
    image = np.full((2, 3), 128, np.uint8)
    assert gaussian(image, 0.1, 7).tolist() == GOLDEN_GAUSSIAN
    assert gaussian(image.repeat(8, 1), 0.0012, 7)[0].tolist() == GOLDEN_WEAK
    assert salt_and_pepper(image.repeat(4, 1), 0.5, 7).tolist() == GOLDEN_IMPULSE


# Salt and pepper


def struck(amount, seed, shape=SHAPE) -> np.ndarray:
    """1 where a pixel turned white, -1 where black, 0 elsewhere."""
    return salt_and_pepper(flat(shape=shape), amount, seed).astype(int) // 127 - 1


def test_struck_pixels_are_black_or_white_in_all_colours():
    for dtype in DTYPES:
        for tail in TAILS:
            image = flat(tail, dtype, (60, 60))
            colors = salt_and_pepper(image, 0.3, 4)
            colors = colors if not tail else colors[..., :3] if tail == (4,) else colors
            hit = colors != image[..., : colors.shape[-1]] if tail else colors != image
            assert set(np.unique(colors[hit]).tolist()) == {0, maximum(image)}
            if tail:
                assert (colors == colors[..., :1]).all()


@pytest.mark.parametrize("amount", [1e-5, 0.002, 0.02, 0.3, 0.9, 0.999])
def test_pixels_are_struck_with_the_probability_asked_for_and_evenly_white_and_black(amount):
    hits = struck(amount, 11)
    number = np.count_nonzero(hits)
    assert abs(number - COUNT * amount) < SIGMAS * math.sqrt(COUNT * amount * (1 - amount))
    assert abs(int(hits.sum())) <= SIGMAS * math.sqrt(number)


def test_amount_1_strikes_every_pixel():
    hits = struck(1.0, 11)
    assert (hits != 0).all()
    assert abs(int(hits.sum())) < SIGMAS * math.sqrt(COUNT)


@pytest.mark.parametrize("amount", [0.01, 0.5])
def test_struck_pixels_lie_anywhere_with_the_same_probability(amount):
    hits = struck(amount, 12) != 0
    # 1000 blocks are looked at, both ways; once in 1000 such tests one would be beyond.
    surprise = math.log(2 * 1000 * 1000)
    for blocks in (hits.reshape(10, 100, 10, 100).mean(axis=(1, 3)), hits.mean(axis=0), hits.mean(axis=1)):
        size = COUNT / blocks.size
        variance = size * amount * (1 - amount)
        bound = surprise / 3 + math.sqrt(surprise**2 / 9 + 2 * surprise * variance)  # Bernstein's, for each block
        assert np.abs(blocks - amount).max() * size < bound


@pytest.mark.parametrize("lag", [(0, 1), (0, 2), (1, 0), (1, 1)])
def test_struck_pixels_do_not_tell_of_their_neighbours(lag):
    hits = struck(0.2, 13)
    moved = np.roll(hits, lag, (0, 1))
    assert abs(correlation(hits, moved)) < SIGMAS / math.sqrt(COUNT)  # white and black
    assert abs(correlation(hits != 0, moved != 0)) < SIGMAS / math.sqrt(COUNT)


@pytest.mark.parametrize("other", [1, 2, 2**53 - 1])
def test_struck_pixels_of_different_seeds_are_independent(other):
    one, two = struck(0.2, 0), struck(0.2, other)
    assert abs(correlation(one, two)) < SIGMAS / math.sqrt(COUNT)
    assert abs(correlation(one != 0, two != 0)) < SIGMAS / math.sqrt(COUNT)


def test_the_first_and_the_last_pixel_are_struck_as_often_as_any():
    count, amount = 3000, 0.3
    first_and_last = np.array([struck(amount, seed, (3, 5)).ravel()[[0, -1]] for seed in range(count)]) != 0
    bound = SIGMAS * math.sqrt(count * amount * (1 - amount))
    assert (np.abs(first_and_last.sum(axis=0) - count * amount) < bound).all()


# Numbers of throws


@pytest.mark.parametrize("mean", [0.0, 1e-9, 0.4, 3.0, 17.0, MANY_THROWS - 1e-9, MANY_THROWS, 90.0, 1e4])
def test_throws_have_the_distribution_of_poisson(mean):
    counts = np.array([poisson_number(mean, seed, random_bytes(seed, 16)) for seed in range(4000)])
    low, high = (int(stats.poisson.ppf(tail, mean)) for tail in (1e-6, 1 - 1e-6))
    edges = np.unique(np.linspace(low, high + 1, 40).astype(int))
    expected = np.diff(stats.poisson.cdf(edges - 1, mean)) * len(counts)
    seen = np.histogram(counts, edges)[0]
    enough = expected > 5
    chi = ((seen - expected)[enough] ** 2 / expected[enough]).sum()
    assert chi < stats.chi2.isf(1e-6, max(int(enough.sum()) - 1, 1))
    assert abs(counts.mean() - mean) <= 5 * math.sqrt(mean / len(counts)) + 1e-3


def test_throws_counted_at_once_are_those_counted_one_by_one():
    rng = np.random.default_rng(0)
    means = np.concatenate([rng.uniform(0, MANY_THROWS, 3000), [0.0, 1e-12, MANY_THROWS - 1e-9]])
    seeds = [int(seed) for seed in rng.integers(0, 2**53, len(means))]
    raws = [random_bytes(seed, 16) for seed in seeds]
    words = np.array([int.from_bytes(raw[:8], "little") for raw in raws], np.uint64)
    each = [poisson_number(float(mean), seed, raw) for mean, seed, raw in zip(means, seeds, raws, strict=True)]
    assert poisson_numbers(means, words, 200).tolist() == each
    assert poisson_numbers(means, words, 20).tolist() == np.minimum(each, 20).tolist()


def test_more_throws_than_likely_are_thrown_all_the_same():
    image, amount = np.full((3, 4, 3), 128, np.uint8), 0.01  # 0.12 throws on average, so that two are many
    pixels = 12
    mean = -math.log1p(-amount) * pixels
    numbers = {seed: poisson_number(mean, seed, random_bytes(seed, 16)) for seed in range(3000)}
    assert max(numbers.values()) > 2
    for seed, number in numbers.items():
        words = random_words(seed, number, np.dtype("<u8"), COUNT_WORDS)
        changed = salt_and_pepper(image, amount, seed).reshape(-1, 3)
        assert set(np.flatnonzero((changed != 128).any(axis=1))) == set(places(words, pixels))
