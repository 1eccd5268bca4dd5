"""Functions that the layouts of corpora share: they list audio files and choose among names."""

import logging
import os
import shlex
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from audio import ffmpeg
from audio.containers.content import READABLE, SUFFIXES, recognise
from options.extras import install

TRANSCRIPTS = (".txt", ".TXT")
log = logging.getLogger(__name__)


def audio_files(root: Path, tell_all: bool = False) -> list[Path]:
    """All audio files under `root`, sorted by name.

    Hidden files and folders are left out. Linked folders are entered once. The other files that
    are left out are counted, named and reported: audio that cannot be read, and with `tell_all`
    all other files, too.
    Raises OSError for a folder that may not be read.
    """
    readable, unreadable, others = [], {}, {}
    for path in _files(root, others):
        kind = recognise(path) if path.is_file() else _kind_of_missing(path)
        if kind == READABLE or (kind and ffmpeg.reads(kind)):
            readable.append(path)
        elif kind:
            unreadable[path] = kind
        else:
            others[path] = "no audio"
    if unreadable:
        _note_unreadable(unreadable, root)
    _drop_transcripts(others, readable)
    if others and tell_all:
        _note_others(others, root)
    return sorted(readable)


def _drop_transcripts(others: dict[Path, str], audio: Iterable[Path]) -> None:
    """Take NAME.txt beside the audio NAME.* out of `others`: it is read, not left out."""
    for path in audio:
        for suffix in TRANSCRIPTS:
            others.pop(path.with_suffix(suffix), None)


def _files(root: Path, hidden: dict[Path, str]) -> list[Path]:
    """All files under `root` but `hidden` ones, which are added to that with the reason."""
    files, entered = [], {os.path.realpath(root)}
    for folder, subfolders, names in os.walk(root, followlinks=True, onerror=_refuse):
        hidden.update({Path(folder, name): "hidden" for name in subfolders if _hidden(name)})
        # Folders that are removed from `subfolders` are not entered.
        subfolders[:] = _to_enter(Path(folder), subfolders, entered)
        for name in names:
            if _hidden(name):
                hidden[Path(folder, name)] = "hidden"
            else:
                files.append(Path(folder, name))
    return files


def _to_enter(folder: Path, subfolders: Iterable[str], entered: set[str]) -> list[str]:
    """The `subfolders` that are neither hidden nor `entered`; they are added to `entered`."""
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
    """The kind of a broken link: one with the name of audio is listed as a bad file."""
    if path.is_symlink() and path.suffix.lower() in SUFFIXES:
        return READABLE
    return ""


_NOTED: set[tuple] = set()  # corpora are listed more than once


def _is_new(what: str, left_out: Mapping[Path, str], root: Path) -> bool:
    note = (what, root, len(left_out))
    if note in _NOTED:
        return False
    _NOTED.add(note)
    return True


def _note_unreadable(left_out: Mapping[Path, str], root: Path) -> None:
    """Print once per folder which audio cannot be read, and how to make it readable."""
    if not _is_new("unreadable", left_out, root):
        return
    first = min(left_out)
    kinds = sorted(set(left_out.values()))
    convert = shlex.join(["ffmpeg", "-i", str(first), str(first.with_suffix(".flac"))])
    remedy = f"convert them: {convert}"
    if any(map(ffmpeg.could_read, kinds)) and not any(map(ffmpeg.reads, kinds)):
        remedy = f"{install('formats')} reads them, or {remedy}"
    log.warning(
        "note: %d file(s) under %s are left out (%s), for %s is not read here; %s%s",
        len(left_out),
        root,
        first.relative_to(root),
        ", ".join(kinds),
        remedy,
        "" if shutil.which("ffmpeg") else " (ffmpeg has to be installed for that)",
    )


def _note_others(left_out: Mapping[Path, str], root: Path) -> None:
    """Print once per folder how many files are not audio or hidden, and name one of each."""
    if not _is_new("others", left_out, root):
        return
    by_reason: dict[str, list[Path]] = {}
    for path in sorted(left_out):
        by_reason.setdefault(left_out[path], []).append(path)
    counted = [
        f"{len(paths)} {reason} ({paths[0].relative_to(root)})"
        for reason, paths in by_reason.items()
    ]
    log.warning("note: left out under %s: %s", root, ", ".join(counted))


def known(names: str | int | Iterable[str | int], offered: Iterable[str], option: str) -> list[str]:
    """`names`, one or several, as a list; raises ValueError with the names not `offered`."""
    if isinstance(names, str | int):
        names = [names]
    chosen = [str(name) for name in names]
    offered = sorted({str(name) for name in offered})
    unknown = [name for name in chosen if name not in offered]
    if unknown:
        raise ValueError(f"{option}: no {', '.join(unknown)}; there are {', '.join(offered)}")
    return chosen
