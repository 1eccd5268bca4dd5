"""Figures of a report: scores over SNR, over cost and over stages, and how the runs were trained."""

from collections.abc import Mapping

import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reporting.drawing import MARKERS, STYLE, Drawing, drawing
from reporting.headline import HEADLINE
from reporting.runs import Run
from reporting.summary import MEAN, conditions
from reporting.systems import stage_name


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
            panel.plot(run.curve.epoch + 1, run.curve.validation_loss, color=colour, lw=1.4, label=name)
            panel.plot(run.curve.epoch + 1, run.curve.train_loss, color=colour, lw=0.8, ls=":")
        panel.set_yscale("log")
        panel.set_xlabel("epoch")
        panel.set_ylabel("loss; dotted: training")
        panel.grid(alpha=0.3, lw=0.5)
        figure.legend(loc="outside lower center", ncols=3, frameon=False)
        return drawing(figure, "training", "Training")


def score_against_cost(runs: Mapping[str, Run], gains: pd.DataFrame) -> Drawing:
    """What every run adds to the mixture's scores over its multiply-adds and over its seconds per second of audio."""
    shown, largest = _scored(gains), max(run.costs["parameters"] for run in runs.values())
    axes = {"macs_per_second": "multiply-adds per second of audio", "cpu_seconds_per_second": "real-time factor"}
    with rc_context(STYLE):
        figure = Figure((3.4 * len(shown), 5.2), layout="constrained")
        for panel_row, (cost, label) in zip(
            figure.subplots(len(axes), len(shown), squeeze=False), axes.items(), strict=True
        ):
            for panel, score in zip(panel_row, shown, strict=True):
                for position, (name, run) in enumerate(runs.items()):
                    area = 20 + 60 * (run.costs["parameters"] / largest) ** 0.5
                    gain = gains[score][name] * HEADLINE[score].factor
                    panel.scatter(run.costs[cost], gain, area, color=f"C{position % 10}", label=name)
                panel.set_xscale("log")
                _axes(panel, label, f"improvement, {HEADLINE[score].head}")
        figure.legend(*panel.get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
        note = "The area of a dot follows the number of parameters; real-time factor: seconds of one core per second."
        return drawing(figure, "cost", "Improvement against cost", f"{note} runs.csv has the numbers.")


def stage_drawings(runs: Mapping[str, Run], gains: pd.DataFrame) -> list[Drawing]:
    """Improvement over the number of stages, and over the stages of each run that were scored (PL-CRNN, Fig. 4)."""
    ends: dict[str, dict[int, str]] = {}
    inner: dict[str, dict[int, str]] = {}
    for name, run in runs.items():
        if run.stages:
            ends.setdefault(run.kind, {})[run.stages] = name
            inner[name] = {
                stage: one for stage in range(1, run.stages + 1) if (one := stage_name(name, stage)) in gains.index
            }
    found = []
    if len({stages for line in ends.values() for stages in line}) > 1:
        found.append(_over_stages(ends, gains, "stages", "Improvement over the number of stages", "stages"))
    if inner := {name: line for name, line in inner.items() if line}:
        found.append(_over_stages(inner, gains, "stage_outputs", "Improvement of each stage's output", "stage"))
    return found


def _over_stages(lines: Mapping[str, Mapping[int, str]], gains: pd.DataFrame, *about: str) -> Drawing:
    """A panel per score, a line per entry of `lines`: the systems by their stage."""
    (name, title, label), shown = about, _scored(gains)
    with rc_context(STYLE):
        figure = Figure((3.4 * len(shown), 2.9), layout="constrained")
        for panel, score in zip(figure.subplots(1, len(shown), squeeze=False)[0], shown, strict=True):
            for position, (line, systems) in enumerate(lines.items()):
                order = sorted(systems)
                values = [gains[score][systems[stage]] * HEADLINE[score].factor for stage in order]
                panel.plot(order, values, f"{MARKERS[position % 8]}-", ms=4, lw=1.2, label=line)
            panel.set_xticks(sorted({stage for systems in lines.values() for stage in systems}))
            _axes(panel, label, f"improvement, {HEADLINE[score].head}")
        figure.legend(*panel.get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
        return drawing(figure, name, title)


def _scored(gains: pd.DataFrame) -> list[str]:
    return [score for score in HEADLINE if score in gains]


def _axes(panel: Axes, x: str, y: str) -> None:
    panel.set_xlabel(x)
    panel.set_ylabel(y)
    panel.grid(alpha=0.3, lw=0.5)


def _panel(panel: Axes, chosen: pd.DataFrame, systems: list[str], score: str, condition: str) -> None:
    for position, system in enumerate(systems):
        line = chosen[chosen.system == system]
        panel.plot(
            line.snr_db.astype(float),
            line["mean"] * HEADLINE[score].factor,
            MARKERS[position % 8] + "-",
            ms=4,
            lw=1.2,
            label=system,
        )
    panel.set_title(f"{HEADLINE[score].head}, {condition} noise", fontsize=9)
    panel.set_xticks(sorted(chosen.snr_db.astype(float).unique()))
    _axes(panel, "SNR of the mixture in dB", "")
