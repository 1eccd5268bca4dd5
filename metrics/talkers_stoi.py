"""STOI of separated talkers."""

from metrics.stoi import STOI
from metrics.talkers import OfTalkers, of_talkers


class TalkersSTOI(OfTalkers):
    """Mean STOI of all talkers, in their best order.

    The levels of the estimates do not matter:

    >>> import numpy as np
    >>> noise = np.random.default_rng(0).standard_normal((2, 8000))
    >>> round(TalkersSTOI()(noise, 0.1 * noise[::-1], 8000), 6)
    1.0
    """

    facts = of_talkers(STOI.facts)
    single = STOI()
