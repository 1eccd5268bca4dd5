"""What the frames on one side of a frame, its past or its future, say of the frame itself.

A tone turns by the same angle from frame to frame. So frames that are turned back by that angle add
up, and their mean, turned forth, predicts a frame that shares no sample with them. Noise, however
narrow its band, does not last: its mean vanishes.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

GAP = 4  # hops of a quarter: frames so far apart share no sample
# How alike white noise is in Hann windows that lie 0, 1, 2, 3 quarters of their length apart.
LIKENESS = (1.0, 0.65915, 1 / 6, 0.00752)
REACH = 1.0  # bins on either side of its own in which a bin looks for a tone
STEPS = 1.0  # frequencies that are tried for each that a memory can tell apart


class Prediction(NamedTuple):
    """Of every frame, from those of one side: [freq, frame] each, but for `frames`.

    spectrum: complex. evidence: the power of the mean over what noise alone is expected to have.
    power: the mean power of the same frames. frames [frame]: independent ones in the mean.
    """

    spectrum: np.ndarray
    evidence: np.ndarray
    power: np.ndarray
    frames: np.ndarray


def turned_back(spectrum: np.ndarray, hop: int) -> np.ndarray:
    """A spectrum in which a tone at the centre of a bin stands still: [freq, frame] -> the same.

    hop: samples from frame to frame; the transform is four times as long.
    """
    freqs, frames = spectrum.shape
    quarters = np.outer(np.arange(freqs), np.arange(frames)) % GAP
    back = np.exp(-0.5j * np.pi * np.arange(GAP)).astype(np.complex64)
    return spectrum * back[quarters]


def predict(spectrum: np.ndarray, floor: np.ndarray, memory: float) -> Prediction:
    """Each frame from the ones that end before it begins.

    Of these, one counts 1/e of the next but `memory`. Each frequency within a bin of a bin's own is
    tried, and the one that adds up to most predicts it. What noise has is the greater of the
    `floor` [freq, 1], its power nearby and above 0, and of what the mean leaves unexplained of the
    bin itself: that tells a tone from noise in a narrow band. spectrum: as of `turned_back`.
    """
    keep = np.exp(-1 / memory)
    angles = _angles(memory)
    variance = _variance(spectrum.shape[1], keep, angles)
    mean = np.zeros(spectrum.shape, np.complex64)
    evidence = np.zeros(spectrum.shape, np.float32)
    power = np.zeros(spectrum.shape, np.float32)
    _accumulate(
        np.ascontiguousarray(spectrum.real, np.float32),
        np.ascontiguousarray(spectrum.imag, np.float32),
        angles,
        (1 / variance).astype(np.float32),
        np.float32(keep),
        mean,
        evidence,
        power,
    )
    unexplained = power - np.abs(mean) ** 2
    noise = np.maximum(floor, unexplained)
    evidence /= noise
    return Prediction(mean, evidence, power, _independent(variance, keep, len(angles) // 2))


def _angles(memory: float) -> np.ndarray:
    """What tones turn by from frame to frame, relative to the centre of a bin: [angle]."""
    count = int(np.ceil(STEPS * REACH * np.pi * memory / 2))
    bins = np.linspace(-REACH, REACH, 2 * count + 1)
    return 2 * np.pi * bins / GAP


def _variance(frames: int, keep: float, angles: np.ndarray) -> np.ndarray:
    """The power of sums of white noise of power 1, turned by `angles`: [frame, angle]."""
    lags = np.arange(1, GAP)[:, None]
    overlap = np.array(LIKENESS[1:])[:, None] * keep**lags * np.cos(lags * angles)
    variance = np.ones((frames, len(angles)))
    for frame in range(1, frames):
        with_earlier = 2 * overlap[:frame].sum(0)
        variance[frame] = keep**2 * variance[frame - 1] + 1 + with_earlier
    return variance


def _independent(variance: np.ndarray, keep: float, centre: int) -> np.ndarray:
    """Independent frames in the mean that predicts each frame: [frame]."""
    frames = len(variance)
    weight = np.cumsum(keep ** np.arange(frames))
    independent = np.zeros(frames, np.float32)
    independent[GAP:] = (weight**2 / variance[:, centre])[: frames - GAP]
    return independent


@njit(cache=True, fastmath={"reassoc", "contract"})
def _accumulate(real, imag, turns, inverse, keep, mean, evidence, power):  # pragma: no cover
    """Fill `mean`, the evidence times the noise, and `power` of each bin and frame."""
    freqs, frames = real.shape
    angles = len(turns)
    first, step = turns[0], turns[1] - turns[0]
    cosine = np.cos(turns).astype(np.float32)
    sine = np.sin(turns).astype(np.float32)
    sum_real = np.empty(angles, np.float32)
    sum_imag = np.empty(angles, np.float32)
    strength = np.empty(angles, np.float32)
    for freq in range(freqs):
        sum_real[:] = 0
        sum_imag[:] = 0
        weight = np.float32(0)
        ages = np.float32(0)
        total = np.float32(0)
        for frame in range(GAP, frames):
            past = frame - GAP
            x = real[freq, past]
            y = imag[freq, past]
            ages = keep * (ages + weight)
            weight = keep * weight + 1
            total = keep * total + x * x + y * y
            for k in range(angles):
                a = keep * (sum_real[k] * cosine[k] - sum_imag[k] * sine[k]) + x
                b = keep * (sum_real[k] * sine[k] + sum_imag[k] * cosine[k]) + y
                sum_real[k] = a
                sum_imag[k] = b
                strength[k] = a * a + b * b
            best = 0
            for k in range(angles):
                if strength[k] > strength[best]:
                    best = k
            turned = GAP * first + GAP * step * best
            if 0 < best < angles - 1:  # the summit of a parabola lies beside the strongest angle
                left = strength[best - 1] - strength[best]
                right = strength[best + 1] - strength[best]
                if left + right < 0:
                    beside = 0.5 * step * (left - right) / (left + right)
                    turned += beside * (GAP + ages / weight)
            turn = complex(np.cos(turned), np.sin(turned))
            mean[freq, frame] = complex(sum_real[best], sum_imag[best]) / weight * turn
            evidence[freq, frame] = strength[best] * inverse[past, best]
            power[freq, frame] = total / weight
