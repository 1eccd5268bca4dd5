"""Figures of line enhancement as in the Bi-LSTM line enhancement paper, from gain.csv."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reporting.figures.drawing import MARKERS, STYLE, Drawing, axes, drawing, label, legend
from reporting.tables.published import (
    LINES_DELAY_S,
    LINES_FIELD_DB,
    LINES_FRAME_S,
    LINES_GAIN_DB,
    LINES_SECONDS,
    LINES_SNR_DB,
)


def _range(values_of_fields: Iterable[Sequence[float]]) -> tuple[float, float]:
    """The lowest and the highest value over all fields."""
    values = list(chain.from_iterable(values_of_fields))
    return min(values), max(values)


class GainFigure(NamedTuple):
    """The figure of a study: gain over `column`, a curve for each value of `by`.

    published: a value, or the ranges of values by system, that the paper prints. paper: the paper's
    figure or table.
    """

    column: str
    label: str
    by: str = "system"
    log: bool = False
    published: tuple[float, float] | Mapping[str, tuple[float, float]] = ()
    paper: str = ""


# Over both fields and all levels: the paper states source levels, not SNRs.
FIELD_RANGES = {system: _range(fields.values()) for system, fields in LINES_FIELD_DB.items()}
FIELD_LABEL = "SNR of the mixture in dB, interferers aside"
FIGURES = {  # the figure of each study
    "snr": GainFigure(
        "snr_in_db",
        "SNR of the mixture in dB",
        published=(LINES_SNR_DB, LINES_GAIN_DB),
        paper="Fig. 3a",
    ),
    "off_grid": GainFigure(
        "snr_in_db", "SNR of the mixture in dB, tones off the grid of the frames"
    ),
    "random_tones": GainFigure("snr_in_db", "SNR of the mixture in dB, random tones"),
    "frame": GainFigure(
        "frame_s",
        "frame in s",
        log=True,
        published=(LINES_FRAME_S, LINES_GAIN_DB),
        paper="Fig. 4a",
    ),
    "delay": GainFigure(
        "delay_s",
        "delay in s",
        log=True,
        published=(LINES_DELAY_S, LINES_GAIN_DB),
        paper="Fig. 4b",
    ),
    "field": GainFigure("snr_in_db", FIELD_LABEL, published=FIELD_RANGES, paper="Table II"),
    "field_off_grid": GainFigure(
        "snr_in_db", f"{FIELD_LABEL}, tone off the grid", published=FIELD_RANGES
    ),
    "cell": GainFigure("snr_in_db", FIELD_LABEL, by="cell", paper="Fig. 7"),
}
TIMED = "snr"  # the study whose times are shown: the paper's length, one setting per system


def line_drawings(gains: pd.DataFrame) -> list[Drawing]:
    """The figures of gain.csv: every study with more than one point, and the times."""
    drawings = []
    systems = gains.system.unique().tolist()  # a system has the same colour in all figures
    for study, shown in FIGURES.items():
        rows = gains[gains.study == study]
        if rows[shown.column].nunique() > 1:
            drawings.append(gain_over(rows, study, systems))
    timed = gains[gains.study == TIMED]
    if len(timed):
        drawings.append(run_times(timed))
    return drawings


def gain_over(gains: pd.DataFrame, study: str, systems: Sequence[str]) -> Drawing:
    """Broadband gain of a study: mean and standard deviation of the draws.

    A system without the option is a horizontal line. systems: of all studies, in the order of their
    colours.
    """
    shown = FIGURES[study]
    title = f"Line enhancement, study {study}: gain over {shown.label}{in_paper(shown.paper)}"
    with rc_context(STYLE):
        figure = Figure((6.2, 3.2), layout="constrained")
        panel = figure.subplots()
        for number, (name, rows) in enumerate(gains.groupby(shown.by, sort=False)):
            position = systems.index(name) if name in systems else number
            _draw_gains(panel, rows, shown.column, name, position)
        _draw_published(panel, shown.published)
        if shown.log:
            _log_axis(panel, gains[shown.column])
        axes(panel, shown.label, "SNR gain in dB")
        panel.axhline(0, color="#888", lw=0.6)
        legend(figure, panel)
        return drawing(figure, f"lines_{study}", title)


def in_paper(name: str) -> str:
    """The end of a title that names a figure of the paper; "" for none.

    >>> in_paper("Fig. 6"), in_paper("")
    (' (Fig. 6 of the paper)', '')
    """
    return f" ({name} of the paper)" if name else ""


def _log_axis(panel: Axes, values: pd.Series) -> None:
    """A logarithmic axis with a tick at each of `values`."""
    ticks = sorted(values.dropna().unique())
    panel.set_xscale("log", base=2)
    panel.set_xticks(ticks, [f"{tick:g}" for tick in ticks])


def _draw_gains(panel: Axes, gains: pd.DataFrame, column: str, name: str, position: int) -> None:
    style = {"color": f"C{position}", "lw": 1.2, "label": label(name)}
    if gains[column].isna().all():
        panel.axhline(gains.gain_db.mean(), ls="--", **style)
        return
    groups = gains.groupby(column).gain_db
    mean = groups.mean()
    spread = groups.std().fillna(0)
    marker = MARKERS[position % 8]
    panel.errorbar(mean.index, mean, spread, fmt=f"{marker}-", ms=4, capsize=2, **style)


def _draw_published(panel: Axes, published: tuple | Mapping[str, tuple]) -> None:
    if isinstance(published, Mapping):
        _draw_ranges(panel, published)
    elif published:
        x, y = published
        panel.plot([x], [y], "k*", ms=9, label="Bi-LSTM, published", zorder=3)


def _draw_ranges(panel: Axes, ranges: Mapping[str, tuple[float, float]]) -> None:
    for hatch, system in zip(("///", "..."), ranges, strict=True):
        low, high = ranges[system]
        panel.axhspan(
            low,
            high,
            facecolor="none",
            edgecolor="#999",
            lw=0,
            hatch=hatch,
            label=f"{system}, published range",
            zorder=0,
        )


def run_times(gains: pd.DataFrame) -> Drawing:
    """Seconds that each system took for a mixture of study snr.

    The paper's times for a mixture of this length are beside them.
    """
    taken = gains.groupby("system", sort=False).seconds.median().to_dict()
    published = {f"{system}, published": seconds for system, seconds in LINES_SECONDS.items()}
    longest = max(*taken.values(), *published.values())
    height = 0.6 + 0.4 * (len(taken) + len(published))
    with rc_context(STYLE):
        figure = Figure((6.2, height), layout="constrained")
        panel = figure.subplots()
        _draw_bars(panel, taken, "C0")
        _draw_bars(panel, published, "#999")
        panel.set_xlim(0, 1.15 * longest)
        panel.invert_yaxis()
        panel.set_xlabel("seconds per mixture (measured on one core, training included)")
        panel.grid(axis="x", alpha=0.3, lw=0.5)
        return drawing(figure, "lines_seconds", "Line enhancement: run times")


def _draw_bars(panel: Axes, seconds: Mapping[str, float], colour: str) -> None:
    names = list(seconds)
    widths = list(seconds.values())
    bars = panel.barh(names, widths, height=0.5, color=colour)
    panel.bar_label(bars, fmt="%.2g s", padding=3)
