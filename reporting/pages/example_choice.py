"""Which mixtures are examples: for every SNR those that were improved most, least, and as usual."""

import pandas as pd

from reporting.scores_table import MIXTURE, ORACLE
from reporting.tables.improvement import improvements


def choose(scores: pd.DataFrame) -> list[tuple[str, str]]:
    """Title and mixture_id of the examples.

    By the SDR that the best system (or the oracle) adds to the mixture's. scores: see
    reporting.scoring.score_plan; empty where no mixture has an SDR.
    """
    gains = improvements(scores)
    if "sdr" not in gains or gains.sdr.isna().all():
        return []
    judged = _judged(gains.sdr)
    sdr = scores.pivot(
        index="mixture_id",
        columns="system",
        values="sdr",
    )
    added = sdr[judged] - sdr[MIXTURE]
    added = added.dropna().sort_values()
    mixtures = scores.drop_duplicates("mixture_id").set_index("mixture_id")
    snr_db = mixtures.snr_db
    chosen = []
    for snr in sorted(snr_db.unique()):
        at_snr = added[snr_db[added.index] == snr]
        for mixture_id, reason in _reasons(at_snr).items():
            change = f"{judged} adds {at_snr[mixture_id]:+.1f} dB of SDR"
            title = f"{snr:g} dB, {reason}: {change}"
            chosen.append((title, mixture_id))
    return chosen


def _judged(gains: pd.Series) -> str:
    """The system that examples are chosen by: the best, the oracle only where it is the only one.

    gains: of the SDR, by system.
    """
    systems = gains.drop(ORACLE, errors="ignore").dropna()
    if systems.empty:
        return gains.idxmax()
    return systems.idxmax()


def _reasons(added: pd.Series) -> dict[str, str]:
    """Why mixtures are shown, by mixture_id. added: to their SDR, in ascending order."""
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
