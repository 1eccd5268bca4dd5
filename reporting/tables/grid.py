"""Tables as the page shows them: cells with value, improvement, intervals and mark, whatever is in the columns."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pandas as pd

from reporting.scoring.systems import MIXTURE
from reporting.tables.headline import HEADLINE
from reporting.tables.summary import SUMMARISED, firsts

NONE = "\N{EN DASH}"
Means = Mapping[str, pd.DataFrame]  # by the column of a summary: "mean", "gain", ...; each system x (score, column)


class Cell(NamedTuple):
    """What stands in a cell.

    value, gain: as text, with the 95 % intervals of both. number, change: to sort by. tip: more to say. mark: "best",
    "level" or "". partial: some mixtures could not be scored. first: of its score.
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
    """name of a system; source: where its values are from, if it was not run here."""

    name: str
    cells: list[Cell]
    source: str


class Grid(NamedTuple):
    """heads: scores and how many columns each has; columns: their labels."""

    title: str
    heads: list[tuple[str, int]]
    columns: list[str]
    rows: list[Row]


def grid(title: str, means: Means, published: Means | None = None, source: str = "") -> Grid:
    """The grid of `means`, by the columns of a summary (see reporting.tables.summary.wide): "mean" and "gain" at least.

    published: rows of the same columns that were not measured here; source: where they are from.
    """
    columns = means["mean"].columns.tolist()
    places = list(zip(columns, firsts(columns), strict=True))

    def row(name: str, values: Means, source: str = "") -> Row:
        return Row(name, [_cell(name, column, first, values) for column, first in places], source)

    rows = [row(name, means) for name in means["mean"].index]
    if published:
        rows += [row(name, published, source) for name in published["mean"].index]
    counts = {score: sum(one == score for one, _ in columns) for score, _ in columns}
    heads = [(HEADLINE[score].head, count) for score, count in counts.items()]
    return Grid(title, heads, [str(column) for _, column in columns], rows)


def _cell(name: str, column: tuple[str, str], first: bool, means: Means) -> Cell:
    found = dict.fromkeys(SUMMARISED, float("nan")) | {"mark": ""}
    found |= {what: table[column].get(name, found[what]) for what, table in means.items() if column in table}
    form = f".{HEADLINE[column[0]].digits}f"
    interval = _interval(found["low"], found["high"], form)
    gain_interval = "" if name == MIXTURE else _interval(found["gain_low"], found["gain_high"], f"+{form}")
    return Cell(
        value=_text(found["mean"], form),
        gain=_text(found["gain"], f"+{form}"),
        interval=interval,
        gain_interval=gain_interval,
        number=found["mean"],
        change=found["gain"],
        tip=", ".join(_told(found, interval, gain_interval)),
        mark=found["mark"] if isinstance(found["mark"], str) else "",
        partial=found["failed"] > 0,
        first=first,
    )


def _told(found: Mapping[str, float], interval: str, gain_interval: str) -> Iterator[str]:
    if interval:
        yield f"95 % interval {interval}"
    if gain_interval:
        yield f"of the improvement {gain_interval}"
    if found["scored"] >= 0:
        yield f"{found['scored']:.0f} scored"
    if found["failed"] > 0:
        yield f"{found['failed']:.0f} not computed"


def _interval(low: float, high: float, form: str) -> str:
    return "" if pd.isna(low) else f"{low:{form}} to {high:{form}}"


def _text(value: float, form: str) -> str:
    return NONE if pd.isna(value) else format(value, form)
