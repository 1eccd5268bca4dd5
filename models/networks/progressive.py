"""Networks of successive stages; each stage sees estimates of the earlier stages."""

from abc import abstractmethod
from typing import Any

import torch
from torch import Tensor

from models.networks.network import CausalNetwork
from models.targets.target import Target


class Progressive(CausalNetwork):
    """A causal network of one or more stages (Li et al., PL-CRNN, section 3.3).

    dense: a stage sees the mixture and the estimates of all earlier stages; otherwise it sees only
    the estimate of the stage before (the first stage sees the mixture). average: the final estimate
    is the mean of all stages' estimates (post-processing) instead of the last stage's.

    Its state is a list of one state per stage.
    """

    def __init__(self, target: Target, stages: int, dense: bool, average: bool):
        super().__init__(target, stages)
        self.dense = dense
        self.average = average

    def inputs(self, stage: int) -> int:
        """The number of inputs of `stage` (from 1) for each bin."""
        seen = stage if self.dense else 1
        return seen * self.target.component_count

    @abstractmethod
    def stage(self, number: int, seen: Tensor, state: Any) -> tuple[Tensor, Any]:
        """The output of stage `number` (from 0), and the state to carry on.

        Shapes: seen [batch, input, freq, frame] -> [batch, component, freq, frame].
        """

    @abstractmethod
    def initial_stage_state(self, number: int, batch: int) -> Any:
        """The state of stage `number` (from 0) before the first frame."""

    def initial_state(self, batch: int) -> list:
        """See `CausalNetwork.initial_state`."""
        return [self.initial_stage_state(number, batch) for number in range(self.stage_count)]

    def advance(self, mixture: Tensor, state: list) -> tuple[Tensor, list]:
        """See `CausalNetwork.advance`."""
        seen = [mixture]
        carried = []
        for number, before in enumerate(state):
            used = seen if self.dense else seen[-1:]
            output, after = self.stage(number, torch.cat(used, 1), before)
            estimate = self.target.estimate(output, mixture)
            seen.append(estimate)
            carried.append(after)
        return torch.stack(seen[1:], 1), carried

    def final(self, estimates: Tensor) -> Tensor:
        """See `Network.final`."""
        if self.average:
            return estimates.mean(1)
        return estimates[:, -1]
