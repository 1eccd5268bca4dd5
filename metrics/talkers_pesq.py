"""Narrow-band raw PESQ of separated talkers."""

from metrics.pesq_nb_raw import PESQNarrowbandRaw
from metrics.talkers import OfTalkers, of_talkers


class TalkersPESQ(OfTalkers):
    """Mean narrow-band raw PESQ of all talkers, in their best order.

    Perfect estimates have the highest score in either order:

    >>> import numpy as np
    >>> noise = np.random.default_rng(0).standard_normal((2, 8000))
    >>> round(TalkersPESQ()(noise, noise[::-1], 8000), 3)
    4.5
    """

    facts = of_talkers(PESQNarrowbandRaw.facts)
    single = PESQNarrowbandRaw()
    sample_rates = PESQNarrowbandRaw.sample_rates
