"""Measures remembered: what was measured once of a file that has not changed is looked up."""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pandas as pd

from datagen.measures import VERSION, Measures, measure
from files.fingerprint import of_files
from parallel.threads import over_threads

NAMES = Measures._fields
TABLE = f"create table if not exists measured (file text primary key, {' real, '.join(NAMES)} real) without rowid"
ASKED = 500  # files in one question


def measured(paths: Iterable[str], cache: Path, jobs: int = 1) -> pd.DataFrame:
    """One row of measures for each of `paths`, NaN for a file that cannot be decoded.

    Files that were not measured before, or have changed since, are decoded over `jobs` threads; with 0 they are NaN.
    """
    names = {path: _name(path) for path in dict.fromkeys(paths)}
    known = kept(names, cache)
    new = [path for path in names if path not in known] if jobs else []
    outcomes = over_threads(_measured, new, jobs, "measuring audio", "file") if new else []
    found = {path: outcome for path, outcome in zip(new, outcomes, strict=True) if outcome is not None}
    keep(found, cache)
    nothing = Measures(*[float("nan")] * len(NAMES))
    return pd.DataFrame([(known | found).get(path, nothing) for path in names], list(names), NAMES, dtype=float)


def keep(found: Mapping[str, Measures], cache: Path) -> None:
    """Remember what was measured of files, by path."""
    if not found:
        return
    rows = [(_name(path), *measures) for path, measures in found.items()]
    with _store(cache) as store:
        store.executemany(f"insert or replace into measured values ({', '.join('?' * (1 + len(NAMES)))})", rows)


def kept(paths: Iterable[str], cache: Path) -> dict[str, Measures]:
    """What is remembered of `paths`, by path."""
    names, found = {_name(path): path for path in paths}, {}
    if not names or not _file(cache).exists():
        return found
    with _store(cache) as store:
        for first in range(0, len(names), ASKED):
            some = list(names)[first : first + ASKED]
            question = f"select * from measured where file in ({', '.join('?' * len(some))})"
            for name, *values in store.execute(question, some):
                found[names[name]] = Measures(*(float("nan") if value is None else value for value in values))
    return found


def _measured(path: str) -> Measures | None:
    try:
        return measure(path)
    except ValueError:
        return None


def _name(path: str) -> str:
    return f"{VERSION}-{of_files([path])}"


def _file(cache: Path) -> Path:
    return cache / "measures.sqlite"


@contextlib.contextmanager
def _store(cache: Path) -> Iterator[sqlite3.Connection]:
    """The open file; several processes may share it, and what one writes is there whole or not at all."""
    path = _file(cache)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=60)) as store, store:
            store.execute(TABLE)
            yield store
    except sqlite3.OperationalError as error:
        remedy = "make room, check its permissions, or choose another cache"
        raise OSError(None, f"{error}; {remedy}", str(path)) from error
    except sqlite3.DatabaseError as error:
        raise ValueError(f"{path}: {error}; remove it, audio is then measured anew") from error
