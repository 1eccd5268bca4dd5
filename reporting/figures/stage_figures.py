"""Figures of progressive networks.

They show improvement over the number of stages (PL-CRNN, Fig. 4), and for the output of each stage.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from metrics.known import facts
from reporting.figures.drawing import MARKERS, STYLE, Colours, Drawing, axes, drawing, label, legend
from reporting.tables.headline import headlines
from reporting.tables.runs import Run

Points = Sequence[tuple[int, str]]  # (number of stages, or stage; system)


def stage_drawings(runs: Mapping[str, Run], gains: pd.DataFrame, colours: Colours) -> list[Drawing]:
    """All figures of progressive runs.

    gains: see reporting.tables.improvement.improvements.
    """
    figures = []
    by_number = _by_number(runs)
    if by_number:
        of_numbers = _over_stages(
            by_number,
            gains,
            colours,
            name="stages",
            title="Improvement over the number of stages",
            head="stages",
            note="A solid line joins runs that differ by their stages alone; a dashed one is a run "
            "that differs from those by its network.",
            beside=_beside(runs, by_number),
        )
        figures.append(of_numbers)
    by_stage = _by_stage(runs)
    if by_stage:
        of_outputs = _over_stages(
            by_stage,
            gains,
            colours,
            name="stage_outputs",
            title="Improvement of each stage's output",
            head="stage",
        )
        figures.append(of_outputs)
    return figures


def _by_number(runs: Mapping[str, Run]) -> dict[str, Points]:
    """Runs that differ only in the number of stages, by the name of their group.

    Other runs are left out.
    """
    families = defaultdict(list)
    for name, run in runs.items():
        if run.stages:
            families[run.but_for_stages].append((run.stages, name))
    lines = {}
    for family in families.values():
        numbers = {stages for stages, _ in family}
        if len(numbers) < 2:
            continue
        points = sorted(family)
        names = [name for _, name in points]
        alike = _alike(names)
        lines[", ".join(names) if not alike or alike in lines else alike] = points
    return lines


def _alike(names: Sequence[str]) -> str:
    """The parts that all names have: "PL-CRNN TMS" of "PL-CRNN TMS, stages=1" and so on."""
    first, *others = (name.split(", ") for name in names)
    return ", ".join(part for part in first if all(part in parts for parts in others))


def _beside(runs: Mapping[str, Run], families: Mapping[str, Points]) -> list[str]:
    """Runs outside of all `families` that differ from a family's runs only in their network."""
    inside = {name for points in families.values() for _, name in points}
    alike = {runs[name].but_for_network for name in inside}
    outside = runs.keys() - inside
    return [name for name in runs if name in outside and runs[name].but_for_network in alike]


def _by_stage(runs: Mapping[str, Run]) -> dict[str, Points]:
    """The stages of every run that were scored as systems."""
    lines = {}
    for name, run in runs.items():
        if run.outputs:
            lines[name] = list(enumerate(run.outputs, start=1))
    return lines


def _over_stages(
    lines: Mapping[str, Points],
    gains: pd.DataFrame,
    colours: Colours,
    name: str,
    title: str,
    head: str,
    note: str = "",
    beside: Sequence[str] = (),
) -> Drawing:
    """A panel per score, a line per entry of `lines` in the colour of its last system.

    name, title, note: see `Drawing`; head: of the x axis. beside: systems with a horizontal line
    each.
    """
    shown = headlines(gains)
    with rc_context(STYLE):
        figure = Figure((3.4 * len(shown), 2.9), layout="constrained")
        panels = figure.subplots(1, len(shown), squeeze=False)[0]
        for panel, score in zip(panels, shown, strict=True):
            shown_gains = gains[score] * facts(score).factor
            _stage_lines(panel, lines, shown_gains, colours)
            for position, system in enumerate(beside, start=len(lines)):
                colour = colours.get(system, f"C{position % 10}")
                height = shown_gains[system]
                panel.axhline(height, ls="--", lw=1.2, color=colour, label=label(system))
            axes(panel, head, f"improvement, {facts(score).head}")
        legend(figure, panels[-1])
        return drawing(figure, name, title, note)


def _stage_lines(
    panel: Axes,
    lines: Mapping[str, Points],
    gains: pd.Series,
    colours: Colours,
) -> None:
    """The lines of one panel. gains: of one score, by system."""
    ticks = set()
    for position, (line, points) in enumerate(lines.items()):
        stages = [stage for stage, _ in points]
        systems = [system for _, system in points]
        marker = MARKERS[position % len(MARKERS)]
        panel.plot(
            stages,
            [gains[system] for system in systems],
            f"{marker}-",
            color=colours.get(systems[-1], f"C{position % 10}"),
            ms=4,
            lw=1.2,
            label=label(line),
        )
        ticks.update(stages)
    panel.set_xticks(sorted(ticks))
