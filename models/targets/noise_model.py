"""Noise model in decibels (U-Net paper): what noise adds to each bin, to be taken away again."""

import torch
from torch import Tensor
from torch.nn.functional import huber_loss

from dsp.decibel import amplitude
from models.targets.target import Target

CENTRE_DB, SPREAD_DB = 6.0, 82.0
FLOOR = 1e-6  # of a magnitude, against the logarithm of silence


class NoiseModel(Target):
    """The output through tanh, scaled to decibels, is mixture over clean.

    Subtracted from the mixture in decibels it gives the estimate. The loss is Huber's on the scaled
    noise model; the mixture cancels out of it. delta: where it turns from square to linear, in
    units of 82 dB. Raises ValueError for a delta that is not above 0.
    """

    def __init__(self, delta: float = 1.0):
        if delta <= 0:
            raise ValueError(f"target.delta={delta}: must be above 0")
        self.delta = delta

    def estimate(self, output: Tensor, mixture: Tensor) -> Tensor:
        """mixture * 10^(-(82 tanh(output) + 6) / 20)."""
        return mixture * amplitude(-(SPREAD_DB * torch.tanh(output) + CENTRE_DB))

    def ideal(self, reference: Tensor, mixture: Tensor) -> Tensor:
        """The reference, as far as tanh reaches: 76 dB above to 88 dB below the mixture."""
        highest = mixture * amplitude(SPREAD_DB - CENTRE_DB)
        lowest = mixture * amplitude(-SPREAD_DB - CENTRE_DB)
        return torch.minimum(torch.maximum(reference, lowest), highest)

    def loss(self, estimate: Tensor, reference: Tensor) -> Tensor:
        """Huber's loss of the scaled noise models' difference."""
        estimate, reference = torch.broadcast_tensors(_scaled(estimate), _scaled(reference))
        return huber_loss(estimate, reference, reduction="none", delta=self.delta)


def _scaled(magnitude: Tensor) -> Tensor:
    """In decibels, in units of 82 dB."""
    return 20 * magnitude.clamp_min(FLOOR).log10() / SPREAD_DB
