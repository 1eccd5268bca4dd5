"""What every layout does: insist on its folder, list its audio, name what is missing."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from datagen.audio import is_audio


def existing(root: str | Path, expected: str, remedy: str) -> Path:
    """`root` as a path; FileNotFoundError with the `expected` layout and the `remedy` where it is no folder."""
    root = Path(root)
    if not root.is_dir():
        raise FileNotFoundError(f"{root}: no such folder; expected {expected}. {remedy}")
    return root


def audio_files(root: Path) -> list[Path]:
    """All audio files under `root`, sorted by name; hidden files and folders are left out."""
    found = (path for path in root.rglob("*") if is_audio(path))
    return sorted(path for path in found if not any(part.startswith(".") for part in path.relative_to(root).parts))


def nonempty(files: Sequence[Path], root: Path, expected: str) -> Sequence[Path]:
    """`files` unchanged; FileNotFoundError where there are none."""
    if not files:
        raise FileNotFoundError(f"{root}: holds no audio; expected {expected}")
    return files


def known(names: Iterable[str], offered: Iterable[str], option: str) -> list[str]:
    """`names` as a list; ValueError naming those that are not `offered`."""
    names, offered = [str(name) for name in names], sorted({str(name) for name in offered})
    if unknown := [name for name in names if name not in offered]:
        raise ValueError(f"{option}: no {', '.join(unknown)}; there are {', '.join(offered)}")
    return names
