"""A trained run as a system."""

from pathlib import Path
from typing import Any

from torch import Tensor

from models.enhancer import Enhancer
from models.run import content_of, load_run
from models.system import Enhancing


class TrainedRun(Enhancing):
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

        Empty where it has no more than one.
        """
        count = self.enhancer.network.stage_count
        if count == 1:
            return []
        systems = []
        for stage in range(1, count + 1):
            systems.append(TrainedRun(self.folder, self.enhancer, self.content, stage))
        return systems

    def enhance(self, mixture: Tensor) -> Tensor:
        """By its network: [batch, time] -> [batch, time]."""
        from_zero = None if self.stage is None else self.stage - 1
        return self.enhancer.enhance(mixture, stage=from_zero)

    @property
    def made_of(self) -> Any:
        """Its config and weights, and the stage."""
        return [self.content, self.stage]
