"""Rows of a plan with too many rows for CSV: in Feather, mapped into memory."""

import logging
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from datagen.older import RENAMED
from datagen.row import Row
from files.cells import SHOWN
from files.feather import (
    groups,
    is_installed,
    is_mapped,
    like_mapped,
    open_feather,
    write_feather,
)
from files.schema import types_of
from files.sums import TableError, note_sum, require_sum
from options.extras import install

LIMIT = 100_000  # largest number of rows of a split in CSV
FILE = "plan.feather"
TYPES = types_of(Row)

log = logging.getLogger(__name__)


def are_large(count: int) -> bool:
    """Whether `count` rows of a split are kept in Feather; prints a note without the extra."""
    if count <= LIMIT:
        return False
    if not is_installed():
        log.warning(
            "note: a plan of %d rows is read whole from CSV, which takes memory and time; "
            "%s has plans of more than %d rows in Feather",
            count,
            install("large"),
            LIMIT,
        )
    return is_installed()


def save(path: Path, rows: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Write `rows`, table by table, to `path`, with a checksum; returns them as `load` does."""
    try:
        write_feather(path, rows, TYPES)
    except UnicodeEncodeError as error:
        name = ascii(error.object[:SHOWN])
        raise ValueError(
            f"{name}: is no UTF-8, as names in plans of more than {LIMIT:,} rows must be; "
            "rename what is called so"
        ) from error
    note_sum(path)
    return open_feather(path)


def load(path: Path, remedy: str) -> pd.DataFrame:
    """The rows that `save` wrote; raises TableError, with `remedy`, for another file."""
    if not is_installed():
        raise TableError(f"{path}: needs the extra 'large'", install("large"))
    require_sum(path, remedy)
    try:
        return open_feather(path).rename(columns=RENAMED)
    except ValueError as error:
        raise TableError(str(error), remedy) from error


def joined(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """The rows of all `tables` in one, mapped if one of them is."""
    if any(map(is_mapped, tables)):
        tables = [table if is_mapped(table) else like_mapped(table, TYPES) for table in tables]
    return pd.concat(tables, ignore_index=True)


def equal(there: pd.DataFrame, here: pd.DataFrame) -> bool:
    """Whether two mapped tables have the same rows."""
    if len(there) != len(here) or list(there) != list(here):
        return False
    pairs = zip(groups(there), groups(here), strict=True)
    return all(one.equals(other) for one, other in pairs)


def plain(group: pd.DataFrame) -> pd.DataFrame:
    """A few mapped rows as rows that were read from CSV."""
    columns = {}
    for name in group:
        kind = TYPES.get(name, str)
        columns[name] = group[name].to_list() if kind is str else group[name].to_numpy(kind)
    return pd.DataFrame(columns)
