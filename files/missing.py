"""Messages about folders that are missing."""

from pathlib import Path


def not_a_folder(path: Path) -> str:
    """The beginning of a message about a path at which a folder is expected."""
    if path.is_file():
        return f"{path}: is a file, and a folder is expected"
    return f"{path}: no such folder"
