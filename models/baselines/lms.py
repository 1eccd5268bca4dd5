"""The LMS adaptive line enhancer: its output is the prediction from the past; the rest is noise.

It follows the Bi-LSTM line enhancement paper (Fig. 1 and Table I). Options give the normalised and
the leaky LMS filter.
"""

from math import log10, sqrt
from typing import NamedTuple

import numpy as np
import torch
from numba import njit
from torch import Tensor

from models.system import Enhancing

DIVERGED = 1e3  # times the largest sample of the mixture; a converging prediction stays below


class LMSState(NamedTuple):
    """The state between two blocks.

    It has the weights [length], the last samples before the next block [delay + length - 1], and
    the number of samples so far.
    """

    weights: np.ndarray
    history: np.ndarray
    samples: int


def critical_snr_db(length: int, step: float, noise_power: float) -> float:
    """The input SNR in dB under which an LMS line enhancer collapses.

    Bi-LSTM line enhancement paper, equation 5.
    """
    m0 = step * noise_power / 4
    root = sqrt(length**2 + 2 * m0)
    return 10 * log10(2 / (2 * root - length))


class LMS(Enhancing):
    """Predicts each sample from `length` samples that are at least `delay_s` older.

    The prediction is the enhanced sample. step: the step size of the update, weights += 2 * step *
    error * samples (equation 4). normalised: the update is weights += step * error * samples over
    their energy, as in textbooks. leak: an update reduces the weights by the share leak * step. The
    memory holds a block, the delay and the length. Raises ValueError for invalid options, and where
    the filter diverges.
    """

    def __init__(
        self,
        sample_rate: int,
        length: int = 512,
        delay_s: float = 2.0,
        step: float = 1e-7,
        normalised: bool = False,
        leak: float = 0.0,
    ):
        super().__init__(sample_rate)
        self.delay = round(delay_s * sample_rate)
        if length < 1 or self.delay < 1 or step <= 0 or leak < 0:
            raise ValueError(
                f"length={length}, delay_s={delay_s:g}, step={step:g}, leak={leak:g}: "
                "a filter needs a length and a delay of at least one sample, a step above 0 "
                "and a leak of at least 0"
            )
        self.length = length
        self.step = step
        self.normalised = normalised
        self.leak = leak

    def enhance(self, mixture: Tensor) -> Tensor:
        """Enhance each mixture by a separate filter, from silence: [batch, time] -> the same."""
        longest_lag = self.delay + self.length
        if mixture.shape[-1] <= longest_lag:
            seconds = mixture.shape[-1] / self.sample_rate
            lag_s = longest_lag / self.sample_rate
            raise ValueError(
                f"{seconds:.3g} s are no longer than the delay and the filter, {lag_s:.3g} s; "
                "record longer, or choose a shorter delay_s"
            )
        enhanced = []
        for signal in mixture.double().cpu().numpy():
            predicted, _ = self.advance(signal, None)
            enhanced.append(predicted)
        return torch.from_numpy(np.stack(enhanced)).to(mixture)

    def advance(self, block: np.ndarray, state: LMSState | None) -> tuple[np.ndarray, LMSState]:
        """The enhanced samples of the next block [time] of a longer signal, and the new state.

        state: None for the first block.
        """
        before = self.delay + self.length - 1
        if state is None:
            state = LMSState(np.zeros(self.length), np.zeros(before), 0)
        block = np.asarray(block, dtype=np.float64)
        samples = np.concatenate([state.history, block])
        weights = state.weights.copy()
        enhanced = np.empty(len(block))
        loudest = np.abs(samples).max(initial=0.0)
        limit = DIVERGED * max(loudest, 1e-9)
        options = (self.step, self.normalised, self.leak)
        done = _filter(samples, weights, enhanced, before, *options, limit)
        if done < len(block):
            self._refuse(samples, state.samples + done)
        history = samples[len(samples) - before :]
        return enhanced, LMSState(weights, history, state.samples + len(block))

    def _refuse(self, samples: np.ndarray, at: int) -> None:
        """Raise ValueError for a filter that diverged after `at` samples."""
        if not np.isfinite(samples).all():
            raise ValueError("the mixture holds NaN or infinite samples; repair the recording")
        if self.normalised:
            remedy = "choose a step below 1"
        else:
            highest = 0.5 / (self.length * np.mean(samples**2))
            remedy = f"choose a step below {highest:.2g}, or normalised=true with one below 1"
        seconds = at / self.sample_rate
        raise ValueError(f"step={self.step:g}: the filter diverged after {seconds:.3g} s; {remedy}")


@njit(cache=True, fastmath={"reassoc", "contract"})
def _filter(samples, weights, enhanced, before, step, normalised, leak, limit):  # pragma: no cover
    """Fill `enhanced` and adapt `weights` in place; returns the samples before a divergence."""
    length = len(weights)
    keep = 1 - step * leak
    energy = 0.0
    for k in range(length):
        energy += samples[k] ** 2
    for n in range(len(enhanced)):
        predicted = 0.0
        for k in range(length):
            predicted += weights[k] * samples[n + k]
        if not abs(predicted) <= limit:
            return n
        enhanced[n] = predicted
        gain = step * (samples[before + n] - predicted)
        if normalised:
            gain /= max(energy, 1e-12)
        else:
            gain *= 2
        for k in range(length):
            weights[k] = keep * weights[k] + gain * samples[n + k]
        energy = max(energy + samples[n + length] ** 2 - samples[n] ** 2, 0.0)
    return len(enhanced)
