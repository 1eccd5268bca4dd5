"""Log-likelihood ratio of linear predictors (Quackenbush et al., 1988), for composite scores."""

import numpy as np
from scipy.linalg import toeplitz

from metrics.frames import TINY, pairs_of_frames

ORDER = {True: 10, False: 16}  # of the predictor; True: for rates below 10 kHz


def likelihood_ratios(reference: np.ndarray, estimate: np.ndarray, sample_rate: int) -> np.ndarray:
    """The log-likelihood ratio of each frame of two signals, float64 [time] each: [frame].

    It is 0 where the predictors of both are equal.

    >>> noise = np.random.default_rng(0).standard_normal(8000)
    >>> float(np.abs(likelihood_ratios(noise, 0.5 * noise, 8000)).max().round(6))  # at any level
    0.0
    """
    order = ORDER[sample_rate < 10000]
    clean, other = pairs_of_frames(reference, estimate + TINY, sample_rate)
    correlations, others = _correlations(clean, order), _correlations(other, order)
    ratios = []
    for of_clean, of_other in zip(correlations, others, strict=True):
        matrix = toeplitz(of_clean)
        own, theirs = _predictor(of_clean), _predictor(of_other)
        ratios.append((theirs @ matrix @ theirs) / (own @ matrix @ own))
    return np.log(np.maximum(ratios, TINY))


def _correlations(framed: np.ndarray, order: int) -> np.ndarray:
    """Autocorrelations for lags up to `order`: [frame, time] -> [frame, lag]."""
    size = 2 * framed.shape[1]
    power = np.abs(np.fft.rfft(framed, size)) ** 2
    return np.fft.irfft(power, size)[:, : order + 1]


def _predictor(correlation: np.ndarray) -> np.ndarray:
    """The prediction error filter [lag] of a frame by Levinson's recursion; it begins with 1."""
    error = correlation[0]
    filter_ = np.zeros_like(correlation)
    filter_[0] = 1.0
    for lag in range(1, len(correlation)):
        reflection = -(filter_[:lag] @ correlation[lag:0:-1]) / max(error, TINY**2)
        filter_[1 : lag + 1] += reflection * filter_[lag - 1 :: -1][:lag]
        error *= 1 - reflection**2
    return filter_
