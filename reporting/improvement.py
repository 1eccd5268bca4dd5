"""What systems add to the scores of the unprocessed mixture, mixture by mixture."""

import pandas as pd

from reporting.headline import headlines
from reporting.scoring import IDENTITY
from reporting.systems import MIXTURE, ORACLE


def score_names(scores: pd.DataFrame) -> list[str]:
    """The columns of `scores` that hold scores."""
    return [name for name in scores.columns if name not in (*IDENTITY, "failed")]


def improved(scores: pd.DataFrame) -> pd.DataFrame:
    """`scores` with every score less that of the unprocessed mixture: NaN where either of the two has none."""
    key, names = ["sample_rate", "mixture_id"], score_names(scores)
    mixture = scores[scores.system == MIXTURE].set_index(key)[names]
    return scores.assign(**scores[names] - mixture.reindex(pd.MultiIndex.from_frame(scores[key])).to_numpy())


def improvements(scores: pd.DataFrame) -> pd.DataFrame:
    """Mean improvement over the unprocessed mixture: system x score, over the mixtures that both have a score for."""
    systems = improved(scores).groupby("system", sort=False)[score_names(scores)].mean()
    return systems.drop(index=MIXTURE)


def ranked(gains: pd.DataFrame) -> list[str]:
    """Systems by what they add to the SDR (else to the first headline score), the oracle aside; gains: improvements."""
    by_score = "sdr" if "sdr" in gains else headlines(gains)[0]
    return (
        gains.drop(index=ORACLE, errors="ignore").sort_values(by_score, ascending=False, kind="stable").index.tolist()
    )
