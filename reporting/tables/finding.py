"""What a report says first: what the best run did to the mixtures, in a sentence."""

import pandas as pd

from metrics.facts import Facts
from metrics.known import facts
from reporting.tables.headline import headlines
from reporting.tables.improvement import improved, ranked, score_names


def finding(scores: pd.DataFrame) -> str:
    """What the best run did to the mixtures of the test, on average: a sentence for every rate.

    scores: see reporting.scoring.score_plan.
    """
    if scores.sample_rate.nunique() > 1:
        sentences = []
        for rate, rows in scores.groupby("sample_rate"):
            sentence = finding(rows)
            sentences.append(f"At {rate} Hz: {sentence}")
        return " ".join(sentences)
    mixtures = scores.mixture_id.nunique()
    tested = f"{mixtures} mixtures"
    systems = ranked(scores)
    if not systems:
        untrained = ", ".join(scores.system.unique())
        return f"No trained system was put on the {tested}: {untrained} alone."
    best = systems[0]
    gains = improved(scores)
    gains_of_best = gains[gains.system == best]
    changes = []
    for score in headlines(score_names(scores)):
        change = _change(gains_of_best[score], facts(score))
        changes.append(change)
    listed = ", ".join(changes)
    return f"On {tested}, {best} changed the mixture on average by {listed}."


def _change(gains: pd.Series, of_score: Facts) -> str:
    """The mean of the gains of one score, and how many there are where some are missing."""
    change = of_score.change(gains.mean())
    known = gains.count()
    if 0 < known < len(gains):
        return f"{change} ({known} of {len(gains)} scored)"
    return change
