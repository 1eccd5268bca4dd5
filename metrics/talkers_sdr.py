"""SDR of separated talkers."""

from metrics.sdr import SDR
from metrics.talkers import OfTalkers, of_talkers


class TalkersSDR(OfTalkers):
    """Mean SDR of all talkers, in their best order.

    An echo of each talker, in either order, is a filter and not a distortion:

    >>> import numpy as np
    >>> noise = np.random.default_rng(0).standard_normal((2, 4512))
    >>> noise[:, 4000:] = 0
    >>> TalkersSDR()(noise, np.roll(noise, 100, axis=1)[::-1], 8000) > 100
    True
    """

    facts = of_talkers(SDR.facts)
    single = SDR()
