"""The best a target can do: its ideal value, known from the clean speech, with the mixture's phase."""

import torch
from torch import Tensor

from dsp.stft import STFT
from models.targets.target import Target


def oracle(mixture: Tensor, clean: Tensor, stft: STFT, target: Target) -> Tensor:
    """Waveform from the ideal magnitude of `target`: mixture, clean [..., time] -> enhanced [..., time]."""
    spectrum = stft(mixture)
    ideal = target.ideal(target.reference(stft(clean), spectrum), spectrum.abs())
    return stft.inverse(torch.polar(ideal, spectrum.angle()), mixture.shape[-1])
