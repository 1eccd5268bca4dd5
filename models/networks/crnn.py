"""Causal convolutional recurrent networks: CRNN (Tan and Wang, 2018) and PL-CRNN (Li et al., 2020)."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from models.networks.causal import CausalConv, CausalDeconv, halved, no_memory
from models.networks.progressive import Progressive
from models.targets.target import Target


class EncoderDecoder(nn.Module):
    """One convolutional encoder and decoder around an LSTM that it is lent (PL-CRNN, Table 1).

    sizes: of the frequency axis, before the encoder and after each of its layers.
    Shapes: [batch, channel, frame, freq] -> [batch, 1, frame, freq].
    """

    def __init__(self, inputs: int, channels: Sequence[int], hidden: int, sizes: Sequence[int]):
        super().__init__()
        self.sizes = sizes
        self.encoder = nn.ModuleList(CausalConv(*pair) for pair in pairwise([inputs, *channels]))
        outputs = [*reversed(channels[:-1]), 1]
        inward = [hidden // sizes[-1], *outputs[:-1]]
        layers = zip(inward, reversed(channels), outputs, pairwise(reversed(sizes)), strict=True)
        self.decoder = nn.ModuleList(
            CausalDeconv(
                below + skipped, out, padding=larger - 2 * smaller - 1, last=larger == sizes[0]
            )
            for below, skipped, out, (smaller, larger) in layers
        )

    def initial_state(self, batch: int, lstm: nn.LSTM) -> dict[str, Any]:
        """The state before the first frame."""
        larger, smaller = self.sizes[:-1], reversed(self.sizes[1:])
        return {
            "encoder": [
                layer.initial_past(batch, freqs)
                for layer, freqs in zip(self.encoder, larger, strict=True)
            ],
            "decoder": [
                layer.initial_past(batch, freqs)
                for layer, freqs in zip(self.decoder, smaller, strict=True)
            ],
            "lstm": no_memory(lstm, batch),
        }

    def forward(
        self, features: Tensor, lstm: nn.LSTM, state: dict[str, Any]
    ) -> tuple[Tensor, dict[str, Any]]:
        """Output and the state to carry on."""
        skips, carried = [], {"encoder": [], "decoder": []}
        for layer, past in zip(self.encoder, state["encoder"], strict=True):
            features, frame = layer(features, past)
            skips.append(features)
            carried["encoder"].append(frame)
        batch, _, frames, smallest = features.shape
        flat = features.transpose(1, 2).flatten(2)  # [batch, frame, channel * freq]
        flat, carried["lstm"] = lstm(flat, state["lstm"])
        features = flat.reshape(batch, frames, -1, smallest).transpose(1, 2)
        for layer, past in zip(self.decoder, state["decoder"], strict=True):
            features, frame = layer(torch.cat((features, skips.pop()), 1), past)
            carried["decoder"].append(frame)
        return features, carried


class CRNN(Progressive):
    """`stages` convolutional recurrent stages in a row; none looks ahead.

    One stage of wide channels is the CRNN, half of it in every width the SCRNN, several narrow ones the PL-CRNN
    (Table 1), which sees the magnitudes as channels. channels: of the encoder, mirrored by the decoder. hidden: LSTM
    units per layer, a multiple of the smallest frequency size. shared: one LSTM serves all stages.

    Raises ValueError where the sizes do not fit.
    """

    def __init__(
        self,
        freqs: int,
        target: Target,
        stages: int,
        channels: Sequence[int],
        hidden: int,
        layers: int = 2,
        dense: bool = True,
        average: bool = False,
        shared: bool = True,
    ):
        super().__init__(target, stages, dense, average)
        sizes = [freqs]
        for _ in channels:
            sizes.append(halved(sizes[-1]))
        if hidden % sizes[-1]:
            raise ValueError(
                f"network.hidden={hidden}: must be a multiple of {sizes[-1]}, the smallest frequency size"
            )
        self.lstms = nn.ModuleList(
            nn.LSTM(channels[-1] * sizes[-1], hidden, layers, batch_first=True)
            for _ in range(1 if shared else stages)
        )
        self.stages = nn.ModuleList(
            EncoderDecoder(self.inputs(number), channels, hidden, sizes)
            for number in range(1, stages + 1)
        )

    def initial_stage_state(self, number: int, batch: int) -> dict[str, Any]:
        """See `Progressive.initial_stage_state`."""
        return self.stages[number].initial_state(batch, self._lstm(number))

    def stage(
        self, number: int, seen: Tensor, state: dict[str, Any]
    ) -> tuple[Tensor, dict[str, Any]]:
        """See `Progressive.stage`."""
        output, carried = self.stages[number](seen.transpose(2, 3), self._lstm(number), state)
        return output[:, 0].transpose(1, 2), carried

    def _lstm(self, number: int) -> nn.LSTM:
        return self.lstms[min(number, len(self.lstms) - 1)]
