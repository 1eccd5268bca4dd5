"""A figure, for the page and for the folder `figures`."""

import html
import io
import re
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import wrap
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from files.atomic import write_atomic

STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "clarion",
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.labelsize": 9,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "figure.facecolor": "none",  # the page has a background, light or dark
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
}
MARKERS = "osD^vP*X"
MOST = 10  # systems with a line in a figure; there are ten colours
DPI = 200  # resolution of the PNG
# Sizes of a legend: a letter and a line in inches; letters of a line and of its handle.
LETTER, LINE = 0.075, 0.17
LONGEST, HANDLE = 64, 8
COLUMNS = 4  # largest number of columns of a legend
Colours = Mapping[str, str]  # the colour of each system


class Drawing(NamedTuple):
    """A figure. name: of its files; title, note: over and under it; svg: text; png: bytes."""

    name: str
    title: str
    note: str
    svg: str
    png: bytes


def label(name: str, longest: int = LONGEST) -> str:
    """`name` for a legend or a title, unchanged, in lines of at most `longest` letters.

    Matplotlib would read text between dollars as mathematics, and leave out a name that begins with
    an underscore.
    """
    lines = wrap(
        name,
        longest,
        break_on_hyphens=False,
        replace_whitespace=False,
        drop_whitespace=False,
    )
    text = "\n".join(lines).replace("$", r"\$")
    if name.startswith("_"):
        return "\N{ZERO WIDTH SPACE}" + text
    return text


def axes(panel: Axes, x: str, y: str) -> None:
    """Name both axes of a panel, over a light grid."""
    panel.set_xlabel(x)
    panel.set_ylabel(y)
    panel.grid(alpha=0.3, lw=0.5)


def error_bars(value: pd.Series, low: pd.Series, high: pd.Series) -> np.ndarray:
    """Lengths of the intervals from `low` to `high` below and above `value`: [2, row].

    0 if there is no interval.
    """
    reach = np.stack([value - low, high - value])
    return np.nan_to_num(reach.astype(float)).clip(0)


def line_with_bars(
    panel: Axes, x: Sequence[float], points: pd.DataFrame, marker: str, name: str, **style
) -> None:
    """A line with a marker and an error bar at each point; name: in the legend.

    points: three columns, the value and the low and the high end of its interval. style: further
    arguments of Matplotlib, such as the colour.
    """
    value, low, high = (points[column] for column in points)
    bars = error_bars(value, low, high)
    thin = {"ms": 4, "lw": 1.2, "elinewidth": 0.8, "capsize": 2}
    panel.errorbar(x, value, yerr=bars, fmt=f"{marker}-", label=label(name), **thin, **style)


def legend(figure: Figure, panel: Axes) -> None:
    """Write the legend of `panel` below the figure, which becomes higher.

    It has as many columns as fit, and is left-aligned, so that a narrow screen shows its beginning.
    """
    handles, labels = panel.get_legend_handles_labels()
    text = "\n".join(labels)
    longest = max(map(len, text.splitlines()), default=0)
    column_width = LETTER * (longest + HANDLE)
    room = int(figure.get_figwidth() / column_width)
    columns = max(1, min(COLUMNS, room))
    figure.legend(
        handles,
        labels,
        loc="outside lower left",
        ncols=columns,
        frameon=False,
    )
    lines = (text.count("\n") + 1) / columns
    more_lines = max(0, lines - 2)
    figure.set_figheight(figure.get_figheight() + LINE * more_lines)


def drawing(figure: Figure, name: str, title: str, note: str = "") -> Drawing:
    """The SVG and PNG of a figure, without a date: equal figures have equal bytes."""
    # The font of the PNG lacks some letters; Matplotlib warns about them.
    with warnings.catch_warnings(action="ignore", category=UserWarning):
        svg = _svg(figure)
        figure.set_layout_engine("none")  # the layout is done, and the same for both
        png = _png(figure)
    return Drawing(name, title, note, _named(_own_ids(svg, name), name, title), png)


def _svg(figure: Figure) -> str:
    """The SVG element alone, without the header of an SVG file."""
    content = io.BytesIO()
    canvas = FigureCanvasSVG(figure)
    canvas.print_svg(content, metadata={"Date": None})
    text = content.getvalue().decode()
    begin = text.index("<svg")
    return text[begin:]


def _png(figure: Figure) -> bytes:
    content = io.BytesIO()
    figure.set_dpi(DPI)
    figure.set_facecolor("white")
    FigureCanvasAgg(figure).print_png(content)  # savefig would draw the figure twice
    return content.getvalue()


def _own_ids(svg: str, name: str) -> str:
    """The SVG with the figure's name before every id, as a page contains several figures."""
    return re.sub(r'(\bid="|href="#|url\(#)', rf"\1{name}-", svg)


def _named(svg: str, name: str, title: str) -> str:
    """An image with a title for screen readers, in the text colour of the page."""
    title_id = f"{name}-title"
    begin = f'<svg role="img" aria-labelledby="{title_id}" fill="currentColor"'
    end_of_tag = svg.index(">") + 1
    tag = svg[:end_of_tag].replace("<svg", begin, 1)
    told = f'<title id="{title_id}">{html.escape(title)}</title>'
    return tag + told + svg[end_of_tag:].replace("#000000", "currentColor")


def write_drawings(drawings: Sequence[Drawing], folder: Path) -> None:
    """Write NAME.svg and NAME.png of every drawing to `folder`.

    Drawings of an earlier report there are removed.
    """
    written = set()
    for shown in drawings:
        svg_path = folder / f"{shown.name}.svg"
        png_path = folder / f"{shown.name}.png"
        write_atomic(svg_path, shown.svg)
        write_atomic(png_path, shown.png)
        written.update((svg_path, png_path))
    present = {*folder.glob("*.svg"), *folder.glob("*.png")}
    for path in present - written:
        path.unlink()
