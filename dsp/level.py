"""The one definition of energy, level and SNR."""

import torch
from torch import Tensor

from dsp.decibel import amplitude


def energy(signal: Tensor) -> Tensor:
    """Sum of squares over time: [..., time] -> [..., 1], in double precision.

    For samples that are whole numbers (16-bit PCM) the sum is exact up to 2^53, whatever the order
    of summation: the same on every device, padded with zeros or not.

    >>> energy(torch.tensor([3.0, 4.0]))
    tensor([25.], dtype=torch.float64)
    """
    signal = signal.double()
    return torch.linalg.vecdot(signal, signal).unsqueeze(-1)


def level_db(signal: Tensor, full_scale: float = 1.0) -> Tensor:
    """Mean power over time in dB: [..., time] -> [..., 1].

    Relative to a square wave of amplitude `full_scale`.

    >>> level_db(torch.tensor([0.1, -0.1]))
    tensor([-20.0000], dtype=torch.float64)
    """
    samples = signal.shape[-1]
    return 10 * torch.log10(energy(signal) / (samples * full_scale**2))


def snr_db(clean: Tensor, noise: Tensor) -> Tensor:
    """Signal-to-noise ratio over the whole excerpt in dB: [..., time] x 2 -> [..., 1].

    Clean energy over noise energy, pauses included; every SNR of this project is this one.

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
    """True where the mean power is below `SILENCE_DB`, an offset left aside: [..., time] -> [...].

    >>> is_silent(torch.tensor([[0.5, 0.5], [0.5, -0.5]]))
    tensor([ True, False])
    """
    signal = signal.double()
    centred = signal - signal.mean(-1, keepdim=True)
    return level_db(centred, full_scale).squeeze(-1) < SILENCE_DB
