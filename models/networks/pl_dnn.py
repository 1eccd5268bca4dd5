"""Progressive feed-forward network (Gao et al., 2016), in the causal form that the PL-CRNN paper compares with."""

from itertools import pairwise

import torch
from torch import Tensor, nn

from models.networks.progressive import Progressive
from models.targets.target import Target


class PLDNN(Progressive):
    """`stages` stages of `layers` fully connected layers with ReLU and an affine one.

    The first stage sees the current frame and `context` past ones, each later stage what `Progressive` shows it of the
    current frame: with the paper's dense=false the estimate of the stage before.
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
        self.freqs, self.context = freqs, context
        inputs = [
            freqs * (context + 1),
            *(freqs * self.inputs(number) for number in range(2, stages + 1)),
        ]
        self.stages = nn.ModuleList(
            _affine_layers([size, *[hidden] * layers, freqs]) for size in inputs
        )

    def initial_stage_state(self, number: int, batch: int) -> Tensor:
        """The frames before the first one, which the first stage alone sees: [batch, freq, frame]."""
        return self.zeros(batch, self.freqs, self.context if number == 0 else 0)

    def stage(self, number: int, seen: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """See `Progressive.stage`."""
        features = seen.flatten(1, 2)  # [batch, input * freq, frame]
        if number > 0:
            return self._run(number, features), state
        features = torch.cat((state, features), -1)
        windows = features.unfold(-1, self.context + 1, 1)  # [batch, freq, frame, context + 1]
        return self._run(0, windows.transpose(2, 3).flatten(1, 2)), features[
            ..., features.shape[-1] - self.context :
        ]

    def _run(self, number: int, features: Tensor) -> Tensor:
        return self.stages[number](features.transpose(1, 2)).transpose(1, 2)


def _affine_layers(widths: list[int]) -> nn.Sequential:
    layers = []
    for inputs, outputs in pairwise(widths):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])
