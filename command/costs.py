"""What the networks of conf/network cost (PL-CRNN, Table 6)."""

from pathlib import Path

import pandas as pd
from hydra import compose
from omegaconf import DictConfig

from command.announcement import say
from models.cost import Costs
from models.known_costs import known_costs
from options.choices import CONF


def cost_table(cfg: DictConfig) -> pd.DataFrame:
    """One row per option of conf/network at the config's rate and transform.

    Columns: network, and what `models.cost.costs` tells of it, with untrained weights: they cost
    the same. What a network of this build and machine costs is measured once.
    """
    options = (CONF / "network").glob("*.yaml")
    names = sorted(path.stem for path in options)
    return pd.DataFrame([{"network": name, **_costs(name, cfg)} for name in names])


def _costs(name: str, cfg: DictConfig) -> Costs:
    # Composed as train.py would; only the network, the rate and the transform matter here.
    training = compose("train", [f"network={name}", f"sample_rate={cfg.sample_rate}"])
    training.stft = cfg.stft
    return known_costs(training, Path(cfg.cache), say)
