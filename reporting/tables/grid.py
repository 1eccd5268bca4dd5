"""The tables of the page, with any columns.

Cells hold value, improvement, intervals and mark.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pandas as pd

from metrics.known import facts
from reporting.scores_table import MIXTURE
from reporting.tables.comparison import FEWEST
from reporting.tables.marks import UNDECIDED
from reporting.tables.summary import SUMMARISED, firsts
from reporting.tables.wording import called, words

NONE = "\N{EN DASH}"
Column = tuple[str, str]  # score, label
# By the column of a summary ("mean", "gain", ...): tables of system x (score, column).
Means = Mapping[str, pd.DataFrame]

Values = Mapping[str, Any]  # the values of one cell, by the column of a summary


class Cell(NamedTuple):
    """A cell.

    value, gain: as text, with the 95 % intervals of both. number, change: for sorting. tip: further
    text. mark: one of reporting.tables.marks or "". partial: whether some mixtures could not be
    scored. first: whether it is the first column of its score.
    """

    value: str
    gain: str
    interval: str
    gain_interval: str
    number: float
    change: float
    tip: str
    mark: str
    partial: bool
    first: bool


class Row(NamedTuple):
    """name: of a system; source: of its values, if they were not measured here."""

    name: str
    cells: list[Cell]
    source: str


class Grid(NamedTuple):
    """heads: scores and how many columns each has; columns: their labels. note: below the table."""

    title: str
    heads: list[tuple[str, int]]
    columns: list[str]
    rows: list[Row]
    note: str = ""

    @property
    def marks(self) -> set[str]:
        """The marks in the grid."""
        return {cell.mark for row in self.rows for cell in row.cells}

    @property
    def has_intervals(self) -> bool:
        """Whether a cell has an improvement with an interval."""
        return any(cell.gain_interval for row in self.rows for cell in row.cells)


def grid(title: str, means: Means, published: Means | None = None, source: str = "") -> Grid:
    """The grid of `means` (see reporting.tables.summary.wide): at least "mean" and "gain".

    published: rows of the same columns that were not measured here; source: of these values.
    """
    columns = means["mean"].columns.tolist()
    rows = _rows(columns, means, source="")
    if published:
        rows.extend(_rows(columns, published, source))
    counts = Counter(score for score, _ in columns)
    heads = []
    for score, count in counts.items():
        heads.append((facts(score).head, count))
    labels = [str(label) for _, label in columns]
    return Grid(title, heads, labels, rows, _undecided(means))


def _undecided(means: Means) -> str:
    """The note on columns with too few speakers or noises for a test."""
    if "mark" not in means:
        return ""
    undecided = (means["mark"] == UNDECIDED).any()
    if not undecided.any():
        return ""
    labels = [str(label) for _, label in undecided.index[undecided]]
    where = "" if undecided.all() else f" under {', '.join(dict.fromkeys(labels))}"
    for what, fewest in FEWEST.items():
        count = int(means[what].loc[:, undecided].max(axis=None))
        if count < fewest:
            these = words().counted(count, what)
            return (
                f"Nothing is marked{where}: {these} cannot tell systems apart; "
                f"at least {fewest} are needed."
            )
    return ""


def _rows(columns: list[Column], means: Means, source: str) -> list[Row]:
    """A row per system of `means`, with a cell for each of `columns`."""
    first_of_score = firsts(columns)
    known = {what: table.to_dict() for what, table in means.items()}  # a cell is found at once
    rows = []
    for name in means["mean"].index:
        cells = []
        for column, first in zip(columns, first_of_score, strict=True):
            score, _ = column
            values = _values(name, column, known)
            cell = _cell(name, score, first, values)
            cells.append(cell)
        rows.append(Row(called(name), cells, source))
    return rows


def _values(name: str, column: Column, known: Mapping[str, Mapping[Column, dict]]) -> Values:
    """The values of one system in one column of a summary; NaN for missing ones.

    known: `Means` as dicts.
    """
    values = dict.fromkeys(SUMMARISED, float("nan"))
    values["mark"] = ""
    for what, table in known.items():
        cells = table.get(column, {})
        if name in cells:
            values[what] = cells[name]
    return values


def _cell(name: str, score: str, first: bool, values: Values) -> Cell:
    """The cell of one system in one column of `score`. first: whether it is its first column."""
    form = f".{facts(score).digits}f"
    interval = _interval(values["low"], values["high"], form)
    gain_interval = ""
    if name != MIXTURE:
        gain_interval = _interval(values["gain_low"], values["gain_high"], f"+{form}")
    mark = values["mark"]
    return Cell(
        value=_text(values["mean"], form),
        gain=_text(values["gain"], f"+{form}"),
        interval=interval,
        gain_interval=gain_interval,
        number=values["mean"],
        change=values["gain"],
        tip=", ".join(_tips(values, interval, gain_interval)),
        mark=mark if isinstance(mark, str) else "",
        partial=values["failed"] > 0,
        first=first,
    )


def _tips(values: Values, interval: str, gain_interval: str) -> Iterator[str]:
    """The further texts of a cell."""
    if interval:
        yield f"95 % interval {interval}"
    if gain_interval:
        yield f"of the improvement {gain_interval}"
    if values["scored"] >= 0:
        yield f"{values['scored']:.0f} scored"
    if values["failed"] > 0:
        yield f"{values['failed']:.0f} not computed"


def _interval(low: float, high: float, form: str) -> str:
    if pd.isna(low):
        return ""
    return f"{low:{form}} to {high:{form}}"


def _text(value: float, form: str) -> str:
    if pd.isna(value):
        return NONE
    return format(value, form)
