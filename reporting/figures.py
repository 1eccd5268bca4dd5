"""Figures of a report: scores over SNR, over cost and over stages, and how the runs were trained."""

from collections.abc import Mapping

import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reporting.drawing import MARKERS, STYLE, Drawing, axes, drawing, label
from reporting.headline import HEADLINE, headlines
from reporting.runs import Run
from reporting.stage_figures import stage_drawings
from reporting.summary import MEAN, conditions


def drawings(summary: pd.DataFrame, gains: pd.DataFrame, runs: Mapping[str, Run]) -> list[Drawing]:
    """What there is to draw of scores and runs. gains: see reporting.summary.improvements."""
    found = [curves(summary)]
    if runs:
        found += [score_against_cost(runs, gains), trainings(runs)]
    return found + stage_drawings(runs, gains)


def curves(summary: pd.DataFrame) -> Drawing:
    """Headline scores over the SNR of the mixture, one panel per score and condition, one line per system."""
    under, systems = dict(conditions(summary)), list(dict.fromkeys(summary.system))
    with rc_context(STYLE):
        figure = Figure((3.4 * len(HEADLINE), 2.7 * len(under)), layout="constrained")
        panels = figure.subplots(len(under), len(HEADLINE), squeeze=False, sharex=True)
        for panel_row, (condition, rows) in zip(panels, under.items(), strict=True):
            for panel, score in zip(panel_row, HEADLINE, strict=True):
                chosen = rows[(rows.score == score) & (rows.snr_db != MEAN)]
                _panel(panel, chosen, systems, score, condition)
        handles, labels = panels[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False)
        return drawing(figure, "scores", "Scores over SNR")


def trainings(runs: Mapping[str, Run]) -> Drawing:
    """Training and validation loss over the epochs of every run."""
    with rc_context(STYLE):
        figure = Figure((6.6, 3.0), layout="constrained")
        panel = figure.subplots()
        for position, (name, run) in enumerate(runs.items()):
            colour = f"C{position % 10}"
            panel.plot(run.curve.epoch + 1, run.curve.validation_loss, color=colour, lw=1.4, label=label(name))
            panel.plot(run.curve.epoch + 1, run.curve.train_loss, color=colour, lw=0.8, ls=":")
        panel.set_yscale("log")
        axes(panel, "epoch", "loss; dotted: training")
        figure.legend(loc="outside lower center", ncols=3, frameon=False)
        return drawing(figure, "training", "Training")


def score_against_cost(runs: Mapping[str, Run], gains: pd.DataFrame) -> Drawing:
    """What every run adds to the mixture's scores over its multiply-adds and over its seconds per second of audio."""
    shown, largest = headlines(gains), max(run.costs["parameters"] for run in runs.values())
    over = {"macs_per_second": "multiply-adds per second of audio", "cpu_seconds_per_second": "real-time factor"}
    with rc_context(STYLE):
        figure = Figure((3.4 * len(shown), 5.2), layout="constrained")
        for panel_row, (cost, head) in zip(
            figure.subplots(len(over), len(shown), squeeze=False), over.items(), strict=True
        ):
            for panel, score in zip(panel_row, shown, strict=True):
                for position, (name, run) in enumerate(runs.items()):
                    area = 20 + 60 * (run.costs["parameters"] / largest) ** 0.5
                    gain = gains[score][name] * HEADLINE[score].factor
                    panel.scatter(run.costs[cost], gain, area, color=f"C{position % 10}", label=label(name))
                if cost == "macs_per_second":  # networks differ by orders of magnitude; their times on a CPU do not
                    panel.set_xscale("log")
                else:
                    panel.set_xlim(0, 1.1 * max(run.costs[cost] for run in runs.values()))
                axes(panel, head, f"improvement, {HEADLINE[score].head}")
        figure.legend(*panel.get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
        note = "The area of a dot follows the number of parameters; real-time factor: seconds of one core per second."
        return drawing(figure, "cost", "Improvement against cost", f"{note} runs.csv has the numbers.")


def _panel(panel: Axes, chosen: pd.DataFrame, systems: list[str], score: str, condition: str) -> None:
    for position, system in enumerate(systems):
        line = chosen[chosen.system == system]
        panel.plot(
            line.snr_db.astype(float),
            line["mean"] * HEADLINE[score].factor,
            MARKERS[position % 8] + "-",
            ms=4,
            lw=1.2,
            label=label(system),
        )
    panel.set_title(f"{HEADLINE[score].head}, {condition} noise", fontsize=9)
    panel.set_xticks(sorted(chosen.snr_db.astype(float).unique()))
    axes(panel, "SNR of the mixture in dB", "")
