"""The 20 ms frames of a recording, their levels and mean spectrum: silence, noise, bandwidth."""

import numpy as np
from scipy import fft

from audio.pcm import FULL_SCALE
from dsp.decibel import power

FRAME_S = 0.02
LOWEST_DB, STEP_DB = -120.0, 0.1  # levels of frames are counted in steps from there up to 0 dB
BELOW_LOUD_DB, ABSOLUTE_DB = 60.0, -80.0  # silence: so far below loud frames, or below full scale
ROUNDING_DB = -101.1  # of 16-bit rounding, all frequencies together
ABOVE_ROUNDING_DB, BELOW_PEAK_DB = 6.0, 75.0  # where a mean spectrum has come to its floor
LOUD, QUIET = 0.95, 0.05  # of the frames that are not silent


class Frames:
    """Frames of a recording in little memory: how many have which level, and the mean spectrum."""

    def __init__(self, sample_rate: int):
        self.sample_rate = sample_rate
        self._length = max(2, round(FRAME_S * sample_rate))
        self._window = np.hanning(self._length + 1)[:-1].astype(np.float32)
        self._rest = np.zeros(0, np.float32)  # samples at the end that fill no frame yet
        steps = round(-LOWEST_DB / STEP_DB) + 1
        self._counts = np.zeros(steps, np.int64)
        self._powers = np.zeros(steps)  # sums
        self._spectrum = np.zeros(self._length // 2 + 1)  # sum

    def add(self, block: np.ndarray) -> None:
        """Take in the next samples, float32 [time], in 16-bit steps."""
        joined = np.concatenate([self._rest, block])
        whole = len(joined) // self._length * self._length
        self._rest = joined[whole:]
        if whole:
            frames = joined[:whole].reshape(-1, self._length)
            self._add_frames(frames / np.float32(FULL_SCALE))

    def _add_frames(self, frames: np.ndarray) -> None:
        """Take in frames [frame, time] relative to full scale."""
        frames = frames - frames.mean(axis=1, keepdims=True)
        energies = np.einsum("ij,ij->i", frames, frames, dtype=np.float64)
        self._count(energies / self._length)
        spectra = fft.rfft(frames * self._window)
        densities = spectra.real**2 + spectra.imag**2
        self._spectrum += densities.sum(axis=0, dtype=np.float64)

    def _count(self, powers: np.ndarray) -> None:
        """Count frames by their `powers` [frame]."""
        total = len(self._counts)
        steps = (decibels(powers) - LOWEST_DB) / STEP_DB
        nearest = np.rint(steps).clip(0, total - 1)
        numbers = nearest.astype(int)
        self._counts += np.bincount(numbers, minlength=total)
        self._powers += np.bincount(numbers, powers, minlength=total)

    def silence(self) -> float:
        """The share of silent frames (see datagen.measures.Measures)."""
        total = self._counts.sum()
        if not total:
            return float("nan")
        silent = self._counts[: self._silent_below()].sum()
        return float(silent / total)

    def snr_db(self) -> float:
        """The signal-to-noise ratio of speech (see datagen.measures.Meter)."""
        below = self._silent_below()
        counts = self._counts[below:]
        total = counts.sum()
        if total < 1 / QUIET:  # too few frames for a percentile of them
            return float("nan")
        noise_db = LOWEST_DB + (below + _percentile(counts, QUIET)) * STEP_DB
        noise = power(noise_db)
        mean = self._powers[below:].sum() / total
        return level_db((mean - noise) / noise)

    def bandwidth_hz(self) -> float:
        """The highest frequency with sound (see datagen.measures.Measures)."""
        total = self._counts.sum()
        if not total:
            return float("nan")
        # White noise of power 1 has a mean of sum(window^2) in every bin.
        white = np.square(self._window).sum(dtype=np.float64)
        density_db = decibels(self._spectrum / total / white)
        peak_db = density_db[1:].max()
        floor_db = max(ROUNDING_DB + ABOVE_ROUNDING_DB, peak_db - BELOW_PEAK_DB)
        (above,) = np.nonzero(density_db > floor_db)
        if len(above) == 0:
            return 0.0
        return float(above[-1] * self.sample_rate / self._length)

    def _silent_below(self) -> int:
        """The step of frame levels below which a frame is silent."""
        loud_db = LOWEST_DB + _percentile(self._counts, LOUD) * STEP_DB
        silent_db = max(loud_db - BELOW_LOUD_DB, ABSOLUTE_DB)
        step = round((silent_db - LOWEST_DB) / STEP_DB)
        return max(0, step)


def _percentile(counts: np.ndarray, share: float) -> int:
    """The step at or below which `share` of the counted values lies."""
    below = np.cumsum(counts)
    return int(np.searchsorted(below, share * counts.sum()))


def decibels(powers: np.ndarray) -> np.ndarray:
    """`powers` in dB, at least -200 dB."""
    return 10 * np.log10(np.maximum(powers, 1e-20))


def level_db(power: float) -> float:
    """`power` in dB; NaN if it is 0."""
    if power <= 0:
        return float("nan")
    return float(decibels(np.float64(power)))
