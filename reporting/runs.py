"""A trained run as a report tells of it: what was trained, on what, how far, and what it costs."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from omegaconf import DictConfig, OmegaConf

from models.cost import costs
from models.run import CURVE, load_run, run_config


class Run(NamedTuple):
    """curve: see models.training.Curve. costs: see models.cost."""

    folder: Path
    config: DictConfig
    curve: pd.DataFrame
    costs: Mapping[str, float]

    @property
    def stages(self) -> int | None:
        """How many stages its network has; None where it is not progressive."""
        return OmegaConf.select(self.config, "network.stages")

    @property
    def kind(self) -> str:
        """Network and target, by their classes."""
        return " ".join(_class(self.config[part]) for part in ("network", "target"))

    @property
    def yaml(self) -> str:
        """Its whole config."""
        return OmegaConf.to_yaml(self.config)

    def told(self) -> dict[str, str]:
        """What a reader wants to know of it first."""
        best = self.curve.loc[self.curve.validation_loss.idxmin()] if self.curve.validation_loss.notna().any() else None
        told = {
            "network": f"{self.config.network} at {self.config.sample_rate} Hz",
            "target": str(self.config.target),
            "level": str(self.config.level),
            "trained": f"{len(self.curve)} epochs, {int(self.curve.step.max())} steps",
            "costs": f"{self.costs['parameters']:,} parameters, {self.costs['macs_per_second']:,} multiply-adds and "
            f"{self.costs['cpu_seconds_per_second']:.3f} s on one core per second of audio",
            "folder": str(self.folder),
        }
        if best is not None:
            told["trained"] += f"; best validation loss {best.validation_loss:.4g} in epoch {int(best.epoch) + 1}"
        return told


def read_run(folder: Path) -> Run:
    """The run in `folder`; its network is built to count and time it."""
    return Run(folder, run_config(folder), pd.read_csv(folder / CURVE), costs(load_run(folder)))


def cost_rows(runs: Mapping[str, Run]) -> pd.DataFrame:
    """What every run costs: system, and the columns of models.cost."""
    return pd.DataFrame([{"system": name, **run.costs} for name, run in runs.items()])


def _class(node: DictConfig) -> str:
    return str(node["_target_"]).rpartition(".")[2]
