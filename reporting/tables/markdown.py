"""Tables in Markdown, where names stand to the letter."""

from collections.abc import Mapping

import pandas as pd
from tabulate import tabulate

from reporting.tables.grid import Cell, Grid

MARKS = {"best": "**{}**", "level": "{}\N{DEGREE SIGN}", "": "{}"}
SPECIAL = {ord(one): f"\\{one}" for one in "\\`*[]|$"} | {ord("<"): "&lt;", ord("&"): "&amp;"}


def of_grid(grid: Grid, gains: bool = False) -> str:
    """The values of a grid, or the improvements: bold is best, a degree sign not significantly below it."""
    heads = [head for head, count in grid.heads for _ in range(count)]
    columns = [f"{head} {column}" for head, column in zip(heads, grid.columns, strict=True)]
    rows = [
        [f"{row.name} ({row.source})" if row.source else row.name, *(_marked(cell, gains) for cell in row.cells)]
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
    rows = [[str(first), *(_told(value, form) for value in row)] for first, *row in shown.itertuples(index=False)]
    return _pipe([(heads or {}).get(head, head) for head in shown], rows)


def _told(value: object, form: str) -> str:
    if isinstance(value, float):
        return "-" if pd.isna(value) else format(value, form)
    return f"{value:,}" if isinstance(value, int) else to_the_letter(str(value))


def to_the_letter(text: str) -> str:
    """`text` as it can stand in a line or in a cell."""
    return " ".join(text.split()).translate(SPECIAL)


def _marked(cell: Cell, gains: bool) -> str:
    return MARKS[cell.mark].format(cell.gain if gains else cell.value) + (r"\*" if cell.partial else "")


def _pipe(heads: list[str], rows: list[list[str]]) -> str:
    """The first cell of a row and the heads are names."""
    rows = [[to_the_letter(name), *cells] for name, *cells in rows]
    aligned = ["left", *["right"] * (len(heads) - 1)] if rows else None
    return tabulate(rows, [*map(to_the_letter, heads)], "pipe", colalign=aligned, disable_numparse=True)
