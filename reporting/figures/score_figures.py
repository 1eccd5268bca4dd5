"""Figures of a report: improvement over SNR, and other figures of scores and runs."""

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
    legend,
    line_with_bars,
)
from reporting.figures.overview_figure import overview_figure
from reporting.figures.run_figures import score_against_cost, trainings
from reporting.figures.stage_figures import stage_drawings
from reporting.scores_table import KNOWING
from reporting.tables.headline import headlines
from reporting.tables.runs import Run
from reporting.tables.summary import MEAN, conditions
from reporting.tables.wording import words

BARS = "Bars: 95 % intervals. The dashed line is {}."


def drawings(
    summary: pd.DataFrame,
    gains: pd.DataFrame,
    order: Sequence[str],
    runs: Mapping[str, Run],
) -> list[Drawing]:
    """All figures of scores and runs.

    gains: see `improvements`. order: systems, best first (see `ranked`).
    """
    colours = _colours(summary, order[:MOST] or KNOWING)
    note = ""
    if len(order) > MOST:
        aside = f"without {words().base_name} and ideal systems"
        note = f"The best {MOST} of {len(order)} systems, {aside}."
    first = overview_figure(summary, order)
    if (summary.snr_db == MEAN).all():  # no mixture has a known SNR
        return [first] if first else []
    bars = f"{BARS.format(words().base)} {note}"
    title = f"Improvement over {words().snr}"
    of_headlines = curves(summary, headlines(gains), colours, "scores", title, bars)
    figures = [first, of_headlines] if first else [of_headlines]
    others = _other_scores(summary)
    if others:
        title = f"Improvement of other scores over {words().snr}"
        of_others = curves(summary, others, colours, "other_scores", title, bars)
        figures.append(of_others)
    if runs:
        figures.append(score_against_cost(runs, gains, colours))
        figures.append(trainings(runs, colours, note))
    figures.extend(stage_drawings(runs, gains, colours))
    return figures


def _colours(summary: pd.DataFrame, best: Sequence[str]) -> dict[str, str]:
    """The colour of every one of the `best` systems, the same in all figures.

    The mixture has none, because all are compared with it; the oracle has none, because it would
    set the scale.
    """
    shown = [name for name in summary.system.unique() if name in best]
    return {name: f"C{number}" for number, name in enumerate(shown)}


def _other_scores(summary: pd.DataFrame) -> list[str]:
    """The computed scores that are not headline scores."""
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
    """Improvement over the SNR of the mixture: a panel per score and condition, a line per system.

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
                panel.set_title(f"{facts(score).head}, {condition} {words().conditions}")
        legend(figure, panels[0, 0])
        return drawing(figure, name, title, note)


def _lines(panel: Axes, rows: pd.DataFrame, score: str, colours: Colours) -> None:
    """A line with error bars per system that has a colour.

    rows: of one score and condition, by SNR.
    """
    factor = facts(score).factor
    panel.axhline(0, color="0.5", lw=0.8, ls="--")
    for marker, (system, colour) in zip(cycle(MARKERS), colours.items()):
        line = rows[rows.system == system]
        points = line[["gain", "gain_low", "gain_high"]] * factor
        line_with_bars(panel, line.snr_db.astype(float), points, marker, system, color=colour)
    panel.set_xticks(sorted(rows.snr_db.astype(float).unique()))
    axes(panel, f"{words().snr} in dB", facts(score).change_word)
