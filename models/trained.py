"""A trained run as a system."""

from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from models.enhancer import Enhancer
from models.run import content_of, load_run
from models.system import Enhancing, OfRun


class TrainedRun(Enhancing, OfRun):
    """What a run has learned, at its best epoch on validation.

    folder: of the run, or of what was published of it. content: names what is in it, see
    `models.run.content_of`. stage: the one whose estimate is made audible, from 1; None: what the
    network holds for final.
    """

    def __init__(self, folder: Path, enhancer: Enhancer, content: str, stage: int | None = None):
        super().__init__(enhancer.stft.sample_rate)
        self.folder = folder
        self.enhancer = enhancer
        self.content = content
        self.stage = stage

    @classmethod
    def load(cls, folder: Path, device: str = "cpu") -> "TrainedRun":
        """The run in `folder`, to enhance on `device`; raises as `load_run` does."""
        enhancer = load_run(folder).to(device)
        return cls(folder, enhancer, content_of(folder))

    def stages(self) -> list["TrainedRun"]:
        """Each of its stages, from the first on, as a system of its own.

        Without the one whose estimate the run itself makes audible; empty where there is no other.
        """
        systems = []
        for stage in range(1, self.enhancer.network.stage_count + 1):
            if stage != self.heard:
                systems.append(TrainedRun(self.folder, self.enhancer, self.content, stage))
        return systems

    @cached_property
    def heard(self) -> int | None:
        """The stage whose estimate is made audible, from 1; None where they are averaged."""
        if self.stage is not None:
            return self.stage
        network = self.enhancer.network
        shape = network.stage_count, network.target.component_count, self.enhancer.stft.freqs, 1
        estimates = torch.rand(1, *shape, generator=torch.Generator().manual_seed(0))
        final = network.final(estimates)
        for number in range(network.stage_count):
            if torch.equal(final, estimates[:, number]):
                return number + 1
        return None

    def enhance(self, mixture: Tensor) -> Tensor:
        """By its network: [batch, time] -> [batch, time]."""
        from_zero = None if self.stage is None else self.stage - 1
        return self.enhancer.enhance(mixture, stage=from_zero)

    @property
    def made_of(self) -> Any:
        """Its config and weights, and the stage."""
        return [self.content, self.stage]
