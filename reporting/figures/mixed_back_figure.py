"""Scores over the share of the mixture that is added back to the output of runs."""

from collections.abc import Mapping
from itertools import cycle

import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from metrics.known import facts
from reporting.figures.drawing import (
    MARKERS,
    MOST,
    STYLE,
    Drawing,
    axes,
    drawing,
    legend,
    line_with_bars,
)
from reporting.scores_table import MIXTURE, shares_mixed_back
from reporting.tables.headline import headlines
from reporting.tables.summary import MEAN, conditions
from reporting.tables.wording import words

NOTE = "Means over all SNRs, with 95 % intervals; at 1 there is nothing but the mixture."


def mixed_back_drawing(summary: pd.DataFrame) -> Drawing | None:
    """A panel per condition and headline score, a line per run; None if no mixture is added back.

    summary: see reporting.tables.summary.summarise.
    """
    runs = shares_mixed_back(summary.system.unique())
    if not runs:
        return None
    shown = dict(list(runs.items())[:MOST])
    means = summary[summary.snr_db == MEAN]
    rows_of = dict(conditions(means))
    scores = headlines(summary.score)
    with rc_context(STYLE):
        figure = Figure((10.2, 2.7 * len(rows_of)), layout="constrained")
        panels = figure.subplots(len(rows_of), len(scores), squeeze=False)
        for panel_row, (condition, rows) in zip(panels, rows_of.items(), strict=True):
            for panel, score in zip(panel_row, scores, strict=True):
                _lines(panel, rows[rows.score == score], score, shown)
                panel.set_title(f"{facts(score).head}, {condition} {words().conditions}")
        legend(figure, panels[0, 0])
        return drawing(figure, "mixed_back", "Scores over the mixture added back", NOTE)


def _lines(
    panel: Axes, rows: pd.DataFrame, score: str, runs: Mapping[str, Mapping[float, str]]
) -> None:
    factor = facts(score).factor
    by_system = rows.set_index("system")
    for marker, (name, systems) in zip(cycle(MARKERS), runs.items()):
        line = by_system.reindex([*systems.values(), MIXTURE])
        points = line[["mean", "low", "high"]] * factor
        line_with_bars(panel, [*systems, 1.0], points, marker, name)
    axes(panel, "share of the mixture", facts(score).head)
