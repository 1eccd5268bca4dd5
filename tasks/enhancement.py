"""Speech enhancement: from a mixture to its clean speech."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from omegaconf import DictConfig

from dsp.stft import STFT
from models.baselines.oracle import Oracle
from models.baselines.unprocessed import Unprocessed
from models.cost import Costs
from models.enhancer import require_limit
from models.known_costs import known_costs
from models.system import System
from models.system_names import MIXTURE
from models.targets.iam import IAM
from models.targets.target import Target
from models.trained import TrainedRun
from options.build import build
from options.run_options import PARTS
from tasks.task import Task
from text.words import ENHANCEMENT

if TYPE_CHECKING:
    from datagen.datamodule import PlanData
    from datagen.recordings import RecordingsCallback
    from models.enhancement_learner import EnhancementLearner


class Enhancement(Task):
    """A network learns its target from mixtures of a plan."""

    groups: ClassVar[tuple[str, ...]] = PARTS
    words = ENHANCEMENT

    def __init__(self, attenuation_limit_db: float | None = None):
        require_limit(attenuation_limit_db)

    def learner(self, cfg: DictConfig) -> EnhancementLearner:
        """See models.enhancement_learner."""
        from models.enhancement_learner import build_learner

        return build_learner(cfg)

    def batches(self, cfg: DictConfig, on_recordings: RecordingsCallback) -> PlanData:
        """Mixtures with their clean speech and noise."""
        from datagen.mixtures import mixtures

        return mixtures(cfg, on_recordings)

    def system(self, run: Path, device: str) -> TrainedRun:
        """The run's enhancer; its network is built on first use."""
        return TrainedRun(run, device)

    def beside(self, cfg: DictConfig) -> dict[str, System]:
        """The unprocessed mixture, the ideal values of the target `oracle`, and another ideal mask.

        This is the phase-sensitive mask, which has the best magnitudes for the mixture's phase.
        """
        stft = STFT(cfg.sample_rate, **cfg.stft).to(cfg.device)
        targets = build(cfg.oracle, Target), IAM(phase_sensitive=True)
        ideal = {target.ideal_name: Oracle(stft, target) for target in targets}
        return {MIXTURE: Unprocessed(cfg.sample_rate), **ideal}

    def costs(self, cfg: DictConfig, cache: Path, say: Callable[[str], object]) -> Costs:
        """The costs of the network, for the STFT and the target of the config."""
        return known_costs(cfg, cache, say)
