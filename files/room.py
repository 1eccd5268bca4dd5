"""The room on a disk for what is to be written."""

import shutil
from pathlib import Path

GB = 1e9


def require_room(needed: float, folder: Path, what: str, remedy: str) -> float:
    """The bytes that are free where `folder` is or is to be; ValueError for less than `needed`.

    what: is to be written, with its verb; remedy: what to do where there is no room.
    """
    there = folder
    while not there.exists():
        there = there.parent
    free = shutil.disk_usage(there).free
    if needed > free:
        raise ValueError(
            f"{folder}: {what} about {needed / GB:,.1f} GB more, where {free / GB:,.1f} GB are "
            f"free; {remedy}"
        )
    return free
