"""An LSTM with an output for every talker (Kolbaek et al., 2017, section V-A)."""

import torch
from torch import Tensor, nn

from models.padded_lstm import padded_outputs
from models.separation.network import SeparationNetwork
from models.targets.target import Target

FLOOR = 1e-4  # keeps the root's slope finite at silence


class MaskLSTM(SeparationNetwork):
    """Layers of an LSTM over frames, and an affine layer for each talker.

    hidden: LSTM units per layer and direction. bidirectional: it looks ahead, and needs the whole
    mixture. dropout: between layers. compression: exponent of the magnitudes that the LSTM sees;
    for complex components it is applied to their magnitude. Raises ValueError for a compression
    outside (0, 1].
    """

    def __init__(
        self,
        freqs: int,
        target: Target,
        talkers: int = 2,
        hidden: int = 256,
        layers: int = 2,
        bidirectional: bool = False,
        dropout: float = 0.0,
        compression: float = 0.3,
    ):
        super().__init__(target, talkers)
        if not 0 < compression <= 1:
            raise ValueError(f"compression={compression}: must be above 0 and at most 1")
        size = target.component_count * freqs
        self.lstm = nn.LSTM(
            size,
            hidden,
            layers,
            batch_first=True,
            dropout=dropout if layers > 1 else 0.0,
            bidirectional=bidirectional,
        )
        self.out = nn.Linear(hidden * (2 if bidirectional else 1), talkers * size)
        self.compression = compression

    @property
    def causal(self) -> bool:
        """See `SeparationNetwork.causal`."""
        return not self.lstm.bidirectional

    def initial_state(self, batch: int) -> tuple[Tensor, Tensor]:
        """Zeros [layer and direction, batch, hidden], for hidden and cell state."""
        directions = 2 if self.lstm.bidirectional else 1
        shape = directions * self.lstm.num_layers, batch, self.lstm.hidden_size
        zeros = self.out.weight.new_zeros(shape)
        return zeros, zeros

    def advance(
        self, mixture: Tensor, state: tuple[Tensor, Tensor]
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """See `SeparationNetwork.advance`."""
        magnitude = mixture.square().sum(1, keepdim=True).sqrt()
        features = mixture * (magnitude + FLOOR) ** (self.compression - 1)
        features = features.flatten(1, 2).transpose(1, 2)  # [batch, frame, component * freq]
        if self.causal:
            features, state = self.lstm(features, state)
        else:
            features = self._both_ways(features)
        output = self.out(features).transpose(1, 2)  # [batch, talker * component * freq, frame]
        output = output.unflatten(1, (self.talkers, *mixture.shape[1:3]))
        return self.target.estimate(output, mixture.unsqueeze(1)), state

    def _both_ways(self, features: Tensor) -> Tensor:
        """The output of the bidirectional LSTM for features [batch, frame, feature].

        The backward layer begins at the last frame that is not silent, because zeros after it may
        be padding.
        """
        number = torch.arange(1, features.shape[1] + 1, device=features.device)
        is_heard = (features != 0).any(-1)
        frames = (is_heard * number).amax(1).clamp_min(1)
        return padded_outputs(self.lstm, features, frames)
