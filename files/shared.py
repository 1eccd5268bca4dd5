"""Whether two machines have the same disk."""

import os
from collections.abc import Sequence
from pathlib import Path


def lacking(mark: str, paths: Sequence[str]) -> str:
    """The paths of another machine's disk that this machine lacks, in words; "" where it has all.

    mark: a file that holds its own path; the other machine has just made it in a folder to which
    this machine will write. paths: files and folders that this machine will read.
    """
    folder = Path(mark).parent
    try:
        written = Path(mark).read_text(encoding="utf-8")
    except OSError:
        written = ""
    if written != mark:
        return f"the folder {folder} of the machine that asks"
    if not os.access(folder, os.W_OK):
        return f"the right to write to {folder}"
    for path in paths:
        if not os.access(path, os.R_OK):
            return f"{path}, or the right to read it"
    return ""
