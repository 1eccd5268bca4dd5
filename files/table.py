"""Tables as CSV files that keep every value, with their checksums beside them."""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from files.atomic import write_atomic
from files.schema import OptionalFloat, Schema, Types
from files.sums import ENCODING, SUMS, read_sums, sum_of, write_sums

_LAST_LINE = "# sha256 "


class TableError(ValueError):
    """A table that cannot be used. problem: what it is, without the remedy."""

    def __init__(self, problem: str, remedy: str):
        super().__init__(f"{problem}; {remedy}")
        self.problem = problem


def csv_text(table: pd.DataFrame) -> str:
    """`table` as CSV. Where a cell holds a carriage return, which readers take for the end of a row, all are quoted."""
    text = table.to_csv(index=False, lineterminator="\n")
    return table.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC) if "\r" in text else text


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write tables to `folder` by the names of their files, and what they add up to in SHA256SUMS beside them.

    Whenever a process is killed here, no sum in SHA256SUMS contradicts a table that is whole.
    """
    _write(folder, {name: csv_text(table).encode(**ENCODING) for name, table in tables.items()})


def copy_tables(source: Path, target: Path, names: tuple[str, ...], remedy: str) -> None:
    """Copy tables with their sums; raises as `read_table` does where one is damaged."""
    _write(target, {name: _content(source / name, remedy) for name in names})


def read_table(path: Path, columns: Types | Schema, remedy: str) -> pd.DataFrame:
    """The table at `path`; checked against SHA256SUMS, where that stands beside it and names it.

    columns: all that it must have, in that order, by name or as a schema.
    Raises FileNotFoundError where there is none, and TableError, with the row (as a spreadsheet counts: the header is
    row 1), for anything that is not such a table; both end in `remedy`.
    """
    content = _content(path, remedy)
    try:
        return _parsed(content, columns if isinstance(columns, Schema) else Schema(columns))
    except ValueError as error:
        raise TableError(f"{path}: {error}", remedy) from error


def unchanged(path: Path, table: pd.DataFrame) -> bool:
    """Whether SHA256SUMS says that `table` is what was last written to `path`, whatever became of that file."""
    return read_sums(path.parent, strict=False).get(path.name) == sum_of(csv_text(table).encode(**ENCODING))


def keep(path: Path, table: pd.DataFrame) -> None:
    """Write `table` to a cache; its last line is the checksum."""
    content = csv_text(table).encode(**ENCODING)
    write_atomic(path, content + f"{_LAST_LINE}{sum_of(content)}\n".encode())


def recall(path: Path, columns: Types) -> pd.DataFrame | None:
    """The table that `keep` wrote; None where there is none, or where it is not what was written."""
    try:
        content, mark, last = path.read_bytes().rpartition(_LAST_LINE.encode())
        whole = mark and last == f"{sum_of(content)}\n".encode()
        return _parsed(content, Schema(columns)) if whole else None
    except (OSError, ValueError):
        return None


def _write(folder: Path, contents: Mapping[str, bytes]) -> None:
    before = read_sums(folder, strict=False)
    after = {**before, **{name: sum_of(content) for name, content in contents.items()}}
    lasting = {name: value for name, value in before.items() if after[name] == value}
    if lasting != before:
        write_sums(folder, lasting)
    for name, content in contents.items():
        write_atomic(folder / name, content)
    write_sums(folder, after)


def _content(path: Path, remedy: str) -> bytes:
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file; {remedy}")
    content = path.read_bytes()
    sums = path.parent / SUMS
    try:
        known = read_sums(path.parent).get(path.name)
    except ValueError as error:
        raise TableError(str(error), f"{remedy}, or remove {sums} where the tables are as they should be") from None
    if known not in (None, sum_of(content)):
        problem = f"{path}: {_likely(content)}, its checksum is not that in {SUMS}"
        raise TableError(problem, f"{remedy}, or remove {sums} where the change was meant")
    return content


def _likely(content: bytes) -> str:
    if not content:
        return "is empty"
    return "has changed since it was written" if content.endswith(b"\n") else "is cut short or has changed"


def _parsed(content: bytes, schema: Schema) -> pd.DataFrame:
    header, *rows = _rows(content.decode(**ENCODING).removeprefix("\ufeff"), schema)
    cells = dict(zip(header, zip(*rows, strict=True) if rows else ([] for _ in header), strict=True))
    cells = dict(schema.upgrade(cells))
    _check_header(list(cells), schema)
    cells |= {name: [str(value)] * len(rows) for name, value in schema.defaults.items() if name not in cells}
    types = {**schema.types, **{name: str for name in cells if name not in schema.types}}
    return pd.DataFrame({name: _column(name, cells[name], kind) for name, kind in types.items()})


def _rows(text: str, schema: Schema) -> list[list[str]]:
    if not text:
        raise ValueError("is empty")
    if not text.endswith("\n"):
        raise ValueError("ends in the middle of a row")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = [row or [""] for row in reader]
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: {error}") from error
    if not set(rows[0]) & set(schema.types):
        raise ValueError(f"begins with {_shown(text)}, not with the names of columns {','.join(schema.types)}")
    if len(set(rows[0])) < len(rows[0]):
        raise ValueError(_misplaced(rows[0], schema))
    odd = next((number for number, row in enumerate(rows) if len(row) != len(rows[0])), None)
    if odd is not None:
        raise ValueError(f"row {odd + 1} has {len(rows[odd])} cells, the header {len(rows[0])}")
    return rows


def _shown(text: str) -> str:
    return ascii(text.split("\n", 1)[0][:40])


def _check_header(header: list[str], schema: Schema) -> None:
    lacking = [name for name in schema.types if name not in header and name not in schema.defaults]
    others = [name for name in header if name not in schema.types]
    strange = [name for name in others if not (schema.more and name)]
    for what, names in (("has no column", lacking), ("has a column too many:", strange)):
        if names:
            shown = ", ".join(name[:40] or "one without a name" for name in names)
            raise ValueError(f"{what} {shown}; its columns are {', '.join(schema.types)}")
    if header != [*(name for name in schema.types if name in header), *others]:
        raise ValueError(_misplaced(header, schema))


def _misplaced(header: Sequence[str], schema: Schema) -> str:
    others = "; others follow, each with a name of its own" if schema.more else ""
    return f"its columns are {', '.join(header)}; they must be {', '.join(schema.types)}, in this order{others}"


def _column(name: str, cells: list[str], kind: Any) -> list[str] | np.ndarray:
    if kind is str:
        return list(cells)
    read, told = _KINDS[kind]
    values = []
    for number, cell in enumerate(cells):
        try:
            values.append(read(cell))
        except (ValueError, KeyError, OverflowError):
            raise ValueError(f"row {number + 2}: {name} is {cell[:40]!r}, not {told}") from None
    return np.array(values, dtype=float if kind == OptionalFloat else kind)


def _integer(cell: str) -> int:
    if not re.fullmatch("-?[0-9]+", cell):  # int() would take 1_000 too
        raise ValueError
    return int(np.int64(int(cell)))


def _finite(cell: str) -> float:
    value = float(cell)
    if not np.isfinite(value):
        raise ValueError
    return value


_KINDS: dict[Any, tuple[Callable[[str], Any], str]] = {
    int: (_integer, "a whole number"),
    float: (_finite, "a finite number"),
    bool: ({"True": True, "False": False}.__getitem__, "True or False"),
    OptionalFloat: (lambda cell: float(cell) if cell else np.nan, "a number or empty"),
}
