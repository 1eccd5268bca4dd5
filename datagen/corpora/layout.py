"""What the layouts of corpora share: listing audio, and choosing among names."""

import logging
import os
import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path

from audio.containers.content import READABLE, SUFFIXES, recognise

log = logging.getLogger(__name__)


def audio_files(root: Path) -> list[Path]:
    """All audio files under `root`, sorted by name; hidden files and folders are left out, linked folders entered once.

    Raises OSError for a folder that may not be read.
    """
    found, entered = [], {os.path.realpath(root)}
    for folder, inner, names in os.walk(root, followlinks=True, onerror=_refuse):
        inner[:] = [
            name
            for name in sorted(inner)
            if not name.startswith(".") and _new(Path(folder, name), entered)
        ]
        found += [Path(folder, name) for name in names if not name.startswith(".")]
    kinds = {path: recognise(path) if path.is_file() else _kind_of_missing(path) for path in found}
    _note_left_out({path: kind for path, kind in kinds.items() if kind not in ("", READABLE)}, root)
    return sorted(path for path, kind in kinds.items() if kind == READABLE)


def _kind_of_missing(path: Path) -> str:
    """A link to nowhere that is called audio is listed as a bad file, not passed over."""
    return READABLE if path.is_symlink() and path.suffix.lower() in SUFFIXES else ""


def _note_left_out(left_out: Mapping[Path, str], root: Path) -> None:
    """Say once for each folder what audio in it cannot be read, and how it can be made readable."""
    if left_out and (root, len(left_out)) not in _NOTED:
        _NOTED.add((root, len(left_out)))
        first, kinds = min(left_out), ", ".join(sorted(set(left_out.values())))
        convert = shlex.join(["ffmpeg", "-i", str(first), str(first.with_suffix(".flac"))])
        count = f"{len(left_out)} file(s) under {root}"
        log.warning(
            "note: %s are left out, for %s is not read here; convert them: %s",
            count,
            kinds,
            convert,
        )


_NOTED: set[tuple[Path, int]] = set()  # corpora are listed more than once


def _new(folder: Path, entered: set[str]) -> bool:
    real = os.path.realpath(folder)
    return real not in entered and entered.add(real) is None


def _refuse(error: OSError) -> None:
    raise error


def known(names: str | int | Iterable[str | int], offered: Iterable[str], option: str) -> list[str]:
    """`names`, one or several, as a list; ValueError naming those that are not `offered`."""
    several = [names] if isinstance(names, str | int) else names
    names, offered = [str(name) for name in several], sorted({str(name) for name in offered})
    if unknown := [name for name in names if name not in offered]:
        raise ValueError(f"{option}: no {', '.join(unknown)}; there are {', '.join(offered)}")
    return names
