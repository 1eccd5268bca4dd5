"""Separation: from a mixture of two talkers to the speech of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from omegaconf import DictConfig, OmegaConf

from dsp.stft import STFT
from models.baselines.talkers import IdealRatioMask, Unseparated
from models.cost import Costs, costs
from models.enhancer import Enhancer
from models.known_costs import cached_costs
from models.separator import Separator
from models.system import System
from models.system_names import MIXTURE, ORACLE
from models.trained_separation import TrainedSeparation, load_separator, separator_parts
from tasks.task import Task
from text.words import Words

if TYPE_CHECKING:
    from datagen.datamodule import PlanData
    from datagen.pairs.pairs import PairedTest
    from datagen.recordings import RecordingsCallback
    from models.separation_learner import SeparationLearner


class Separation(Task):
    """A network learns an estimate of each talker from mixtures of a plan with a second talker."""

    groups: ClassVar[tuple[str, ...]] = ("level",)
    words = Words(
        "Separation",
        conditions="talkers",
        snr="level difference",
        oracle="The oracle is the ideal ratio mask, which knows both talkers.",
    )

    def learner(self, cfg: DictConfig) -> SeparationLearner:
        """See models.separation_learner."""
        from models.separation_learner import build_learner

        return build_learner(cfg)

    def batches(self, cfg: DictConfig, on_recordings: RecordingsCallback) -> PlanData:
        """Mixtures with both talkers: one is clean, the other is noise."""
        from datagen.mixtures import mixtures

        _require_talkers(cfg)
        return mixtures(cfg, on_recordings)

    def system(self, run: Path, device: str) -> TrainedSeparation:
        """The run's separator, from a mixture to the waveforms of its talkers."""
        self.own_config(run)
        return TrainedSeparation.load(run, device)

    def beside(self, cfg: DictConfig) -> dict[str, System]:
        """The unprocessed mixture, and the ideal ratio mask."""
        oracle = IdealRatioMask(STFT(cfg.sample_rate, **cfg.stft).to(cfg.device))
        return {MIXTURE: Unseparated(), ORACLE: oracle}

    def test(self, cfg: DictConfig) -> PairedTest:
        """The test of the config's plan, whose references are the talkers."""
        from datagen.talkers import TalkerSignals

        _require_talkers(cfg)
        test = super().test(cfg)
        return test._replace(audio=TalkerSignals(test.audio))

    def enhancers(self, run: Path) -> Mapping[str, Enhancer]:
        """An enhancer per talker, `talker1`, ...; a talker keeps its file within a recording."""
        separator = load_separator(run)
        numbers = range(separator.network.talkers)
        return {f"talker{number + 1}": separator.talker(number) for number in numbers}

    def costs(self, cfg: DictConfig, cache: Path, say: Callable[[str], object]) -> Costs:
        """The costs of the network with one of its outputs, as it runs once for all outputs."""
        one = Separator(**separator_parts(cfg)).talker(0)
        identity = [OmegaConf.to_container(cfg.task, resolve=True), one.stft.made_of]
        name = cfg.task.network["_target_"].rpartition(".")[2]
        return cached_costs(identity, lambda: costs(one), name, cache, say)


def _require_talkers(cfg: DictConfig) -> None:
    """Raise ValueError if mixtures have no second talker."""
    if not cfg.plan.second_talker:
        raise ValueError(
            "task=separation: plan.second_talker=false has no second talker; choose "
            "experiment=two_talkers, or set plan.second_talker=true and leave out the noise"
        )
