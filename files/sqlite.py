"""Errors of a cache in an SQLite file, with its name and a remedy."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def explained(path: Path | None, lost: str) -> Iterator[None]:
    """Raise errors of the file at `path` with its name and a remedy.

    lost: what happens without the file, as "scores are then computed anew". Raises OSError where it
    cannot be read or written, ValueError where it is damaged, or no such file.
    """
    try:
        yield
    except sqlite3.OperationalError as error:
        remedy = "make room, check its permissions, or choose another cache"
        raise OSError(None, f"{error}; {remedy}", str(path)) from error
    except sqlite3.DatabaseError as error:
        raise ValueError(f"{path}: {error}; remove it, {lost}") from error
