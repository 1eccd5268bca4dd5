"""Causal convolutional recurrent networks: CRNN (Tan and Wang, 2018), PL-CRNN (Li et al., 2020)."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from models.networks.causal import CausalConv, CausalDeconv, halved, no_memory, recur
from models.networks.progressive import Progressive
from models.targets.target import Target


class EncoderDecoder(nn.Module):
    """One convolutional encoder and decoder around a given LSTM (PL-CRNN, Table 1).

    sizes: of the frequency axis, before the encoder and after each of its layers.
    Shapes: [batch, input, frame, freq] -> [batch, output, frame, freq].
    """

    def __init__(
        self, inputs: int, outputs: int, channels: Sequence[int], hidden: int, sizes: Sequence[int]
    ):
        super().__init__()
        self.sizes = sizes
        self.encoder = nn.ModuleList()
        for given, made in pairwise([inputs, *channels]):
            self.encoder.append(CausalConv(given, made))
        self.decoder = _decoder([outputs, *channels], hidden // sizes[-1], sizes)

    def initial_state(self, batch: int, lstm: nn.LSTM) -> dict[str, Any]:
        """The state before the first frame."""
        larger = self.sizes[:-1]
        smaller = self.sizes[:0:-1]
        return {
            "encoder": _initial_pasts(self.encoder, batch, larger),
            "decoder": _initial_pasts(self.decoder, batch, smaller),
            "lstm": no_memory(lstm, batch),
        }

    def forward(
        self, features: Tensor, lstm: nn.LSTM, state: dict[str, Any]
    ) -> tuple[Tensor, dict[str, Any]]:
        """Output and the state to carry on."""
        skips = []
        carried = {"encoder": [], "decoder": []}
        for layer, past in zip(self.encoder, state["encoder"], strict=True):
            features, frame = layer(features, past)
            skips.append(features)
            carried["encoder"].append(frame)
        smallest = features.shape[-1]
        flat = features.transpose(1, 2).flatten(2)  # [batch, frame, channel * freq]
        flat, carried["lstm"] = recur(lstm, flat, state["lstm"])
        features = flat.unflatten(2, (-1, smallest)).transpose(1, 2)
        for layer, past in zip(self.decoder, state["decoder"], strict=True):
            joined = torch.cat((features, skips.pop()), 1)
            features, frame = layer(joined, past)
            carried["decoder"].append(frame)
        return features, carried


def _decoder(channels: Sequence[int], deepest: int, sizes: Sequence[int]) -> nn.ModuleList:
    """Mirrors an encoder, from `deepest` channels to the first of `channels`.

    channels: its output channels, and the output channels of each of the encoder's layers.
    Each layer sees the output of the layer below it beside the output of the encoder's layer.
    """
    layers = nn.ModuleList()
    below = deepest
    for level in reversed(range(len(channels) - 1)):
        made, beside = channels[level], channels[level + 1]
        padding = sizes[level] - (2 * sizes[level + 1] + 1)
        layer = CausalDeconv(below + beside, made, padding, last=level == 0)
        layers.append(layer)
        below = made
    return layers


def _initial_pasts(layers: nn.ModuleList, batch: int, sizes: Sequence[int]) -> list[Tensor]:
    """The input of each of `layers` before the first frame; sizes: of the frequency axis."""
    pasts = []
    for layer, freqs in zip(layers, sizes, strict=True):
        pasts.append(layer.initial_past(batch, freqs))
    return pasts


class CRNN(Progressive):
    """`stages` convolutional recurrent stages in a row; none looks ahead.

    One stage of wide channels is the CRNN, half of it in every width the SCRNN, several narrow ones
    the PL-CRNN (Table 1), which sees mixture and estimates as channels. channels: of the encoder,
    mirrored by the decoder. hidden: LSTM units per layer, a multiple of the smallest frequency
    size. shared: one LSTM serves all stages.

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
                f"network.hidden={hidden}: must be a multiple of {sizes[-1]}, "
                "the smallest frequency size"
            )
        self.lstms = nn.ModuleList()
        for _ in range(1 if shared else stages):
            lstm = nn.LSTM(channels[-1] * sizes[-1], hidden, layers, batch_first=True)
            self.lstms.append(lstm)
        self.stages = nn.ModuleList()
        for number in range(1, stages + 1):
            inputs, outputs = self.inputs(number), target.component_count
            stage = EncoderDecoder(inputs, outputs, channels, hidden, sizes)
            self.stages.append(stage)

    def initial_stage_state(self, number: int, batch: int) -> dict[str, Any]:
        """See `Progressive.initial_stage_state`."""
        return self.stages[number].initial_state(batch, self._lstm(number))

    def stage(
        self, number: int, seen: Tensor, state: dict[str, Any]
    ) -> tuple[Tensor, dict[str, Any]]:
        """See `Progressive.stage`."""
        coder = self.stages[number]
        output, carried = coder(seen.transpose(2, 3), self._lstm(number), state)
        return output.transpose(2, 3), carried

    def _lstm(self, number: int) -> nn.LSTM:
        return self.lstms[min(number, len(self.lstms) - 1)]
