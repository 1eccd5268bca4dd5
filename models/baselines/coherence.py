"""Predicts a frame from the frames on one side of it, its past or its future.

The phase of a tone turns by the same angle from frame to frame. So frames that are turned back by
that angle add up, and their mean, turned forward, predicts a frame that shares no sample with them.
The mean of noise vanishes, however narrow its band is.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numba import njit

GAP = 4  # hops of a quarter: frames so far apart share no sample
# The correlation of white noise in Hann windows at distances of 0, 1, 2, 3 quarters of a window.
CORRELATION = (1.0, 0.65915, 1 / 6, 0.00752)
REACH = 1.0  # bins on either side of its own in which a bin looks for a tone
STEPS = 1.0  # tried frequencies per frequency that a memory can distinguish
TINY = 1e-6  # least number of frames
LARGEST = 1e9  # the largest ratio of a mean to noise; more gives no more evidence


class Prediction(NamedTuple):
    """The prediction of every frame from the frames of one side: [freq, frame] each.

    spectrum: complex, the largest mean over the angles. frames: the number of independent frames in
    it. power: the mean power of the same frames.
    """

    spectrum: np.ndarray
    frames: np.ndarray
    power: np.ndarray


def turned_back(spectrum: np.ndarray, first: int = 0) -> np.ndarray:
    """A spectrum in which a tone at the centre of a bin stands still: [freq, frame] -> the same.

    Frames lie a quarter of the transform apart. first: the number of the first frame.
    """
    freqs, frames = spectrum.shape
    quarters = np.outer(np.arange(freqs), np.arange(first, first + frames)) % GAP
    back = np.exp(-0.5j * np.pi * np.arange(GAP)).astype(np.complex64)
    return spectrum * back[quarters]


def predict(spectrum: np.ndarray, memory: float) -> Prediction:
    """Predict each frame from the frames that end before it begins; see `Memory`, `turned_back`."""
    return Memory(len(spectrum), memory, spectrum.shape[1]).advance(spectrum)


def evidence(sides: Sequence[Prediction], floor: np.ndarray) -> np.ndarray:
    """The evidence of all sides together against noise alone: [freq, frame], about -log p.

    Past and future agree on the phase of a tone and add up; they do not agree on the phase of
    noise. The assumed power of noise is either the `floor` [freq, 1], the noise power nearby (above
    0), or the residual power of the bin after the mean. The choice that makes noise likelier is
    taken: it distinguishes a tone from noise in a narrow band. The mean of n frames of Gaussian
    noise explains a share above c of their power with a probability of (1 - c)^(n - 1), so the
    agreement of few frames is weak evidence. The frames of one side are too few for this test: a
    drifting tone would never be significant. There the power of the mean over the residual power
    counts.
    """
    frames = np.maximum(np.sum([side.frames for side in sides], 0), TINY)
    mean = np.sum([side.spectrum * side.frames for side in sides], 0) / frames
    explained = mean.real**2 + mean.imag**2
    power = np.maximum(np.mean([side.power for side in sides], 0), floor)
    unexplained = np.maximum(power - explained, explained / LARGEST)
    over_floor = frames * explained / np.maximum(floor, explained / LARGEST)
    ratio = explained / unexplained
    alike = frames * ratio if len(sides) == 1 else np.maximum(frames - 1, 0) * np.log1p(ratio)
    return np.minimum(over_floor, alike)


class Memory:
    """Predicts each frame from the frames that end before it begins, as they arrive.

    The weight of a frame falls to 1/e over `memory` frames. Each bin tries frequencies up to a bin
    away from its own, and predicts by the frequency with the largest sum. frames: the total number
    of frames, where known; frequencies that so few frames cannot distinguish are not tried.
    """

    def __init__(self, freqs: int, memory: float, frames: float = np.inf):
        self.keep = np.exp(-1 / memory)
        self.angles = _angles(memory * (1 - np.exp(-frames / memory)))
        lags = np.arange(1, GAP)[:, None]
        correlation = np.array(CORRELATION[1:])[:, None]
        self.correlation = correlation * self.keep**lags * np.cos(lags * self.angles)
        self.sums = np.zeros((2, freqs, len(self.angles)), np.float32)  # real, imaginary
        self.totals = np.zeros(freqs, np.float32)
        self.waiting = np.zeros((freqs, 0), np.complex64)  # frames that overlap the next frame
        self.added = 0
        self.weight = self.ages = 0.0
        self.variance = np.zeros(len(self.angles))

    def advance(self, spectrum: np.ndarray) -> Prediction:
        """Predictions of the next frames [freq, frame] of a spectrum that is `turned_back`."""
        joined = np.concatenate([self.waiting, spectrum], 1)
        known = max(0, joined.shape[1] - GAP)
        past, self.waiting = joined[:, :known], joined[:, known:]
        mean = np.zeros(spectrum.shape, np.complex64)
        frames = np.zeros(spectrum.shape, np.float32)
        power = np.zeros(spectrum.shape, np.float32)
        predicted = slice(spectrum.shape[1] - known, None)
        _accumulate(
            np.ascontiguousarray(past.real, np.float32),
            np.ascontiguousarray(past.imag, np.float32),
            self.angles,
            *self._weights(known),
            np.float32(self.keep),
            self.sums,
            self.totals,
            mean[:, predicted],
            frames[:, predicted],
            power[:, predicted],
        )
        return Prediction(mean, frames, power)

    def _weights(self, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The weights, mean ages and independent frames of the sums after `count` further frames.

        Shapes: weights and mean ages [frame], numbers of independent frames [frame, angle].
        """
        weights = np.zeros(count, np.float32)
        ages = np.zeros(count, np.float32)
        independent = np.zeros((count, len(self.angles)), np.float32)
        for frame in range(count):
            with_earlier = 2 * self.correlation[: self.added].sum(0)
            self.variance = self.keep**2 * self.variance + 1 + with_earlier
            self.ages = self.keep * (self.ages + self.weight)
            self.weight = self.keep * self.weight + 1
            self.added += 1
            weights[frame] = self.weight
            ages[frame] = self.ages / self.weight
            independent[frame] = self.weight**2 / self.variance
        return weights, ages, independent


def _angles(frames: float) -> np.ndarray:
    """The phase steps of tones from frame to frame, relative to the centre of a bin: [angle].

    frames: the total weight of the frames that are added up.
    """
    count = int(np.ceil(STEPS * REACH * np.pi * frames / 2))
    bins = np.linspace(-REACH, REACH, 2 * count + 1)
    return 2 * np.pi * bins / GAP


@njit(cache=True, fastmath={"reassoc", "contract"})
def _accumulate(  # pragma: no cover
    real, imag, turns, weights, ages, independent, keep, sums, totals, mean, counted, power
):
    """Update `sums` and `totals`; fill `mean`, `counted` and `power` of each bin and frame."""
    freqs, frames = real.shape
    angles = len(turns)
    first, step = turns[0], turns[1] - turns[0]
    cosine = np.cos(turns).astype(np.float32)
    sine = np.sin(turns).astype(np.float32)
    strength = np.empty(angles, np.float32)
    for freq in range(freqs):
        sum_real = sums[0, freq]
        sum_imag = sums[1, freq]
        total = totals[freq]
        for frame in range(frames):
            x = real[freq, frame]
            y = imag[freq, frame]
            total = keep * total + x * x + y * y
            for k in range(angles):
                a = keep * (sum_real[k] * cosine[k] - sum_imag[k] * sine[k]) + x
                b = keep * (sum_real[k] * sine[k] + sum_imag[k] * cosine[k]) + y
                sum_real[k] = a
                sum_imag[k] = b
                strength[k] = a * a + b * b
            best = 0
            highest = strength[0]
            for k in range(angles):
                if strength[k] > highest:
                    highest = strength[k]
                    best = k
            turned = GAP * first + GAP * step * best
            if 0 < best < angles - 1:  # the vertex of a parabola lies near the strongest angle
                left = strength[best - 1] - strength[best]
                right = strength[best + 1] - strength[best]
                if left + right < 0:
                    beside = 0.5 * step * (left - right) / (left + right)
                    turned += beside * (GAP + ages[frame])
            turned = np.float32(turned)
            weight = weights[frame]
            c = np.cos(turned) / weight
            s = np.sin(turned) / weight
            x = sum_real[best]
            y = sum_imag[best]
            mean[freq, frame] = complex(x * c - y * s, x * s + y * c)
            counted[freq, frame] = independent[frame, best]
            power[freq, frame] = total / weight
        totals[freq] = total
