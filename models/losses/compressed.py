"""Compressed magnitudes blended with compressed complex spectra (Braun and Tashev, 2020)."""

import math

import torch
from torch import Tensor

from dsp.compression import compressed
from dsp.padding import without_padding
from dsp.stft import STFT
from models.losses.loss import Loss
from models.losses.short_time_correlation import short_time_correlation


class Compressed(Loss):
    """Mean square differences of spectra whose magnitudes are raised to `power`.

    magnitude, complex: weights of the differences of magnitudes and of complex spectra (Braun
    and Tashev, "A consolidated view of loss functions for supervised deep learning-based speech
    enhancement": 0.7 and 0.3 at a power of 0.3). The spectra are taken anew from the waveforms, so
    that the loss uses a signal's true spectrum. They are relative to the mixture's root mean
    square, so that a gain changes nothing. si_sdr, l1, stoi, estoi: weights of further terms. The
    first is minus the SI-SDR in dB, which saturates at `ceiling_db`. The second is the mean
    absolute difference of the waveforms, relative to the mixture's root mean square. The others are
    1 minus the `short_time_correlation` of STOI and of ESTOI, between 0 and 2. A silent reference
    has neither an SI-SDR nor envelopes that correlate; these terms are 0. Raises ValueError for a
    power outside (0, 1], for a weight that is negative or no number, for a ceiling that is no
    number, and where all weights are 0.
    """

    def __init__(
        self,
        power: float = 0.3,
        magnitude: float = 0.7,
        complex: float = 0.3,
        si_sdr: float = 0.0,
        l1: float = 0.0,
        stoi: float = 0.0,
        estoi: float = 0.0,
        ceiling_db: float = 30.0,
    ):
        if not 0 < power <= 1:
            raise ValueError(f"recipe.loss.power={power}: must be above 0 and at most 1")
        weights = {
            "magnitude": magnitude,
            "complex": complex,
            "si_sdr": si_sdr,
            "l1": l1,
            "stoi": stoi,
            "estoi": estoi,
        }
        for name, weight in weights.items():
            if not 0 <= weight < math.inf:
                raise ValueError(f"recipe.loss.{name}={weight}: must be a number, 0 or above")
        if not any(weights.values()):
            raise ValueError(f"recipe.loss: {', '.join(weights)} are all 0; raise one of them")
        if not math.isfinite(ceiling_db):
            raise ValueError(f"recipe.loss.ceiling_db={ceiling_db}: must be a number")
        self.power = power
        self.weights = weights
        self.ceiling_db = ceiling_db

    def of_signals(
        self, estimate: Tensor, reference: Tensor, mixture: Tensor, length: Tensor, stft: STFT
    ) -> Tensor:
        """See `Loss.of_signals`."""
        total = estimate.new_zeros(estimate.shape[:2])
        spectra = stft(estimate), stft(reference)
        if self.weights["magnitude"] or self.weights["complex"]:
            total = self._of_spectra(*spectra, mixture, length, stft)
        if self.weights["si_sdr"]:
            si_sdr_db = _si_sdr_db(estimate, reference, self.ceiling_db)
            total = total - self.weights["si_sdr"] * si_sdr_db
        if self.weights["l1"]:
            difference = (estimate - reference).abs().sum(-1)
            total = total + self.weights["l1"] * difference / _summed_root(mixture, length)
        if self.weights["stoi"] or self.weights["estoi"]:
            total = total + self._of_envelopes(*spectra, length, stft)
        return total

    def _of_envelopes(
        self, estimate: Tensor, reference: Tensor, length: Tensor, stft: STFT
    ) -> Tensor:
        spectra = estimate, reference, stft.frames(length), stft.sample_rate, stft.hop
        costs = []
        for name, extended in (("stoi", False), ("estoi", True)):
            if self.weights[name]:
                correlation = short_time_correlation(*spectra, extended)
                costs.append(self.weights[name] * (1 - correlation))
        return sum(costs)

    def _of_spectra(
        self, estimate: Tensor, reference: Tensor, mixture: Tensor, length: Tensor, stft: STFT
    ) -> Tensor:
        frames = stft.frames(length)[:, None]
        scale = _typical(stft(mixture), frames)
        estimate = compressed(estimate / scale, self.power)
        reference = compressed(reference / scale, self.power)
        of_complex = (estimate - reference).abs().square()
        of_magnitude = (_abs(estimate) - _abs(reference)).square()
        weighted = self.weights["magnitude"] * of_magnitude + self.weights["complex"] * of_complex
        return _mean(weighted, frames)


def _typical(mixture: Tensor, frames: Tensor) -> Tensor:
    """Root mean square of the mixture's magnitudes: [batch, 1, 1, 1]; 1 for silence."""
    squares = mixture.abs().square().unsqueeze(1)
    root = _mean(squares, frames).sqrt()[..., None, None]
    return torch.where(root > 0, root, 1)


def _mean(values: Tensor, frames: Tensor) -> Tensor:
    """Mean over frequencies and the first `frames` [batch, 1].

    Shapes: [batch, stage, freq, frame] -> [batch, stage].
    """
    return without_padding(values.mean(2), frames[:, 0]).sum(-1) / frames


def _summed_root(mixture: Tensor, length: Tensor) -> Tensor:
    """Root mean square of the mixture's samples, `length` times: [batch, 1]; 1 for silence."""
    length = length[:, None]
    root = (mixture.square().sum(-1, keepdim=True) / length).sqrt()
    return torch.where(root > 0, root * length, 1)


def _abs(spectrum: Tensor) -> Tensor:
    """Magnitudes, with a finite slope at silence."""
    return (spectrum.real.square() + spectrum.imag.square() + 1e-12).sqrt()


def _si_sdr_db(estimate: Tensor, reference: Tensor, ceiling_db: float) -> Tensor:
    """SI-SDR in dB, at most `ceiling_db`: [..., time] -> [...]; 0 for a silent reference.

    The soft threshold is from Wisdom et al., "Unsupervised sound separation using mixture
    invariant training" (2020), equation 2.
    """
    energy = reference.square().sum(-1, keepdim=True)
    is_heard = energy > 0
    energy = torch.where(is_heard, energy, 1)
    along = (estimate * reference).sum(-1, keepdim=True) / energy * reference
    signal = along.square().sum(-1)
    distortion = (estimate - along).square().sum(-1) + 10 ** (-ceiling_db / 10) * signal
    smallest = torch.finfo(estimate.dtype).tiny
    ratio = signal.clamp_min(smallest) / distortion.clamp_min(smallest)
    return torch.where(is_heard[..., 0], 10 * ratio.log10(), 0)
