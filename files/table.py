"""Tables as CSV files that keep every value, with their checksums beside them."""

import csv
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from files.atomic import write_atomic
from files.cells import GROUP, parse
from files.schema import OptionalFloat as OptionalFloat
from files.schema import Schema, Types
from files.sums import ENCODING, TableError, sum_of, summed_content, sums_in, write_summed

_LAST_LINE = "# sha256 "


def csv_text(table: pd.DataFrame) -> str:
    """`table` as CSV.

    Where a cell holds a carriage return, which readers take for the end of a row, all are quoted.
    """
    text = _text_of(table, csv.QUOTE_MINIMAL)
    return text if "\r" not in text else _text_of(table, csv.QUOTE_NONNUMERIC)


def _text_of(table: pd.DataFrame, quoting: int) -> str:
    """GROUP rows at a time, so that little more than the text itself is held."""
    parts = []
    for begin in range(0, max(len(table), 1), GROUP):
        group = table.iloc[begin : begin + GROUP]
        header = begin == 0
        parts.append(group.to_csv(index=False, header=header, lineterminator="\n", quoting=quoting))
    return "".join(parts)


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write tables to `folder` by the names of their files, and their sums to SHA256SUMS beside.

    Whenever a process is killed here, no sum in SHA256SUMS contradicts a table that is whole.
    """
    contents = {name: _encoded(table) for name, table in tables.items()}
    write_summed(folder, contents)


def read_table(path: Path, columns: Types | Schema, remedy: str) -> pd.DataFrame:
    """The table at `path`; checked against SHA256SUMS, where that stands beside it and names it.

    columns: all that it must have, in that order, or a schema, which knows older tables too.
    Raises FileNotFoundError where there is none, and TableError, with the row (as a spreadsheet
    counts: the header is row 1), for anything that is not such a table; both end in `remedy`.
    """
    content = summed_content(path, remedy)
    schema = columns if isinstance(columns, Schema) else Schema(columns)
    try:
        return parse(content, schema)
    except ValueError as error:
        raise TableError(f"{path}: {error}", remedy) from error


def unchanged(path: Path, table: pd.DataFrame) -> bool:
    """Whether SHA256SUMS says that `table` is what was last written to `path`.

    Whatever became of that file.
    """
    written = sums_in(path.parent, strict=False).get(path.name)
    return written == sum_of(_encoded(table))


def keep(path: Path, table: pd.DataFrame) -> None:
    """Write `table` to a cache; its last line is the checksum."""
    content = _encoded(table)
    last_line = f"{_LAST_LINE}{sum_of(content)}\n"
    write_atomic(path, content + last_line.encode())


def recall(path: Path, columns: Types) -> pd.DataFrame | None:
    """The table that `keep` wrote; None where there is none, or it is not what was written."""
    try:
        content, mark, kept_sum = path.read_bytes().rpartition(_LAST_LINE.encode())
        if not mark or kept_sum != f"{sum_of(content)}\n".encode():
            return None
        return parse(content, Schema(columns))
    except (OSError, ValueError):
        return None


def _encoded(table: pd.DataFrame) -> bytes:
    return csv_text(table).encode(**ENCODING)
