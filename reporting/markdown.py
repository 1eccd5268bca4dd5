"""Tables in Markdown. No viewer runs what stands in them, but a cell must not end its table."""

from collections.abc import Mapping

import pandas as pd
from tabulate import tabulate

from reporting.grid import Cell, Grid

MARKS = {"best": "**{}**", "level": "{}\N{DEGREE SIGN}", "": "{}"}


def of_grid(grid: Grid) -> str:
    """The values of a grid: bold is best, a degree sign not significantly below it."""
    heads = [head for head, count in grid.heads for _ in range(count)]
    columns = [f"{head} {column}" for head, column in zip(heads, grid.columns, strict=True)]
    rows = [
        [f"{row.name} ({row.source})" if row.source else row.name, *(_marked(cell) for cell in row.cells)]
        for row in grid.rows
    ]
    return _pipe(["system", *columns], rows)


def of_table(
    table: pd.DataFrame, name: str | None = None, heads: Mapping[str, str] | None = None, form: str = "+.3f"
) -> str:
    """A table, after its index where that has a `name`; NaN is a dash.

    heads: what columns are called, where not by their name. form: of numbers that are not whole.
    """
    shown = table if name is None else table.rename_axis(name).reset_index()
    rows = [[_told(value, form) for value in row] for row in shown.itertuples(index=False)]
    return _pipe([(heads or {}).get(head, head) for head in shown], rows)


def _told(value: object, form: str) -> str:
    if isinstance(value, float):
        return "-" if pd.isna(value) else format(value, form)
    return f"{value:,}" if isinstance(value, int) else str(value)


def one_cell(text: str) -> str:
    """`text` as it can stand in a cell, or in a line."""
    return " ".join(text.split()).replace("|", r"\|")


def _marked(cell: Cell) -> str:
    return MARKS[cell.mark].format(cell.value)


def _pipe(heads: list[str], rows: list[list[str]]) -> str:
    rows = [[one_cell(cell) for cell in row] for row in rows]
    aligned = ["left", *["right"] * (len(heads) - 1)] if rows else None
    return tabulate(rows, [one_cell(head) for head in heads], "pipe", colalign=aligned, disable_numparse=True)
