"""The room on a disk for what is to be written."""

import shutil
from pathlib import Path

GB, MB = 1e9, 1e6


def require_room(needed: float, folder: Path, what: str, remedy: str) -> float:
    """The bytes that are free where `folder` is or is to be; OSError for less than `needed`.

    what: is to be written, with its verb; remedy: what to do where there is no room.
    """
    there = folder
    while not there.exists():
        there = there.parent
    free = shutil.disk_usage(there).free
    if needed > free:
        problem = f"{what} about {_shown(needed)} more, where {_shown(free)} are free"
        raise OSError(None, f"{problem}; {remedy}", str(folder))
    return free


def _shown(size: float) -> str:
    """Bytes as text.

    >>> _shown(2.34e9), _shown(5e6)
    ('2.3 GB', '5.0 MB')
    """
    return f"{size / GB:,.1f} GB" if size >= 0.1 * GB else f"{size / MB:,.1f} MB"
