"""SDR of talkers who were taken apart."""

from metrics.sdr import SDR
from metrics.talkers import OfTalkers, of_talkers


class TalkersSDR(OfTalkers):
    """Mean SDR of all talkers, in their best order.

    An echo of each talker, in whichever order, is a filter and no distortion:

    >>> import numpy as np
    >>> noise = np.random.default_rng(0).standard_normal((2, 4512))
    >>> noise[:, 4000:] = 0
    >>> TalkersSDR()(noise, np.roll(noise, 100, axis=1)[::-1], 8000) > 100
    True
    """

    facts = of_talkers(SDR.facts)
    one = SDR()
