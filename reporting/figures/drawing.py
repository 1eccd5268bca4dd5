"""A figure as it stands in a page and lies in the folder `figures`."""

import io
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from files.atomic import write_atomic

STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "clarion",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
MARKERS = "osD^vP*X"
DPI = 200  # of the PNG
LETTER, LINE = 0.075, 0.17  # inches, of a legend
LONGEST, HANDLE = 64, 8  # letters, of a line of a legend and of what stands before it


class Drawing(NamedTuple):
    """name: of its files; title and note: over and under it in the page; svg: text; png: bytes."""

    name: str
    title: str
    note: str
    svg: str
    png: bytes


def label(name: str) -> str:
    """`name` for a legend or a title, to the letter, long ones over several lines.

    Matplotlib would read what is between dollars as mathematics, and leave out what begins with an underscore.
    """
    lines = wrap(name, LONGEST, break_on_hyphens=False, replace_whitespace=False, drop_whitespace=False)
    return ("\N{ZERO WIDTH SPACE}" if name.startswith("_") else "") + "\n".join(lines).replace("$", r"\$")


def axes(panel: Axes, x: str, y: str) -> None:
    """Name both axes of a panel, over a light grid."""
    panel.set_xlabel(x)
    panel.set_ylabel(y)
    panel.grid(alpha=0.3, lw=0.5)


def legend(figure: Figure, panel: Axes) -> None:
    """Below the figure, which becomes higher by it, what the lines or dots of `panel` are called.

    In as many columns as there is room for.
    """
    handles, labels = panel.get_legend_handles_labels()
    longest = max((len(line) for name in labels for line in name.splitlines()), default=0)
    columns = max(1, min(4, int(figure.get_figwidth() / (LETTER * (longest + HANDLE)))))
    figure.legend(handles, labels, loc="outside lower center", ncols=columns, frameon=False)
    lines = sum(name.count("\n") + 1 for name in labels) / columns
    figure.set_figheight(figure.get_figheight() + LINE * max(0, lines - 2))


def drawing(figure: Figure, name: str, title: str, note: str = "") -> Drawing:
    """Both forms of a figure, without a date: equal figures, equal bytes."""
    text, picture = io.BytesIO(), io.BytesIO()
    with warnings.catch_warnings(action="ignore", category=UserWarning):  # letters that the font of the PNG lacks
        FigureCanvasSVG(figure).print_svg(text, metadata={"Date": None})
        figure.set_layout_engine("none")  # laid out already, and the same for both
        FigureCanvasAgg(figure)
        figure.savefig(picture, format="png", dpi=DPI)
    svg = text.getvalue().decode()
    return Drawing(name, title, note, _own_ids(svg[svg.index("<svg") :], name), picture.getvalue())


def _own_ids(svg: str, name: str) -> str:
    """Every id with the figure's name before it: several figures stand in one page."""
    return re.sub(r'(\bid="|href="#|url\(#)', rf"\1{name}-", svg)


def write_drawings(drawings: Sequence[Drawing], folder: Path) -> None:
    """NAME.svg and NAME.png of every drawing, into `folder`; those of an earlier report there are removed."""
    written = {folder / f"{one.name}.{suffix}": getattr(one, suffix) for one in drawings for suffix in ("svg", "png")}
    for path, content in written.items():
        write_atomic(path, content)
    for path in {*folder.glob("*.svg"), *folder.glob("*.png")} - set(written):
        path.unlink()
