"""What a system is bad at, out of its scores: where it adds least, and what it makes worse."""

import pandas as pd

from reporting.scores_table import MIXTURE
from reporting.tables.headline import HEADLINE, headlines
from reporting.tables.improvement import improved
from reporting.tables.summary import summarise_by, wide

WORSE = {"pesq_nb_raw": 0.1, "stoi": 0.02}  # a loss of so much is worth a word


def least_improved(scores: pd.DataFrame, system: str, column: str, most: int = 5) -> pd.DataFrame:
    """The values of `column` at which `system` adds least to the mixture, `most` of them.

    Sorted by the first headline score; columns mixtures, and the mean improvements of these scores,
    STOI in per cent.
    """
    tested = scores[scores.system.isin((MIXTURE, system))]
    summary = summarise_by(tested, column)
    gains = wide(summary, column, "gain").loc[system].unstack(0)
    shown = gains[headlines(gains)]
    own = tested[tested.system == system]
    mixtures = own.groupby(column).size()
    table = shown.sort_values(shown.columns[0], kind="stable").head(most)
    table.insert(0, "mixtures", [int(mixtures[value]) for value in table.index])
    table.index = [f"{value:g}" if isinstance(value, float) else value for value in table.index]
    return table.rename_axis(columns=None)


def worsened(scores: pd.DataFrame, system: str) -> str:
    """What part of its mixtures a system made worse, in a sentence; "" where no score tells."""
    gains = improved(scores)
    own = gains[gains.system == system]
    losses = {}
    for score, limit in WORSE.items():
        if score in own:
            losses[score] = own[score] < -limit
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
    info = HEADLINE[score]
    unit = "points of " if info.unit == "%" else ""
    return f"{WORSE[score] * info.factor:g} {unit}{info.label}"
