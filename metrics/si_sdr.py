"""Scale-invariant signal-to-distortion ratio, in dB."""

import numpy as np

from metrics.guard import checked
from metrics.ratio import ratio_db


def si_sdr(reference: np.ndarray, estimate: np.ndarray, sample_rate: int) -> float:
    """SI-SDR of `estimate` [time] in dB: energy of the best-scaled reference over energy of what is left.

    As its paper defines it (Le Roux et al., "SDR - half-baked or well done?", ICASSP 2019): no mean is
    removed, so a constant offset counts as distortion. Infinite where the estimate is the reference up to a
    factor. Raises NotComputable.
    """
    reference, estimate = checked(reference, estimate, sample_rate)
    target = reference * (estimate @ reference / (reference @ reference))
    distortion = estimate - target
    return ratio_db(target @ target, distortion @ distortion)
