"""PESQ narrow-band, as the raw score of P.862 that most papers before 2005, and many since, print."""

import math

import numpy as np

from metrics.guard import NotComputable
from metrics.pesq_nb import pesq_nb


def pesq_nb_raw(reference: np.ndarray, estimate: np.ndarray, sample_rate: int) -> float:
    """Narrow-band PESQ of `estimate` [time] as ITU-T P.862 gives it before any mapping, -0.5 to 4.5.

    8 or 16 kHz. Raises NotComputable.
    """
    return raw_of_lqo(pesq_nb(reference, estimate, sample_rate))


def raw_of_lqo(lqo: float) -> float:
    """The raw score of a MOS-LQO: P.862.1's logistic mapping inverted.

    Raises NotComputable outside the mapping's range.
    """
    if not 0.999 < lqo < 4.999:
        raise NotComputable(f"MOS-LQO {lqo:.4f} is outside P.862.1's range of 0.999 to 4.999")
    return (4.6607 - math.log(4 / (lqo - 0.999) - 1)) / 1.4945
