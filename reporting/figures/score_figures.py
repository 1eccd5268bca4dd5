"""Figures of a report: scores over SNR, over cost and over stages, and how the runs were trained."""

from collections.abc import Mapping, Sequence
from itertools import cycle

import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from reporting.figures.drawing import MARKERS, STYLE, Drawing, axes, drawing, label, legend
from reporting.figures.stage_figures import stage_drawings
from reporting.scoring.systems import MIXTURE, ORACLE
from reporting.tables.headline import HEADLINE, headlines
from reporting.tables.runs import COST_HEADS, Run
from reporting.tables.summary import MEAN, conditions

MOST = 10  # systems in a figure with a line for each: there are ten colours


def drawings(
    summary: pd.DataFrame, gains: pd.DataFrame, order: Sequence[str], runs: Mapping[str, Run]
) -> list[Drawing]:
    """What there is to draw of scores and runs.

    gains: see `improvements`. order: systems, best first (see `ranked`).
    """
    colours, computed = _colours(summary, order[:MOST]), set(summary.score[summary.scored > 0])
    others = [score for score in dict.fromkeys(summary.score) if score in computed and score not in HEADLINE]
    note = f"The best {MOST} of {len(order)} systems, mixture and oracle aside." if len(order) > MOST else ""
    found = [curves(summary, headlines(gains), colours, "scores", "Scores over SNR", note)]
    if others:
        found.append(curves(summary, others, colours, "other_scores", "Other scores over SNR", note))
    if runs:
        found += [score_against_cost(runs, gains, colours), trainings(runs, colours, note)]
    return found + stage_drawings(runs, gains, colours)


def _colours(summary: pd.DataFrame, best: Sequence[str]) -> dict[str, str]:
    """The colour of every system that is told apart, the same in all figures: the best ones, mixture and oracle."""
    systems = list(dict.fromkeys(summary.system))
    greys = {name: grey for name, grey in ((MIXTURE, "0.6"), (ORACLE, "0.3")) if name in systems}
    return greys | {name: f"C{number}" for number, name in enumerate(one for one in systems if one in best)}


def curves(
    summary: pd.DataFrame, scores: Sequence[str], colours: Mapping[str, str], name: str, title: str, note: str
) -> Drawing:
    """Scores over the SNR of the mixture, one panel per score and condition, one line per system."""
    under = dict(conditions(summary))
    with rc_context(STYLE):
        figure = Figure((10.2, 2.7 * len(under)), layout="constrained")
        panels = figure.subplots(len(under), len(scores), squeeze=False, sharex=True)
        for panel_row, (condition, rows) in zip(panels, under.items(), strict=True):
            for panel, score in zip(panel_row, scores, strict=True):
                _lines(panel, rows[(rows.score == score) & (rows.snr_db != MEAN)], score, colours)
                panel.set_title(
                    f"{HEADLINE[score].head if score in HEADLINE else score}, {condition} noise", fontsize=9
                )
        legend(figure, panels[0, 0])
        return drawing(figure, name, title, note)


def _lines(panel: Axes, chosen: pd.DataFrame, score: str, colours: Mapping[str, str]) -> None:
    factor = HEADLINE[score].factor if score in HEADLINE else 1.0
    for marker, (system, colour) in zip(cycle(MARKERS), colours.items()):
        line = chosen[chosen.system == system]
        panel.plot(
            line.snr_db.astype(float),
            line["mean"] * factor,
            f"{marker}-",
            color=colour,
            ms=4,
            lw=1.2,
            label=label(system),
        )
    panel.set_xticks(sorted(chosen.snr_db.astype(float).unique()))
    axes(panel, "SNR of the mixture in dB", "")


def trainings(runs: Mapping[str, Run], colours: Mapping[str, str], note: str) -> Drawing:
    """Training and validation loss over the epochs of every run that has a colour."""
    with rc_context(STYLE):
        figure = Figure((6.6, 3.0), layout="constrained")
        panel, lowest = figure.subplots(), float("inf")
        for name, run in runs.items():
            if name in colours:
                epoch, losses = run.curve.epoch + 1, (run.curve.validation_loss, run.curve.train_loss)
                panel.plot(epoch, losses[0], ".-", color=colours[name], ms=3, lw=1.4, label=label(name))
                panel.plot(epoch, losses[1], ".:", color=colours[name], ms=2, lw=0.8)
                lowest = min(lowest, losses[0].min(), losses[1].min())
        panel.set_yscale("log" if lowest > 0 else "linear")
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes(panel, "epoch", "loss; dotted: training")
        legend(figure, panel)
        return drawing(figure, "training", "Training", note)


def score_against_cost(runs: Mapping[str, Run], gains: pd.DataFrame, colours: Mapping[str, str]) -> Drawing:
    """What every run adds to the mixture's scores over its multiply-adds and over its seconds per second of audio."""
    shown, over = headlines(gains), ("macs_per_second", "cpu_seconds_per_second")
    with rc_context(STYLE):
        figure = Figure((3.4 * len(shown), 5.2), layout="constrained")
        for panel_row, cost in zip(figure.subplots(len(over), len(shown), squeeze=False), over, strict=True):
            for panel, score in zip(panel_row, shown, strict=True):
                _dots(panel, runs, gains[score] * HEADLINE[score].factor, cost, colours)
                axes(panel, COST_HEADS[cost], f"improvement, {HEADLINE[score].head}")
        legend(figure, panel)
        grey = "" if set(runs) <= set(colours) else f" Light grey: runs that are not among the best {MOST} systems."
        note = f"The area of a dot follows the number of parameters.{grey} runs.csv has the numbers."
        return drawing(figure, "cost", "Improvement against cost", note)


def _dots(panel: Axes, runs: Mapping[str, Run], gains: pd.Series, cost: str, colours: Mapping[str, str]) -> None:
    """A dot for every run; a run without the score is left out, but for its name."""
    costs = [run.costs[cost] for run in runs.values()]
    if cost == "macs_per_second" and min(costs) > 0:  # networks differ by orders of magnitude; times on a CPU do not
        panel.set(xscale="log", xlim=(min(costs) / 2, max(costs) * 2))
    else:
        panel.set_xlim(0, 1.1 * max(costs) or 1)
    largest = max(run.costs["parameters"] for run in runs.values())
    for name, run in runs.items():
        area = 20 + 60 * (run.costs["parameters"] / largest) ** 0.5
        told = {"color": colours[name], "label": label(name)} if name in colours else {"color": "0.85", "zorder": 0}
        panel.scatter(run.costs[cost], gains[name], area, **told)
