"""Parses the text of a CSV file into columns of known types, or names its fault."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from files.schema import Cells, OptionalFloat, Schema
from files.sums import ENCODING

# Text is stored alike with and without pyarrow. pyarrow's own text cannot hold the name of a file
# that is invalid UTF-8.
pd.set_option("mode.string_storage", "python")
INT64 = np.iinfo(np.int64)
GROUP = 1_000  # rows that are read at a time
SHOWN = 40  # characters of a file, a name or a cell that a message repeats


def parse(content: bytes, schema: Schema) -> pd.DataFrame:
    """The table in `content`, the bytes of a CSV file; it is made of GROUP rows at a time.

    Raises ValueError for text that is no table of `schema`. The message names the row as a
    spreadsheet counts it: the header is row 1.
    """
    content = content.removeprefix(codecs.BOM_UTF8)
    rows = _rows(content)
    header = _header(rows, content, schema)
    words: dict[str, str] = {}
    parts = []
    begin = 2
    while True:
        group = [*islice(rows, GROUP)]
        if parts and not group:
            break
        parts.append(_part(header, group, begin, schema, words))
        begin += len(group)
    return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)


def _part(
    header: list[str], rows: list[list[str]], begin: int, schema: Schema, words: dict[str, str]
) -> pd.DataFrame:
    """Some rows as a table; begin: the number of the first row. words: all text so far, once."""
    for number, row in enumerate(rows, start=begin):
        if len(row) != len(header):
            raise ValueError(f"row {number} has {len(row)} cells, the header {len(header)}")
    written: Cells = {}
    for place, name in enumerate(header):
        written[name] = [row[place] for row in rows]
    cells = schema.upgrade(written)
    _check_header(list(cells), schema)
    types = {name: schema.types.get(name, str) for name in (*schema.types, *cells)}
    table = {}
    for name, kind in types.items():
        column = cells[name] if name in cells else [str(schema.defaults[name])] * len(rows)
        if kind is str:  # equal text is stored once for all rows
            table[name] = [words.setdefault(cell, cell) for cell in column]
        else:
            table[name] = _column(name, column, kind, begin)
    return pd.DataFrame(table)


def _rows(content: bytes) -> Iterator[list[str]]:
    """The cells of every row, the header first."""
    if not content:
        raise ValueError("is empty")
    if not content.endswith(b"\n"):
        raise ValueError("ends in the middle of a row")
    lines = (line.decode(**ENCODING) for line in io.BytesIO(content))
    reader = csv.reader(lines, strict=True)
    try:
        for row in reader:
            yield row or [""]
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: {error}") from error


def _header(rows: Iterator[list[str]], content: bytes, schema: Schema) -> list[str]:
    """The first of `rows`, checked: it names columns of `schema`."""
    header = next(rows)
    if schema.types.keys().isdisjoint(header):
        begin = ascii(content.partition(b"\n")[0].decode(**ENCODING)[:SHOWN])
        names = ",".join(schema.types)
        raise ValueError(f"begins with {begin}, not with the names of columns {names}")
    if len(set(header)) < len(header):
        raise ValueError(_misplaced(header, schema))
    return header


def _check_header(header: list[str], schema: Schema) -> None:
    """Raise ValueError unless `header` names the columns of `schema`, in order."""
    lacking = [name for name in schema.types if name not in header and name not in schema.defaults]
    if lacking:
        raise ValueError(_refusal("has no column", lacking, schema))
    others = [name for name in header if name not in schema.types]
    if "" in others:
        raise ValueError(_refusal("has a column too many:", ["one without a name"], schema))
    if others and not schema.more:
        raise ValueError(_refusal("has a column too many:", others, schema))
    ordered = [name for name in schema.types if name in header]
    if header != [*ordered, *others]:
        raise ValueError(_misplaced(header, schema))


def _refusal(problem: str, names: list[str], schema: Schema) -> str:
    shown = ", ".join(name[:SHOWN] for name in names)
    return f"{problem} {shown}; its columns are {', '.join(schema.types)}"


def _misplaced(header: list[str], schema: Schema) -> str:
    others = "; others follow, each with a name of its own" if schema.more else ""
    wanted = f"{', '.join(schema.types)}, in this order{others}"
    return f"its columns are {', '.join(header)}; they must be {wanted}"


def _column(name: str, cells: Sequence[str], kind: Any, begin: int) -> np.ndarray:
    """The values of a column that is not text; begin: the number of its first row."""
    reading = _READINGS[kind]
    values = []
    for number, cell in enumerate(cells, start=begin):
        try:
            value = reading.read(cell)
        except (ValueError, KeyError, OverflowError):
            shown = repr(cell[:SHOWN])
            raise ValueError(f"row {number}: {name} is {shown}, not {reading.wanted}") from None
        values.append(value)
    return np.array(values, dtype=reading.dtype)


def _whole(cell: str) -> int:
    digits = cell.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):  # int() would take 1_000 too
        raise ValueError
    value = int(cell)
    if not INT64.min <= value <= INT64.max:
        raise ValueError
    return value


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
    """The conversion of a cell to a value of `dtype`, and the wanted kind in words."""

    read: Callable[[str], Any]
    dtype: type
    wanted: str


_READINGS: dict[Any, _Reading] = {
    int: _Reading(_whole, int, "a whole number"),
    float: _Reading(_finite, float, "a finite number"),
    bool: _Reading(_truth, bool, "True or False"),
    OptionalFloat: _Reading(_optional, float, "a number or empty"),
}
