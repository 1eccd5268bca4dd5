"""Detects the spectral lines in an enhanced signal, with their frequencies, levels and SNRs."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import gammainccinv
from tabulate import tabulate

WINDOW_S = 2.0
LOBE = 2  # bins on either side of a line that belong to it
BESIDE_HZ = 10.0  # the noise of a line's SNR lies within this distance
KEPT = 0.25  # share of a bin's power; a line is kept where the system leaves more
FALSE_LINES = 0.1  # expected number in unprocessed noise
OVERLAP = 1.92  # windows at hops of a quarter, per independent window
MOST = 50
TINY = 1e-30


class DetectedLine(NamedTuple):
    """A detected line.

    hz: its mean frequency. level_db: its level in the mixture, re a square wave of amplitude 1.
    snr_before_db, snr_after_db: its power over the noise within 10 Hz on either side, in the
    mixture and in the enhanced signal. drift_hz: the change of frequency from the first to the last
    window.

    >>> line = DetectedLine(50.0, -3.0, snr_before_db=10.0, snr_after_db=30.0, drift_hz=0.0)
    >>> line.snr_after_db - line.snr_before_db
    20.0
    """

    hz: float
    level_db: float
    snr_before_db: float
    snr_after_db: float
    drift_hz: float


Detected = Mapping[str, Sequence[DetectedLine]]  # by holder: a system or a channel


def columns(holder: str) -> list[str]:
    """The columns of a table of lines; holder: the name of the first.

    >>> columns("system")[:3]
    ['system', 'hz', 'level_db']
    """
    return [holder, *DetectedLine._fields]


def rows(lines: Detected) -> list[tuple]:
    """The rows of a table of lines.

    >>> rows({"peaks": [DetectedLine(50.0, -3.0, 10.0, 30.0, 0.0)], "mask": []})
    [('peaks', 50.0, -3.0, 10.0, 30.0, 0.0)]
    """
    return [(name, *line) for name, of_holder in lines.items() for line in of_holder]


def as_csv(holder: str, lines: Detected) -> str:
    """The table of lines as CSV.

    >>> as_csv("system", {"peaks": [DetectedLine(50.0, -3.0, 10.0, 30.0, 0.0)]}).splitlines()[1]
    'peaks,50,-3,10,30,0'
    """
    text = [",".join(columns(holder))]
    for name, *numbers in rows(lines):
        text.append(",".join([name, *(f"{number:.6g}" for number in numbers)]))
    return "\n".join(text) + "\n"


def in_words(holder: str, lines: Detected) -> str:
    """The number of lines and their table, as text.

    >>> in_words("channel", {"1": []})
    'no lines found'
    """
    table = rows(lines)
    if not table:
        return "no lines found"
    count = f"{len(table)} line{'s' if len(table) > 1 else ''} found"
    return f"{count}\n\n{tabulate(table, columns(holder), 'simple', floatfmt='.2f')}"


def detected_lines(
    mixture: np.ndarray, enhanced: np.ndarray, sample_rate: int
) -> list[DetectedLine]:
    """The lines of `mixture` [time] that `enhanced` [time] keeps: the strongest 50, in order of hz.

    A signal shorter than two windows of 2 s has no lines.

    >>> time = np.arange(20000) / 1000
    >>> tone, noise = np.sin(2 * np.pi * 100.3 * time), np.random.default_rng(0).normal(size=20000)
    >>> (line,) = detected_lines(tone + noise, tone + 0.01 * noise, 1000)
    >>> round(line.hz, 1), round(line.level_db), round(line.snr_after_db - line.snr_before_db, -1)
    (100.3, -3, 40.0)
    """
    hop = round(WINDOW_S * sample_rate / 4)
    if len(mixture) < 8 * hop or hop < 1:
        return []
    before, after = _power(mixture, hop), _power(enhanced, hop)
    least = _threshold(*before.shape)
    peaks = _peaks(before.mean(1), after.mean(1), least)
    found = [_line(bin_, before, after) for bin_ in peaks]
    strongest = sorted(found, key=lambda line: -line.level_db)[:MOST]
    return sorted(strongest)


def _power(signal: np.ndarray, hop: int) -> np.ndarray:
    """The power of each bin and window; summed over the main lobe of a sine it is the sine's."""
    import torch  # here, because a process that scores does not need it

    from dsp.hann import hann_spectrum

    spectrum = hann_spectrum(torch.from_numpy(np.asarray(signal, np.float64)), hop)
    inside = spectrum[:, 2:-2] if spectrum.shape[1] > 8 else spectrum  # whole windows
    window_power = 4 * hop * 1.5 * hop  # length times the sum of the squared window
    return 2 * inside.abs().square().numpy() / window_power


def _threshold(bins: int, windows: int) -> float:
    """The least ratio of a line's power to the power around it; means of noise rarely reach it."""
    independent = windows / OVERLAP
    return float(gammainccinv(independent, FALSE_LINES / bins) / independent)


def _peaks(before: np.ndarray, after: np.ndarray, least: float) -> list[int]:
    """The bins that exceed the bins around them by `least`, and that the system keeps."""
    peaks = []
    beside = round(BESIDE_HZ * WINDOW_S)
    for peak in np.flatnonzero(after > KEPT * before):
        lobe = after[max(0, peak - LOBE) : peak + LOBE + 1]
        around = before[max(0, peak - beside) : peak + beside + 1]
        is_line = before[peak] > least * np.median(around)
        if peak >= LOBE and after[peak] == lobe.max() and is_line:
            peaks.append(int(peak))
    return peaks


def _line(peak: int, before: np.ndarray, after: np.ndarray) -> DetectedLine:
    track, weight = _track(peak, after)
    time = np.arange(len(track))
    slope = np.polyfit(time, track, 1, w=np.sqrt(weight))[0] if len(track) > 2 else 0.0
    level, noise_before = _level(peak, before.mean(1))
    level_after, noise_after = _level(peak, after.mean(1))
    return DetectedLine(
        hz=float(np.average(track, weights=weight)),
        level_db=_db(level),
        snr_before_db=_db(level) - _db(noise_before),
        snr_after_db=_db(level_after) - _db(noise_after),
        drift_hz=float(slope * (len(track) - 1)),
    )


def _track(peak: int, after: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The frequency of the line in Hz, and its power, in each window."""
    bins = np.arange(peak - LOBE, min(peak + LOBE + 1, len(after)))
    power = after[bins] + TINY
    amplitude = np.sqrt(power)  # with a Hann window the centroid of amplitudes is smoothest
    track = (bins[:, None] * amplitude * power).sum(0) / (amplitude * power).sum(0)
    return track / WINDOW_S, power.sum(0)


def _level(peak: int, power: np.ndarray) -> tuple[float, float]:
    """The power of a line, and of the noise within BESIDE_HZ: a median, because of other lines."""
    beside = round(BESIDE_HZ * WINDOW_S)
    bins = np.arange(max(0, peak - beside), min(len(power), peak + beside + 1))
    lobe = np.abs(bins - peak) <= LOBE
    density = float(np.median(power[bins[~lobe]]))
    line = float(power[bins[lobe]].sum() - lobe.sum() * density)
    return max(line, TINY), max(density * len(bins), TINY)


def _db(power: float) -> float:
    return float(10 * np.log10(power))
