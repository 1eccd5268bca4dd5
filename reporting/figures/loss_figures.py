"""A figure of every mixture: its score after enhancement over its score before."""

from collections.abc import Sequence
from math import isnan

import pandas as pd
from matplotlib import colormaps, rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from metrics.known import facts
from reporting.figures.drawing import STYLE, Drawing, axes, drawing, label, legend
from reporting.tables.headline import headlines
from reporting.tables.improvement import score_names
from reporting.tables.losses import before_and_after

SYSTEMS = 1  # number of systems, the best ones, with a row of panels each
NOTE = "A dot per mixture. What lies on the line is as good as the mixture."


def after_over_before(scores: pd.DataFrame, order: Sequence[str]) -> Drawing | None:
    """A panel per headline score and system, the best first; None without systems."""
    systems = order[:SYSTEMS]
    if not systems:
        return None
    shown = headlines(score_names(scores))
    colours = _by_snr(scores)
    with rc_context(STYLE):
        size = (3.4 * len(shown), 2.9 * len(systems))
        figure = Figure(size, layout="constrained")
        panels = figure.subplots(len(systems), len(shown), squeeze=False)
        for row, system in zip(panels, systems, strict=True):
            for panel, score in zip(row, shown, strict=True):
                _dots(panel, before_and_after(scores, system, score), colours)
                panel.set_title(label(f"{system}, {facts(score).head}"))
                axes(panel, "mixture", "enhanced")
        legend(figure, panels[0, 0])
        return drawing(figure, "after_over_before", "Every mixture, after over before", NOTE)


def _by_snr(scores: pd.DataFrame) -> dict[float, tuple]:
    snrs = sorted(scores.snr_db.unique())
    last = max(1, len(snrs) - 1)
    return {snr: colormaps["viridis"](0.25 + 0.6 * place / last) for place, snr in enumerate(snrs)}


def _dots(panel: Axes, table: pd.DataFrame, colours: dict[float, tuple]) -> None:
    """Draw the line of equal scores, and the mixtures as dots, coloured by SNR."""
    for snr, colour in colours.items():
        rows = table[(table.snr_db == snr) | (table.snr_db.isna() & isnan(snr))]
        name = "SNR unknown" if isnan(snr) else f"{snr:g} dB"
        panel.scatter(rows.before, rows.after, 8, [colour] * len(rows), label=name, rasterized=True)
    if len(table):
        ends = [table[["before", "after"]].min().min(), table[["before", "after"]].max().max()]
        panel.plot(ends, ends, color="0.4", lw=0.8)
