"""SI-SDR of separated talkers."""

from metrics.si_sdr import SISDR
from metrics.talkers import OfTalkers, of_talkers


class TalkersSISDR(OfTalkers):
    """Mean SI-SDR of all talkers, in their best order.

    An orthogonal error of a tenth of the first talker, and of all of the second: 20 and 0 dB.

    >>> import numpy as np
    >>> phase = 2 * np.pi * np.outer([440, 660], np.arange(8000)) / 8000
    >>> errors = np.array([[0.1], [1.0]]) * np.cos(phase)
    >>> round(TalkersSISDR()(np.sin(phase), (np.sin(phase) + errors)[::-1], 8000), 6)
    10.0
    """

    facts = of_talkers(SISDR.facts)
    single = SISDR()
