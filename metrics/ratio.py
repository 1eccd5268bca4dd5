"""Energy ratios in decibels, with infinite values instead of a division by zero."""

import math

from dsp.decibel import power

ROUNDING_DB = 200.0  # FFTs in float64 reach about 250 dB; measured ratios are far smaller


def ratio_db(target: float, distortion: float) -> float:
    """10 log10(target / distortion) of two energies, in dB.

    Beyond 200 dB the smaller energy is only rounding: the ratio is then plus or minus infinity.

    >>> ratio_db(100.0, 1.0), ratio_db(1.0, 1e-25), ratio_db(0.0, 1.0)
    (20.0, inf, -inf)
    """
    limit = power(-ROUNDING_DB)
    if distortion <= limit * target:
        return math.inf
    if target <= limit * distortion:
        return -math.inf
    return 10 * math.log10(target / distortion)
