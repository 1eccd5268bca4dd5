"""What all networks share: stages in a row, each fed by estimates of those before it."""

from abc import ABC, abstractmethod
from typing import Any

import torch
from torch import Tensor, nn

from models.targets.target import Target


class Progressive(nn.Module, ABC):
    """A network of one or more stages (Li et al., PL-CRNN, section 3.3).

    dense: a stage sees the mixture and all estimates before it; otherwise only the estimate right before it (the first
    one the mixture). average: the enhanced magnitude is the mean of all stages' estimates (post-processing) instead of
    the last one's. A network is called with freqs and target by models.enhancer.

    Shapes: mixture magnitude [batch, freq, frame] -> estimates [batch, stage, freq, frame].
    Raises ValueError for fewer than one stage.
    """

    causal = True

    def __init__(self, target: Target, stages: int, dense: bool, average: bool):
        super().__init__()
        if stages < 1:
            raise ValueError(f"network.stages={stages}: must be at least 1")
        self.target, self.stage_count, self.dense, self.average = target, stages, dense, average

    def inputs(self, stage: int) -> int:
        """How many magnitudes `stage` (from 1) sees."""
        return stage if self.dense else 1

    @abstractmethod
    def stage(self, number: int, seen: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Output of stage `number` (from 0) and the state to carry; a `state` of None starts anew.

        Shapes: seen [batch, input, freq, frame] -> [batch, freq, frame].
        """

    def forward(self, mixture: Tensor) -> Tensor:
        """All frames at once: [batch, freq, frame] -> [batch, stage, freq, frame]."""
        return self.advance(mixture, None)[0]

    def advance(self, mixture: Tensor, state: list | None) -> tuple[Tensor, list]:
        """The next frames of a longer signal, and the state to pass with those after them; None starts anew."""
        seen, carried = [mixture], []
        for number, before in enumerate(state or [None] * self.stage_count):
            used = seen if self.dense else seen[-1:]
            output, after = self.stage(number, torch.stack(used, 1), before)
            seen.append(self.target.estimate(output, mixture))
            carried.append(after)
        return torch.stack(seen[1:], 1), carried

    def final(self, estimates: Tensor) -> Tensor:
        """The magnitude that is made audible: [batch, stage, freq, frame] -> [batch, freq, frame]."""
        return estimates.mean(1) if self.average else estimates[:, -1]
