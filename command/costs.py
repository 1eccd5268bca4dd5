"""The costs of the networks of conf/network (PL-CRNN, Table 6)."""

from pathlib import Path

import pandas as pd
from hydra import compose
from omegaconf import DictConfig

from command.announcement import say
from models.cost import Costs
from models.known_costs import known_costs
from options.choices import CONF


def cost_table(cfg: DictConfig) -> pd.DataFrame:
    """One row per option of conf/network at the config's rate and STFT.

    Columns: network, and the costs of `models.cost.costs` with untrained weights, which cost the
    same as trained ones. Each network is measured once per version of the code and machine.
    """
    options = (CONF / "network").glob("*.yaml")
    names = sorted(path.stem for path in options)
    return pd.DataFrame([{"network": name, **_costs(name, cfg)} for name in names])


def _costs(name: str, cfg: DictConfig) -> Costs:
    # Composed as in train.py; only the network, the rate and the STFT matter here.
    training = compose("train", [f"network={name}", f"sample_rate={cfg.sample_rate}"])
    training.stft = cfg.stft
    return known_costs(training, Path(cfg.cache), say)
