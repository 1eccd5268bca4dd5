"""A cache of measures: a file is measured once, and again only after a change."""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pandas as pd

from datagen.measures import NOTHING, VERSION, Measures, measure
from files.fingerprint import of_files
from files.sqlite import explained
from parallel.threads import over_threads

NAMES = Measures._fields
TABLE = (
    "create table if not exists measured "
    f"(file text primary key, {' real, '.join(NAMES)} real) without rowid"
)
ASKED = 500  # files per query


def measured(paths: Iterable[str], cache: Path, jobs: int = 1) -> pd.DataFrame:
    """One row of measures for each of `paths`, NaN for a file that cannot be decoded.

    Files without cached measures, and files that have changed, are decoded over `jobs` threads.
    With 0 jobs their measures are NaN.
    """
    paths = list(dict.fromkeys(paths))
    known = kept(paths, cache)
    new = [path for path in paths if path not in known]
    if jobs and new:
        decoded = _measured_now(new, jobs)
        keep(decoded, cache)
        known.update(decoded)
    rows = [known.get(path, NOTHING) for path in paths]
    return pd.DataFrame(rows, paths, NAMES, dtype=float)


def _measured_now(paths: list[str], jobs: int) -> dict[str, Measures]:
    """The measures of those files that can be decoded, by path."""
    outcomes = over_threads(_measured, paths, jobs, "measuring audio", "file")
    measures_of = {}
    for path, measures in zip(paths, outcomes, strict=True):
        if measures is not None:
            measures_of[path] = measures
    return measures_of


def keep(measures_of: Mapping[str, Measures], cache: Path) -> None:
    """Cache the measures of files, by path."""
    if not measures_of:
        return
    rows = [(_name(path), *measures) for path, measures in measures_of.items()]
    with _store(cache) as store:
        store.executemany(
            f"insert or replace into measured values ({_marks(1 + len(NAMES))})", rows
        )


def kept(paths: Iterable[str], cache: Path) -> dict[str, Measures]:
    """The cached measures of `paths`, by path."""
    path_of = {_name(path): path for path in paths}
    if not path_of or not _file(cache).exists():
        return {}
    names = list(path_of)
    measures_of = {}
    with _store(cache) as store:
        for first in range(0, len(names), ASKED):
            asked = names[first : first + ASKED]
            question = f"select * from measured where file in ({_marks(len(asked))})"
            for name, *values in store.execute(question, asked):
                measures_of[path_of[name]] = _from_row(values)
    return measures_of


def _marks(count: int) -> str:
    """The placeholders of an SQL statement for `count` values."""
    return ", ".join("?" * count)


def _from_row(values: Iterable[float | None]) -> Measures:
    """The measures of a row; SQLite stores NaN as NULL."""
    numbers = [float("nan") if value is None else value for value in values]
    return Measures(*numbers)


def _measured(path: str) -> Measures | None:
    """The measures of a file; None where it cannot be decoded."""
    try:
        return measure(path)
    except ValueError:
        return None


def _name(path: str) -> str:
    """The key of a file in the cache; it changes with the file."""
    return f"{VERSION}-{of_files([path])}"


def _file(cache: Path) -> Path:
    return cache / "measures.sqlite"


@contextlib.contextmanager
def _store(cache: Path) -> Iterator[sqlite3.Connection]:
    """The open file, which several processes may share.

    A write is stored whole or not at all.
    """
    path = _file(cache)
    path.parent.mkdir(parents=True, exist_ok=True)
    with explained(path, "audio is then measured anew"), _opened(path) as store, store:
        store.execute(TABLE)
        yield store


def _opened(path: Path) -> contextlib.closing[sqlite3.Connection]:
    return contextlib.closing(sqlite3.connect(path, timeout=60))
