"""Weaknesses of a system: its smallest improvements, and the mixtures that it makes worse."""

import pandas as pd

from metrics.known import facts
from reporting.scores_table import MIXTURE
from reporting.tables.headline import headlines
from reporting.tables.improvement import improved, score_names
from reporting.tables.summary import summarise_by, wide


def least_improved(scores: pd.DataFrame, system: str, column: str, most: int = 5) -> pd.DataFrame:
    """The `most` values of `column` at which `system` improves the mixture least.

    Sorted by the first headline score. Columns: mixtures, and the mean improvements of these
    scores, in their units.
    """
    tested = scores[scores.system.isin((MIXTURE, system))]
    summary = summarise_by(tested, column)
    gains = wide(summary, column, ["gain"])["gain"].loc[system].unstack(0)
    shown = gains[headlines(gains)]
    own = tested[tested.system == system]
    mixtures = own.groupby(column).size()
    first = shown.columns[0]
    order = (shown[first] * facts(first).sign).sort_values(kind="stable").index
    table = shown.loc[order].head(most)
    table.insert(0, "mixtures", [int(mixtures[value]) for value in table.index])
    table.index = [f"{value:g}" if isinstance(value, float) else value for value in table.index]
    return table.rename_axis(columns=None)


def worsened(scores: pd.DataFrame, system: str) -> str:
    """The share of mixtures that a system made worse, in a sentence; "" if no score shows it."""
    gains = improved(scores)
    own = gains[gains.system == system]
    losses = {}
    for score in headlines(score_names(scores)):
        limit = facts(score).noticeable
        if limit is not None:
            losses[score] = own[score] * facts(score).sign < -limit
    if not losses:
        return ""
    parts = [f"{_share(lost)} by more than {_limit(score)}" for score, lost in losses.items()]
    if len(parts) > 1:
        either = pd.DataFrame(losses).any(axis=1)
        parts.append(f"{_share(either)} by one or the other")
    return f"Of {len(own)} mixtures it makes worse: {', '.join(parts)}."


def _share(which: pd.Series) -> str:
    return f"{100 * which.mean():.1f} %"


def _limit(score: str) -> str:
    known = facts(score)
    unit = "points of " if known.unit == "%" else f"{known.unit} of " if known.unit else ""
    return f"{known.noticeable * known.factor:g} {unit}{known.label}"
