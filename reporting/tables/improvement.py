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
    """`scores` minus the scores of the unprocessed mixture.

    A difference is NaN if either score is.
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

    Each mean is over the mixtures for which both have the score.
    """
    names = score_names(scores)
    systems = improved(scores).groupby("system", sort=False)
    means = systems[names].mean()
    return means.drop(index=MIXTURE)


def ranked(scores: pd.DataFrame) -> list[str]:
    """Systems, best first, without mixture and oracle.

    They are sorted by the improvement of the score of `ranking`. Systems that have this score for
    fewer than half of their mixtures come last, because these mixtures may be easy.
    """
    gains = improved(scores)
    by_score = ranking(score_names(scores))
    competing = gains[~gains.system.isin((MIXTURE, *KNOWING))]
    groups = competing.groupby("system", sort=False)[by_score]
    mostly = groups.count() >= groups.size() / 2
    table = pd.DataFrame({"mostly": mostly, "gain": groups.mean() * facts(by_score).sign})
    table = table.sort_values(["mostly", "gain"], ascending=False)
    return table.index.tolist()
