"""What systems add to the scores of the unprocessed mixture, mixture by mixture."""

import pandas as pd

from reporting.scores_table import IDENTITY, MIXTURE, ORACLE
from reporting.tables.headline import headlines


def score_names(scores: pd.DataFrame) -> list[str]:
    """The columns of `scores` that hold scores."""
    return [name for name in scores.columns if name not in (*IDENTITY, "failed")]


def improved(scores: pd.DataFrame) -> pd.DataFrame:
    """`scores` with every score less that of the unprocessed mixture: NaN where either of the two has none."""
    key, names = ["sample_rate", "mixture_id"], score_names(scores)
    mixture = scores[scores.system == MIXTURE].set_index(key)[names]
    return scores.assign(
        **scores[names] - mixture.reindex(pd.MultiIndex.from_frame(scores[key])).to_numpy()
    )


def improvements(scores: pd.DataFrame) -> pd.DataFrame:
    """Mean improvement over the unprocessed mixture: system x score, over the mixtures that both have a score for."""
    systems = improved(scores).groupby("system", sort=False)[score_names(scores)].mean()
    return systems.drop(index=MIXTURE)


def ranked(scores: pd.DataFrame) -> list[str]:
    """Systems, best first, mixture and oracle aside: by what they add to the SDR, else to the first headline score.

    Those come last that have this score for fewer than half of their mixtures: what it rests on may be easy ones.
    """
    tested = improved(scores)
    by_score = "sdr" if "sdr" in tested else headlines(tested)[0]
    groups = tested[~tested.system.isin((MIXTURE, ORACLE))].groupby("system", sort=False)[by_score]
    table = pd.DataFrame({"mostly": 2 * groups.count() >= groups.size(), "gain": groups.mean()})
    return table.sort_values(["mostly", "gain"], ascending=False).index.tolist()
