"""The mixtures that systems make worse, and their share."""

from collections.abc import Mapping, Sequence
from math import isnan
from typing import NamedTuple

import pandas as pd

from metrics.known import facts
from reporting.scores_table import MIXTURE
from reporting.tables.headline import headlines
from reporting.tables.improvement import improved, ranked, score_names

WORST = 10  # mixtures per system and score
WORST_OF = 8  # systems whose worst mixtures are on a page, the best systems
COLUMNS = ["system", "score", "mixture_id", "snr_db", "noise_type", "before", "after", "change"]
KEY = ["sample_rate", "mixture_id"]


class Lost(NamedTuple):
    """A mixture that systems make worse. losses: by system."""

    mixture_id: str
    losses: Mapping[str, str]


def worst(scores: pd.DataFrame, systems: Sequence[str], most: int = WORST) -> pd.DataFrame:
    """COLUMNS of the mixtures with the greatest loss of each system and headline score.

    The greatest loss comes first; only losses are listed. Values are in the score's unit, as text.
    """
    gains = improved(scores)
    rows = []
    for system in systems:
        for score in headlines(score_names(scores)):
            known = facts(score)
            change = gains[score][gains.system == system] * known.sign
            lost = change[change < 0].sort_values(kind="stable").head(most)
            for place in lost.index:
                row, after, gain = (
                    scores.loc[place],
                    scores.at[place, score],
                    gains.at[place, score],
                )
                rows.append(
                    [
                        system, known.head, row.mixture_id, snr_text(row.snr_db), row.noise_type,
                        known.shown(after - gain), known.shown(after), known.shown(gain, "+"),
                    ]
                )  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def worst_of(scores: pd.DataFrame) -> pd.DataFrame:
    """`worst` of the best systems."""
    return worst(scores, ranked(scores)[:WORST_OF])


def lost(table: pd.DataFrame) -> list[Lost]:
    """The mixtures of `worst_of`, each once: first the worst of each system and score, and so on.

    A page thus has a player of each system's greatest loss before any smaller loss.
    """
    place = table.groupby(["system", "score"], sort=False).cumcount()
    in_order = table.assign(place=place).sort_values("place", kind="stable")
    found = []
    for mixture_id in in_order.mixture_id.unique():
        losses: dict[str, list[str]] = {}
        for row in table[table.mixture_id == mixture_id].itertuples():
            losses.setdefault(row.system, []).append(f"{row.score} {row.change}")
        found.append(Lost(mixture_id, {name: ", ".join(said) for name, said in losses.items()}))
    return found


def snr_text(snr_db: float) -> str:
    """An SNR in a table or a legend."""
    return "unknown" if isnan(snr_db) else f"{snr_db:g}"


def how_often(scores: pd.DataFrame, systems: Sequence[str]) -> pd.DataFrame:
    """System x headline score: the share of mixtures that a system makes worse, in per cent.

    Worse means by more than a noticeable difference, if the metric defines one. Only mixtures count
    for which both have the score.
    """
    gains = improved(scores)
    shares = {}
    for score in headlines(score_names(scores)):
        known = facts(score)
        limit = known.noticeable or 0.0
        by_system = {}
        for system in systems:
            change = (gains[score][gains.system == system] * known.sign).dropna()
            by_system[system] = 100 * float((change < -limit).mean()) if len(change) else None
        more = f" by more than {known.shown(limit)} {known.unit}".rstrip() if limit else ""
        shares[f"{known.label}{more}"] = pd.Series(by_system, dtype=float)
    return pd.DataFrame(shares, index=list(systems))


def before_and_after(scores: pd.DataFrame, system: str, score: str) -> pd.DataFrame:
    """snr_db, before and after of one system, in the score's unit; without missing values."""
    factor = facts(score).factor
    values = scores.set_index(KEY)[["system", "snr_db", score]]
    own = values[values.system == system]
    before = values[score][values.system == MIXTURE].reindex(own.index)
    table = pd.DataFrame(
        {"snr_db": own.snr_db, "before": before * factor, "after": own[score] * factor}
    )
    return table.dropna(subset=["before", "after"]).reset_index(drop=True)  # snr_db may be unknown
