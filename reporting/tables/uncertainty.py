"""The uncertainty of a mean over a sample of speakers, or of speakers and noises."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import stdtrit  # of Student's t, without the checks of scipy.stats

CONFIDENCE = 0.95


class Estimate(NamedTuple):
    """A mean, its standard error, and the degrees of freedom of the error.

    The error is NaN without two clusters of every kind.
    """

    mean: float
    error: float
    freedom: float


UNKNOWN = Estimate(float("nan"), float("nan"), float("nan"))


def interval(values: np.ndarray, *clusters: np.ndarray) -> tuple[float, float]:
    """95 % interval of the mean of `values` [item] by Student's t, see `estimate`.

    (nan, nan) if the standard error is unknown.
    """
    mean, error, freedom = estimate(values, *clusters)
    if np.isnan(error):
        return float("nan"), float("nan")
    half = stdtrit(freedom, (1 + CONFIDENCE) / 2) * error
    return float(mean - half), float(mean + half)


def estimate(values: np.ndarray, *clusters: np.ndarray) -> Estimate:
    """The mean of `values` [item], with the error of a mean over a sample of speakers.

    clusters: speakers [item], and noises [item] if these are a sample, too. NaN values are left
    out. Items of one cluster are similar, so they carry less information than as many clusters.
    With equally many items per speaker, this is the textbook's mean and standard error of the
    speakers' means. Otherwise the variance is the unbiased one for clusters of unequal size (CR2 of
    Bell and McCaffrey, 2002), with Satterthwaite's degrees of freedom. The variances by speakers
    and by noises are added, minus the variance by both, which is contained in each; the degrees of
    freedom are the smaller ones (Cameron, Gelbach and Miller, 2011).
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
    """The variance of the mean by residuals [item] and clusters [item], and its freedom."""
    counts = np.bincount(codes)
    if len(counts) < 2:
        return 0.0, 1.0
    shares = counts / len(codes)
    weights = 1 / (1 - shares)
    totals = np.bincount(codes, residuals) / len(codes)
    variance = weights @ totals**2
    # The covariance of the totals if all clusters have the same variance, whatever their size.
    centred = np.diag(shares) - np.outer(shares, shares)
    covariance = centred @ centred.T
    scaled = np.sqrt(weights)[:, None] * covariance * np.sqrt(weights)
    return variance, np.trace(scaled) ** 2 / np.sum(scaled**2)


def _both(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Codes of the intersections of both kinds of clusters."""
    return pd.factorize(one * (other.max() + 1) + other)[0]


def _two_ways(
    one: tuple[float, float], other: tuple[float, float], both: tuple[float, float]
) -> tuple[float, float]:
    """Variance and degrees of freedom of two-way clusters; at least the variance of each way."""
    variance = one[0] + other[0] - both[0]
    surest = max(one, other)
    if variance <= surest[0]:
        return surest
    return variance, min(one[1], other[1])
