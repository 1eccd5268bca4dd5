"""The text of a CSV file as columns of known types, or what is wrong with it."""

import csv
import io
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

Columns = Mapping[
    str, Any
]  # the type of each by name: str, int, float (finite), bool, float | None
SHOWN = 40  # characters of a file, a name or a cell that a message repeats


def parse(text: str, columns: Columns, defaults: Mapping[str, Any]) -> pd.DataFrame:
    """The table that `text` holds.

    columns: all that it must have, in that order; those with one of `defaults` may be missing.
    Raises ValueError, with the row (as a spreadsheet counts: the header is row 1), for any other
    text.
    """
    header, *rows = _rows(text, columns)
    _check_header(header, columns, defaults)
    table = {}
    for name, kind in columns.items():
        if name in header:
            place = header.index(name)
            cells = [row[place] for row in rows]
        else:
            cells = [str(defaults[name])] * len(rows)
        table[name] = _column(name, cells, kind)
    return pd.DataFrame(table)


def _rows(text: str, columns: Columns) -> list[list[str]]:
    """The cells of every row, the header first; all rows have as many."""
    if not text:
        raise ValueError("is empty")
    if not text.endswith("\n"):
        raise ValueError("ends in the middle of a row")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = [row or [""] for row in reader]
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: {error}") from error
    header = rows[0]
    if columns.keys().isdisjoint(header):
        begin = ascii(text.partition("\n")[0][:SHOWN])
        raise ValueError(f"begins with {begin}, not with the names of columns {','.join(columns)}")
    for number, row in enumerate(rows, start=1):
        if len(row) != len(header):
            raise ValueError(f"row {number} has {len(row)} cells, the header {len(header)}")
    return rows


def _check_header(header: list[str], columns: Columns, defaults: Mapping[str, Any]) -> None:
    """Raise ValueError unless `header` names `columns`, of which those with defaults may lack."""
    lacking = [name for name in columns if name not in header and name not in defaults]
    if lacking:
        raise ValueError(_refusal("has no column", lacking, columns))
    strange = [name for name in header if name not in columns]
    if strange:
        raise ValueError(_refusal("has a column too many:", strange, columns))
    ordered = [name for name in columns if name in header]
    if header != ordered:
        raise ValueError(
            f"its columns are {', '.join(header)}; they must be {', '.join(columns)}, in this order"
        )


def _refusal(problem: str, names: list[str], columns: Columns) -> str:
    shown = ", ".join(name[:SHOWN] for name in names)
    return f"{problem} {shown}; its columns are {', '.join(columns)}"


def _column(name: str, cells: list[str], kind: Any) -> list[str] | np.ndarray:
    """The values of a column; text stays a list, so that nothing is taken for a missing value."""
    if kind is str:
        return cells
    reading = _READINGS[kind]
    values = []
    for number, cell in enumerate(cells, start=2):
        try:
            value = reading.read(cell)
        except (ValueError, KeyError, OverflowError):
            shown = repr(cell[:SHOWN])
            raise ValueError(f"row {number}: {name} is {shown}, not {reading.wanted}") from None
        values.append(value)
    return np.array(values, dtype=reading.dtype)


def _whole(cell: str) -> int:
    if not re.fullmatch("-?[0-9]+", cell):  # int() would take 1_000 too
        raise ValueError
    return int(np.int64(int(cell)))


def _finite(cell: str) -> float:
    value = float(cell)
    if not np.isfinite(value):
        raise ValueError
    return value


def _truth(cell: str) -> bool:
    return {"True": True, "False": False}[cell]


def _optional(cell: str) -> float:
    return float(cell) if cell else np.nan


class _Reading(NamedTuple):
    """How a cell becomes a value of `dtype`, and what it is wanted to be."""

    read: Callable[[str], Any]
    dtype: type
    wanted: str


_READINGS: dict[Any, _Reading] = {
    int: _Reading(_whole, int, "a whole number"),
    float: _Reading(_finite, float, "a finite number"),
    bool: _Reading(_truth, bool, "True or False"),
    float | None: _Reading(_optional, float, "a number or empty"),
}
