"""Figures of the line enhancement page, as SVG text: those of the Bi-LSTM line enhancement paper, from gain.csv."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import torch
from matplotlib import rc_context
from matplotlib.figure import Figure

from dsp.lofargram import lofargram
from reporting.figures import MARKERS, STYLE, svg
from reporting.published import LINES_GAIN_DB, LINES_SNR_DB

HIGHEST_HZ = 1200.0  # of a lofargram; the paper's tones lie below
RANGE_DB = 30.0


def gain_over(gains: pd.DataFrame, column: str, label: str, log: bool = False) -> str:
    """Broadband gain of every system over `column`: mean of the draws, and their standard deviation."""
    with rc_context(STYLE):
        figure = Figure((6.2, 3.2), layout="constrained")
        panel = figure.subplots()
        for position, (system, rows) in enumerate(gains.groupby("system", sort=False)):
            if rows[column].isna().all():  # it has no such option
                panel.axhline(rows.gain_db.mean(), color=f"C{position}", lw=1.2, ls="--", label=system)
                continue
            groups = rows.groupby(column, sort=False).gain_db
            spread = groups.std().fillna(0)
            panel.errorbar(
                groups.mean().index,
                groups.mean(),
                spread,
                fmt=f"{MARKERS[position % 8]}-",
                ms=4,
                lw=1.2,
                capsize=2,
                label=system,
            )
        if column == "snr_in_db":
            panel.plot([LINES_SNR_DB], [LINES_GAIN_DB], "k*", ms=9, label="Bi-LSTM, published")
        if log:
            panel.set_xscale("log", base=2)
            ticks = sorted(gains[column].dropna().unique())
            panel.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        panel.set_xlabel(label)
        panel.set_ylabel("SNR gain in dB")
        panel.axhline(0, color="#888", lw=0.6)
        panel.grid(alpha=0.3, lw=0.5)
        panel.legend(frameon=False)
        return svg(figure)


def lofargrams(signals: Mapping[str, np.ndarray], sample_rate: int) -> str:
    """One panel per signal, in dB relative to its own median: time, frequency."""
    with rc_context(STYLE):
        figure = Figure((3.1 * len(signals), 3.4), layout="constrained")
        panels = figure.subplots(1, len(signals), squeeze=False, sharey=True)[0]
        window_s = min(2.0, len(next(iter(signals.values()))) / sample_rate / 2)
        for panel, (name, signal) in zip(panels, signals.items(), strict=True):
            density = lofargram(torch.from_numpy(signal), sample_rate, window_s, window_s / 4)
            density = density[: int(HIGHEST_HZ * window_s) + 1].numpy()
            extent = (0, len(signal) / sample_rate, 0, min(HIGHEST_HZ, sample_rate / 2))
            density -= np.median(density)
            shown = {
                "aspect": "auto",
                "origin": "lower",
                "extent": extent,
                "cmap": "magma",
                "vmin": -5,
                "vmax": RANGE_DB,
            }
            image = panel.imshow(density, **shown)
            panel.set_title(name, fontsize=9)
            panel.set_xlabel("time in s")
        panels[0].set_ylabel("frequency in Hz")
        figure.colorbar(image, ax=list(panels), label="dB re median", shrink=0.8)
        return svg(figure)
