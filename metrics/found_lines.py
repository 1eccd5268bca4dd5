"""Which lines an enhanced signal holds: where they are, how strong, and how far they stand out."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import gammainccinv
from tabulate import tabulate

WINDOW_S = 2.0
LOBE = 2  # bins on either side of a line that hold its power
BESIDE_HZ = 10.0  # on either side: what lies there is the noise of its SNR
KEPT = 0.25  # of the power of a bin: a system that leaves more of it holds a line there
FALSE_LINES = 0.1  # that noise alone would show in a signal of which a system leaves all
OVERLAP = 1.92  # windows every quarter say as much as so many times fewer side by side
MOST = 50
TINY = 1e-30


class FoundLine(NamedTuple):
    """A line. hz: its mean frequency. drift_hz: how far it goes from the first to the last window.

    level_db: of its power in the mixture, re a square wave of amplitude 1. snr_before_db,
    snr_after_db: that power over what lies within 10 Hz on either side, in mixture and enhanced.

    >>> line = FoundLine(50.0, level_db=-3.0, snr_before_db=10.0, snr_after_db=30.0, drift_hz=0.0)
    >>> line.snr_after_db - line.snr_before_db
    20.0
    """

    hz: float
    level_db: float
    snr_before_db: float
    snr_after_db: float
    drift_hz: float


Found = Mapping[str, Sequence[FoundLine]]  # by what holds them: a system, a channel


def columns(holder: str) -> list[str]:
    """Those of a table of lines; holder: what stands in the first one.

    >>> columns("system")[:3]
    ['system', 'hz', 'level_db']
    """
    return [holder, *FoundLine._fields]


def rows(found: Found) -> list[tuple]:
    """Those of the same table.

    >>> rows({"peaks": [FoundLine(50.0, -3.0, 10.0, 30.0, 0.0)], "mask": []})
    [('peaks', 50.0, -3.0, 10.0, 30.0, 0.0)]
    """
    return [(name, *line) for name, lines in found.items() for line in lines]


def as_csv(holder: str, found: Found) -> str:
    """The table as it is written.

    >>> as_csv("system", {"peaks": [FoundLine(50.0, -3.0, 10.0, 30.0, 0.0)]}).splitlines()[1]
    'peaks,50,-3,10,30,0'
    """
    told = [",".join(columns(holder))]
    for name, *numbers in rows(found):
        told.append(",".join([name, *(f"{number:.6g}" for number in numbers)]))
    return "\n".join(told) + "\n"


def in_words(holder: str, found: Found) -> str:
    """How many there are, and the table.

    >>> in_words("channel", {"1": []})
    'no lines found'
    """
    table = rows(found)
    if not table:
        return "no lines found"
    count = f"{len(table)} line{'s' if len(table) > 1 else ''} found"
    return f"{count}\n\n{tabulate(table, columns(holder), 'simple', floatfmt='.2f')}"


def found_lines(mixture: np.ndarray, enhanced: np.ndarray, sample_rate: int) -> list[FoundLine]:
    """The lines that `enhanced` [time] holds of `mixture` [time], the strongest 50 of them by hz.

    None in a signal that is shorter than two windows of 2 s.

    >>> time = np.arange(20000) / 1000
    >>> tone, noise = np.sin(2 * np.pi * 100.3 * time), np.random.default_rng(0).normal(size=20000)
    >>> (line,) = found_lines(tone + noise, tone + 0.01 * noise, 1000)
    >>> round(line.hz, 1), round(line.level_db), round(line.snr_after_db - line.snr_before_db, -1)
    (100.3, -3, 40.0)
    """
    hop = round(WINDOW_S * sample_rate / 4)
    if len(mixture) < 8 * hop or hop < 1:
        return []
    before, after = _power(mixture, hop), _power(enhanced, hop)
    least = _standing_out(*before.shape)
    peaks = _peaks(before.mean(1), after.mean(1), least)
    found = [_line(bin_, before, after) for bin_ in peaks]
    strongest = sorted(found, key=lambda line: -line.level_db)[:MOST]
    return sorted(strongest)


def _power(signal: np.ndarray, hop: int) -> np.ndarray:
    """Power by bin and window; its sum over the bins of a sine's lobe is that of the sine."""
    import torch  # here, for a process that scores needs neither

    from dsp.hann import hann_spectrum

    spectrum = hann_spectrum(torch.from_numpy(np.asarray(signal, np.float64)), hop)
    inside = spectrum[:, 2:-2] if spectrum.shape[1] > 8 else spectrum  # whole windows
    window_power = 4 * hop * 1.5 * hop  # length times the sum of the squared window
    return 2 * inside.abs().square().numpy() / window_power


def _standing_out(bins: int, windows: int) -> float:
    """What a line has, at least, times the power around it: means of noise reach that rarely."""
    independent = windows / OVERLAP
    return float(gammainccinv(independent, FALSE_LINES / bins) / independent)


def _peaks(before: np.ndarray, after: np.ndarray, least: float) -> list[int]:
    """Bins that stand out of those around them, and are left as they were."""
    peaks = []
    beside = round(BESIDE_HZ * WINDOW_S)
    for peak in np.flatnonzero(after > KEPT * before):
        lobe = after[max(0, peak - LOBE) : peak + LOBE + 1]
        around = before[max(0, peak - beside) : peak + beside + 1]
        stands_out = before[peak] > least * np.median(around)
        if peak >= LOBE and after[peak] == lobe.max() and stands_out:
            peaks.append(int(peak))
    return peaks


def _line(peak: int, before: np.ndarray, after: np.ndarray) -> FoundLine:
    track, weight = _track(peak, after)
    time = np.arange(len(track))
    slope = np.polyfit(time, track, 1, w=np.sqrt(weight))[0] if len(track) > 2 else 0.0
    level, noise_before = _level(peak, before.mean(1))
    level_after, noise_after = _level(peak, after.mean(1))
    return FoundLine(
        hz=float(np.average(track, weights=weight)),
        level_db=_db(level),
        snr_before_db=_db(level) - _db(noise_before),
        snr_after_db=_db(level_after) - _db(noise_after),
        drift_hz=float(slope * (len(track) - 1)),
    )


def _track(peak: int, after: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the line is in each window, in Hz, and how strong."""
    bins = np.arange(peak - LOBE, min(peak + LOBE + 1, len(after)))
    power = after[bins] + TINY
    amplitude = np.sqrt(power)  # of a Hann window: the centroid of amplitudes leaps least
    track = (bins[:, None] * amplitude * power).sum(0) / (amplitude * power).sum(0)
    return track / WINDOW_S, power.sum(0)


def _level(peak: int, power: np.ndarray) -> tuple[float, float]:
    """Power of a line, and of the noise within BESIDE_HZ of it: a median, as others stand there."""
    beside = round(BESIDE_HZ * WINDOW_S)
    bins = np.arange(max(0, peak - beside), min(len(power), peak + beside + 1))
    lobe = np.abs(bins - peak) <= LOBE
    density = float(np.median(power[bins[~lobe]]))
    line = float(power[bins[lobe]].sum() - lobe.sum() * density)
    return max(line, TINY), max(density * len(bins), TINY)


def _db(power: float) -> float:
    return float(10 * np.log10(power))
