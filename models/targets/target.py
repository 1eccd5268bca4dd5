"""What all targets share: the contract, and the loss of those that compare magnitudes."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor


class Target(ABC):
    """The kind of thing a network learns.

    What its output means, and in which domain the loss is taken. Outputs and magnitudes are [...,
    freq, frame].
    """

    @abstractmethod
    def estimate(self, output: Tensor, mixture: Tensor) -> Tensor:
        """Magnitude estimate from a network's output and the mixture's magnitude."""

    @abstractmethod
    def ideal(self, reference: Tensor, mixture: Tensor) -> Tensor:
        """The best magnitude estimate that this target can express."""

    def reference(self, spectrum: Tensor, mixture: Tensor) -> Tensor:
        """Magnitude that the loss compares with.

        From the spectra of reference and mixture, [..., freq, frame] each.
        """
        return spectrum.abs()

    @abstractmethod
    def loss(self, estimate: Tensor, reference: Tensor) -> Tensor:
        """Cost of each frequency and frame: magnitudes [..., freq, frame] -> [..., freq, frame]."""


class MagnitudeTarget(Target):
    """A target whose loss is the squared difference of magnitudes.

    power: exponent of the magnitudes that are compared; 1 as in the papers, 0.5 weighs quiet parts
    more. phase_sensitive: compare with the part of the reference that is in phase with the mixture,
    as the enhanced signal takes the mixture's phase (Erdogan et al., ICASSP 2015, phase-sensitive
    spectrum approximation, negative parts being 0); False as in the papers. Raises ValueError for a
    power outside (0, 1].
    """

    def __init__(self, power: float = 1.0, phase_sensitive: bool = False):
        if not 0 < power <= 1:
            raise ValueError(f"target.power={power}: must be above 0 and at most 1")
        self.power = power
        self.phase_sensitive = phase_sensitive

    def reference(self, spectrum: Tensor, mixture: Tensor) -> Tensor:
        """|reference|, or the part of it that is in phase with the mixture.

        With phase_sensitive max(|reference| cos(angle between reference and mixture), 0).
        """
        if not self.phase_sensitive:
            return spectrum.abs()
        rotated = spectrum * torch.sgn(mixture).conj()
        return rotated.real.clamp_min(0)

    def loss(self, estimate: Tensor, reference: Tensor) -> Tensor:
        """Squared difference of the magnitudes to the power of `power`."""
        difference = self._compressed(estimate) - self._compressed(reference)
        return difference.square()

    def _compressed(self, magnitude: Tensor) -> Tensor:
        if self.power == 1:
            return magnitude
        # The floor keeps the root's slope finite at silence.
        return (magnitude + 1e-8) ** self.power
