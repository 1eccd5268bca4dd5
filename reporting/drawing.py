"""A figure as it stands in a page and lies in the folder `figures`."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from safety.atomic import write_atomic

STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "clarion",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
MARKERS = "osD^vP*X"
DPI = 200  # of the PNG


class Drawing(NamedTuple):
    """name: of its files; title and note: over and under it in the page; svg: text; png: bytes."""

    name: str
    title: str
    note: str
    svg: str
    png: bytes


def label(name: str) -> str:
    """`name` for a legend or a title, to the letter: no mathematics between dollars, not left out for an underscore."""
    return ("\N{ZERO WIDTH SPACE}" if name.startswith("_") else "") + name.replace("$", r"\$")


def axes(panel: Axes, x: str, y: str) -> None:
    """Name both axes of a panel, over a light grid."""
    panel.set_xlabel(x)
    panel.set_ylabel(y)
    panel.grid(alpha=0.3, lw=0.5)


def drawing(figure: Figure, name: str, title: str, note: str = "") -> Drawing:
    """Both forms of a figure, without a date: equal figures, equal bytes."""
    text, picture = io.BytesIO(), io.BytesIO()
    FigureCanvasSVG(figure).print_svg(text, metadata={"Date": None})
    FigureCanvasAgg(figure)
    figure.savefig(picture, format="png", dpi=DPI)
    svg = text.getvalue().decode()
    return Drawing(name, title, note, svg[svg.index("<svg") :], picture.getvalue())


def write_drawings(drawings: Sequence[Drawing], folder: Path) -> None:
    """NAME.svg and NAME.png of every drawing, into `folder`."""
    for one in drawings:
        write_atomic(folder / f"{one.name}.svg", one.svg)
        write_atomic(folder / f"{one.name}.png", one.png)
