"""Figures of runs: losses over epochs, and improvement over cost."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, LogLocator, MaxNLocator, NullLocator

from metrics.known import facts
from reporting.figures.drawing import MOST, STYLE, Colours, Drawing, axes, drawing, label, legend
from reporting.tables.headline import headlines
from reporting.tables.runs import COST_HEADS, Run

OVER = ("macs_per_second", "cpu_seconds_per_second")  # the costs of COST_HEADS that are drawn


def trainings(runs: Mapping[str, Run], colours: Colours, note: str) -> Drawing:
    """Training and validation loss over the epochs of every run that has a colour.

    note: under the figure. The axis of the loss is logarithmic if the losses span decades.
    """
    with rc_context(STYLE):
        figure = Figure((6.6, 3.0), layout="constrained")
        panel = figure.subplots()
        losses = []
        epochs = 1
        for name, run in runs.items():
            if name in colours:
                _loss_curves(panel, run.curve, label(name), colours[name])
                losses.append(run.curve[["validation_loss", "train_loss"]].stack())
                epochs = max(epochs, int(run.curve.epoch.max()) + 1)
        if losses and _spans_decades(pd.concat(losses)):
            panel.set_yscale("log")
        panel.set_xlim(0.5, epochs + 0.5)
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes(panel, "epoch", "loss; dotted: training")
        legend(figure, panel)
        return drawing(figure, "training", "Training", note)


def _spans_decades(losses: pd.Series) -> bool:
    """Whether a logarithmic axis would have enough ticks."""
    return losses.min() > 0 and losses.max() / losses.min() >= 10


def _loss_curves(panel: Axes, curve: pd.DataFrame, name: str, colour: str) -> None:
    """Validation loss as a named line, training loss dotted."""
    epoch = curve.epoch + 1
    panel.plot(
        epoch,
        curve.validation_loss,
        ".-",
        color=colour,
        ms=3,
        lw=1.4,
        label=name,
    )
    panel.plot(
        epoch,
        curve.train_loss,
        ".:",
        color=colour,
        ms=2,
        lw=0.8,
    )


def score_against_cost(runs: Mapping[str, Run], gains: pd.DataFrame, colours: Colours) -> Drawing:
    """Improvement of every run over its costs.

    The costs are multiply-adds and seconds, both per second of audio. gains: improvements, system x
    score.
    """
    shown = headlines(gains)
    with rc_context(STYLE):
        figure = Figure((3.4 * len(shown), 5.2), layout="constrained")
        panels = figure.subplots(len(OVER), len(shown), squeeze=False)
        for panel_row, cost in zip(panels, OVER, strict=True):
            for panel, score in zip(panel_row, shown, strict=True):
                shown_gains = gains[score] * facts(score).factor
                _dots(panel, runs, shown_gains, cost, colours)
                axes(panel, COST_HEADS[cost], f"{facts(score).change_word}, {facts(score).head}")
        legend(figure, panels[-1, -1])
        title = "Improvement against cost"
        note = _note_on_dots(runs, colours)
        return drawing(figure, "cost", title, note)


def _note_on_dots(runs: Mapping[str, Run], colours: Colours) -> str:
    """The meaning of the area and the grey of a dot, as text."""
    sentences = ["The area of a dot follows the number of parameters."]
    if not set(runs) <= set(colours):
        sentences.append(f"Light grey: runs that are not among the best {MOST} systems.")
    sentences.append("runs.csv has the numbers.")
    return " ".join(sentences)


def _dots(
    panel: Axes,
    runs: Mapping[str, Run],
    gains: pd.Series,
    cost: str,
    colours: Colours,
) -> None:
    """A dot for every run; a run without the score has only its name in the legend."""
    # Multiply-adds of networks differ by orders of magnitude; times on a CPU do not.
    logarithmic = cost == "macs_per_second"
    costs = [run.costs[cost] for run in runs.values()]
    parameters = [run.costs["parameters"] for run in runs.values()]
    largest = max(parameters)
    _scale(panel, costs, logarithmic)
    for name, position, size in zip(runs, costs, parameters, strict=True):
        area = 20 + 60 * (size / largest) ** 0.5
        style = {"color": "0.85", "zorder": 0}
        if name in colours:
            style = {"color": colours[name], "label": label(name)}
        panel.scatter(position, gains[name], area, **style)


def _scale(panel: Axes, costs: Sequence[float], logarithmic: bool) -> None:
    """Set limits of the x axis that leave room around all `costs`."""
    lowest = min(costs)
    highest = max(costs)
    if logarithmic and lowest > 0:
        panel.set_xscale("log")
        panel.set_xlim(lowest / 2, 2 * highest)
        near = highest / lowest < 30  # few decades: ticks inside decades
        panel.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if near else (1,), numticks=5))
        panel.xaxis.set_minor_locator(NullLocator())
        panel.xaxis.set_major_formatter(EngFormatter(sep=""))
        return
    panel.set_xlim(0, 1.1 * highest or 1)
