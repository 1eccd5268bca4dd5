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

    Where a cell holds a carriage return, all cells are quoted: readers would end the row there.
    """
    text = _text_of(table, csv.QUOTE_MINIMAL)
    return text if "\r" not in text else _text_of(table, csv.QUOTE_NONNUMERIC)


def _text_of(table: pd.DataFrame, quoting: int) -> str:
    """The text of GROUP rows at a time, so that memory holds little more than the text itself."""
    parts = []
    for begin in range(0, max(len(table), 1), GROUP):
        group = table.iloc[begin : begin + GROUP]
        header = begin == 0
        parts.append(group.to_csv(index=False, header=header, lineterminator="\n", quoting=quoting))
    return "".join(parts)


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write tables to `folder` by the names of their files, and their checksums to SHA256SUMS.

    Where the process is killed at any moment, no checksum there contradicts a whole table.
    """
    contents = {name: _encoded(table) for name, table in tables.items()}
    write_summed(folder, contents)


def read_table(path: Path, columns: Types | Schema, remedy: str) -> pd.DataFrame:
    """The table at `path`, compared with its checksum in SHA256SUMS, if any.

    columns: all its columns, in that order, or a schema, which also reads older tables. Raises
    FileNotFoundError for a missing file, and TableError for anything that is not such a table, with
    the row as a spreadsheet counts it: the header is row 1. Both messages end in `remedy`.
    """
    content = summed_content(path, remedy)
    schema = columns if isinstance(columns, Schema) else Schema(columns)
    try:
        return parse(content, schema)
    except ValueError as error:
        raise TableError(f"{path}: {error}", remedy) from error


def unchanged(path: Path, table: pd.DataFrame) -> bool:
    """Whether `table` was last written to `path`, by its checksum in SHA256SUMS.

    The file itself is not read.
    """
    written = sums_in(path.parent, strict=False).get(path.name)
    return written == sum_of(_encoded(table))


def keep(path: Path, table: pd.DataFrame) -> None:
    """Write `table` to a cache file, whose last line is the checksum."""
    content = _encoded(table)
    last_line = f"{_LAST_LINE}{sum_of(content)}\n"
    write_atomic(path, content + last_line.encode())


def recall(path: Path, columns: Types) -> pd.DataFrame | None:
    """The table that `keep` wrote; None for a missing or changed file."""
    try:
        content, mark, kept_sum = path.read_bytes().rpartition(_LAST_LINE.encode())
        if not mark or kept_sum != f"{sum_of(content)}\n".encode():
            return None
        return parse(content, Schema(columns))
    except (OSError, ValueError):
        return None


def _encoded(table: pd.DataFrame) -> bytes:
    return csv_text(table).encode(**ENCODING)
