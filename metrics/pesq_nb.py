"""PESQ narrow-band, as MOS-LQO."""

from functools import lru_cache

import numpy as np

from metrics.facts import Facts
from metrics.metric import Metric
from metrics.p862 import PACKAGES, lqo


class PESQNarrowband(Metric):
    """Narrow-band PESQ as MOS-LQO, 1.02 to 4.549 (ITU-T P.862 with P.862.1's mapping). 8 or 16 kHz.

    The score of the last pair is cached: `PESQNarrowbandRaw` asks for the same pair.

    >>> noise = np.random.default_rng(0).standard_normal(8000)
    >>> round(PESQNarrowband()(noise, noise, 8000), 3)
    4.549
    """

    facts = Facts(
        "PESQ-NB LQO",
        "ITU-T P.862, narrow band, with P.862.1's mapping to MOS-LQO",
        lowest=1.02,
        highest=4.549,
        packages=PACKAGES,
    )
    sample_rates = (8000, 16000)

    def score(self, reference: np.ndarray, estimate: np.ndarray, sample_rate: int) -> float:
        """See the class; raises NotComputable like `metrics.p862.lqo`."""
        return _remembered(reference.tobytes(), estimate.tobytes(), sample_rate)


@lru_cache(maxsize=1)
def _remembered(reference: bytes, estimate: bytes, sample_rate: int) -> float:
    return lqo(np.frombuffer(reference), np.frombuffer(estimate), sample_rate, "nb")
