"""Progressive feed-forward network (Gao et al., 2016), causal as the PL-CRNN paper compares it."""

from itertools import pairwise

import torch
from torch import Tensor, nn

from models.networks.progressive import Progressive
from models.targets.target import Target


class PLDNN(Progressive):
    """`stages` stages of `layers` fully connected layers with ReLU and an affine layer.

    The first stage sees the current frame and `context` past frames. Each later stage sees the
    inputs by `Progressive` for the current frame: with the paper's dense=false these are the
    estimate of the stage before.
    """

    def __init__(
        self,
        freqs: int,
        target: Target,
        stages: int = 3,
        hidden: int = 2048,
        layers: int = 2,
        context: int = 10,
        dense: bool = False,
        average: bool = True,
    ):
        super().__init__(target, stages, dense, average)
        self.freqs = freqs
        self.context = context
        self.stages = nn.ModuleList()
        for number in range(1, stages + 1):
            frames = context + 1 if number == 1 else 1
            seen = freqs * self.inputs(number) * frames
            widths = [seen, *[hidden] * layers, freqs * target.component_count]
            self.stages.append(_affine_layers(widths))

    def initial_stage_state(self, number: int, batch: int) -> Tensor:
        """The past frames of the first stage before frame 0: [batch, input * freq, frame]."""
        frames = self.context if number == 0 else 0
        return self.zeros(batch, self.inputs(1) * self.freqs, frames)

    def stage(self, number: int, seen: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """See `Progressive.stage`."""
        features = seen.flatten(1, 2)  # [batch, input * freq, frame]
        if number > 0:
            return self._run(number, features), state
        features = torch.cat((state, features), -1)
        windows = features.unfold(-1, self.context + 1, 1)  # [batch, ..., frame, context + 1]
        windows = windows.transpose(2, 3).flatten(1, 2)
        past = features.shape[-1] - self.context
        return self._run(0, windows), features[..., past:]

    def _run(self, number: int, features: Tensor) -> Tensor:
        layers = self.stages[number]
        output = layers(features.transpose(1, 2)).transpose(1, 2)
        return output.unflatten(1, (-1, self.freqs))


def _affine_layers(widths: list[int]) -> nn.Sequential:
    """Fully connected layers from width to width, with ReLU between them."""
    layers = []
    for inputs, outputs in pairwise(widths):
        layers.append(nn.Linear(inputs, outputs))
        layers.append(nn.ReLU())
    layers.pop()
    return nn.Sequential(*layers)
