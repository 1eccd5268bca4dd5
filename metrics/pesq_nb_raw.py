"""PESQ narrow-band, as the raw score of P.862: the score of papers before 2005, and many since."""

import math

import numpy as np

from metrics.facts import Facts
from metrics.guard import NotComputable
from metrics.p862 import PACKAGES
from metrics.pesq_nb import PESQNarrowband


class PESQNarrowbandRaw(PESQNarrowband):
    """Narrow-band PESQ by ITU-T P.862 without a mapping, -0.5 to 4.5. 8 or 16 kHz.

    >>> noise = np.random.default_rng(0).standard_normal(8000)
    >>> round(PESQNarrowbandRaw()(noise, noise, 8000), 3)
    4.5
    """

    facts = Facts(
        "PESQ-NB raw",
        "ITU-T P.862, narrow band, the raw score before any mapping, as many papers print it",
        lowest=-0.5,
        highest=4.5,
        packages=PACKAGES,
        place=1,
        noticeable=0.1,
    )

    def score(self, reference: np.ndarray, estimate: np.ndarray, sample_rate: int) -> float:
        """See the class; raises NotComputable like `metrics.p862.lqo` and `raw_of_lqo`."""
        return raw_of_lqo(super().score(reference, estimate, sample_rate))


def raw_of_lqo(lqo: float) -> float:
    """The raw score of a MOS-LQO, by the inverse of P.862.1's logistic mapping.

    Raises NotComputable outside the mapping's range.

    >>> round(raw_of_lqo(0.999 + 4 / (1 + math.exp(4.6607))), 12)  # P.862.1 of a raw score of 0
    0.0
    """
    if not 0.999 < lqo < 4.999:
        raise NotComputable(f"MOS-LQO {lqo:.4f} is outside P.862.1's range of 0.999 to 4.999")
    return (4.6607 - math.log(4 / (lqo - 0.999) - 1)) / 1.4945
