"""Measures of a recording, taken block by block.

They are level, clipping, offset, silence, bandwidth and noise.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from audio import decoding, probing
from audio.pcm import FULL_SCALE, pcm
from datagen.frames import Frames, level_db

VERSION = 1  # raise it when a measure changes: cached measures are then computed again
RUN = 3  # equal samples in a row at the largest value: a clipped peak
NEAR_FULL_SCALE = 0.8


class Measures(NamedTuple):
    """The measures of a recording; NaN where a measure has no meaning.

    seconds. level_db: mean power without the mean, in dB relative to a square wave of full scale.
    peak_db: largest magnitude, relative to full scale. clipped: share of samples that lie in runs
    of 3 or more at the recording's own largest or smallest value, where that is within 2 dB of full
    scale. dc: mean, relative to full scale. silence: share of 20 ms frames 60 dB below the loud
    ones (their 95th percentile), or below -80 dB of full scale. bandwidth_hz: the highest frequency
    at which the mean spectrum stands 6 dB over 16-bit rounding and less than 75 dB below its peak:
    4 kHz for a recording of 8 kHz, whatever its rate is now. snr_db: see `Meter`.
    """

    seconds: float
    level_db: float
    peak_db: float
    clipped: float
    dc: float
    silence: float
    bandwidth_hz: float
    snr_db: float


NOTHING = Measures(*[float("nan")] * len(Measures._fields))


class Meter:
    """Measures a recording of any length in little memory.

    `add` its blocks in order, then ask for `measures`. snr_db is for speech: noise is the 5th
    percentile of the levels of frames that are not silent, for pauses show it alone (Martin, "Noise
    power spectral density estimation based on optimal smoothing and minimum statistics", 2001;
    NIST's STNR takes percentiles of frame energies likewise), and speech is the mean power less
    that. It finds steady noise of 5 to 35 dB within about 2 dB. Speech without pauses reads too
    low, noise that comes and goes or was gated reads too high, and above 40 dB it tells breath and
    room rather than noise.
    """

    def __init__(self, sample_rate: int):
        self.sample_rate = sample_rate
        self._samples = 0
        self._sum = 0.0
        self._energy = 0.0
        self._highest = _Flat()
        self._lowest = _Flat()
        self._frames = Frames(sample_rate)

    def add(self, block: np.ndarray) -> None:
        """Take in the next samples [time], mono, in 16-bit steps (int16, or floats if finer)."""
        if len(block) == 0:
            return
        block = np.asarray(block, np.float32)
        self._highest.add(block)
        self._lowest.add(-block)
        self._samples += len(block)
        self._sum += float(block.sum(dtype=np.float64))
        squares = np.square(block, dtype=np.float64)
        self._energy += float(squares.sum())
        self._frames.add(block)

    def measures(self) -> Measures:
        """The measures of all blocks together."""
        if self._samples == 0:
            return NOTHING._replace(seconds=0.0)
        mean = self._sum / self._samples
        power = max(0.0, self._energy / self._samples - mean**2)
        peak = max(self._highest.top, self._lowest.top)
        clipped = self._highest.count + self._lowest.count
        return Measures(
            seconds=self._samples / self.sample_rate,
            level_db=level_db(power / FULL_SCALE**2),
            peak_db=level_db((peak / FULL_SCALE) ** 2),
            clipped=clipped / self._samples,
            dc=mean / FULL_SCALE,
            silence=self._frames.silence(),
            bandwidth_hz=self._frames.bandwidth_hz(),
            snr_db=self._frames.snr_db(),
        )


class _Flat:
    """The largest value so far (`top`), and the number of samples in runs of RUN or more at it.

    The latter (`count`) is 0 while the value is not near full scale.
    """

    def __init__(self):
        self.top = -np.inf
        self.count = 0
        self._open = 0  # samples at the end that a run may go on from, RUN at most

    def add(self, samples: np.ndarray) -> None:
        """Take in the next samples [time]."""
        top = float(samples.max())
        if top > self.top:
            self.top = top
            self.count = 0
            self._open = 0
        if self.top < NEAR_FULL_SCALE * FULL_SCALE:
            return
        at_top = np.flatnonzero(samples == self.top)
        # A run goes on from block to block.
        places = np.concatenate([np.arange(self._open), self._open + at_top])
        lengths = _run_lengths(places)
        self.count += int(lengths[lengths >= RUN].sum())
        if self._open >= RUN:  # counted with the block before
            self.count -= self._open
        last = self._open + len(samples) - 1
        is_open = len(places) and places[-1] == last
        self._open = min(int(lengths[-1]), RUN) if is_open else 0


def _run_lengths(places: np.ndarray) -> np.ndarray:
    """The lengths of the runs of consecutive numbers in the ascending `places`."""
    gaps = np.diff(places, prepend=-2, append=-2) != 1
    return np.diff(np.flatnonzero(gaps))


def measure(path: str) -> Measures:
    """The measures of the recording at `path`, at its sample rate.

    Raises ValueError if it cannot be decoded.
    """
    head = probing.header(path)
    blocks = (pcm(decoding.mono(block)) for block in decoding.blocks(head))
    return measure_blocks(blocks, head.sample_rate)


def measure_blocks(blocks: Iterable[np.ndarray], sample_rate: int) -> Measures:
    """The measures of a recording given as blocks [time] of 16-bit samples."""
    meter = Meter(sample_rate)
    for block in blocks:
        meter.add(block)
    return meter.measures()
