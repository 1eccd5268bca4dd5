"""Tables as CSV files that keep every value, with their checksums beside them."""

import csv
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from files.atomic import write_atomic
from files.cells import parse
from files.schema import OptionalFloat as OptionalFloat
from files.schema import Schema, Types

SUMS = "SHA256SUMS"  # as `sha256sum -c SHA256SUMS` reads it
ENCODING = {"encoding": "utf-8", "errors": "surrogateescape"}  # names of files may be any bytes
_SUM = re.compile(r"([0-9a-f]{64}) [ *](.+)")
_LAST_LINE = "# sha256 "


class TableError(ValueError):
    """A table that cannot be used. problem: what is wrong with it, without the remedy."""

    def __init__(self, problem: str, remedy: str):
        super().__init__(f"{problem}; {remedy}")
        self.problem = problem


def csv_text(table: pd.DataFrame) -> str:
    """`table` as CSV.

    Where a cell holds a carriage return, which readers take for the end of a row, all are quoted.
    """
    text = table.to_csv(index=False, lineterminator="\n")
    if "\r" not in text:
        return text
    return table.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write tables to `folder` by the names of their files, and their sums to SHA256SUMS beside.

    Whenever a process is killed here, no sum in SHA256SUMS contradicts a table that is whole.
    """
    contents = {name: _encoded(table) for name, table in tables.items()}
    write_summed(folder, contents)


def copy_tables(source: Path, target: Path, names: tuple[str, ...], remedy: str) -> None:
    """Copy tables with their sums; raises as `read_table` does where one is damaged."""
    contents = {name: summed_content(source / name, remedy) for name in names}
    write_summed(target, contents)


def read_table(path: Path, columns: Types | Schema, remedy: str) -> pd.DataFrame:
    """The table at `path`; checked against SHA256SUMS, where that stands beside it and names it.

    columns: all that it must have, in that order, or a schema, which knows older tables too.
    Raises FileNotFoundError where there is none, and TableError, with the row (as a spreadsheet
    counts: the header is row 1), for anything that is not such a table; both end in `remedy`.
    """
    content = summed_content(path, remedy)
    schema = columns if isinstance(columns, Schema) else Schema(columns)
    try:
        return parse(_text(content), schema)
    except ValueError as error:
        raise TableError(f"{path}: {error}", remedy) from error


def unchanged(path: Path, table: pd.DataFrame) -> bool:
    """Whether SHA256SUMS says that `table` is what was last written to `path`.

    Whatever became of that file.
    """
    written = _sums(path.parent, strict=False).get(path.name)
    return written == _sum(_encoded(table))


def keep(path: Path, table: pd.DataFrame) -> None:
    """Write `table` to a cache; its last line is the checksum."""
    content = _encoded(table)
    last_line = f"{_LAST_LINE}{_sum(content)}\n"
    write_atomic(path, content + last_line.encode())


def recall(path: Path, columns: Types) -> pd.DataFrame | None:
    """The table that `keep` wrote; None where there is none, or it is not what was written."""
    try:
        content, mark, kept_sum = path.read_bytes().rpartition(_LAST_LINE.encode())
        if not mark or kept_sum != f"{_sum(content)}\n".encode():
            return None
        return parse(_text(content), Schema(columns))
    except (OSError, ValueError):
        return None


def _encoded(table: pd.DataFrame) -> bytes:
    return csv_text(table).encode(**ENCODING)


def _text(content: bytes) -> str:
    return content.decode(**ENCODING).removeprefix("\ufeff")


def write_summed(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write files by name, and their sums to SHA256SUMS beside them.

    While they are written, it names only those that stay.
    """
    before = _sums(folder, strict=False)
    after = dict(before)
    for name, content in contents.items():
        after[name] = _sum(content)
    lasting = {name: value for name, value in before.items() if after[name] == value}
    if lasting != before:
        _write_sums(folder, lasting)
    for name, content in contents.items():
        write_atomic(folder / name, content)
    _write_sums(folder, after)


def _write_sums(folder: Path, sums: Mapping[str, str]) -> None:
    lines = ""
    for name, value in sorted(sums.items()):
        lines += f"{value}  {name}\n"
    write_atomic(folder / SUMS, lines)


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _sums(folder: Path, strict: bool = True) -> dict[str, str]:
    """The checksums in SHA256SUMS by the names of files.

    Raises ValueError where anything else stands there; without `strict` that is passed over.
    """
    path = folder / SUMS
    if not path.is_file():
        return {}
    *lines, rest = path.read_text(**ENCODING).split("\n")
    matches = [_SUM.fullmatch(line) for line in lines]
    if strict and (rest or None in matches):
        raise ValueError(f"{path}: is not a list of checksums")
    return {match[2]: match[1] for match in matches if match}


def summed_content(path: Path, remedy: str) -> bytes:
    """The bytes of the file at `path`, which are those that SHA256SUMS says, if it names them.

    Raises FileNotFoundError where there is none, and TableError where they are others; both end in
    `remedy`.
    """
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file; {remedy}")
    content = path.read_bytes()
    sums = path.parent / SUMS
    try:
        written = _sums(path.parent).get(path.name)
    except ValueError as error:
        remedy = f"{remedy}, or remove {sums} where the tables are as they should be"
        raise TableError(str(error), remedy) from None
    if written not in (None, _sum(content)):
        problem = f"{path}: {_likely(content)}, its checksum is not that in {SUMS}"
        remedy = f"{remedy}, or remove {sums} where the change was meant"
        raise TableError(problem, remedy)
    return content


def _likely(content: bytes) -> str:
    """What has probably happened to a file that is not as it was written."""
    if not content:
        return "is empty"
    if content.endswith(b"\n"):
        return "has changed since it was written"
    return "is cut short or has changed"
