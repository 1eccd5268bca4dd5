"""Figures of a report, as SVG text that stands in the page itself."""

import io
from collections.abc import Mapping

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


def trainings(curves: Mapping[str, pd.DataFrame]) -> str:
    """Training and validation loss over the epochs of every run (see models.training.Curve)."""
    with rc_context(STYLE):
        figure = Figure((6.6, 3.0), layout="constrained")
        panel = figure.subplots()
        for position, (name, curve) in enumerate(curves.items()):
            colour = f"C{position % 10}"
            panel.plot(curve.epoch + 1, curve.validation_loss, color=colour, lw=1.4, label=name)
            panel.plot(curve.epoch + 1, curve.train_loss, color=colour, lw=0.8, ls=":")
        panel.set_yscale("log")
        panel.set_xlabel("epoch")
        panel.set_ylabel("loss; dotted: training")
        panel.grid(alpha=0.3, lw=0.5)
        figure.legend(loc="outside lower center", ncols=3, frameon=False)
        return svg(figure)


def score_against_cost(costs: pd.DataFrame, gains: pd.DataFrame) -> str:
    """What every run adds to the mixture's scores over its multiply-adds; the area of a dot follows its parameters.

    costs: system, parameters, macs_per_second. gains: system x score (see reporting.summary.improvements).
    """
    shown = [score for score in HEADLINE if score in gains]
    with rc_context(STYLE):
        figure = Figure((3.4 * len(shown), 2.8), layout="constrained")
        for panel, score in zip(figure.subplots(1, len(shown), squeeze=False)[0], shown, strict=True):
            for position, row in enumerate(costs.itertuples()):
                gain = gains[score][row.system] * HEADLINE[score].factor
                area = 20 + 60 * (row.parameters / costs.parameters.max()) ** 0.5
                panel.scatter(row.macs_per_second / 1e9, gain, area, color=f"C{position % 10}", label=row.system)
            panel.set_xscale("log")
            panel.set_xlabel("10⁹ multiply-adds per second of audio")
            panel.set_ylabel(f"improvement, {HEADLINE[score].head}")
            panel.grid(alpha=0.3, lw=0.5)
        handles, labels = panel.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
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
