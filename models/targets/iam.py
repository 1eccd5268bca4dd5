"""Ideal amplitude mask with signal approximation (Li et al., PL-CRNN, equations 3 and 4)."""

import torch
from torch import Tensor

from models.system_names import AMPLITUDE_MASK, PHASE_SENSITIVE_MASK
from models.targets.target import MagnitudeTarget


class IAM(MagnitudeTarget):
    """The output through a sigmoid is a mask in [0, 1].

    Mask times mixture is the estimate that the loss compares.
    """

    @property
    def ideal_name(self) -> str:
        """See `Target.ideal_name`; it depends on the reference."""
        return PHASE_SENSITIVE_MASK if self.phase_sensitive else AMPLITUDE_MASK

    def estimate(self, output: Tensor, mixture: Tensor) -> Tensor:
        """sigmoid(output) * mixture."""
        return torch.sigmoid(output) * mixture

    def ideal(self, reference: Tensor, mixture: Tensor) -> Tensor:
        """min(reference / mixture, 1) * mixture."""
        return torch.minimum(reference, mixture)
