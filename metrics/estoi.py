"""Extended short-time objective intelligibility, as a fraction."""

import numpy as np

from metrics.stoi import intelligibility

DITHER_SEED = 0


def estoi(reference: np.ndarray, estimate: np.ndarray, sample_rate: int) -> float:
    """ESTOI of `estimate` [time], a fraction of at most 1 (Jensen and Taal, IEEE TASLP 2016), by pystoi.

    pystoi dithers with numpy's global generator, which decides the score where an estimate is digitally
    silent for 0.4 s: the generator is seeded for the call and put back, so that equal signals score equally.
    Raises NotComputable like `stoi`.
    """
    state = np.random.get_state()
    np.random.seed(DITHER_SEED)
    try:
        return intelligibility(reference, estimate, sample_rate, extended=True)
    finally:
        np.random.set_state(state)
