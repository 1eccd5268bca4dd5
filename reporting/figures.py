"""Figures of a report, as SVG text that stands in the page itself."""

import io

import pandas as pd
from matplotlib import rc_context
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from reporting.headline import HEADLINE
from reporting.summary import MEAN

STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "clarion",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
MARKERS = "osD^vP*X"


def curves(summary: pd.DataFrame) -> str:
    """Headline scores over the SNR of the mixture, one panel per score and kind of noise, one line per system."""
    noises, systems = list(dict.fromkeys(summary.noise)), list(dict.fromkeys(summary.system))
    with rc_context(STYLE):
        figure = Figure((3.4 * len(HEADLINE), 2.7 * len(noises)), layout="constrained")
        panels = figure.subplots(len(noises), len(HEADLINE), squeeze=False, sharex=True)
        for panel_row, noise in zip(panels, noises, strict=True):
            for panel, score in zip(panel_row, HEADLINE, strict=True):
                chosen = summary[(summary.noise == noise) & (summary.score == score) & (summary.snr_db != MEAN)]
                _panel(panel, chosen, systems, score, noise)
        handles, labels = panels[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False)
        return svg(figure)


def _panel(panel, chosen: pd.DataFrame, systems: list[str], score: str, noise: str) -> None:
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
    panel.set_title(f"{HEADLINE[score].head}, {noise} noise", fontsize=9)
    panel.set_xticks(sorted(chosen.snr_db.astype(float).unique()))
    panel.set_xlabel("SNR of the mixture in dB")
    panel.grid(alpha=0.3, lw=0.5)


def svg(figure: Figure) -> str:
    """The figure as SVG text without a date: equal figures, equal bytes."""
    content = io.BytesIO()
    FigureCanvasSVG(figure).print_svg(content, metadata={"Date": None})
    text = content.getvalue().decode()
    return text[text.index("<svg") :]
