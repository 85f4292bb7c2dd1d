"""Class-balanced means, and how far they may be off."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

_NORMAL_95 = 1.96


class Estimate(NamedTuple):
    """A number, and the ends of its 95 % interval."""

    value: float
    low: float
    high: float

    @classmethod
    def around(cls, value: float, error: float, scale: float = 1.0) -> "Estimate":
        """Return an estimate from a value and its standard error, in another unit if wanted."""
        reach = _NORMAL_95 * error
        return cls(scale * value, scale * (value - reach), scale * (value + reach))

    def moved_to(self, value: float) -> "Estimate":
        """Return another number, none below 0, with an interval as wide."""
        return Estimate(value, max(0.0, value + self.low - self.value), value + self.high - self.value)

    def rounded(self, digits: int) -> list[float]:
        """Return plain numbers, as reports keep them."""
        return [round(float(number), digits) for number in self]


@dataclass(frozen=True)
class Pictures:
    """Of which class each picture is, and from which source it was made: pictures of one source count as one finding.

    Parameters
    ----------
    labels, groups : arrays of int
        Numbered from 0, none left out.
    """

    labels: Codes
    groups: Codes

    @property
    def sizes(self) -> Codes:
        """Number of pictures of each class."""
        return np.bincount(self.labels)

    @cached_property
    def sources(self) -> Codes:
        """Number of sources that pictures of each class come from."""
        pairs = np.unique(np.stack([self.labels, self.groups]), axis=1)
        return np.bincount(pairs[0])

    def means(self, values: npt.NDArray[Any]) -> Floats:
        """Return the mean of each class.

        >>> Pictures(np.array([0, 0, 1]), np.arange(3)).means(np.array([1.0, 0.0, 1.0])).tolist()
        [0.5, 1.0]
        """
        return np.bincount(self.labels, weights=values) / self.sizes

    def balanced(self, values: npt.NDArray[Any], scale: float = 1.0) -> Estimate:
        """Return the mean over classes of the mean of each class."""
        means = self.means(values)
        shares = 1.0 / (len(means) * self.sizes)
        return Estimate.around(float(means.mean()), self._error(values - means[self.labels], shares), scale)

    def by_class(self, values: npt.NDArray[Any], scale: float = 1.0) -> list[Estimate]:
        """Return the mean of each class."""
        means = self.means(values)
        left = values - means[self.labels]
        return [
            Estimate.around(mean, self._error(np.where(self.labels == label, left, 0.0), here), scale)
            for label, (mean, here) in enumerate(zip(means.tolist(), np.diag(1.0 / self.sizes), strict=True))
        ]

    def balanced_ratio(self, values: npt.NDArray[Any], to: npt.NDArray[Any]) -> Estimate:
        """Return the balanced mean of some values in proportion to that of others of the same pictures.

        Its error is that of the values less ratio times the others (linearized: Cochran 1977, section 6.5).
        """
        below = float(self.means(to).mean()) or 1.0
        ratio = float(self.means(values).mean()) / below
        return self.balanced((values - ratio * to) / below).moved_to(ratio)

    def ratio_by_class(self, values: npt.NDArray[Any], to: npt.NDArray[Any]) -> list[Estimate]:
        """Return the mean of each class in proportion to that of other values."""
        below = np.where(self.means(to) > 0, self.means(to), 1.0)
        ratios = self.means(values) / below
        errors = self.by_class((values - ratios[self.labels] * to) / below[self.labels])
        return [error.moved_to(ratio) for error, ratio in zip(errors, ratios.tolist(), strict=True)]

    def _error(self, left: Floats, shares: Floats) -> float:
        """Return the standard error of a weighted mean, from what the mean leaves of each picture.

        Sources are what was drawn at random, so what is left is summed over each source first. One imaginary source
        of each class that is off by 1 keeps the interval of a perfect score open: the rule of three.
        """
        by_source = np.bincount(self.groups, weights=left * shares[self.labels])
        imaginary = shares * self.sizes / self.sources
        return float(np.sqrt((by_source**2).sum() + (imaginary**2).sum()))
