"""The choice of examples: the largest, the smallest and a typical improvement at each SNR."""

from math import isnan

import pandas as pd

from metrics.known import facts
from reporting.scores_table import KNOWING, MIXTURE
from reporting.tables.headline import ranking
from reporting.tables.improvement import improvements, score_names


def choose(scores: pd.DataFrame) -> list[tuple[str, str]]:
    """Title and mixture_id of the examples; none if no mixture has the score.

    The improvement is of the best system (or the oracle) by the score of `ranking`, usually the
    SDR. scores: see reporting.scoring.score_plan.
    """
    gains = improvements(scores)
    score = ranking(score_names(scores))
    known = facts(score)
    better = gains[score] * known.sign
    if better.isna().all():
        return []
    judged = _judged(better)
    values = scores.pivot(index="mixture_id", columns="system", values=score) * known.sign
    added = values[judged] - values[MIXTURE]
    added = added.dropna().sort_values()
    mixtures = scores.drop_duplicates("mixture_id").set_index("mixture_id")
    snr_db = mixtures.snr_db
    chosen = []
    for snr, at_snr in added.groupby(snr_db[added.index], dropna=False):
        for mixture_id, reason in _reasons(at_snr).items():
            amount = f"{known.shown(at_snr[mixture_id] * known.sign, '+')} {known.unit}".rstrip()
            change = f"{judged} changes {known.label} by {amount}"
            where = "" if isnan(snr) else f"{snr:g} dB, "
            title = f"{where}{reason}: {change}"
            chosen.append((title, mixture_id))
    return chosen


def _judged(gains: pd.Series) -> str:
    """The system by which examples are chosen: the best, or the oracle if there is no other.

    gains: of the score, by system; higher is better.
    """
    systems = gains.drop([*KNOWING], errors="ignore").dropna()
    if systems.empty:
        return gains.idxmax()
    return systems.idxmax()


def _reasons(added: pd.Series) -> dict[str, str]:
    """Why mixtures are shown, by mixture_id. added: their improvements, in ascending order."""
    if added.empty:
        return {}
    places = {
        "typical": len(added) // 2,
        "most improved": len(added) - 1,
        "least improved": 0,
    }
    reasons = {}
    for reason, place in places.items():
        reasons.setdefault(added.index[place], reason)
    return reasons
