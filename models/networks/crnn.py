"""Causal convolutional recurrent networks: CRNN (Tan and Wang, 2018) and PL-CRNN (Li et al., 2020)."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from models.networks.causal import CausalConv, CausalDeconv, halved
from models.targets.target import Target

State = dict[str, list]


class Stage(nn.Module):
    """One convolutional encoder and decoder around an LSTM that it is lent (PL-CRNN, Table 1).

    Shapes: [batch, channel, frame, freq] -> [batch, 1, frame, freq].
    """

    def __init__(self, inputs: int, channels: Sequence[int], hidden: int, sizes: Sequence[int]):
        super().__init__()
        self.encoder = nn.ModuleList(CausalConv(*pair) for pair in pairwise([inputs, *channels]))
        outputs = [*reversed(channels[:-1]), 1]
        inward = [hidden // sizes[-1], *outputs[:-1]]
        layers = zip(inward, reversed(channels), outputs, pairwise(reversed(sizes)), strict=True)
        self.decoder = nn.ModuleList(
            CausalDeconv(below + skipped, out, padding=larger - 2 * smaller - 1, last=larger == sizes[0])
            for below, skipped, out, (smaller, larger) in layers
        )

    def forward(self, features: Tensor, lstm: nn.LSTM, state: State) -> tuple[Tensor, State]:
        """Output of this stage and the state to carry on; an empty `state` starts anew."""
        skips, carried = [], {"encoder": [], "decoder": []}
        for layer, past in zip(self.encoder, state.get("encoder", [None] * len(self.encoder)), strict=True):
            features, frame = layer(features, past)
            skips.append(features)
            carried["encoder"].append(frame)
        batch, _, frames, smallest = features.shape
        flat = features.transpose(1, 2).flatten(2)  # [batch, frame, channel * freq]
        flat, carried["lstm"] = lstm(flat, state.get("lstm"))
        features = flat.reshape(batch, frames, -1, smallest).transpose(1, 2)
        for layer, past in zip(self.decoder, state.get("decoder", [None] * len(self.decoder)), strict=True):
            features, frame = layer(torch.cat((features, skips.pop()), 1), past)
            carried["decoder"].append(frame)
        return features, carried


class CRNN(nn.Module):
    """`stages` convolutional recurrent stages in a row; all share one LSTM, and none looks ahead.

    Stage q sees the mixture and the q - 1 estimates before it as channels. One stage of wide channels is the CRNN,
    several narrow ones are the PL-CRNN (Table 1). channels: of the encoder, mirrored by the decoder. hidden: LSTM
    units per layer, a multiple of the smallest frequency size. freqs and target are supplied by models.enhancer.

    Shapes: mixture magnitude [batch, freq, frame] -> estimates [batch, stage, freq, frame].
    Raises ValueError where the sizes do not fit.
    """

    def __init__(self, freqs: int, target: Target, stages: int, channels: Sequence[int], hidden: int, layers: int = 2):
        super().__init__()
        if stages < 1:
            raise ValueError(f"network.stages={stages}: must be at least 1")
        sizes = [freqs]
        for _ in channels:
            sizes.append(halved(sizes[-1]))
        if hidden % sizes[-1]:
            raise ValueError(f"network.hidden={hidden}: must be a multiple of {sizes[-1]}, the smallest frequency size")
        self.target = target
        self.lstm = nn.LSTM(channels[-1] * sizes[-1], hidden, layers, batch_first=True)
        self.stages = nn.ModuleList(Stage(q, channels, hidden, sizes) for q in range(1, stages + 1))

    def forward(self, mixture: Tensor) -> Tensor:
        """All frames at once: [batch, freq, frame] -> [batch, stage, freq, frame]."""
        return self.advance(mixture, [])[0]

    def advance(self, mixture: Tensor, state: list[State]) -> tuple[Tensor, list[State]]:
        """The next frames of a longer signal, and the state to pass with those after them; [] starts anew."""
        state = state or [{}] * len(self.stages)
        seen, carried = [mixture], []
        for stage, before in zip(self.stages, state, strict=True):
            channels = torch.stack(seen, 1).transpose(2, 3)  # [batch, stage, frame, freq]
            output, after = stage(channels, self.lstm, before)
            seen.append(self.target.estimate(output[:, 0].transpose(1, 2), mixture))
            carried.append(after)
        return torch.stack(seen[1:], 1), carried
