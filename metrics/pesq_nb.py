"""PESQ narrow-band, as MOS-LQO."""

from functools import lru_cache

import numpy as np

from metrics.guard import NotComputable, checked
from metrics.p862 import lqo

SAMPLE_RATES = (8000, 16000)


def pesq_nb(reference: np.ndarray, estimate: np.ndarray, sample_rate: int) -> float:
    """Narrow-band PESQ of `estimate` [time] as MOS-LQO, 1.02 to 4.549 (ITU-T P.862 with P.862.1's mapping).

    8 or 16 kHz. The last pair is remembered: `pesq_nb_raw` asks for the same one. Raises NotComputable.
    """
    if sample_rate not in SAMPLE_RATES:
        raise NotComputable(f"narrow-band PESQ needs 8000 or 16000 Hz, got {sample_rate} Hz")
    reference, estimate = checked(reference, estimate, sample_rate)
    return _remembered(reference.tobytes(), estimate.tobytes(), sample_rate)


@lru_cache(maxsize=1)
def _remembered(reference: bytes, estimate: bytes, sample_rate: int) -> float:
    return lqo(np.frombuffer(reference), np.frombuffer(estimate), sample_rate, "nb")
