"""16-bit samples, the form that all audio has here, and what reading corrects in them."""

from typing import NamedTuple

import numpy as np

FULL_SCALE = 32768
LIMITS = -FULL_SCALE, FULL_SCALE - 1


class Correction(NamedTuple):
    """What reading does to the samples of a file: `offset` (16-bit steps) is taken away, the rest times `gain`."""

    offset: int = 0
    gain: float = 1.0


UNCORRECTED = Correction()


def pcm(steps: np.ndarray, correction: Correction = UNCORRECTED) -> np.ndarray:
    """Steps [time], corrected, as 16-bit samples; overshoots of a filter or of a lossy codec are cut off."""
    if steps.dtype == np.int16 and correction == UNCORRECTED:
        return steps
    exact = np.rint((steps.astype(np.float64) - correction.offset) * correction.gain)
    return np.clip(exact, *LIMITS).astype(np.int16)
