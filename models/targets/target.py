"""What all targets share: the contract, and the domain of the loss."""

from abc import ABC, abstractmethod

from torch import Tensor


class Target(ABC):
    """The kind of thing a network learns.

    power: exponent of the magnitudes that the loss compares; 1 as in the papers, 0.5 weighs quiet parts more.
    Raises ValueError for a power outside (0, 1].
    """

    def __init__(self, power: float = 1.0):
        if not 0 < power <= 1:
            raise ValueError(f"target.power={power}: must be above 0 and at most 1")
        self.power = power

    @abstractmethod
    def estimate(self, output: Tensor, mixture: Tensor) -> Tensor:
        """Magnitude estimate from a network's output and the mixture's magnitude, all [..., freq, frame]."""

    @abstractmethod
    def ideal(self, reference: Tensor, mixture: Tensor) -> Tensor:
        """The best magnitude estimate that this target can express, all magnitudes [..., freq, frame]."""

    def loss(self, estimate: Tensor, reference: Tensor) -> Tensor:
        """Squared difference per frequency and frame, in the target's domain: [..., freq, frame]."""
        return (self._compressed(estimate) - self._compressed(reference)).square()

    def _compressed(self, magnitude: Tensor) -> Tensor:
        # The floor keeps the root's slope finite at silence.
        return magnitude if self.power == 1 else (magnitude + 1e-8) ** self.power
