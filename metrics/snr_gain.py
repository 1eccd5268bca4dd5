"""The SNR of known tones before and after enhancement.

The tones are fitted by least squares in each window of a lofargram. The fitted power, minus the
expected noise in it, is the signal. The residual is the noise: all of it (broadband), or the part
near the tones (in band).
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from dsp.tone import Tone
from metrics.guard import NotComputable

WINDOW_S = 2.0
BAND_HZ = 20.0  # around every tone: the band of `inband`
EXPLAINED_BINS = 2  # bins on either side of a tone from which the fit also takes power


class Powers(NamedTuple):
    """Mean powers over windows.

    fitted: the power of the fit. leakage: the expected noise in it. residual: the power of the
    residual. nearby: the power of the residual near the tones. windows: their number.

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
        # Tones weaker than the spread of the leakage cannot be distinguished from noise: this
        # spread is the lowest signal power.
        smallest = self.leakage / np.sqrt(2 * self.windows)
        tones = max(self.fitted - self.leakage, smallest)
        ratio = tones / (noise + self.leakage)
        return float(10 * np.log10(ratio))


def line_powers(
    signal: np.ndarray, sample_rate: int, tones: Sequence[Tone], window_s: float = WINDOW_S
) -> Powers:
    """Powers of `signal` [time], means over windows.

    Only windows count in which a tone sounds throughout, and no tone begins or ends. Raises
    NotComputable without tones, for a tone above half of the sample rate, and for a signal that is
    silent, not finite, or has no such window.

    >>> time = np.arange(8000) / 1000
    >>> hum = 0.1 * np.sin(2 * np.pi * 300 * time)
    >>> round(line_powers(np.sin(2 * np.pi * 100 * time) + hum, 1000, [Tone(100)]).broadband_db, 3)
    20.0
    """
    highest_hz = max((tone.hz for tone in tones), default=np.inf)
    if highest_hz >= sample_rate / 2:
        raise NotComputable(f"needs tones below {sample_rate / 2:g} Hz to look for")
    signal = np.asarray(signal, dtype=np.float64)
    if not np.isfinite(signal).all() or not signal.any():
        raise NotComputable("signal is silent, or holds NaN or infinite samples")
    powers = []
    for window, tones_hz in _windows(signal, sample_rate, tones, window_s):
        powers.append(_of_window(window, tones_hz, sample_rate))
    if not powers:
        raise NotComputable(f"no tone sounds throughout a window of {window_s:g} s")
    if not np.any(powers):
        raise NotComputable("signal is silent wherever the tones sound")
    return Powers(*np.mean(powers, axis=0), len(powers))


def snr_gain(
    mixture: np.ndarray,
    enhanced: np.ndarray,
    sample_rate: int,
    tones: Sequence[Tone],
    window_s: float = WINDOW_S,
    inband: bool = False,
) -> float:
    """The SNR of the enhanced signal minus the SNR of the mixture in dB; see `line_powers`.

    Both signals are [time]. inband: the noise is that near the tones, otherwise all noise.

    >>> time = np.arange(8000) / 1000
    >>> tone, hum = np.sin(2 * np.pi * 100 * time), np.sin(2 * np.pi * 300 * time)
    >>> round(snr_gain(tone + hum, 2 * tone + 0.2 * hum, 1000, [Tone(100)]), 3)
    20.0
    """
    before = line_powers(mixture, sample_rate, tones, window_s)
    after = line_powers(enhanced, sample_rate, tones, window_s)
    if inband:
        return after.inband_db - before.inband_db
    return after.broadband_db - before.broadband_db


def _windows(
    signal: np.ndarray, sample_rate: int, tones: Sequence[Tone], window_s: float
) -> Iterator[tuple[np.ndarray, tuple[float, ...]]]:
    """Adjacent windows, and the frequencies of the tones that sound throughout each window.

    Windows without such a tone are left out. Windows in which a tone begins or ends are left out
    too, because that tone would count as noise.
    """
    length = round(window_s * sample_rate)
    for begin in range(0, len(signal) - length + 1, length):
        end = begin + length
        begin_s = begin / sample_rate
        end_s = end / sample_rate
        heard = _heard(tones, begin_s, end_s)
        throughout = _throughout(heard, begin_s, end_s)
        if throughout and len(throughout) == len(heard):
            yield signal[begin:end], tuple(tone.hz for tone in throughout)


def _heard(tones: Sequence[Tone], begin_s: float, end_s: float) -> list[Tone]:
    """The tones that sound at any time from `begin_s` to `end_s`."""
    heard = []
    for tone in tones:
        if tone.begin_s < end_s and (tone.end_s is None or begin_s < tone.end_s):
            heard.append(tone)
    return heard


def _throughout(tones: Sequence[Tone], begin_s: float, end_s: float) -> list[Tone]:
    """The tones that sound all the time from `begin_s` to `end_s`."""
    throughout = []
    for tone in tones:
        if tone.begin_s <= begin_s and (tone.end_s is None or end_s <= tone.end_s):
            throughout.append(tone)
    return throughout


def _of_window(
    window: np.ndarray, tones_hz: tuple[float, ...], sample_rate: int
) -> tuple[float, ...]:
    """The powers of one window, in the order of `Powers`."""
    fit = _fit(window, tones_hz, sample_rate)
    power = _spectrum(window - fit)
    bins_hz = np.fft.rfftfreq(len(window), 1 / sample_rate)
    apart = np.abs(bins_hz[:, None] - np.asarray(tones_hz))  # [freq, tone]
    near = apart <= BAND_HZ / 2
    explained = apart <= EXPLAINED_BINS * sample_rate / len(window)
    beside = near & ~explained.any(1)[:, None]
    leakage = 0.0
    for bins in beside.T:
        if bins.any():
            leakage += power[bins].mean()
    nearby = power[near.any(1)].sum()
    return np.mean(fit**2), leakage, power.sum(), nearby


def _fit(window: np.ndarray, tones_hz: tuple[float, ...], sample_rate: int) -> np.ndarray:
    """The least-squares fit of sines of `tones_hz` to `window`: [time]."""
    time_s = np.arange(len(window)) / sample_rate
    phase = 2 * np.pi * np.outer(time_s, tones_hz)
    basis = np.concatenate([np.cos(phase), np.sin(phase)], axis=1)
    gram = basis.T @ basis
    correlation = basis.T @ window
    weights = np.linalg.solve(gram, correlation)
    return basis @ weights


def _spectrum(signal: np.ndarray) -> np.ndarray:
    """The power of every bin: [time] -> [freq]; the sum over bins is the mean power."""
    length = len(signal)
    power = 2 * np.abs(np.fft.rfft(signal)) ** 2 / length**2
    power[0] /= 2
    if length % 2 == 0:
        power[-1] /= 2
    return power
