"""The first table of a report: means of every system."""

from collections.abc import Sequence

import pandas as pd

from reporting.scores_table import KNOWING, MIXTURE
from reporting.tables.grid import Grid, grid
from reporting.tables.summary import MEAN, conditions, wide
from reporting.tables.wording import words

MOST = 8  # systems besides mixture and oracle, the best ones


def overview(summary: pd.DataFrame, order: Sequence[str]) -> Grid:
    """Means over all SNRs: system x (headline score, condition), the best system first.

    summary: see `summarise`. order: systems, best first (see `ranked`); only the first MOST are
    shown.
    """
    tables = []
    for condition, rows in conditions(summary):
        means = rows[rows.snr_db == MEAN]
        tables.append(means.assign(condition=str(condition)))
    together = pd.concat(tables)
    present = set(together.system)
    shown = [MIXTURE, *order[:MOST], *KNOWING]
    shown = [name for name in shown if name in present]
    means = {what: of.reindex(shown) for what, of in wide(together, "condition").items()}
    several = (summary.snr_db != MEAN).any()
    return grid(title_of(order, several), means)


def title_of(order: Sequence[str], several: bool = True) -> str:
    """The title of the table; several: whether it has means over several SNRs."""
    over = f"Means over all {words().snr}s" if several else "Means"
    if len(order) > MOST:
        return f"{over}: the best {MOST} of {len(order)} systems"
    return over
