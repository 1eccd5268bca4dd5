"""The common base of enhancer and separator: a network between a transform and its inverse."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

from torch import Tensor, nn

from dsp.stft import STFT
from models.level import Level
from models.targets.target import Target


class Estimator(nn.Module, ABC):
    """Makes the estimates of a network for a mixture's spectrum, and turns them into spectra.

    network: called with freqs and target. level: magnitudes are divided by it before the network,
    and multiplied by it after the network. A network has one estimate per output; outputs: the
    name of their axis, "stage" or "talker".
    """

    outputs: ClassVar[str]

    def __init__(self, stft: STFT, target: Target, network: Callable[..., nn.Module], level: Level):
        super().__init__()
        self.stft = stft
        self.target = target
        self.level = level
        self.network = network(freqs=stft.freqs, target=target)

    @property
    @abstractmethod
    def output_count(self) -> int:
        """The number of outputs of the network."""

    def estimates(self, spectrum: Tensor) -> tuple[Tensor, Tensor]:
        """The network's estimates for a mixture's spectrum, and the level that they refer to.

        Shapes: spectrum [batch, freq, frame] -> [batch, output, component, freq, frame] and
        [batch, 1, frame]. Raises ValueError for estimates of another shape.
        """
        level = self.level(spectrum.abs())
        mixture = self.target.components(spectrum / level)
        estimates = self.network(mixture)
        self._require_shape(estimates, mixture)
        return estimates.to(mixture.dtype), level

    def estimated_spectrum(self, estimate: Tensor, spectrum: Tensor, level: Tensor) -> Tensor:
        """The spectrum of an estimate.

        Shapes: estimate [batch, component, freq, frame], spectrum [batch, freq, frame], level
        [batch, 1, frame] -> [batch, freq, frame], complex; each may have the axis of outputs after
        the batch.
        """
        return self.target.spectrum(estimate, spectrum / level) * level

    def _require_shape(self, estimates: Tensor, mixture: Tensor) -> None:
        """Raise ValueError for estimates of another shape: broadcasting would falsify the loss."""
        needed = [len(mixture), self.output_count, *mixture.shape[1:]]
        shape = list(estimates.shape)
        if shape != needed:
            raise ValueError(
                f"{type(self.network).__name__} makes {shape} of a mixture {list(mixture.shape)}; "
                f"it must be [batch, {self.outputs}, component, freq, frame], here {needed}"
            )
