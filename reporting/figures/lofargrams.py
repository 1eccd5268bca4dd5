"""Lofargrams of the signals of a line enhancement study, in panels side by side."""

from collections.abc import Mapping

import numpy as np
import torch
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.ticker import MaxNLocator
from torch.nn.functional import adaptive_max_pool1d

from dsp.lofargram import lofargram
from reporting.figures.drawing import STYLE, Drawing, drawing, label
from reporting.figures.line_figures import in_paper
from reporting.gains_table import LOFARGRAMS

HIGHEST_HZ = 1200.0  # highest frequency of a lofargram; the paper's tones are lower
LOWEST_DB, RANGE_DB = -5.0, 30.0  # relative to the median of the mixture
ROWS = 200  # of a lofargram; more would be averaged where it is shown smaller, and lines with them
PANELS = 4  # number of panels side by side
FIGURES_OF = {"snr": "Fig. 3b to d", "field": "Fig. 6"}  # of the paper, by study


def lofargrams(study: str, signals: Mapping[str, np.ndarray], sample_rate: int) -> Drawing:
    """One panel per signal, time over frequency, in dB; see `shown_lofargrams`."""
    paper = in_paper(FIGURES_OF.get(study, ""))
    title = f"Line enhancement, study {study}: lofargrams{paper}"
    with rc_context(STYLE):
        columns = min(PANELS, len(signals))
        rows = -(-len(signals) // columns)
        figure = Figure((3.1 * columns, 3.4 * rows), layout="constrained")
        panels = figure.subplots(rows, columns, squeeze=False, sharey=True)
        duration_s = len(signals["mixture"]) / sample_rate
        place = (0, duration_s, 0, min(HIGHEST_HZ, sample_rate / 2))
        shown = shown_lofargrams(signals, sample_rate)
        for panel, (name, level_db) in zip(panels.flat, shown.items(), strict=False):
            image = _draw_lofargram(panel, level_db, place)
            panel.set_title(label(name), fontsize=9)
            panel.set_xlabel("time in s")
            panel.xaxis.set_major_locator(MaxNLocator(6, prune="upper"))  # free of the next panel
        for empty in panels.flat[len(signals) :]:
            empty.set_axis_off()
        for first in panels[:, 0]:
            first.set_ylabel("frequency in Hz")
        figure.colorbar(image, ax=panels, label="dB re median of the mixture", shrink=0.8)
        return drawing(figure, f"{LOFARGRAMS}{study}", title)


def shown_lofargrams(signals: Mapping[str, np.ndarray], sample_rate: int) -> dict[str, np.ndarray]:
    """Lofargrams up to HIGHEST_HZ, in dB: signals [time] -> at most [ROWS, frame] each.

    A row has the strongest of its bins. 0 dB is the median of the lofargram of the signal
    "mixture", so that a panel shows how much a system attenuates. The windows have 2 s, or half of
    short signals.
    """
    duration_s = len(signals["mixture"]) / sample_rate
    window = min(2.0, duration_s / 2)
    bins = int(HIGHEST_HZ * window) + 1
    shown = {}
    for name, signal in signals.items():
        density = lofargram(torch.from_numpy(signal), sample_rate, window, window / 4)[:bins]
        rows = adaptive_max_pool1d(density.T, min(ROWS, len(density))).T
        shown[name] = rows.numpy()
    reference = np.median(shown["mixture"])
    return {name: level_db - reference for name, level_db in shown.items()}


def _draw_lofargram(panel: Axes, level_db: np.ndarray, place: tuple) -> AxesImage:
    """place: the ends of time and frequency."""
    return panel.imshow(
        level_db,
        cmap="magma",
        vmin=LOWEST_DB,
        vmax=RANGE_DB,
        aspect="auto",
        origin="lower",
        extent=place,
    )
