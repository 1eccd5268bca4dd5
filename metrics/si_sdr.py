"""Scale-invariant signal-to-distortion ratio, in dB."""

import numpy as np

from metrics.facts import Facts
from metrics.metric import Metric
from metrics.ratio import ratio_db


class SISDR(Metric):
    """SI-SDR in dB: the energy of the optimally scaled reference over that of the residual.

    By its paper (Le Roux et al., "SDR - half-baked or well done?", ICASSP 2019) no mean is removed,
    so a constant offset counts as distortion. The score is infinite where the estimate equals the
    reference up to a factor.

    An error of a tenth of the reference's amplitude, and orthogonal to it, gives 20 dB at any
    scale:

    >>> phase = 2 * np.pi * 440 * np.arange(8000) / 8000
    >>> round(SISDR()(np.sin(phase), 3 * (np.sin(phase) + 0.1 * np.cos(phase)), 8000), 6)
    20.0
    """

    facts = Facts("SI-SDR", "scale-invariant SDR (Le Roux et al., 2019)", unit="dB")

    def score(self, reference: np.ndarray, estimate: np.ndarray, sample_rate: int) -> float:
        """See the class; signals as `Metric.score` says."""
        scale = estimate @ reference / (reference @ reference)
        target = reference * scale
        distortion = estimate - target
        return ratio_db(target @ target, distortion @ distortion)
