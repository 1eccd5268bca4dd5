"""Tables of scores whose answers are known, and a name that nobody should give a system."""

import numpy as np
import pandas as pd

from reporting.scoring import IDENTITY

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
            HOSTILE,
            "a",
            f"{HOSTILE}{number}",
            "F",
            1.5,
            0.7,
            snr + rng.random(),
            "",
        ]
        for name in ("mixture", "oracle", system)
        for number, (snr, seen) in enumerate([(-5.0, True), (10.0, True), (-5.0, False), (10.0, False)])
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
            "white",
            "a",
            f"s{number % 10}",
            "FM"[number % 2],
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
