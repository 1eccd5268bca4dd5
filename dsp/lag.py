"""The delay of one signal relative to another."""

from typing import NamedTuple

import torch
from torch import Tensor


class Lag(NamedTuple):
    """A delay. samples: of the second signal. correlation: normalised, at that delay, in [-1, 1].

    >>> Lag(3, -0.5).samples
    3
    """

    samples: int
    correlation: float


def lag(reference: Tensor, signal: Tensor, most: int) -> Lag:
    """The delay at which the cross-correlation of two signals [time] has the largest magnitude.

    Delays of up to `most` samples in both directions are searched. The correlation is normalised:
    the cross-correlation over the root of the product of both energies.

    >>> noise = torch.randn(1000, generator=torch.Generator().manual_seed(0))
    >>> late = lag(noise, -0.5 * noise.roll(7), 20)
    >>> late.samples, round(late.correlation, 1)
    (7, -1.0)
    """
    reference, signal = reference.double(), signal.double()
    level = float(reference.norm() * signal.norm())
    if not level:
        return Lag(0, 0.0)
    size = len(reference) + len(signal)
    spectrum = torch.fft.rfft(signal, size) * torch.fft.rfft(reference, size).conj()
    products = torch.fft.irfft(spectrum, size)
    most = min(most, (size - 1) // 2)
    near = torch.cat([products[size - most :], products[: most + 1]]) / level
    place = int(near.abs().argmax())
    return Lag(place - most, float(near[place]))
