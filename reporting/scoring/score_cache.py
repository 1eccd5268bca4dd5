"""The cache of scores, keyed by the content of both signals."""

import contextlib
import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from math import isnan
from pathlib import Path
from typing import NamedTuple

import numpy as np

from files.sqlite import explained

Score = tuple[float, str]  # value, or NaN with the reason
TABLES = """
create table if not exists score
    (pair text, metric text, value real, reason text, primary key (pair, metric)) without rowid;
create table if not exists enhanced
    (system text, mixture text, content text, primary key (system, mixture)) without rowid;
create table if not exists mixture
    (row text primary key, content text, named text) without rowid;
create table if not exists shown
    (signal text primary key, picture text, sound text) without rowid;
"""


class Names(NamedTuple):
    """The content names of a mixture: of clean and mixture together, and of references by kind."""

    content: str
    references: dict[str, str]


def of_signal(signal: np.ndarray) -> str:
    """The content name of a signal [..., time]."""
    samples = np.ascontiguousarray(signal)
    return hashlib.sha256(samples.tobytes()).hexdigest()[:32]


def of_answer(answer: np.ndarray | str) -> str:
    """The content name of an answer, see models.system."""
    if isinstance(answer, str):
        return hashlib.sha256(answer.encode()).hexdigest()[:32]
    return of_signal(answer)


class ScoreCache:
    """A cache in one SQLite file.

    It has scores by pair of signals and metric, content names of enhanced signals by system and
    mixture, and pictures and sounds of signals. Writes are complete and atomic when the call
    returns; several processes may share the file. `path` None: nothing is cached. Raises ValueError
    for a file that is not such a cache, OSError if it cannot be written.
    """

    def __init__(self, path: Path | None):
        self.path = path
        self._one_at_a_time = threading.RLock()
        with self._explained():
            if path:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._store = sqlite3.connect(
                path or ":memory:", timeout=60, isolation_level=None, check_same_thread=False
            )
            self._store.executescript(TABLES)

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    def scores(self, pair: str, metrics: Mapping[str, str]) -> dict[str, Score]:
        """The cached scores of `pair`, by name; `metrics`: the version of every metric by name."""
        query = "select metric, value, reason from score where pair = ?"
        with self._explained():
            rows = self._store.execute(query, (pair,)).fetchall()
        known = {}
        for metric, value, reason in rows:
            score = float("nan") if value is None else value
            known[metric] = (score, reason)
        return {name: known[version] for name, version in metrics.items() if version in known}

    def any_score(self, metric: str) -> bool:
        """Whether the cache has any score of this version of a metric."""
        query = "select 1 from score where metric = ? limit 1"
        return self._any(query, metric)

    def put_scores(
        self, pair: str, metrics: Mapping[str, str], scores: Mapping[str, Score]
    ) -> None:
        """Cache scores of `pair`."""
        rows = []
        for name, (value, reason) in scores.items():
            stored = None if isnan(value) else value
            rows.append((pair, metrics[name], stored, reason))
        with self._explained():
            self._store.execute("begin immediate")
            try:
                self._store.executemany("insert or replace into score values (?, ?, ?, ?)", rows)
            except BaseException:
                self._store.execute("rollback")
                raise
            self._store.execute("commit")

    def enhanced(self, system: str, mixture: str) -> str | None:
        """The content name of the output of `system` for `mixture`, or None."""
        query = "select content from enhanced where system = ? and mixture = ?"
        with self._explained():
            row = self._store.execute(query, (system, mixture)).fetchone()
        return row[0] if row else None

    def any_enhanced(self, system: str) -> bool:
        """Whether the cache has any output of `system`."""
        query = "select 1 from enhanced where system = ? limit 1"
        return self._any(query, system)

    def put_enhanced(self, system: str, mixture: str, content: str) -> None:
        """Cache the content name of the output of `system` for `mixture`."""
        row = (system, mixture, content)
        with self._explained():
            self._store.execute("insert or replace into enhanced values (?, ?, ?)", row)

    def names(self, row: str) -> Names | None:
        """The content names of the mixture of a plan's `row`, or None."""
        query = "select content, named from mixture where row = ?"
        with self._explained():
            found = self._store.execute(query, (row,)).fetchone()
        return Names(found[0], json.loads(found[1])) if found else None

    def put_names(self, row: str, names: Names) -> None:
        """Cache the content names of the mixture of a plan's `row`."""
        with self._explained():
            self._store.execute(
                "insert or replace into mixture values (?, ?, ?)",
                (row, names.content, json.dumps(names.references)),
            )

    def shown(self, signal: str) -> tuple[str, str] | None:
        """Picture and sound of a signal, or None."""
        query = "select picture, sound from shown where signal = ?"
        with self._explained():
            return self._store.execute(query, (signal,)).fetchone()

    def put_shown(self, signal: str, picture: str, sound: str) -> None:
        """Cache picture and sound of a signal."""
        row = (signal, picture, sound)
        with self._explained():
            self._store.execute("insert or replace into shown values (?, ?, ?)", row)

    def _any(self, query: str, value: str) -> bool:
        with self._explained():
            return self._store.execute(query, (value,)).fetchone() is not None

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """One thread at a time, as joblib reads its tasks from others; see files.sqlite."""
        with explained(self.path, "scores are then computed anew"), self._one_at_a_time:
            yield
