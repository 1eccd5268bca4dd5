"""Tables of scores whose answers are known, runs to go with them, and a name that nobody should give a system."""

from pathlib import Path

import numpy as np
import pandas as pd
from omegaconf import OmegaConf

from reporting.scores_table import IDENTITY
from reporting.tables.runs import Run

HOSTILE = "<script>alert('\"é')</script>"


def scores(system: str = "net") -> pd.DataFrame:
    rng = np.random.default_rng(0)
    rows = [
        [
            name,
            f"test-{number}",
            16000,
            snr,
            seen,
            "n1",
            HOSTILE,
            "a",
            f"{HOSTILE}{number}",
            "F",
            "",
            1.5,
            0.7,
            snr + rng.random(),
            "",
        ]
        for name in ("mixture", "oracle", system)
        for number, (snr, seen) in enumerate(
            [(-5.0, True), (10.0, True), (-5.0, False), (10.0, False)]
        )
    ]
    return pd.DataFrame(rows, columns=[*IDENTITY, "pesq_nb_raw", "stoi", "sdr", "failed"])


def many(systems=("mixture", "oracle", "worse", "better")) -> pd.DataFrame:
    """Forty mixtures of ten speakers, on which each system is clearly better than the one before."""
    rng = np.random.default_rng(0)
    rows = [
        [
            name,
            f"test-{number}",
            16000,
            float(snr),
            seen,
            f"n{number % 4}",
            "white",
            "a",
            f"s{number % 10}",
            "FM"[number % 2],
            "",
            1.0 + step,
            0.5,
            float(snr + step),
            "",
        ]
        for step, name in enumerate(systems)
        for number, (snr, seen, shift) in enumerate(
            (s, n, rng.random()) for s in (-5, 10) for n in (True, False) for _ in range(10)
        )
    ]
    return pd.DataFrame(rows, columns=[*IDENTITY, "pesq_nb_raw", "stoi", "sdr", "failed"])


def run(stages: int, folder: str = "runs/x") -> Run:
    curve = {
        "epoch": [0, 1],
        "step": [5, 10],
        "train_loss": [2.0, 1.0],
        "validation_loss": [3.0, 2.0],
    }
    costs = {
        "parameters": 1000,
        "macs_per_frame": 10,
        "macs_per_second": 10**stages,
        "cpu_seconds_per_second": 0.1,
    }
    parts = {part: {"_target_": f"some.{part}"} for part in ("network", "target", "level")}
    config = OmegaConf.create({**parts, "sample_rate": 8000, "secret": HOSTILE})
    config.network.stages = stages
    times = pd.DataFrame({"epoch": [0, 1], "seconds": [60.0, 33.0], "machine": "a computer"})
    weights = f"of {stages} stages"
    return Run(Path(folder), config, pd.DataFrame(curve), costs, weights=weights, times=times)
