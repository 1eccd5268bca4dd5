"""Values that papers print, in the form of summary.csv, to stand beside ours."""

from pathlib import Path

import pandas as pd

from reporting.summary import MEAN
from reporting.systems import MIXTURE

SCORES = {"pesq": ("pesq_nb_raw", 1.0), "stoi_percent": ("stoi", 0.01), "sdr_db": ("sdr", 1.0)}


def pl_crnn_paper() -> pd.DataFrame:
    """Tables 3 and 4 of the PL-CRNN paper (Li et al., 2020; TIMIT, 115 noises, 800 mixtures).

    Columns: noise, system, snr_db, score, mean, as `reporting.summary.summarise` has them. A system is a model and its
    target, "PL-CRNN IAM".
    """
    printed = pd.read_csv(Path(__file__).parent / "published" / "pl_crnn.csv", dtype={"snr_db": str})
    system = (printed.model + " " + printed.target.str.upper()).where(printed.model != "noisy", MIXTURE)
    score = printed.metric.map({metric: score for metric, (score, _) in SCORES.items()})
    mean = printed.value * printed.metric.map({metric: factor for metric, (_, factor) in SCORES.items()})
    snr_db = printed.snr_db.replace("avg", MEAN)
    return pd.DataFrame({"noise": printed.noise, "system": system, "snr_db": snr_db, "score": score, "mean": mean})
