"""The separator: makes the waveform of each talker in a mixture."""

from typing import Any

import torch
from torch import Tensor

from models.enhancer import Enhancer
from models.estimator import Estimator
from models.networks.network import CausalNetwork, Network
from models.separation.network import SeparationNetwork


class Separator(Estimator):
    """A `SeparationNetwork` with its transform, target and level; see `Estimator`."""

    outputs = "talker"

    @property
    def output_count(self) -> int:
        """See `Estimator.output_count`: the talkers of the network."""
        return self.network.talkers

    @torch.no_grad()
    def separate(self, mixture: Tensor) -> Tensor:
        """Waveforms of all talkers: [batch, time] -> [batch, talker, time]."""
        training = self.training
        self.eval()
        spectrum = self.stft(mixture)
        estimates, level = self.estimates(spectrum)
        self.train(training)
        return self.waveforms(estimates, spectrum, level, mixture.shape[-1])

    def waveforms(self, estimates: Tensor, spectrum: Tensor, level: Tensor, samples: int) -> Tensor:
        """The waveforms of the network's estimates: [batch, talker, time], `samples` long.

        Shapes: see `estimates`.
        """
        spectrum, level = spectrum.unsqueeze(1), level.unsqueeze(1)
        return self.stft.inverse(self.estimated_spectrum(estimates, spectrum, level), samples)

    def talker(self, number: int) -> Enhancer:
        """An enhancer that gives only talker `number` (from 0), at once or block by block.

        All talkers of a mixture come from the same state, so they do not swap between blocks.
        """
        kind = CausalTalker if self.network.causal else WholeTalker
        return Enhancer(
            self.stft,
            self.target,
            lambda freqs, target: kind(self.network, number),
            self.level,
        ).eval()


class CausalTalker(CausalNetwork):
    """One talker of a causal separation network."""

    def __init__(self, network: SeparationNetwork, number: int):
        super().__init__(network.target)
        self.network = network
        self.number = number

    def initial_state(self, batch: int) -> Any:
        """See `CausalNetwork.initial_state`."""
        return self.network.initial_state(batch)

    def advance(self, mixture: Tensor, state: Any) -> tuple[Tensor, Any]:
        """See `CausalNetwork.advance`."""
        estimates, state = self.network.advance(mixture, state)
        return estimates[:, self.number : self.number + 1], state

    def final(self, estimates: Tensor) -> Tensor:
        """See `Network.final`."""
        return estimates[:, -1]


class WholeTalker(Network):
    """One talker of a separation network that needs the whole mixture."""

    causal = False

    def __init__(self, network: SeparationNetwork, number: int):
        super().__init__(network.target)
        self.network = network
        self.number = number

    def forward(self, mixture: Tensor) -> Tensor:
        """See `Network.forward`."""
        return self.network(mixture)[:, self.number : self.number + 1]

    def final(self, estimates: Tensor) -> Tensor:
        """See `Network.final`."""
        return estimates[:, -1]
