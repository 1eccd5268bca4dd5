"""What every layout does: insist on its folder, list its audio, name what is missing."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from datagen.audio import is_audio


def existing(root: str | Path, expected: str, remedy: str) -> Path:
    """`root` as a path; FileNotFoundError with the `expected` layout and the `remedy` where it is no folder."""
    root = Path(str(root))
    if not root.is_dir():
        raise FileNotFoundError(f"{root}: no such folder; expected {expected}. {remedy}")
    return root


def audio_files(root: Path) -> list[Path]:
    """All audio files under `root`, sorted by name; hidden files and folders are left out, linked folders entered once.

    Raises OSError for a folder that may not be read.
    """
    found, entered = [], {os.path.realpath(root)}
    for folder, inner, names in os.walk(root, followlinks=True, onerror=_refuse):
        inner[:] = [name for name in sorted(inner) if not name.startswith(".") and _new(Path(folder, name), entered)]
        found += [Path(folder, name) for name in names if not name.startswith(".")]
    return sorted(filter(is_audio, found))


def _new(folder: Path, entered: set[str]) -> bool:
    real = os.path.realpath(folder)
    return real not in entered and entered.add(real) is None


def _refuse(error: OSError) -> None:
    raise error


def nonempty(files: Sequence[Path], root: Path, expected: str) -> Sequence[Path]:
    """`files` unchanged; FileNotFoundError where there are none."""
    if not files:
        raise FileNotFoundError(f"{root}: holds no audio; expected {expected}")
    return files


def known(names: str | int | Iterable[str | int], offered: Iterable[str], option: str) -> list[str]:
    """`names`, one or several, as a list; ValueError naming those that are not `offered`."""
    several = [names] if isinstance(names, str | int) else names
    names, offered = [str(name) for name in several], sorted({str(name) for name in offered})
    if unknown := [name for name in names if name not in offered]:
        raise ValueError(f"{option}: no {', '.join(unknown)}; there are {', '.join(offered)}")
    return names
