"""PESQ wide-band, as MOS-LQO."""

import numpy as np

from metrics.guard import NotComputable, checked
from metrics.p862 import lqo

SAMPLE_RATE = 16000


def pesq_wb(reference: np.ndarray, estimate: np.ndarray, sample_rate: int) -> float:
    """Wide-band PESQ of `estimate` [time] as MOS-LQO, 1.02 to 4.644 (ITU-T P.862.2). 16 kHz only.

    Raises NotComputable.
    """
    if sample_rate != SAMPLE_RATE:
        raise NotComputable(f"wide-band PESQ needs 16 kHz, got {sample_rate} Hz")
    reference, estimate = checked(reference, estimate, sample_rate)
    return lqo(reference, estimate, sample_rate, "wb")
