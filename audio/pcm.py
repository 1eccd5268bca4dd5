"""16-bit samples, the project's form of audio, and the correction that reading applies."""

from typing import NamedTuple

import numpy as np

FULL_SCALE = 32768
LIMITS = -FULL_SCALE, FULL_SCALE - 1


class Correction(NamedTuple):
    """The correction that reading applies to the samples of a file.

    It subtracts `offset` (16-bit steps), and then multiplies by `gain`.
    """

    offset: int = 0
    gain: float = 1.0


UNCORRECTED = Correction()


def fitted(samples: np.ndarray) -> np.ndarray:
    """Samples [time] of any size as 16-bit samples; all are scaled down where any would clip."""
    peak = np.abs(samples).max(initial=0.0)
    highest = LIMITS[1]
    if peak > highest:
        samples = samples * (highest / peak)
    return np.rint(samples).astype(np.int16)


def rounded(samples: np.ndarray, bits: int) -> np.ndarray:
    """Samples, full scale 1, as the nearest integers of `bits` bits; larger samples are clipped.

    >>> rounded(np.array([-1.0, 0.25, 1.0]), 8)
    array([-128,   32,  127])
    """
    lowest, highest = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    return np.rint(samples * 2.0 ** (bits - 1)).clip(lowest, highest).astype(np.int64)


def pcm(steps: np.ndarray, correction: Correction = UNCORRECTED) -> np.ndarray:
    """Samples [time] in steps of 16 bit, corrected, as 16-bit samples.

    Overshoots of a filter or of a lossy codec are clipped.
    """
    if steps.dtype == np.int16 and correction == UNCORRECTED:
        return steps
    exact = steps.astype(np.float64)
    corrected = (exact - correction.offset) * correction.gain
    lowest, highest = LIMITS
    return np.clip(np.rint(corrected), lowest, highest).astype(np.int16)
