"""What the networks of conf/network cost (PL-CRNN, Table 6)."""

import pandas as pd
from hydra import compose
from omegaconf import DictConfig
from tqdm import tqdm

from command.entry import CONF
from models.cost import costs
from models.run import build_enhancer


def cost_table(cfg: DictConfig) -> pd.DataFrame:
    """One row per option of conf/network at the config's rate and transform.

    Columns: network, parameters, macs_per_frame, macs_per_second, cpu_seconds_per_second (of one
    core of this machine, with untrained weights: they cost the same).
    """
    options = (CONF / "network").glob("*.yaml")
    names = sorted(path.stem for path in options)
    progress = tqdm(names, "costs", unit="network", leave=False, disable=None)
    rows = []
    for name in progress:
        progress.set_description(f"costs of {name}")  # some take seconds
        rows.append(_row(name, cfg))
    return pd.DataFrame(rows)


def _row(name: str, cfg: DictConfig) -> dict:
    # Composed as train.py would; only the network, the rate and the transform matter here.
    training = compose("train", [f"network={name}", f"sample_rate={cfg.sample_rate}"])
    training.stft = cfg.stft
    return {"network": name, **costs(build_enhancer(training))}
