"""Figures of progressive networks: improvement over the number of stages, and of each stage (PL-CRNN, Fig. 4)."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib import rc_context
from matplotlib.figure import Figure

from reporting.figures.drawing import MARKERS, STYLE, Drawing, axes, drawing, label, legend
from reporting.scoring.systems import stage_name
from reporting.tables.headline import HEADLINE, headlines
from reporting.tables.runs import Run

Points = Sequence[tuple[int, str]]  # stages or stage, system


def stage_drawings(runs: Mapping[str, Run], gains: pd.DataFrame, colours: Mapping[str, str]) -> list[Drawing]:
    """What there is to draw of progressive runs. gains: see reporting.tables.improvement.improvements."""
    found = []
    if lines := _by_number(runs):
        title = "Improvement over the number of stages"
        note = "A line joins runs that differ by their stages alone."
        found.append(_over_stages(lines, gains, colours, "stages", title, "stages", note))
    if lines := _by_stage(runs, gains):
        title = "Improvement of each stage's output"
        found.append(_over_stages(lines, gains, colours, "stage_outputs", title, "stage"))
    return found


def _by_number(runs: Mapping[str, Run]) -> dict[str, Points]:
    """Runs that differ by the number of stages alone, by all of their names; others are left out."""
    families: dict[str, list[tuple[int, str]]] = {}
    for name, run in runs.items():
        if run.stages:
            families.setdefault(run.but_for_stages, []).append((run.stages, name))
    joined = [sorted(points) for points in families.values() if len({stages for stages, _ in points}) > 1]
    return {", ".join(name for _, name in points): points for points in joined}


def _by_stage(runs: Mapping[str, Run], gains: pd.DataFrame) -> dict[str, Points]:
    """The stages of every run that were scored as systems of their own."""
    outputs = {
        name: [(stage, stage_name(name, stage)) for stage in range(1, (run.stages or 0) + 1)]
        for name, run in runs.items()
    }
    outputs = {name: [point for point in points if point[1] in gains.index] for name, points in outputs.items()}
    return {name: points for name, points in outputs.items() if points}


def _over_stages(
    lines: Mapping[str, Points],
    gains: pd.DataFrame,
    colours: Mapping[str, str],
    name: str,
    title: str,
    head: str,
    note: str = "",
) -> Drawing:
    """A panel per score, a line per entry of `lines` in the colour of its last system."""
    shown = headlines(gains)
    with rc_context(STYLE):
        figure = Figure((3.4 * len(shown), 2.9), layout="constrained")
        for panel, score in zip(figure.subplots(1, len(shown), squeeze=False)[0], shown, strict=True):
            for position, (line, points) in enumerate(lines.items()):
                values = [gains[score][system] * HEADLINE[score].factor for _, system in points]
                style = f"{MARKERS[position % 8]}-"
                colour = colours.get(points[-1][1], f"C{position % 10}")
                at = [stage for stage, _ in points]
                panel.plot(at, values, style, color=colour, ms=4, lw=1.2, label=label(line))
            panel.set_xticks(sorted({stage for points in lines.values() for stage, _ in points}))
            axes(panel, head, f"improvement, {HEADLINE[score].head}")
        legend(figure, panel)
        return drawing(figure, name, title, note)
