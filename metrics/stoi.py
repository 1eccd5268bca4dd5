"""Short-time objective intelligibility, as a fraction."""

import warnings

import numpy as np

from metrics.guard import NotComputable, checked


def stoi(reference: np.ndarray, estimate: np.ndarray, sample_rate: int) -> float:
    """STOI of `estimate` [time], a fraction of at most 1 (Taal et al., IEEE TASLP 2011), by pystoi.

    Any sampling rate: pystoi resamples to 10 kHz. Raises NotComputable, also where fewer than 30 frames
    (0.4 s) are left once the silent frames of the reference are removed, or the estimate has nothing in them.
    """
    return intelligibility(reference, estimate, sample_rate, extended=False)


def intelligibility(reference: np.ndarray, estimate: np.ndarray, sample_rate: int, extended: bool) -> float:
    """What pystoi says, with its silent 1e-5 and 0 turned into NotComputable."""
    from pystoi import stoi as measure

    reference, estimate = checked(reference, estimate, sample_rate)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="Not enough STFT frames", category=RuntimeWarning)
        try:
            score = float(measure(reference, estimate, sample_rate, extended=extended))
        except RuntimeWarning:
            raise NotComputable("fewer than 30 frames (0.4 s) left after silence removal") from None
    if score == 0:
        raise NotComputable("estimate is silent wherever the reference is not")
    return score
