"""The one definition of energy, level and SNR."""

import torch
from torch import Tensor

from dsp.decibel import amplitude


def energy(signal: Tensor) -> Tensor:
    """Sum of squares over time: [..., time] -> [..., 1], in double precision.

    For integer samples (16-bit PCM) the sum is exact up to 2^53 in any order of summation. So it
    is equal on every device, and zero padding does not change it.

    >>> energy(torch.tensor([3.0, 4.0]))
    tensor([25.], dtype=torch.float64)
    """
    signal = signal.double()
    return torch.linalg.vecdot(signal, signal).unsqueeze(-1)


def level_db(signal: Tensor, full_scale: float = 1.0) -> Tensor:
    """Mean power over time: [..., time] -> [..., 1], in dB.

    The reference, 0 dB, is a square wave of amplitude `full_scale`.

    >>> level_db(torch.tensor([0.1, -0.1]))
    tensor([-20.0000], dtype=torch.float64)
    """
    samples = signal.shape[-1]
    return 10 * torch.log10(energy(signal) / (samples * full_scale**2))


def snr_db(clean: Tensor, noise: Tensor) -> Tensor:
    """Signal-to-noise ratio of a whole excerpt: [..., time] x 2 -> [..., 1], in dB.

    It is clean energy over noise energy, pauses included. The project has no other SNR.

    >>> snr_db(torch.tensor([10.0, 0.0]), torch.tensor([0.0, 1.0]))
    tensor([20.], dtype=torch.float64)
    """
    return 10 * torch.log10(energy(clean) / energy(noise))


def noise_gain(clean: Tensor, noise: Tensor, snr_db: Tensor) -> Tensor:
    """Amplitude factor that brings `noise` to `snr_db` under `clean`.

    Shapes: [..., time] x 2, [...] -> [..., 1].

    >>> noise_gain(torch.tensor([10.0, 0.0]), torch.tensor([0.0, 1.0]), torch.tensor(0.0))
    tensor([10.], dtype=torch.float64)
    """
    at_equal_energy = (energy(clean) / energy(noise)).sqrt()
    return amplitude(-snr_db.double()).unsqueeze(-1) * at_equal_energy


# Relative to full scale; real recordings down to -50 dB are common, and 16-bit rounding is -101 dB.
SILENCE_DB = -70.0


def is_silent(signal: Tensor, full_scale: float = 1.0) -> Tensor:
    """Whether the mean power without the offset is below `SILENCE_DB`: [..., time] -> [...].

    >>> is_silent(torch.tensor([[0.5, 0.5], [0.5, -0.5]]))
    tensor([ True, False])
    """
    signal = signal.double()
    centred = signal - signal.mean(-1, keepdim=True)
    return level_db(centred, full_scale).squeeze(-1) < SILENCE_DB
