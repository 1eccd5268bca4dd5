"""The same audio under several names: links, hard links, copies, folders within themselves, WAV and FLAC twins.

Recordings are the same where their decoded `content` is. Where that is not known of both, they are the same if they are
one file (by real path, or by device and inode) or equal to the byte. A recording that was cut, resampled, amplified or
coded with losses is another one here.
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


def same_audio(*tables: pd.DataFrame) -> list[np.ndarray]:
    """A number for every row of `tables` (columns path and, where it is known, content): equal audio, equal number.

    Files are read only where their content is not known and another is as large; of one that is missing the path counts
    alone.
    """
    paths = [path for table in tables for path in table.path]
    contents = [
        text for table in tables for text in table.get("content", pd.Series("", table.index))
    ]
    links = [*_contents(contents), *(() if all(contents) else _files(paths, contents))]
    names = {
        name: len(paths) + number
        for number, name in enumerate(dict.fromkeys(name for _, name in links))
    }
    # Rows and what names their audio are the two sides of a graph: what hangs together is the same audio.
    ends = [row for row, _ in links], [names[name] for _, name in links]
    graph = coo_array((np.ones(len(links), bool), ends), shape=(len(paths) + len(names),) * 2)
    labels = connected_components(graph, directed=False)[1][: len(paths)]
    return np.split(labels, np.cumsum([len(table) for table in tables])[:-1])


def conflicts(tables: Tables) -> list[str]:
    """A line for every way in which one audio would serve where it must not: what, how many, two paths, what to do.

    Under two speakers; in seen and in unseen noise; in noise that training hears and in test speech, or the other way.
    """
    labels = dict(zip(tables, same_audio(*tables.values()), strict=True))
    heard = (
        [TRAIN_SPEECH] if len(tables[TEST_SPEECH]) else []
    )  # else test speakers are still among them
    pairs = [
        (SEEN_NOISE, UNSEEN_NOISE, "seen noise", "unseen noise"),
        (
            TEST_SPEECH if heard else TRAIN_SPEECH,
            SEEN_NOISE,
            "test speech",
            "the noise of training",
        ),
        *((role, UNSEEN_NOISE, "the speech of training", "unseen noise") for role in heard),
    ]
    lines = [_two_speakers(pd.concat([tables[role].assign(audio=labels[role]) for role in SPEECH]))]
    for one, other, one_is, other_is in pairs:
        lines.append(
            _in_both(tables[one], tables[other], labels[one], labels[other], one_is, other_is)
        )
    return [line for line in lines if line]


def repeated(tables: Tables, overlapping: bool = False) -> dict[str, pd.Series]:
    """The paths of what is kept instead, by the row labels of recordings that repeat another one of their role.

    Speech repeats speech of its speaker. Of the seen noises, which are divided in time, none may come twice: what one
    name keeps for the test would be trained on under the other. Where their cuts are `overlapping` anyway, all stay.
    """
    instead = {}
    for role, table in tables.items():
        (labels,) = same_audio(table)
        by = pd.DataFrame(
            {"audio": labels, "source": table.source if role in SPEECH else ""}, table.index
        )
        first = (
            table.path.groupby([by.audio, by.source]).transform("first")
            if len(table)
            else table.path
        )
        twice = by.duplicated() & (not (overlapping and role == SEEN_NOISE))
        instead[role] = first[twice]
    return instead


def _two_speakers(speech: pd.DataFrame) -> str:
    speakers = speech.groupby("audio").source.nunique()
    shared = speech[speech.audio.isin(speakers[speakers > 1].index)]
    if shared.empty:
        return ""
    group = shared[shared.audio == shared.audio.iloc[0]].drop_duplicates("source")
    one, other = (f"{row.path} (speaker {row.source})" for row in group.iloc[:2].itertuples())
    return _line(
        shared.audio.nunique(),
        f"under two speakers, {one} and {other}",
        "keep each under one speaker only",
    )


def _in_both(
    one: pd.DataFrame,
    other: pd.DataFrame,
    labels: np.ndarray,
    others: np.ndarray,
    one_is: str,
    other_is: str,
) -> str:
    shared = np.intersect1d(labels, others)
    if not len(shared):
        return ""
    paths = one.path[labels == shared[0]].iloc[0], other.path[others == shared[0]].iloc[0]
    where = f"in {one_is} and in {other_is}, {' and '.join(dict.fromkeys(paths))}"
    return _line(len(shared), where, "leave each out of one of the two")


def _line(count: int, where: str, remedy: str) -> str:
    things = "1 recording stands" if count == 1 else f"{count} recordings stand"
    return f"{things} {where}{', ...' if count > 1 else ''}; {remedy} (links and copies are one recording)"


def _contents(contents: list[str]) -> Iterator[tuple[int, tuple]]:
    return ((row, ("content", content)) for row, content in enumerate(contents) if content)


def _files(paths: list[str], contents: list[str]) -> Iterator[tuple[int, tuple]]:
    """Row and real path, row and file, row and bytes."""
    sizes: dict[int, list[tuple[int, os.stat_result]]] = {}
    for row, path in enumerate(paths):
        yield row, ("path", os.path.realpath(path))
        with contextlib.suppress(OSError):  # it is missing
            status = Path(path).stat()
            yield row, ("file", status.st_dev, status.st_ino)
            sizes.setdefault(status.st_size, []).append((row, status))
    for size, alike in sizes.items():
        files = {(status.st_dev, status.st_ino) for _, status in alike}
        if len(files) == 1 or all(contents[row] for row, _ in alike):
            continue
        for row, status in alike:
            with contextlib.suppress(OSError):
                yield row, ("bytes", size, _hash(paths[row], size, status.st_mtime_ns))


@lru_cache(maxsize=1 << 16)
def _hash(path: str, _size: int, _mtime_ns: int) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    with Path(path).open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.digest()
