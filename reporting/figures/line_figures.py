"""Figures of line enhancement: those of the Bi-LSTM line enhancement paper, from gain.csv."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from dsp.lofargram import lofargram
from reporting.figures.drawing import MARKERS, STYLE, Drawing, axes, drawing, label
from reporting.gains_table import LOFARGRAMS
from reporting.tables.published import (
    LINES_DELAY_S,
    LINES_FIELD_DB,
    LINES_FRAME_S,
    LINES_GAIN_DB,
    LINES_SECONDS,
    LINES_SNR_DB,
)

HIGHEST_HZ = 1200.0  # of a lofargram; the paper's tones lie below
RANGE_DB = 30.0


class GainFigure(NamedTuple):
    """What a study's figure shows: gain over `column`, a curve for each value of `by`.

    published: a point that the paper prints, or the ranges that it prints, by system.
    """

    column: str
    label: str
    by: str = "system"
    log: bool = False
    published: tuple[float, float] | Mapping[str, tuple[float, float]] = ()


FIELD_RANGES = {  # over both fields and all levels: the paper's levels are of its source, not SNRs
    system: (min(map(min, fields.values())), max(map(max, fields.values())))
    for system, fields in LINES_FIELD_DB.items()
}
FIELD_LABEL = "SNR of the mixture in dB, interferers aside"
FIGURES = {  # by study
    "snr": GainFigure(
        "snr_in_db", "SNR of the mixture in dB", published=(LINES_SNR_DB, LINES_GAIN_DB)
    ),
    "off_grid": GainFigure(
        "snr_in_db", "SNR of the mixture in dB, tones off the grid of the frames"
    ),
    "frame": GainFigure(
        "frame_s", "frame in s", log=True, published=(LINES_FRAME_S, LINES_GAIN_DB)
    ),
    "delay": GainFigure(
        "delay_s", "delay in s", log=True, published=(LINES_DELAY_S, LINES_GAIN_DB)
    ),
    "field": GainFigure("snr_in_db", FIELD_LABEL, published=FIELD_RANGES),
    "cell": GainFigure("snr_in_db", FIELD_LABEL, by="cell"),
}
TIMED = "snr"  # the study whose times are shown: the paper's length, one setting each


def line_drawings(gains: pd.DataFrame) -> list[Drawing]:
    """What gain.csv shows: a drawing of every study that has more than one point, and the times."""
    of_study = {study: gains[gains.study == study] for study in FIGURES}
    found = [
        gain_over(rows, study)
        for study, rows in of_study.items()
        if rows[FIGURES[study].column].nunique() > 1
    ]
    return found + ([run_times(of_study[TIMED])] if len(of_study[TIMED]) else [])


def gain_over(gains: pd.DataFrame, study: str) -> Drawing:
    """Broadband gain of a study: mean and standard deviation of the draws; a line across for what lacks the option."""
    shown = FIGURES[study]
    with rc_context(STYLE):
        figure = Figure((6.2, 3.2), layout="constrained")
        panel = figure.subplots()
        for position, (name, rows) in enumerate(gains.groupby(shown.by, sort=False)):
            _draw_gains(panel, rows, shown.column, name, position)
        _draw_published(panel, shown.published)
        if shown.log:
            panel.set_xscale("log", base=2)
            ticks = sorted(gains[shown.column].dropna().unique())
            panel.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes(panel, shown.label, "SNR gain in dB")
        panel.axhline(0, color="#888", lw=0.6)
        panel.legend(edgecolor="none", framealpha=0.9)
        return drawing(
            figure, f"lines_{study}", f"Line enhancement, study {study}: gain over {shown.label}"
        )


def _draw_gains(panel: Axes, gains: pd.DataFrame, column: str, name: str, position: int) -> None:
    style = {"color": f"C{position}", "lw": 1.2, "label": label(name)}
    if gains[column].isna().all():
        panel.axhline(gains.gain_db.mean(), ls="--", **style)
        return
    groups = gains.groupby(column).gain_db
    mean, spread = groups.mean(), groups.std().fillna(0)
    panel.errorbar(
        mean.index, mean, spread, fmt=f"{MARKERS[position % 8]}-", ms=4, capsize=2, **style
    )


def _draw_published(panel: Axes, published: tuple | Mapping[str, tuple]) -> None:
    if isinstance(published, Mapping):
        for hatch, (system, (low, high)) in zip(("///", "..."), published.items(), strict=True):
            style = {"facecolor": "none", "edgecolor": "#999", "lw": 0, "hatch": hatch}
            panel.axhspan(low, high, **style, label=f"{system}, published range", zorder=0)
    elif published:
        panel.plot(
            *[[value] for value in published], "k*", ms=9, label="Bi-LSTM, published", zorder=3
        )


def run_times(gains: pd.DataFrame) -> Drawing:
    """Seconds that each system took for a mixture of study snr, and what the paper prints for as long a one."""
    taken = gains.groupby("system", sort=False).seconds.median()
    with rc_context(STYLE):
        figure = Figure((6.2, 0.6 + 0.4 * (len(taken) + len(LINES_SECONDS))), layout="constrained")
        panel = figure.subplots()
        published = {f"{system}, published": seconds for system, seconds in LINES_SECONDS.items()}
        for bars, colour in ((taken.to_dict(), "C0"), (published, "#999")):
            drawn = panel.barh(list(bars), list(bars.values()), height=0.5, color=colour)
            panel.bar_label(drawn, fmt="%.2g s", padding=3)
        panel.set_xlim(0, 1.15 * max(*taken, *published.values()))
        panel.invert_yaxis()
        panel.set_xlabel("seconds a mixture (ours: on one core, training included)")
        panel.grid(axis="x", alpha=0.3, lw=0.5)
        return drawing(figure, "lines_seconds", "Line enhancement: run times")


def lofargrams(study: str, signals: Mapping[str, np.ndarray], sample_rate: int) -> Drawing:
    """One panel per signal, in dB relative to its own median: time, frequency."""
    with rc_context(STYLE):
        figure = Figure((3.1 * len(signals), 3.4), layout="constrained")
        panels = figure.subplots(1, len(signals), squeeze=False, sharey=True)[0]
        window_s = min(2.0, len(next(iter(signals.values()))) / sample_rate / 2)
        for panel, (name, signal) in zip(panels, signals.items(), strict=True):
            image = _draw_lofargram(panel, signal, sample_rate, window_s)
            panel.set_title(label(name), fontsize=9)
            panel.set_xlabel("time in s")
        panels[0].set_ylabel("frequency in Hz")
        figure.colorbar(image, ax=list(panels), label="dB re median", shrink=0.8)
        return drawing(
            figure, f"{LOFARGRAMS}{study}", f"Line enhancement, study {study}: lofargrams"
        )


def _draw_lofargram(
    panel: Axes, signal: np.ndarray, sample_rate: int, window_s: float
) -> AxesImage:
    density = lofargram(torch.from_numpy(signal), sample_rate, window_s, window_s / 4)
    density = density[: int(HIGHEST_HZ * window_s) + 1].numpy()
    density -= np.median(density)
    extent = (0, len(signal) / sample_rate, 0, min(HIGHEST_HZ, sample_rate / 2))
    scale = {"cmap": "magma", "vmin": -5, "vmax": RANGE_DB}
    return panel.imshow(density, aspect="auto", origin="lower", extent=extent, **scale)
