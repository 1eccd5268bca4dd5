"""Finds the same audio under several names: links, copies, the same audio as WAV and FLAC.

Recordings are the same if their decoded `content` is equal. If it is unknown for one of them, they
are the same if they are one file (by real path, or by device and inode) or have equal bytes. A
recording that was cut, resampled, amplified or lossily coded is a different one.
"""

import contextlib
import hashlib
import os
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from datagen.roles import SEEN_NOISE, SPEECH, TEST_SPEECH, TRAIN_SPEECH, UNSEEN_NOISE

CHUNK = 1 << 20  # bytes that are hashed at a time
Tables = Mapping[str, pd.DataFrame]  # recordings by role
RowName = tuple[int, tuple]  # a row, and a name of its audio


def same_audio(*tables: pd.DataFrame) -> list[np.ndarray]:
    """A number for every row of `tables` (columns path and, where it is known, content).

    Equal audio has equal numbers. A file is read only where its content is not known and another
    file has the same size. A missing file is compared by its path alone.
    """
    paths, contents = [], []
    for table in tables:
        paths += table.path.tolist()
        contents += table.get("content", pd.Series("", table.index)).tolist()
    names = list(_content_names(contents))
    if not all(contents):
        names += _file_names(paths, contents)
    numbers = _numbers(names, len(paths))
    ends = np.cumsum([len(table) for table in tables])
    return np.split(numbers, ends[:-1])


def conflicts(tables: Tables) -> list[str]:
    """A line for every case of the same audio in two places that exclude each other.

    It has the number of recordings, two paths, and a remedy. The same audio may not be under two
    speakers, in seen and in unseen noise, or in training noise and test speech.
    """
    tables = _numbered(tables)
    separate = len(tables[TEST_SPEECH]) > 0  # else the pool has the test speakers, too
    train, test = tables[TRAIN_SPEECH], tables[TEST_SPEECH if separate else TRAIN_SPEECH]
    seen, unseen = tables[SEEN_NOISE], tables[UNSEEN_NOISE]
    lines = [
        _two_speakers(pd.concat([tables[role] for role in SPEECH])),
        _in_both(seen, unseen, "seen noise", "unseen noise"),
        _in_both(test, seen, "test speech", "the noise of training"),
    ]
    if separate:
        lines.append(_in_both(train, unseen, "the speech of training", "unseen noise"))
    return [line for line in lines if line]


def repeated(tables: Tables, overlapping: bool = False) -> dict[str, pd.Series]:
    """Recordings that repeat another one of their role: the path of the kept one, by row label.

    Speech is compared with speech of the same speaker. A seen noise is divided in time, so it may
    not occur twice: training would use, under one name, the part that the other name keeps for the
    test. If the cuts are `overlapping`, all recordings stay.
    """
    instead = {}
    for role, table in tables.items():
        if table.empty or (overlapping and role == SEEN_NOISE):
            instead[role] = table.path.iloc[:0]
        else:
            instead[role] = _kept_instead(table, by_source=role in SPEECH)
    return instead


def _kept_instead(table: pd.DataFrame, by_source: bool) -> pd.Series:
    (audio,) = same_audio(table)
    keys = pd.DataFrame({"audio": audio, "source": table.source}, table.index)
    if not by_source:
        keys["source"] = ""
    first = table.path.groupby([keys.audio, keys.source]).transform("first")
    return first[keys.duplicated()]


def _numbered(tables: Tables) -> dict[str, pd.DataFrame]:
    """`tables` with a column audio: the numbers of `same_audio`."""
    numbered = {}
    numbers = same_audio(*tables.values())
    for (role, table), audio in zip(tables.items(), numbers, strict=True):
        numbered[role] = table.assign(audio=audio)
    return numbered


def _two_speakers(speech: pd.DataFrame) -> str:
    speakers = speech.groupby("audio").source.nunique()
    conflicting = speakers.index[speakers > 1]
    shared = speech[speech.audio.isin(conflicting)]
    if shared.empty:
        return ""
    same = shared[shared.audio == shared.audio.iloc[0]]
    first, second, *_ = same.drop_duplicates("source").itertuples()
    where = (
        f"under two speakers, {first.path} (speaker {first.source}) "
        f"and {second.path} (speaker {second.source})"
    )
    return _line(len(conflicting), where, "keep each under one speaker only")


def _in_both(first: pd.DataFrame, second: pd.DataFrame, first_title: str, second_title: str) -> str:
    shared = np.intersect1d(first.audio, second.audio)
    if len(shared) == 0:
        return ""
    paths = []
    for table in (first, second):
        same = table[table.audio == shared[0]]
        paths.append(same.path.iloc[0])
    named = " and ".join(dict.fromkeys(paths))
    where = f"in {first_title} and in {second_title}, {named}"
    return _line(len(shared), where, "leave each out of one of the two")


def _line(count: int, where: str, remedy: str) -> str:
    remedy = f"{remedy} (links and copies are one recording)"
    if count == 1:
        return f"1 recording stands {where}; {remedy}"
    return f"{count} recordings stand {where}, ...; {remedy}"


def _numbers(names: list[RowName], rows: int) -> np.ndarray:
    """A number for each of `rows`, equal for rows that share a name, directly or through others."""
    # Rows and names are the two sides of a graph; a connected component is the same audio.
    nodes: dict[tuple, int] = {}
    for _, name in names:
        nodes.setdefault(name, rows + len(nodes))
    begins = [row for row, _ in names]
    ends = [nodes[name] for _, name in names]
    size = rows + len(nodes)
    graph = coo_array((np.ones(len(names), bool), (begins, ends)), shape=(size, size))
    _, components = connected_components(graph, directed=False)
    return components[:rows]


def _content_names(contents: list[str]) -> Iterator[RowName]:
    for row, content in enumerate(contents):
        if content:
            yield row, ("content", content)


def _file_names(paths: list[str], contents: list[str]) -> Iterator[RowName]:
    """For each row: the real path, the file, and the bytes if they have to be compared."""
    by_size: dict[int, dict[int, os.stat_result]] = {}
    for row, path in enumerate(paths):
        yield row, ("path", os.path.realpath(path))
        with contextlib.suppress(OSError):  # the file is missing
            status = Path(path).stat()
            yield row, ("file", *_file(status))
            by_size.setdefault(status.st_size, {})[row] = status
    for alike in by_size.values():
        files = {_file(status) for status in alike.values()}
        known = all(contents[row] for row in alike)
        if len(files) > 1 and not known:
            yield from _byte_names(paths, alike)


def _byte_names(paths: list[str], alike: dict[int, os.stat_result]) -> Iterator[RowName]:
    """The bytes of the rows `alike`, whose files have the same size."""
    for row, status in alike.items():
        with contextlib.suppress(OSError):
            size = status.st_size
            yield row, ("bytes", size, _hash(paths[row], size, status.st_mtime_ns))


def _file(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


@lru_cache(maxsize=1 << 16)
def _hash(path: str, _size: int, _mtime_ns: int) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    with Path(path).open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.digest()
