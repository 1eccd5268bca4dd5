"""How far known tones stand out of what is left beside them, before and after enhancement.

The tones are fitted by least squares window by window, as a lofargram would show them. What the fit explains, less the
noise that it is bound to explain, is signal; the rest is noise: all of it (broadband), or what lies near the tones.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from dsp.tone import Tone
from metrics.guard import NotComputable

WINDOW_S = 2.0
BAND_HZ = 20.0  # around every tone: the band of `inband`
NEXT = 2  # bins beside a tone from which the fit took power, too


class Powers(NamedTuple):
    """Mean powers over windows: what the fit explains, the noise expected in it, the rest, the rest near the tones.

    >>> powers = Powers(fitted=1.0, leakage=0.0, residual=0.1, nearby=0.01, windows=1)
    >>> powers.broadband_db, powers.inband_db
    (10.0, 20.0)
    """

    fitted: float
    leakage: float
    residual: float
    nearby: float
    windows: int

    @property
    def broadband_db(self) -> float:
        """SNR in dB over all frequencies."""
        return self._db(self.residual)

    @property
    def inband_db(self) -> float:
        """SNR in dB within BAND_HZ around the tones."""
        return self._db(self.nearby)

    def _db(self, noise: float) -> float:
        # Below the spread of the leakage itself tones cannot be told from noise: the SNR is at most that.
        least = self.leakage / np.sqrt(2 * self.windows)
        return float(10 * np.log10(max(self.fitted - self.leakage, least) / (noise + self.leakage)))


def line_powers(
    signal: np.ndarray, sample_rate: int, tones: Sequence[Tone], window_s: float = WINDOW_S
) -> Powers:
    """Powers of `signal` [time], means over the windows in which some tones sound throughout and none begins or ends.

    Raises NotComputable for no tones, a tone above half the sample rate, a signal that is silent, not finite or without
    a single window in which a tone sounds from beginning to end.

    >>> time = np.arange(8000) / 1000
    >>> hum = 0.1 * np.sin(2 * np.pi * 300 * time)
    >>> round(line_powers(np.sin(2 * np.pi * 100 * time) + hum, 1000, [Tone(100)]).broadband_db, 3)
    20.0
    """
    if not len(tones) or max(tone.hz for tone in tones) >= sample_rate / 2:
        raise NotComputable(f"needs tones below {sample_rate / 2:g} Hz to look for")
    signal = np.asarray(signal, dtype=np.float64)
    if not np.isfinite(signal).all() or not signal.any():
        raise NotComputable("signal is silent, or holds NaN or infinite samples")
    parts = [
        _of_window(*window, sample_rate)
        for window in _windows(signal, sample_rate, tones, window_s)
    ]
    if not parts:
        raise NotComputable(f"no tone sounds throughout a window of {window_s:g} s")
    if not np.any(parts):
        raise NotComputable("signal is silent wherever the tones sound")
    return Powers(*np.mean(parts, axis=0), len(parts))


def snr_gain(
    mixture: np.ndarray,
    enhanced: np.ndarray,
    sample_rate: int,
    tones: Sequence[Tone],
    window_s: float = WINDOW_S,
    inband: bool = False,
) -> float:
    """SNR of the enhanced signal minus that of the mixture, in dB, both [time]; see `line_powers`.

    >>> time = np.arange(8000) / 1000
    >>> tone, hum = np.sin(2 * np.pi * 100 * time), np.sin(2 * np.pi * 300 * time)
    >>> round(snr_gain(tone + hum, 2 * tone + 0.2 * hum, 1000, [Tone(100)]), 3)
    20.0
    """
    before, after = (
        line_powers(signal, sample_rate, tones, window_s) for signal in (mixture, enhanced)
    )
    return (
        after.inband_db - before.inband_db if inband else after.broadband_db - before.broadband_db
    )


def _windows(
    signal: np.ndarray, sample_rate: int, tones: Sequence[Tone], window_s: float
) -> Iterator[tuple[np.ndarray, tuple[float, ...]]]:
    """Windows side by side, and the frequencies of the tones that sound throughout each; those without are left out."""
    length = round(window_s * sample_rate)
    for begin in range(0, len(signal) - length + 1, length):
        first, last = begin / sample_rate, (begin + length) / sample_rate
        on = [
            tone.hz
            for tone in tones
            if tone.begin_s <= first and (tone.end_s is None or last <= tone.end_s)
        ]
        touched = [
            tone
            for tone in tones
            if tone.begin_s < last and (tone.end_s is None or first < tone.end_s)
        ]
        if on and len(touched) == len(on):  # a tone that begins or ends in it would count as noise
            yield signal[begin : begin + length], tuple(on)


def _of_window(
    window: np.ndarray, tones_hz: tuple[float, ...], sample_rate: int
) -> tuple[float, ...]:
    length = len(window)
    phase = 2 * np.pi * np.outer(np.arange(length) / sample_rate, tones_hz)
    basis = np.concatenate([np.cos(phase), np.sin(phase)], axis=1)
    fit = basis @ np.linalg.solve(basis.T @ basis, basis.T @ window)
    power = (
        2 * np.abs(np.fft.rfft(window - fit)) ** 2 / length**2
    )  # of every bin; they sum to the mean power
    power[0] /= 2
    if length % 2 == 0:
        power[-1] /= 2
    bins_hz = np.fft.rfftfreq(length, 1 / sample_rate)
    apart = np.abs(bins_hz[:, None] - np.asarray(tones_hz))  # [freq, tone]
    near = apart <= BAND_HZ / 2
    beside = near & ~(apart <= NEXT * sample_rate / length).any(1)[:, None]
    leakage = sum(
        power[beside[:, k]].mean() if beside[:, k].any() else 0.0 for k in range(len(tones_hz))
    )
    return np.mean(fit**2), leakage, power.sum(), power[near.any(1)].sum()
