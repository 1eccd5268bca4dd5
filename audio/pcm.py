"""16-bit samples, the form that all audio has here, and what reading corrects in them."""

from typing import NamedTuple

import numpy as np

FULL_SCALE = 32768
LIMITS = -FULL_SCALE, FULL_SCALE - 1


class Correction(NamedTuple):
    """What reading does to the samples of a file.

    `offset` (16-bit steps) is taken away from them, and the rest multiplied with `gain`.
    """

    offset: int = 0
    gain: float = 1.0


UNCORRECTED = Correction()


def fitted(samples: np.ndarray) -> np.ndarray:
    """Samples [time] of any size as 16-bit samples, all turned down where one would clip."""
    peak = np.abs(samples).max(initial=0.0)
    highest = LIMITS[1]
    if peak > highest:
        samples = samples * (highest / peak)
    return np.rint(samples).astype(np.int16)


def rounded(samples: np.ndarray, bits: int) -> np.ndarray:
    """Samples, full scale 1, as the nearest integers of so many bits; what exceeds them is cut off.

    >>> rounded(np.array([-1.0, 0.25, 1.0]), 8)
    array([-128,   32,  127])
    """
    lowest, highest = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    return np.rint(samples * 2.0 ** (bits - 1)).clip(lowest, highest).astype(np.int64)


def pcm(steps: np.ndarray, correction: Correction = UNCORRECTED) -> np.ndarray:
    """Steps [time], corrected, as 16-bit samples.

    Overshoots of a filter or of a lossy codec are cut off.
    """
    if steps.dtype == np.int16 and correction == UNCORRECTED:
        return steps
    exact = steps.astype(np.float64)
    corrected = (exact - correction.offset) * correction.gain
    lowest, highest = LIMITS
    return np.clip(np.rint(corrected), lowest, highest).astype(np.int16)
