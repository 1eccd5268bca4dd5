"""The uncertainty of a mean over a sample of speakers, or of speakers and noises."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import t as student

CONFIDENCE = 0.95


class Estimate(NamedTuple):
    """A mean, its standard error, and the degrees of freedom that this has.

    NaN where there are no two clusters of every kind, which leaves nothing to tell the error by.
    """

    mean: float
    error: float
    freedom: float


UNKNOWN = Estimate(float("nan"), float("nan"), float("nan"))


def interval(values: np.ndarray, *clusters: np.ndarray) -> tuple[float, float]:
    """95 % interval of the mean of `values` [item] by Student's t, see `estimate`.

    (nan, nan) where that knows no error.
    """
    mean, error, freedom = estimate(values, *clusters)
    if np.isnan(error):
        return float("nan"), float("nan")
    half = student.ppf((1 + CONFIDENCE) / 2, freedom) * error
    return float(mean - half), float(mean + half)


def estimate(values: np.ndarray, *clusters: np.ndarray) -> Estimate:
    """The mean of `values` [item] as one over all speakers, of whom a few are its sample.

    clusters: speakers [item], and noises [item] where those too stand for more than themselves.
    NaN values are left out. Items of one cluster are alike, and so many of them say less than as
    many clusters: with as many items for each speaker, this is the textbook's mean and error of the
    speakers' means. Otherwise the variance is that of clusters of unequal size, without its bias
    (CR2 of Bell and McCaffrey, 2002), and has the degrees of freedom that Satterthwaite's rule
    gives it. The variances by speakers and by noises add up, less that by both, which is in either,
    and have the degrees of freedom of the fewer (Cameron, Gelbach and Miller, 2011).
    """
    known = ~np.isnan(values)
    codes = [pd.factorize(np.asarray(ways)[known])[0] for ways in clusters]
    if not known.any() or any(ways.max() < 1 for ways in codes):
        return UNKNOWN
    mean = values[known].mean()
    residuals = values[known] - mean
    variances = [_variance(residuals, ways) for ways in codes]
    variance, freedom = variances[0]
    if len(codes) == 2:
        variance, freedom = _two_ways(*variances, _variance(residuals, _both(*codes)))
    return Estimate(float(mean), float(np.sqrt(variance)), float(freedom))


def _variance(residuals: np.ndarray, codes: np.ndarray) -> tuple[float, float]:
    """The variance of the mean that residuals [item] by clusters [item] tell, and its freedom."""
    counts = np.bincount(codes)
    if len(counts) < 2:
        return 0.0, 1.0
    shares = counts / len(codes)
    weights = 1 / (1 - shares)
    totals = np.bincount(codes, residuals) / len(codes)
    variance = weights @ totals**2
    # The totals' covariance for clusters that vary alike, whatever their size.
    centred = np.diag(shares) - np.outer(shares, shares)
    covariance = centred @ centred.T
    scaled = np.sqrt(weights)[:, None] * covariance * np.sqrt(weights)
    return variance, np.trace(scaled) ** 2 / np.sum(scaled**2)


def _both(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Codes of the clusters that are alike in both ways."""
    return pd.factorize(one * (other.max() + 1) + other)[0]


def _two_ways(
    one: tuple[float, float], other: tuple[float, float], both: tuple[float, float]
) -> tuple[float, float]:
    """Variance and freedom by two ways; never surer than by one of them alone."""
    variance = one[0] + other[0] - both[0]
    surest = max(one, other)
    if variance <= surest[0]:
        return surest
    return variance, min(one[1], other[1])
