"""Folders that may be replaced: those that the same script has written."""

from collections.abc import Collection
from pathlib import Path

from options.typed import typed


def require_replaceable(folder: Path, ours: Collection[str], act: str) -> None:
    """Raise ValueError if `folder` holds files other than `ours`, which would be lost.

    act: the action in the message, such as "publishing".
    """
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    others = sorted(there - set(ours))
    if others:
        raise ValueError(
            f"{typed('output', folder)}: holds {others[0]}, which {act} would remove; choose "
            "another output"
        )
