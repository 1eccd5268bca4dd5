"""Noise model in decibels (U-Net paper): the decibels that noise adds to each bin."""

import torch
from torch import Tensor
from torch.nn.functional import huber_loss

from dsp.decibel import amplitude
from models.targets.target import Target

CENTRE_DB, SPREAD_DB = 6.0, 82.0
FLOOR = 1e-6  # the smallest magnitude, which keeps the logarithm of silence finite


class NoiseModel(Target):
    """The output through tanh, scaled to decibels, is the ratio of mixture to clean.

    The mixture in decibels minus this ratio is the estimate. The loss is Huber's on the scaled
    noise model, in which the mixture cancels out. delta: the error at which the loss turns from
    square to linear, in units of 82 dB. Raises ValueError for a delta that is not above 0.
    """

    def __init__(self, delta: float = 1.0):
        if delta <= 0:
            raise ValueError(f"target.delta={delta}: must be above 0")
        self.delta = delta

    def estimate(self, output: Tensor, mixture: Tensor) -> Tensor:
        """mixture * 10^(-(82 tanh(output) + 6) / 20)."""
        return mixture * amplitude(-(SPREAD_DB * torch.tanh(output) + CENTRE_DB))

    def ideal(self, reference: Tensor, mixture: Tensor) -> Tensor:
        """The reference within the range of tanh: 76 dB above to 88 dB below the mixture."""
        highest = mixture * amplitude(SPREAD_DB - CENTRE_DB)
        lowest = mixture * amplitude(-SPREAD_DB - CENTRE_DB)
        return torch.minimum(torch.maximum(reference, lowest), highest)

    def loss(self, estimate: Tensor, reference: Tensor) -> Tensor:
        """Huber's loss of the difference of the scaled noise models."""
        estimate, reference = torch.broadcast_tensors(_scaled(estimate), _scaled(reference))
        return huber_loss(estimate, reference, reduction="none", delta=self.delta)


def _scaled(magnitude: Tensor) -> Tensor:
    """A magnitude in decibels, in units of 82 dB."""
    return 20 * magnitude.clamp_min(FLOOR).log10() / SPREAD_DB
