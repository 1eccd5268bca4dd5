"""The cache of scores, by the content of both signals."""

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

Score = tuple[float, str]  # value, NaN where there is none, and the reason why there is none
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
    """Of a mixture: what clean speech and mixture hold together, and its references, by kind."""

    content: str
    references: dict[str, str]


def of_signal(signal: np.ndarray) -> str:
    """Name of the content of a signal [..., time]."""
    samples = np.ascontiguousarray(signal)
    return hashlib.sha256(samples.tobytes()).hexdigest()[:32]


def of_answer(answer: np.ndarray | str) -> str:
    """Name of the content of an answer, see models.system."""
    if isinstance(answer, str):
        return hashlib.sha256(answer.encode()).hexdigest()[:32]
    return of_signal(answer)


class ScoreCache:
    """What is remembered of signals, in one SQLite file.

    That is scores by pair of signals and metric, enhanced signals' contents by system and mixture,
    and what shows a signal. What is put is there once the call returns, whole or not at all;
    several processes may share the file. `path` None: nothing is remembered. Raises ValueError for
    a file that is none of ours, OSError where it cannot be written.
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
        """Let go of the file."""
        self._store.close()

    def scores(self, pair: str, metrics: Mapping[str, str]) -> dict[str, Score]:
        """What is known of `pair`, by name; `metrics` gives the version of every metric by name."""
        query = "select metric, value, reason from score where pair = ?"
        with self._explained():
            rows = self._store.execute(query, (pair,)).fetchall()
        known = {}
        for metric, value, reason in rows:
            score = float("nan") if value is None else value
            known[metric] = (score, reason)
        return {name: known[version] for name, version in metrics.items() if version in known}

    def put_scores(
        self, pair: str, metrics: Mapping[str, str], scores: Mapping[str, Score]
    ) -> None:
        """Remember scores of `pair`."""
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
        """Content of what `system` makes of `mixture`, if it is known."""
        query = "select content from enhanced where system = ? and mixture = ?"
        with self._explained():
            row = self._store.execute(query, (system, mixture)).fetchone()
        return row[0] if row else None

    def any_enhanced(self, system: str) -> bool:
        """Whether anything is known of what `system` makes of mixtures."""
        query = "select 1 from enhanced where system = ? limit 1"
        with self._explained():
            return self._store.execute(query, (system,)).fetchone() is not None

    def put_enhanced(self, system: str, mixture: str, content: str) -> None:
        """Remember what `system` makes of `mixture`."""
        row = (system, mixture, content)
        with self._explained():
            self._store.execute("insert or replace into enhanced values (?, ?, ?)", row)

    def names(self, row: str) -> Names | None:
        """Of the mixture of a plan's `row`, if they are known."""
        query = "select content, named from mixture where row = ?"
        with self._explained():
            found = self._store.execute(query, (row,)).fetchone()
        return Names(found[0], json.loads(found[1])) if found else None

    def put_names(self, row: str, names: Names) -> None:
        """Remember those of the mixture of a plan's `row`."""
        with self._explained():
            self._store.execute(
                "insert or replace into mixture values (?, ?, ?)",
                (row, names.content, json.dumps(names.references)),
            )

    def shown(self, signal: str) -> tuple[str, str] | None:
        """Picture and sound of a signal, if they were made before."""
        query = "select picture, sound from shown where signal = ?"
        with self._explained():
            return self._store.execute(query, (signal,)).fetchone()

    def put_shown(self, signal: str, picture: str, sound: str) -> None:
        """Remember picture and sound of a signal."""
        row = (signal, picture, sound)
        with self._explained():
            self._store.execute("insert or replace into shown values (?, ?, ?)", row)

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Errors of the file name it, and say what to do."""
        try:
            with self._one_at_a_time:  # joblib asks for its tasks from threads of its own
                yield
        except sqlite3.OperationalError as error:
            remedy = "make room, check its permissions, or choose another cache"
            raise OSError(None, f"{error}; {remedy}", str(self.path)) from error
        except sqlite3.DatabaseError as error:
            raise ValueError(
                f"{self.path}: {error}; remove it, scores are then computed anew"
            ) from error
