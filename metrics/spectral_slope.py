"""Weighted spectral slope distance (Klatt, ICASSP 1982), for composite scores."""

from functools import lru_cache

import numpy as np

from metrics.frames import pairs_of_frames

# Centres and widths of 25 critical bands in Hz.
CENTRES = (
    50, 120, 190, 260, 330, 400, 470, 540, 617.372, 703.378, 798.717, 904.128, 1020.38, 1148.30,
    1288.72, 1442.54, 1610.70, 1794.16, 1993.93, 2211.08, 2446.71, 2701.97, 2978.04, 3276.17,
    3597.63,
)  # fmt: skip
WIDTHS = (
    70, 70, 70, 70, 70, 70, 70, 77.3724, 86.0056, 95.3398, 105.411, 116.256, 127.914, 140.423,
    153.823, 168.154, 183.457, 199.776, 217.153, 235.631, 255.255, 276.072, 298.126, 321.465,
    346.136,
)  # fmt: skip
NOTHING = np.exp(-30 / (2 * 2.303))  # smaller weights of a band become 0
FLOOR = 1e-10
OF_ALL, OF_PEAK = 20.0, 1.0  # dB; a band's weight falls with its distance to the two maxima


def slope_distances(reference: np.ndarray, estimate: np.ndarray, sample_rate: int) -> np.ndarray:
    """The distance of each frame of two signals, float64 [time] each: [frame].

    The frames are those of `pairs_of_frames`.

    >>> noise = np.random.default_rng(0).standard_normal(8000)
    >>> float(slope_distances(noise, 0.5 * noise, 8000).max().round(6))  # a slope has no level
    0.0
    """
    weights, slopes = [], []
    for framed in pairs_of_frames(reference, estimate, sample_rate):
        bands = _bands_db(framed, sample_rate)
        slope = np.diff(bands, axis=1)
        peaks = _nearest_peaks(bands, slope)
        of_all = OF_ALL / (OF_ALL + bands.max(axis=1, keepdims=True) - bands[:, :-1])
        weights.append(of_all * OF_PEAK / (OF_PEAK + peaks - bands[:, :-1]))
        slopes.append(slope)
    weight = (weights[0] + weights[1]) / 2
    difference = weight * (slopes[0] - slopes[1]) ** 2
    return difference.sum(axis=1) / weight.sum(axis=1)


def _bands_db(framed: np.ndarray, sample_rate: int) -> np.ndarray:
    """Energies of the critical bands in dB: [frame, time] -> [frame, band]."""
    size = 2 ** int(np.ceil(np.log2(2 * framed.shape[1])))
    power = np.abs(np.fft.rfft(framed, size)) ** 2
    bands = power[:, : size // 2] @ _filters(size // 2, sample_rate).T
    return 10 * np.log10(np.maximum(bands, FLOOR))


@lru_cache(maxsize=4)
def _filters(bins: int, sample_rate: int) -> np.ndarray:
    """Bell-shaped filters of equal areas: [band, freq]."""
    per_hz = bins / (sample_rate / 2)
    centres = np.floor(np.array(CENTRES) * per_hz)
    widths = np.array(WIDTHS) * per_hz
    heights = min(WIDTHS) / np.array(WIDTHS)
    apart = (np.arange(bins) - centres[:, None]) / widths[:, None]
    filters = heights[:, None] * np.exp(-11 * apart**2)
    return np.where(filters > NOTHING, filters, 0)


def _nearest_peaks(bands: np.ndarray, slope: np.ndarray) -> np.ndarray:
    """The level of the peak that a band's slope leads to: [frame, band - 1].

    On a rising slope it is the level of the band before the turn, as in the published program.
    """
    count = slope.shape[1]
    peaks = np.empty_like(slope)
    turn = np.full(len(slope), count)  # the first band from here on whose slope does not rise
    for band in reversed(range(count)):
        rises = slope[:, band] > 0
        turn = np.where(rises, turn, band)
        up = np.minimum(turn, count) - 1
        peaks[:, band] = np.take_along_axis(bands, np.maximum(up, 0)[:, None], axis=1)[:, 0]
    turn = np.full(len(slope), -1)  # the last band up to here whose slope rises
    for band in range(count):
        rises = slope[:, band] > 0
        turn = np.where(rises, band, turn)
        down = np.take_along_axis(bands, (turn + 1)[:, None], axis=1)[:, 0]
        peaks[:, band] = np.where(rises, peaks[:, band], down)
    return peaks
