"""Tables in Markdown, with escaped names."""

import re
from collections.abc import Mapping

import pandas as pd
from tabulate import tabulate

from reporting.tables.grid import Cell, Grid
from text.line import in_one_line

MARKS = {"best": "**{}**", "level": "{}\N{DEGREE SIGN}", "undecided": "{}", "": "{}"}
SPECIAL = str.maketrans(
    {
        "\\": r"\\",
        "`": r"\`",
        "*": r"\*",
        "[": r"\[",
        "]": r"\]",
        "|": r"\|",
        "$": r"\$",
        "<": "&lt;",
        "&": "&amp;",
    }
)


def of_grid(grid: Grid, gains: bool = False) -> str:
    """The values of a grid, or the improvements.

    Bold marks the best, a degree sign a system that is not significantly below it.
    """
    heads = []
    for head, count in grid.heads:
        heads.extend([head] * count)
    columns = ["system"]
    for head, column in zip(heads, grid.columns, strict=True):
        columns.append(f"{head} {column}")
    rows = []
    for row in grid.rows:
        name = row.name
        if row.source:
            name = f"{name} ({row.source})"
        cells = [_marked(cell, gains) for cell in row.cells]
        rows.append([name, *cells])
    return _pipe(columns, rows)


def of_table(
    table: pd.DataFrame,
    name: str | None = None,
    heads: Mapping[str, str] | None = None,
    form: str = "+.3f",
    forms: Mapping[str, str] | None = None,
) -> str:
    """A table, with its index first if that has a `name`; NaN is a dash.

    heads: heads of columns, if they differ from the names. form: format of numbers that are not
    whole; forms: formats of single columns. Formats may have the "%" of a page's formats.
    """
    if name is not None:
        table = table.rename_axis(name).reset_index()
    heads = heads or {}
    rows = []
    of_column = [(forms or {}).get(name, form).lstrip("%") for name in table.columns[1:]]
    for first, *values in table.itertuples(index=False):
        cells = [_text(value, own) for value, own in zip(values, of_column, strict=True)]
        rows.append([str(first), *cells])
    columns = [heads.get(column, column) for column in table]
    return _pipe(columns, rows)


def _text(value: object, form: str) -> str:
    """A cell of a table."""
    if isinstance(value, int):
        return f"{value:,}"
    if not isinstance(value, float):
        return to_the_letter(str(value))
    if pd.isna(value):
        return "-"
    return format(value, form)


def to_the_letter(text: str) -> str:
    """`text`, escaped for a line or a cell."""
    return in_one_line(text).translate(SPECIAL)


def code(text: str) -> str:
    """`text` in a line as code, so that it can be copied as it is."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    space = " " if longest else ""  # next to a fence a backtick would be part of it
    return f"{fence}{space}{in_one_line(text)}{space}{fence}"


def _marked(cell: Cell, gains: bool) -> str:
    """A cell of a grid with its mark, and a star if some mixtures could not be scored."""
    number = cell.gain if gains else cell.value
    marked = MARKS[cell.mark].format(number)
    if cell.partial:
        return marked + r"\*"
    return marked


def _pipe(heads: list[str], rows: list[list[str]]) -> str:
    """A pipe table; heads and first cells are escaped, the other cells are Markdown already."""
    heads = [to_the_letter(head) for head in heads]
    body = []
    for name, *cells in rows:
        body.append([to_the_letter(name), *cells])
    alignment = None
    if body:
        numbers = len(heads) - 1
        alignment = ["left"] + numbers * ["right"]
    return tabulate(
        body,
        heads,
        "pipe",
        colalign=alignment,
        disable_numparse=True,
    )
