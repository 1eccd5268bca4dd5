"""Improvements over the unprocessed mixture, mixture by mixture."""

import pandas as pd

from metrics.known import facts
from reporting.scores_table import IDENTITY, KNOWING, MIXTURE
from reporting.tables.headline import ranking


def score_names(scores: pd.DataFrame) -> list[str]:
    """The columns of `scores` that hold scores."""
    others = (*IDENTITY, "failed")
    return [name for name in scores.columns if name not in others]


def improved(scores: pd.DataFrame) -> pd.DataFrame:
    """`scores` with every score less that of the unprocessed mixture.

    A score is NaN where either of the two is.
    """
    key = ["sample_rate", "mixture_id"]
    names = score_names(scores)
    mixtures = scores[scores.system == MIXTURE].set_index(key)[names]
    mixture_of_row = pd.MultiIndex.from_frame(scores[key])
    unprocessed = mixtures.reindex(mixture_of_row).to_numpy()
    gains = scores[names] - unprocessed
    return scores.assign(**gains)


def improvements(scores: pd.DataFrame) -> pd.DataFrame:
    """Mean improvement over the unprocessed mixture: system x score.

    Each is over the mixtures that both have a score for.
    """
    names = score_names(scores)
    systems = improved(scores).groupby("system", sort=False)
    means = systems[names].mean()
    return means.drop(index=MIXTURE)


def ranked(scores: pd.DataFrame) -> list[str]:
    """Systems, best first, mixture and oracle aside.

    They go by what they add to the score of `ranking`, or take from it where the lower is the
    better. Those come last that have this score for fewer than half of their mixtures: what it
    rests on may be easy ones.
    """
    gains = improved(scores)
    by_score = ranking(score_names(scores))
    competing = gains[~gains.system.isin((MIXTURE, *KNOWING))]
    groups = competing.groupby("system", sort=False)[by_score]
    mostly = groups.count() >= groups.size() / 2
    table = pd.DataFrame({"mostly": mostly, "gain": groups.mean() * facts(by_score).sign})
    table = table.sort_values(["mostly", "gain"], ascending=False)
    return table.index.tolist()
