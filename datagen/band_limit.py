"""Limits the band of an excerpt by a low-pass filter of linear phase, without delay."""

from functools import cache

import numpy as np

from audio.pcm import fitted
from datagen.protocol import Protocol

NYQUIST = 0.5  # in cycles per sample
DECIMALS = 4  # of a cutoff frequency: 1.6 Hz at 16 kHz
LOWEST = 0.01  # lowest cutoff frequency; below it the filter would not reach its floor
# The filter falls to -80 dB within 0.02 cycles per sample around the cutoff frequency, where its
# gain is one half.
TAPS = 255
KAISER_BETA = 8.0
# Taps are whole multiples of this: sums of their products with 16-bit samples are exact in double
# precision, and so the same on every machine.
TAP_STEP = 2.0**-20


def draw_band(protocol: Protocol, sample_rate: int, rng: np.random.Generator) -> float:
    """The cutoff frequency of a row in cycles per sample; 0 for the whole band.

    A row also has the whole band if the drawn frequency is half of the sample rate or above.
    """
    point, end_hz = rng.uniform(), rng.uniform(*protocol.band_hz)
    if point >= protocol.band_limited:
        return 0.0
    end = round(end_hz / sample_rate, DECIMALS)
    return end if end < NYQUIST else 0.0


def band_limited(samples: np.ndarray, end: float) -> np.ndarray:
    """16-bit samples [time] without frequencies above `end` in cycles per sample; 0: unchanged.

    There is no delay. If overshoots would clip, the gain of all samples is lowered.
    """
    if end == 0:
        return samples
    delay = TAPS // 2
    delayed = np.convolve(samples, _taps(end))
    return fitted(delayed[delay : delay + len(samples)])


@cache
def _taps(end: float) -> np.ndarray:
    from scipy.signal import firwin  # slow to load

    taps = firwin(TAPS, end, window=("kaiser", KAISER_BETA), fs=1.0)
    return np.rint(taps / TAP_STEP) * TAP_STEP
