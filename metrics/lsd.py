"""Log-spectral distance, in dB."""

import numpy as np

from dsp.decibel import power
from metrics.facts import Facts
from metrics.metric import Metric

WINDOW_S = 0.032
RANGE_DB = 80.0  # lower powers are raised to this far below the reference's loudest bin


class LSD(Metric):
    """Log-spectral distance in dB (Gray and Markel, IEEE TASSP 1976).

    The distance of a frame is the root of the mean over frequency of the squared difference of log
    powers. The score is the mean over frames: Hann windows of 32 ms, at hops of a half. It is 0
    where estimate equals reference; a lower score is better.

    An estimate at half the amplitude is 6 dB away in all bins:

    >>> noise = np.random.default_rng(0).standard_normal(8000)
    >>> round(LSD()(noise, 0.5 * noise, 8000), 2)
    6.02
    """

    facts = Facts(
        "LSD",
        "log-spectral distance over windows of 32 ms (Gray and Markel, 1976)",
        unit="dB",
        lowest=0.0,
        higher_is_better=False,
    )

    def score(self, reference: np.ndarray, estimate: np.ndarray, sample_rate: int) -> float:
        """See the class; signals as `Metric.score` says."""
        clean = _powers(reference, sample_rate)
        floor = power(-RANGE_DB) * clean.max()
        difference_db = 10 * np.log10(
            np.maximum(clean, floor) / np.maximum(_powers(estimate, sample_rate), floor)
        )
        return float(np.mean(np.sqrt(np.mean(difference_db**2, axis=0))))


def _powers(signal: np.ndarray, sample_rate: int) -> np.ndarray:
    """The power of each bin and frame: [time] -> [freq, frame]."""
    samples = round(WINDOW_S * sample_rate)
    from scipy.signal import stft  # slow to load

    _, _, spectrum = stft(signal, sample_rate, "hann", samples, boundary=None, padded=False)
    return np.abs(spectrum) ** 2
