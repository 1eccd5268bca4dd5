"""Tables as the page shows them: cells with value, improvement, interval and mark, whatever is in the columns."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import pandas as pd
from tabulate import tabulate

from reporting.headline import HEADLINE
from reporting.systems import MIXTURE, ORACLE

NONE = "\N{EN DASH}"


class Cell(NamedTuple):
    """value and gain: as text; number and change: to sort by; tip: more to say; mark: "best", "level" or ""."""

    value: str
    gain: str
    number: float
    change: float
    tip: str
    mark: str
    first: bool  # of its score


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


def grid(
    title: str,
    table: pd.DataFrame,
    tip: Callable[[str, str, str], str] = lambda system, score, column: "",
    level: Mapping[tuple[str, str], set[str]] | None = None,
    published: pd.DataFrame | None = None,
    source: str = "published",
) -> Grid:
    """The grid of `table`, system x (score, column) with a row for the mixture.

    tip: what else to say of a system's score in a column. level: the systems not significantly below the best of
    (score, column). published: rows of the same columns that were not measured here, with a mixture of their own;
    source: where they are from.
    """
    level = level or {}
    columns = table.columns.tolist()
    counts = {score: sum(one == score for one, _ in columns) for score, _ in columns}
    best = _best(table)

    def row(name: str, values: pd.DataFrame, ours: bool) -> Row:
        cells = []
        for number, (score, column) in enumerate(columns):
            value, base = (_value(values, one, (score, column)) for one in (name, MIXTURE))
            mark = (
                "best"
                if best.get((score, column)) == name
                else "level"
                if name in level.get((score, column), ())
                else ""
            )
            first = number == 0 or columns[number - 1][0] != score
            digits = HEADLINE[score].digits
            shown, gain = _text(value, f".{digits}f"), _text(value - base, f"+.{digits}f")
            said = tip(name, score, column) if ours else source
            cells.append(Cell(shown, gain, value, value - base, said, mark if ours else "", first))
        return Row(name, cells, "" if ours else source)

    rows = [row(name, table, True) for name in table.index]
    rows += [row(name, published, False) for name in ([] if published is None else published.index)]
    heads = [(HEADLINE[score].head, count) for score, count in counts.items()]
    return Grid(title, heads, [str(column) for _, column in columns], rows)


def markdown(grid: Grid) -> str:
    """The grid as a table of Markdown: bold is best, a degree sign not significantly below it."""
    heads = ["system", *(f"{head} {column}" for head, column in zip(_repeated(grid.heads), grid.columns, strict=True))]
    rows = [
        [one_cell(f"{row.name} ({row.source})" if row.source else row.name), *(_marked(cell) for cell in row.cells)]
        for row in grid.rows
    ]
    return tabulate(rows, heads, "pipe", colalign=("left", *("right" for _ in grid.columns)), disable_numparse=True)


def one_cell(text: str) -> str:
    """`text` as it can stand in a cell of Markdown."""
    return " ".join(text.split()).replace("|", r"\|")


def _marked(cell: Cell) -> str:
    return {"best": f"**{cell.value}**", "level": f"{cell.value}\N{DEGREE SIGN}"}.get(cell.mark, cell.value)


def _repeated(heads: list[tuple[str, int]]) -> list[str]:
    return [head for head, count in heads for _ in range(count)]


def _value(table: pd.DataFrame, name: str, column: tuple) -> float:
    return float(table[column].get(name, float("nan"))) if column in table else float("nan")


def _text(value: float, form: str) -> str:
    return NONE if pd.isna(value) else format(value, form)


def _best(table: pd.DataFrame) -> dict:
    """The system with the highest value of each column, the oracle aside."""
    columns = table.drop(index=ORACLE, errors="ignore")
    return {column: columns[column].idxmax() for column in columns if columns[column].notna().any()}
