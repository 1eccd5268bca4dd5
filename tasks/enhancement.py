"""Speech enhancement: from a mixture to its clean speech."""

from pathlib import Path
from typing import ClassVar

from omegaconf import DictConfig

from datagen.datamodule import PlanData
from datagen.mixtures import mixtures
from datagen.recordings import Hearing
from models.enhancement_learner import EnhancementLearner, build_learner
from models.trained import TrainedRun
from tasks.task import Task


class Enhancement(Task):
    """A network learns its target from mixtures of a plan."""

    groups: ClassVar[tuple[str, ...]] = ("network", "target", "level")

    def learner(self, cfg: DictConfig) -> EnhancementLearner:
        """See models.enhancement_learner."""
        return build_learner(cfg)

    def batches(self, cfg: DictConfig, heard: Hearing) -> PlanData:
        """Mixtures with their clean speech and noise."""
        return mixtures(cfg, heard)

    def system(self, run: Path, device: str) -> TrainedRun:
        """From mixture to enhanced waveform."""
        return TrainedRun.load(run, device)
