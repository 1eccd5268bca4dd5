"""The inputs of a line enhancer's network, and the errors of its predictions."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from dsp.decibel import amplitude
from models.baselines.coherence import TINY, Prediction, evidence
from models.baselines.line_gates import unlearned

NEAR = 1  # neighbouring bins on either side that the network sees
CENTRED = 2.0  # about the logarithm of the evidence in noise
LOUD = 3.0  # gain of kept lines, so that weak lines also reach the mixture's magnitude
EAGERNESS = 2.0  # of training: above 1 it keeps weak lines at the price of some noise
OUT = 3.0  # times the floor; a larger power is a line or noise in a narrow band
LOWEST = 2  # bins from 0 Hz on that hold no line, only the rest of an offset


class Sides(NamedTuple):
    """The inputs of the network for a signal.

    target [freq, frame]: its spectrum, turned back. predictions [prediction, freq, frame]: of the
    target. frames [prediction, freq, frame]: the number of independent frames in each prediction.
    inputs [side, frame, freq, input]. evidence [frame, freq, memory]: of all sides together. weight
    [freq, frame]: of an error. above_noise [freq, frame]: whether the power exceeds noise nearby.
    """

    target: Tensor
    predictions: Tensor
    frames: Tensor
    inputs: Tensor
    evidence: Tensor
    weight: Tensor
    above_noise: Tensor


def backwards(prediction: Prediction) -> Prediction:
    """The values of a reversed signal, with the frames in the signal's order."""
    return Prediction(*(part[:, ::-1] for part in prediction))


def sides_of(target: np.ndarray, floor: np.ndarray, seen: Sequence[Sequence[Prediction]]) -> Sides:
    """The inputs of a network from the predictions of every side and memory.

    target [freq, frame]. floor [freq, 1]: the power of noise.
    """
    inputs = []
    for number, side in enumerate(seen):
        logarithms = [np.log1p(evidence([one], floor)) - CENTRED for one in side]
        known = np.stack(logarithms).astype(np.float32)
        inputs.append(_beside(known[..., ::-1].copy() if number else known))
    together = np.stack([evidence(memory, floor) for memory in zip(*seen, strict=True)], -1)
    logarithm = np.log1p(together).astype(np.float32)
    frames = np.stack([one.frames for side in seen for one in side])
    spectra = np.stack([one.spectrum for side in seen for one in side])
    power = np.mean([side[-1].power for side in seen], 0)
    return Sides(
        target=torch.from_numpy(target),
        predictions=torch.from_numpy(spectra),
        frames=torch.from_numpy(frames),
        inputs=torch.stack(inputs),
        evidence=torch.from_numpy(logarithm).transpose(0, 1).contiguous(),
        weight=torch.from_numpy((1 / np.maximum(power, floor)).astype(np.float32)),
        above_noise=torch.from_numpy(power > OUT * floor),
    )


def _beside(logarithms: np.ndarray) -> Tensor:
    """The values of a bin and its neighbours: [memory, freq, frame] -> [frame, freq, input]."""
    freqs = logarithms.shape[1]
    own = torch.from_numpy(logarithms).permute(2, 1, 0).contiguous()
    padded = torch.cat((*(NEAR * [own[:, :1]]), own, *(NEAR * [own[:, -1:]])), dim=1)
    return torch.cat([padded[:, begin : begin + freqs] for begin in range(2 * NEAR + 1)], dim=-1)


def believed(learned: Tensor, sides: Sides, bins: Tensor | slice) -> Tensor:
    """Gates of all bins: [prediction, freq, frame].

    A bin that exceeds the noise nearby has the learned gates, [prediction, bin, frame] of `bins`.
    Every other bin has the gates before training, which are exact in noise of the power nearby. A
    network trained on chance or on stronger noise would only close the gates to weak lines.
    """
    opened = unlearned(sides.evidence, len(sides.predictions))
    opened[:, bins] = torch.where(sides.above_noise[bins], learned, opened[:, bins])
    return opened


def estimate(opened: Tensor, sides: Sides, bins: Tensor | slice) -> Tensor:
    """The mean of the predictions behind open gates [prediction, bin, frame]: [bin, frame].

    Its level depends on the widest open gate, not on the number of open gates, because a drifting
    tone has only the prediction of the shortest memory.
    """
    weights = opened * sides.frames[:, bins]
    mean = (weights * sides.predictions[:, bins]).sum(0) / weights.sum(0).clamp_min(TINY)
    return LOUD * opened.amax(0) * mean


def error(opened: Tensor, sides: Sides, bins: Tensor | slice, times: Tensor) -> Tensor:
    """The sum of the squared errors of the estimate, relative to the expected power.

    The error is the difference from `EAGERNESS` times the target, which no gate reaches. So the
    agreement with the target weighs that much more than the power of the estimate. times [bin]: the
    number of times that each bin counts.
    """
    apart = EAGERNESS * sides.target[bins] - estimate(opened, sides, bins)
    squared = apart.real.square() + apart.imag.square()
    return (squared * sides.weight[bins] * times.unsqueeze(-1)).sum()


def lines_kept(predicted: Tensor, spectrum: Tensor, limit_db: float) -> Tensor:
    """The spectrum of a mixture with all but its lines attenuated: [freq, frame], complex.

    The magnitude is the predicted one, but at most the mixture's, and at least `limit_db` below the
    mixture's. The phase is the mixture's.
    """
    magnitude = spectrum.abs()
    tiny = torch.finfo(magnitude.dtype).tiny
    mask = (predicted.abs() / magnitude.clamp_min(tiny)).clamp_max(1)
    mask[:LOWEST] = 0
    least = amplitude(-limit_db)
    return (least + (1 - least) * mask) * spectrum
