"""A trained run of separation as a system: rebuilt from its config, its weights loaded."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from omegaconf import DictConfig

from models.building import estimator_parts
from models.run import content_of, load_weights, run_config
from models.separation.network import SeparationNetwork
from models.separator import Separator
from models.system import Answer, OfRun
from text.answers import TALKERS


def separator_parts(cfg: DictConfig) -> dict[str, Any]:
    """The arguments of `Separator` that a training config describes.

    Raises ValueError for an invalid part of it.
    """
    return estimator_parts(cfg, cfg.task, SeparationNetwork)


def load_separator(run: Path) -> Separator:
    """The trained separator of a run: its best epoch on validation; raises as `load_run` does."""
    separator = Separator(**separator_parts(run_config(run)))
    load_weights(separator, run)
    return separator.eval()


class TrainedSeparation(OfRun):
    """The model of a separation run, at its best epoch on validation.

    folder: of the run. content: the fingerprint of the folder, see `models.run.content_of`.
    """

    gives = TALKERS

    def __init__(self, folder: Path, separator: Separator, content: str):
        self.folder = folder
        self.separator = separator
        self.content = content

    @classmethod
    def load(cls, folder: Path, device: str = "cpu") -> "TrainedSeparation":
        """The run in `folder`, on `device`; raises as `load_separator` does."""
        return cls(folder, load_separator(folder).to(device), content_of(folder))

    def answers(self, batch: Mapping[str, Any]) -> Sequence[Answer]:
        """The waveforms of all talkers, in the network's order: [talker, time] each."""
        return list(self.separator.separate(batch["mixture"]).cpu().double().numpy())

    @property
    def made_of(self) -> Any:
        """Its config and weights."""
        return self.content
