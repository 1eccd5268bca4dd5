"""A limit of the band of an excerpt: a low-pass filter of linear phase, without its delay."""

from functools import cache

import numpy as np
from scipy.signal import firwin

from audio.pcm import fitted
from datagen.protocol import Protocol

NYQUIST = 0.5  # in cycles per sample
DECIMALS = 4  # of the end of a band: to 1.6 Hz at 16 kHz
LOWEST = 0.01  # where a band may end; below, the filter would not have fallen to its floor
# The filter falls to -80 dB within 0.02 cycles per sample around the end of the band, where its
# gain is a half.
TAPS = 255
KAISER_BETA = 8.0
# Taps are whole multiples of this: sums of their products with 16-bit samples are exact in double
# precision, and so the same on every machine.
TAP_STEP = 2.0**-20


def draw_band(protocol: Protocol, sample_rate: int, rng: np.random.Generator) -> float:
    """The end of a row's band in cycles per sample; 0 for the whole band.

    A row also has the whole band where its drawn end lies at or above half of the sample rate.
    """
    point, end_hz = rng.uniform(), rng.uniform(*protocol.band_hz)
    if point >= protocol.band_limited:
        return 0.0
    end = round(end_hz / sample_rate, DECIMALS)
    return end if end < NYQUIST else 0.0


def band_limited(samples: np.ndarray, end: float) -> np.ndarray:
    """16-bit samples [time] without what lies above `end` in cycles per sample; 0: as they are.

    Every sample stays at its time. Where overshoots would clip, all are turned down.
    """
    if end == 0:
        return samples
    delay = TAPS // 2
    delayed = np.convolve(samples, _taps(end))
    return fitted(delayed[delay : delay + len(samples)])


@cache
def _taps(end: float) -> np.ndarray:
    taps = firwin(TAPS, end, window=("kaiser", KAISER_BETA), fs=1.0)
    return np.rint(taps / TAP_STEP) * TAP_STEP
