"""Segmental signal-to-noise ratio, in dB."""

import numpy as np

from metrics.facts import Facts
from metrics.frames import TINY, pairs_of_frames
from metrics.metric import Metric

LOWEST_DB, HIGHEST_DB = -10.0, 35.0


class SegSNR(Metric):
    """Mean over frames of the SNR of each, from -10 to 35 dB (Hansen and Pellom, ICSLP 1998).

    Noise is the difference of estimate and reference, so a gain counts as noise. The frames are
    those of `metrics.frames` in which the reference is not digitally silent.

    An estimate whose amplitude is a tenth too large has 20 dB in every frame:

    >>> noise = np.random.default_rng(0).standard_normal(8000)
    >>> round(SegSNR()(noise, 1.1 * noise, 8000), 6)
    20.0
    """

    facts = Facts(
        "SSNR",
        "segmental SNR over frames of 30 ms (Hansen and Pellom, 1998)",
        unit="dB",
        lowest=LOWEST_DB,
        highest=HIGHEST_DB,
    )

    def score(self, reference: np.ndarray, estimate: np.ndarray, sample_rate: int) -> float:
        """See the class; signals as `Metric.score` says."""
        clean, other = pairs_of_frames(reference, estimate, sample_rate)
        signal = np.sum(clean**2, axis=1)
        noise = np.sum((clean - other) ** 2, axis=1)
        ratio_db = 10 * np.log10(signal / (noise + TINY) + TINY)
        return float(np.mean(np.clip(ratio_db, LOWEST_DB, HIGHEST_DB)))
