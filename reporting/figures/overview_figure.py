"""The first figure of a report: mean improvement of every system, with its interval."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from metrics.known import facts
from reporting.figures.drawing import (
    MARKERS,
    STYLE,
    Drawing,
    axes,
    drawing,
    error_bars,
    label,
    legend,
)
from reporting.scores_table import KNOWING
from reporting.tables.headline import ranking
from reporting.tables.overview import MOST
from reporting.tables.summary import MEAN, conditions
from reporting.tables.wording import words

OVERVIEW = "overview"  # name of its files
NOTE = "Bars: 95 % intervals. The dashed line is {}{}."
APART = 0.24  # distance between conditions; the distance between systems is 1


def overview_figure(summary: pd.DataFrame, order: Sequence[str]) -> Drawing | None:
    """Mean improvement of the systems of `order` by the ranking score, the best on top.

    summary: see reporting.tables.summary.summarise. None without systems.
    """
    shown = list(order[:MOST])
    if not shown:
        return None
    score = ranking(summary.score.unique())
    means = summary[(summary.snr_db == MEAN) & (summary.score == score)]
    with rc_context(STYLE):
        figure = Figure((4.4, 1.5 + 0.34 * len(shown)), layout="constrained")
        panel = figure.subplots()
        panel.axvline(0, color="0.5", lw=0.8, ls="--")
        rows_of = dict(conditions(means))
        for number, (condition, rows) in enumerate(rows_of.items()):
            shift = APART * (number - (len(rows_of) - 1) / 2)
            style = {"color": f"C{number}", "fmt": MARKERS[number % len(MARKERS)]}
            _bars(panel, rows.set_index("system").reindex(shown), score, shift, style)
            panel.containers[-1].set_label(f"{condition} {words().conditions}")
        panel.set_yticks(range(len(shown)), [label(name, 28) for name in shown])
        panel.set_ylim(len(shown) - 0.5, -0.5)
        head = facts(score).head
        axes(panel, f"{facts(score).change_word}, {head}", "")
        legend(figure, panel)
        ideal = "; ideal systems are left out" if {*KNOWING} & {*summary.system} else ""
        note = NOTE.format(words().base, ideal)
        return drawing(figure, OVERVIEW, f"Improvement of {head} over {words().base}", note)


def _bars(panel: Axes, rows: pd.DataFrame, score: str, shift: float, style: dict) -> None:
    """A dot and its interval for every system of one condition, `shift` below its row."""
    places = np.arange(len(rows)) + shift
    factor = facts(score).factor
    gains = rows.gain.to_numpy(float) * factor
    errors = error_bars(rows.gain, rows.gain_low, rows.gain_high) * factor
    panel.errorbar(gains, places, xerr=errors, ms=5, lw=1.4, capsize=2, **style)
