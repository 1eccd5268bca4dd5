"""The contract of every target, and the common base of targets that compare magnitudes."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor

from models.system_names import ORACLE


class Target(ABC):
    """The quantity that a network learns.

    A target defines the network's input, the meaning of its output, and the domain of the loss. The
    input has `component_count` real numbers for each bin: by default one, the magnitude. Outputs,
    estimates and references are [..., component, freq, frame]. `linear` tells whether an estimate
    is linear in the mixture, so that the estimates from several frames may be added.
    """

    component_count = 1
    linear = False

    @property
    def ideal_name(self) -> str:
        """The name of the system that answers with its ideal value: one of `KNOWING`."""
        return ORACLE

    def components(self, spectrum: Tensor) -> Tensor:
        """A network's input: [..., freq, frame], complex -> [..., component, freq, frame]."""
        return spectrum.abs().unsqueeze(-3)

    def spectrum(self, estimate: Tensor, mixture: Tensor) -> Tensor:
        """The spectrum of an estimate; by default with the mixture's phase.

        Shapes: estimate [..., component, freq, frame], mixture [..., freq, frame], complex ->
        [..., freq, frame], complex.
        """
        return torch.polar(estimate.squeeze(-3), mixture.angle())

    @abstractmethod
    def estimate(self, output: Tensor, mixture: Tensor) -> Tensor:
        """The estimate from a network's output and the mixture's components."""

    @abstractmethod
    def ideal(self, reference: Tensor, mixture: Tensor) -> Tensor:
        """The best estimate that this target can express, from the components of both."""

    def reference(self, spectrum: Tensor, mixture: Tensor) -> Tensor:
        """The reference components of the loss.

        They follow from the spectra of reference and mixture, [..., freq, frame] each.
        """
        return self.components(spectrum)

    @abstractmethod
    def loss(self, estimate: Tensor, reference: Tensor) -> Tensor:
        """The loss of each component of each bin, in the shape of both arguments."""


class MagnitudeTarget(Target):
    """A target whose loss is the squared difference of magnitudes.

    power: exponent of the compared magnitudes; 1 as in the papers, 0.5 weighs quiet parts more.
    phase_sensitive: the reference is its part in phase with the mixture, because the enhanced
    signal has the mixture's phase (Erdogan et al., ICASSP 2015, phase-sensitive spectrum
    approximation, with negative parts set to 0); False as in the papers. Raises ValueError for a
    power outside (0, 1].
    """

    def __init__(self, power: float = 1.0, phase_sensitive: bool = False):
        require_power(power)
        self.power = power
        self.phase_sensitive = phase_sensitive

    def reference(self, spectrum: Tensor, mixture: Tensor) -> Tensor:
        """|reference|, or its part in phase with the mixture.

        The part is max(|reference| cos(angle between reference and mixture), 0).
        """
        if not self.phase_sensitive:
            return self.components(spectrum)
        rotated = spectrum * torch.sgn(mixture).conj()
        return rotated.real.clamp_min(0).unsqueeze(-3)

    def loss(self, estimate: Tensor, reference: Tensor) -> Tensor:
        """The squared difference of the magnitudes raised to `power`."""
        difference = self._compressed(estimate) - self._compressed(reference)
        return difference.square()

    def _compressed(self, magnitude: Tensor) -> Tensor:
        if self.power == 1:
            return magnitude
        # The floor keeps the slope of the root finite at silence.
        return (magnitude + 1e-8) ** self.power


def require_power(power: float) -> None:
    """Raise ValueError for an exponent of magnitudes that is not in (0, 1]."""
    if not 0 < power <= 1:
        raise ValueError(f"target.power={power}: must be above 0 and at most 1")
