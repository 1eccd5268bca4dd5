"""What the layouts of corpora share: listing audio, and choosing among names."""

import logging
import os
import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path

from audio.containers.content import READABLE, SUFFIXES, recognise

log = logging.getLogger(__name__)


def audio_files(root: Path) -> list[Path]:
    """All audio files under `root`, sorted by name.

    Hidden files and folders are left out, linked folders entered once.
    Raises OSError for a folder that may not be read.
    """
    readable, left_out = [], {}
    for path in _visible_files(root):
        kind = recognise(path) if path.is_file() else _kind_of_missing(path)
        if kind == READABLE:
            readable.append(path)
        elif kind:
            left_out[path] = kind
    if left_out:
        _note_left_out(left_out, root)
    return sorted(readable)


def _visible_files(root: Path) -> list[Path]:
    files, entered = [], {os.path.realpath(root)}
    for folder, subfolders, names in os.walk(root, followlinks=True, onerror=_refuse):
        # What is taken out of `subfolders` is not entered.
        subfolders[:] = _to_enter(Path(folder), subfolders, entered)
        for name in names:
            if not _hidden(name):
                files.append(Path(folder, name))
    return files


def _to_enter(folder: Path, subfolders: Iterable[str], entered: set[str]) -> list[str]:
    """Those of `subfolders` that are neither hidden nor `entered`, which they are added to."""
    names = []
    for name in sorted(subfolders):
        real = os.path.realpath(folder / name)
        if not _hidden(name) and real not in entered:
            entered.add(real)
            names.append(name)
    return names


def _hidden(name: str) -> bool:
    return name.startswith(".")


def _refuse(error: OSError) -> None:
    raise error


def _kind_of_missing(path: Path) -> str:
    """A link to nowhere that is called audio is listed as a bad file, not passed over."""
    if path.is_symlink() and path.suffix.lower() in SUFFIXES:
        return READABLE
    return ""


_NOTED: set[tuple[Path, int]] = set()  # corpora are listed more than once


def _note_left_out(left_out: Mapping[Path, str], root: Path) -> None:
    """Say once for each folder what audio in it cannot be read, and how it can be made readable."""
    if (root, len(left_out)) in _NOTED:
        return
    _NOTED.add((root, len(left_out)))
    first = min(left_out)
    kinds = ", ".join(sorted(set(left_out.values())))
    convert = shlex.join(["ffmpeg", "-i", str(first), str(first.with_suffix(".flac"))])
    log.warning(
        "note: %d file(s) under %s are left out, for %s is not read here; convert them: %s",
        len(left_out),
        root,
        kinds,
        convert,
    )


def known(names: str | int | Iterable[str | int], offered: Iterable[str], option: str) -> list[str]:
    """`names`, one or several, as a list; ValueError naming those that are not `offered`."""
    if isinstance(names, str | int):
        names = [names]
    chosen = [str(name) for name in names]
    offered = sorted({str(name) for name in offered})
    unknown = [name for name in chosen if name not in offered]
    if unknown:
        raise ValueError(f"{option}: no {', '.join(unknown)}; there are {', '.join(offered)}")
    return chosen
