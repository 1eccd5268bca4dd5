"""What a recording is like, measured block by block: level, clipping, offset, silence, bandwidth, noise."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from scipy import fft

from audio import decoding
from audio.pcm import FULL_SCALE, pcm

VERSION = 1  # raise it when a measure changes: those that are kept are then taken anew
FRAME_S = 0.02  # of level and spectrum
LOWEST_DB, STEP_DB = -120.0, 0.1  # levels of frames are counted in steps from there up to 0 dB
RUN = 3  # equal samples in a row at the largest value: a peak that was cut off
NEAR_FULL_SCALE = 0.8
BELOW_LOUD_DB, ABSOLUTE_DB = 60.0, -80.0  # silence: so far below the loud frames, or below full scale
ROUNDING_DB = -101.1  # of 16-bit rounding, all frequencies together
ABOVE_ROUNDING_DB, BELOW_PEAK_DB = 6.0, 75.0  # where a long-term spectrum has come to its floor
LOUD, QUIET = 0.95, 0.05  # of the frames that are not silent


class Measures(NamedTuple):
    """What was measured of a recording; NaN where it says nothing.

    seconds. level_db: mean power without the mean, in dB relative to a square wave of full scale. peak_db: largest
    magnitude, relative to full scale. clipped: share of samples that lie in runs of 3 or more at the recording's own
    largest or smallest value, where that is within 2 dB of full scale. dc: mean, relative to full scale. silence:
    share of 20 ms frames 60 dB below the loud ones (their 95th percentile), or below -80 dB of full scale.
    bandwidth_hz: the highest frequency at which the mean spectrum stands 6 dB over 16-bit rounding and less than 75 dB
    below its peak: 4 kHz for a recording of 8 kHz, whatever its rate is now. snr_db: see `Meter`.
    """

    seconds: float
    level_db: float
    peak_db: float
    clipped: float
    dc: float
    silence: float
    bandwidth_hz: float
    snr_db: float


class Meter:
    """Measures a recording of any length in little memory: `add` its blocks in order, then ask for `measures`.

    snr_db is for speech: noise is the 5th percentile of the levels of frames that are not silent, for pauses show it
    alone (Martin, "Noise power spectral density estimation based on optimal smoothing and minimum statistics", 2001;
    NIST's STNR takes percentiles of frame energies likewise), and speech is the mean power less that. It finds steady
    noise of 5 to 35 dB within about 2 dB. Speech without pauses reads too low, noise that comes and goes or was gated
    reads too high, and above 40 dB it tells breath and room rather than noise.
    """

    def __init__(self, sample_rate: int):
        self.sample_rate = sample_rate
        self._frame = max(2, round(FRAME_S * sample_rate))
        self._window = np.hanning(self._frame + 1)[:-1].astype(np.float32)
        self._rest = np.zeros(0, np.float32)
        self._counts = np.zeros(round(-LOWEST_DB / STEP_DB) + 1, np.int64)
        self._powers = np.zeros(len(self._counts))
        self._spectrum = np.zeros(self._frame // 2 + 1)
        self._samples, self._sum, self._energy = 0, 0.0, 0.0
        self._tops = _Flat(), _Flat()

    def add(self, block: np.ndarray) -> None:
        """Take in the next samples [time], mono, in 16-bit steps (int16, or floats where they are finer)."""
        if len(block) == 0:
            return
        block = np.asarray(block, np.float32)
        for top, samples in zip(self._tops, (block, -block), strict=True):
            top.add(samples)
        self._samples += len(block)
        self._sum += float(block.sum(dtype=np.float64))
        self._energy += float(np.square(block, dtype=np.float64).sum())
        joined = np.concatenate([self._rest, block])
        whole = len(joined) // self._frame * self._frame
        self._rest = joined[whole:]
        if whole:
            self._add_frames(joined[:whole].reshape(-1, self._frame) / np.float32(FULL_SCALE))

    def _add_frames(self, frames: np.ndarray) -> None:
        frames = frames - frames.mean(axis=1, keepdims=True)
        powers = np.einsum("ij,ij->i", frames, frames, dtype=np.float64) / self._frame
        steps = np.rint((_db(powers) - LOWEST_DB) / STEP_DB).clip(0, len(self._counts) - 1).astype(int)
        self._counts += np.bincount(steps, minlength=len(self._counts))
        self._powers += np.bincount(steps, powers, len(self._counts))
        spectra = fft.rfft(frames * self._window)
        self._spectrum += (spectra.real**2 + spectra.imag**2).sum(axis=0, dtype=np.float64)

    def measures(self) -> Measures:
        """What all blocks together are like."""
        if self._samples == 0:
            return Measures(0.0, *[float("nan")] * (len(Measures._fields) - 1))
        mean = self._sum / self._samples
        top = max(flat.top for flat in self._tops)
        return Measures(
            seconds=self._samples / self.sample_rate,
            level_db=_level(max(0.0, self._energy / self._samples - mean**2) / FULL_SCALE**2),
            peak_db=_level((top / FULL_SCALE) ** 2),
            clipped=sum(flat.count for flat in self._tops) / self._samples,
            dc=mean / FULL_SCALE,
            silence=self._silence(),
            bandwidth_hz=self._bandwidth_hz(),
            snr_db=self._snr_db(),
        )

    def _silent_below(self) -> int:
        """The step of frame levels below which a frame is silent."""
        floor = LOWEST_DB + _percentile(self._counts, LOUD) * STEP_DB - BELOW_LOUD_DB
        return max(0, round((max(floor, ABSOLUTE_DB) - LOWEST_DB) / STEP_DB))

    def _silence(self) -> float:
        frames = self._counts.sum()
        return float(self._counts[: self._silent_below()].sum() / frames) if frames else float("nan")

    def _snr_db(self) -> float:
        below = self._silent_below()
        counts, powers = self._counts[below:], self._powers[below:]
        if counts.sum() < 1 / QUIET:  # too few frames for a percentile of them
            return float("nan")
        noise = 10 ** ((LOWEST_DB + (below + _percentile(counts, QUIET)) * STEP_DB) / 10)
        return _level((powers.sum() / counts.sum() - noise) / noise)

    def _bandwidth_hz(self) -> float:
        frames = self._counts.sum()
        if not frames:
            return float("nan")
        # White noise of power 1 has a mean of sum(window^2) in every bin.
        density_db = _db(self._spectrum / frames / np.square(self._window).sum(dtype=np.float64))
        floor = max(ROUNDING_DB + ABOVE_ROUNDING_DB, density_db[1:].max() - BELOW_PEAK_DB)
        (above,) = np.nonzero(density_db > floor)
        return float(above[-1] * self.sample_rate / self._frame) if len(above) else 0.0


class _Flat:
    """The largest value so far, and how many samples lie in runs of RUN or more at it."""

    def __init__(self):
        self.top, self._count, self._open = -np.inf, 0, 0

    def add(self, samples: np.ndarray) -> None:
        if (top := float(samples.max())) > self.top:
            self.top, self._count, self._open = top, 0, 0
        at = np.flatnonzero(samples == self.top) + self._open if self.top >= NEAR_FULL_SCALE * FULL_SCALE else []
        at = np.concatenate([np.arange(self._open), at])  # a run goes on from block to block
        lengths = np.diff(np.flatnonzero(np.diff(at, prepend=-2, append=-2) != 1))
        self._count += int(lengths[lengths >= RUN].sum()) - (self._open if self._open >= RUN else 0)
        ends_so = len(at) and at[-1] == len(samples) + self._open - 1
        self._open = min(int(lengths[-1]), RUN) if ends_so else 0

    @property
    def count(self) -> int:
        return self._count


def measure(path: str) -> Measures:
    """What the recording at `path` is like, at its own rate; ValueError where it cannot be decoded."""
    head = decoding.header(path)
    blocks = (pcm(decoding.mono(block)) for block in decoding.blocks(head))
    return measure_blocks(blocks, head.sample_rate)


def measure_blocks(blocks: Iterable[np.ndarray], sample_rate: int) -> Measures:
    """What a recording is like that comes in blocks [time] of 16-bit samples."""
    meter = Meter(sample_rate)
    for block in blocks:
        meter.add(block)
    return meter.measures()


def _percentile(counts: np.ndarray, share: float) -> int:
    """The step at or below which `share` of what was counted lies."""
    return int(np.searchsorted(np.cumsum(counts), share * counts.sum()))


def _db(power: np.ndarray) -> np.ndarray:
    return 10 * np.log10(np.maximum(power, 1e-20))


def _level(power: float) -> float:
    return float(_db(np.float64(power))) if power > 0 else float("nan")
