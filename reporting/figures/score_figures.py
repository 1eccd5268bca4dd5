"""Figures of a report: scores over SNR, and all others that a report of scores and runs shows."""

from collections.abc import Mapping, Sequence
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
    Colours,
    Drawing,
    axes,
    drawing,
    label,
    legend,
)
from reporting.figures.run_figures import score_against_cost, trainings
from reporting.figures.stage_figures import stage_drawings
from reporting.scores_table import MIXTURE, ORACLE
from reporting.tables.headline import headlines
from reporting.tables.runs import Run
from reporting.tables.summary import MEAN, conditions

GREYS = {MIXTURE: "0.6", ORACLE: "0.3"}


def drawings(
    summary: pd.DataFrame,
    gains: pd.DataFrame,
    order: Sequence[str],
    runs: Mapping[str, Run],
) -> list[Drawing]:
    """What there is to draw of scores and runs.

    gains: see `improvements`. order: systems, best first (see `ranked`).
    """
    colours = _colours(summary, order[:MOST])
    note = ""
    if len(order) > MOST:
        note = f"The best {MOST} of {len(order)} systems, mixture and oracle aside."
    title = "Scores over SNR"
    of_headlines = curves(summary, headlines(gains), colours, "scores", title, note)
    figures = [of_headlines]
    others = _other_scores(summary)
    if others:
        title = "Other scores over SNR"
        of_others = curves(summary, others, colours, "other_scores", title, note)
        figures.append(of_others)
    if runs:
        figures.append(score_against_cost(runs, gains, colours))
        figures.append(trainings(runs, colours, note))
    figures.extend(stage_drawings(runs, gains, colours))
    return figures


def _colours(summary: pd.DataFrame, best: Sequence[str]) -> dict[str, str]:
    """The colour of every system that is told apart, the same in all figures.

    Mixture and oracle are grey; the `best` systems have colours of their own.
    """
    systems = summary.system.unique()
    colours = {}
    for name, grey in GREYS.items():
        if name in systems:
            colours[name] = grey
    shown = [name for name in systems if name in best]
    for number, name in enumerate(shown):
        colours[name] = f"C{number}"
    return colours


def _other_scores(summary: pd.DataFrame) -> list[str]:
    """Those that were computed and stand in no headline table."""
    has_values = summary.scored > 0
    computed = summary.score[has_values].unique()
    shown = headlines(summary.score)
    return [score for score in computed if score not in shown]


def curves(
    summary: pd.DataFrame,
    scores: Sequence[str],
    colours: Colours,
    name: str,
    title: str,
    note: str,
) -> Drawing:
    """Scores over the SNR of the mixture: a panel per score and condition, a line per system.

    summary: see reporting.tables.summary.summarise. name, title, note: see `Drawing`.
    """
    rows_of = dict(conditions(summary))
    with rc_context(STYLE):
        figure = Figure((10.2, 2.7 * len(rows_of)), layout="constrained")
        panels = figure.subplots(
            nrows=len(rows_of),
            ncols=len(scores),
            squeeze=False,
            sharex=True,
        )
        for panel_row, (condition, rows) in zip(panels, rows_of.items(), strict=True):
            by_snr = rows[rows.snr_db != MEAN]
            for panel, score in zip(panel_row, scores, strict=True):
                of_score = by_snr[by_snr.score == score]
                _lines(panel, of_score, score, colours)
                panel.set_title(f"{facts(score).head}, {condition} noise", fontsize=9)
        legend(figure, panels[0, 0])
        return drawing(figure, name, title, note)


def _lines(panel: Axes, rows: pd.DataFrame, score: str, colours: Colours) -> None:
    """A line per system that has a colour. rows: of one score and condition, by SNR."""
    factor = facts(score).factor
    for marker, (system, colour) in zip(cycle(MARKERS), colours.items()):
        line = rows[rows.system == system]
        panel.plot(
            line.snr_db.astype(float),
            line["mean"] * factor,
            f"{marker}-",
            color=colour,
            ms=4,
            lw=1.2,
            label=label(system),
        )
    snrs = rows.snr_db.astype(float).unique()
    panel.set_xticks(sorted(snrs))
    axes(panel, "SNR of the mixture in dB", "")
